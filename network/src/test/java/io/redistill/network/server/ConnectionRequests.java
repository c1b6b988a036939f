// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Connections, introspection, the whole keyspace, and names that are no commands. */
final class ConnectionRequests extends RequestGroup {
    private static final String[] UNKEYED = {
        "PING",
        "ECHO",
        "SELECT",
        "AUTH",
        "HELLO",
        "TIME",
        "DBSIZE",
        "RESET",
        "COMMAND|INFO",
        "COMMAND|DOCS",
        "COMMAND|GETKEYS",
        "COMMAND|COUNT",
        "CLIENT",
        "CLIENT|ID",
        "CLIENT|GETNAME",
        "CLIENT|SETNAME",
        "CLIENT|INFO",
        "CLIENT|REPLY",
        "CONFIG",
        "CONFIG|GET",
        "CONFIG|RESETSTAT",
        "INFO"
    };
    /** Not SET, whose documentation tells of IFEQ as well. */
    private static final String[] OUR_COMMANDS = {
        "get",
        "setnx",
        "pfmerge",
        "sort",
        "object|encoding",
        "setex",
        "psetex",
        "getset",
        "getdel",
        "getex",
        "append",
        "strlen",
        "incr",
        "decr",
        "incrby",
        "decrby",
        "type",
        "expire",
        "pexpire",
        "expireat",
        "pexpireat",
        "ttl",
        "pttl",
        "expiretime",
        "pexpiretime",
        "persist",
        "mget",
        "mset",
        "msetnx",
        "del",
        "unlink",
        "exists",
        "dbsize",
        "flushdb",
        "flushall",
        "quit",
        "reset",
        "select",
        "auth",
        "hello",
        "ping",
        "echo",
        "time",
        "info",
        "shutdown",
        "client|id",
        "client|getname",
        "client|setname",
        "client|info",
        "client|list",
        "client|reply",
        "client|help",
        "command|count",
        "command|docs",
        "command|getkeys",
        "command|info",
        "command|list",
        "command|help",
        "config|get",
        "config|help",
        "config|resetstat"
    };

    private static final String[] CONFIG_NAMES = {
        "save",
        "appendonly",
        "databases",
        "proto-max-bulk-len",
        "hll-sparse-max-bytes",
        "maxclients",
        "timeout",
        "tcp-keepalive",
        "tcp-backlog",
        "maxmemory-policy",
        "protected-mode",
        "requirepass",
        "cluster-enabled",
        "notify-keyspace-events",
        "tls-port",
        "unixsocket",
        "unixsocketperm",
        "nosuch",
        "app[e]ndonly",
        "databas?s",
        "SAVE",
        "AppendOnly",
        "nosuch*"
    };

    @Override
    Request anyArguments() {
        String[] words = pick(UNKEYED).split("\\|");
        int most = words.length == 2 && words[1].equals("GETKEYS") ? 0 : 4;
        int least =
                words[words.length - 1].equals("DOCS") || words[0].equals("COMMAND") && words[1].equals("INFO") ? 1 : 0;
        byte[][] all = new byte[words.length + least + random.nextInt(most + 1 - least)][];
        for (int i = 0; i < all.length; i++) {
            all[i] = i < words.length ? anyCase(words[i]) : bytes(pick("nosuch", "", "-5", "a b", "\0", "x\r\ny"));
        }
        if (words[0].equals("RESET") && all.length == 1) {
            return stream.reset();
        }
        if (words[0].equals("DBSIZE") && all.length == 1 && !stream.isAlone()
                || words[0].equals("CONFIG") && words.length == 2 && words[1].equals("RESETSTAT")
                || words[0].equals("INFO")) {
            return request(ReplyCheck.TYPE, all);
        }
        return request(
                words[0].equals("HELLO") ? ReplyCheck.HELLO : typeOnly(words) ? ReplyCheck.TYPE : ReplyCheck.EXACT,
                all);
    }

    private static boolean typeOnly(String[] words) {
        return words[0].equals("TIME")
                || words.length == 2 && List.of("ID", "INFO", "COUNT").contains(words[1]) && !words[0].equals("COMMAND")
                || words.length == 2 && words[1].equals("COUNT");
    }

    @Override
    Request next() {
        return switch (random.nextInt(22)) {
            case 0, 1 -> random.nextBoolean() ? exact("PING") : exact("PING", value());
            case 2 -> exact("ECHO", value());
            case 3 -> exact("SELECT", bytes(random.nextBoolean() ? "0" : selectArgument()));
            case 4, 5, 6 -> hello();
            case 7 -> request(ReplyCheck.TYPE, name("TIME"));
            case 8, 9 -> wholeKeyspace();
            case 10 -> exact("AUTH", authArguments());
            case 11, 12 -> clientName();
            case 13 -> request(ReplyCheck.TYPE, clientAbout());
            case 14 -> introspection();
            case 15 -> getKeys();
            case 16 -> configGet();
            case 17 -> request(ReplyCheck.TYPE, join("INFO", infoSections()));
            case 18 -> unknown();
            case 19 -> unknownSubcommand();
            case 20 -> exact("SHUTDOWN", bytes(pick("nosuch", "", "NOSAV", "SAVE NOW")));
            default -> random.nextInt(3) == 0 ? stream.reset() : exact("CONFIG", anyCase("RESETSTAT"));
        };
    }

    private String selectArgument() {
        return random.nextInt(3) == 0
                ? pick("1", "-1", "16", "2147483648", "-2147483649")
                : pick(RequestStream.NOT_NUMBERS);
    }

    private Request hello() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(name("HELLO"));
        if (random.nextInt(8) > 0) {
            arguments.add(bytes(
                    random.nextInt(4) > 0
                            ? pick("2", "3")
                            : random.nextBoolean() ? pick("1", "4", "-3") : pick(RequestStream.NOT_NUMBERS)));
            for (int options = random.nextInt(4) == 0 ? random.nextInt(3) : 0; options > 0; options--) {
                addHelloOption(arguments);
            }
        }
        return request(ReplyCheck.HELLO, arguments.toArray(byte[][]::new));
    }

    private void addHelloOption(List<byte[]> arguments) {
        switch (random.nextInt(4)) {
            case 0 -> arguments.addAll(List.of(anyCase("SETNAME"), clientNameArgument()));
            case 1 -> arguments.addAll(List.of(anyCase("AUTH"), bytes(pick("default", "nobody")), bytes("secret")));
            case 2 -> arguments.add(anyCase(pick("AUTH", "SETNAME")));
            default -> arguments.add(bytes(pick("nosuch", "", "a\r\nb", "SETNAME\0", "x\0y")));
        }
    }

    private Request wholeKeyspace() {
        if (!stream.isAlone()) {
            return exact("PING");
        }
        if (random.nextInt(4) > 0) {
            return exact("DBSIZE");
        }
        String name = pick("FLUSHALL", "FLUSHDB");
        return switch (random.nextInt(8)) {
            case 0, 1 -> exact(name);
            case 2 -> exact(name, anyCase("SYNC"));
            case 3 -> exact(name, anyCase("ASYNC"));
            case 4 -> exact(name, anyCase("ASYNC"), anyCase("SYNC"));
            case 5 -> exact(name, anyCase("SYNC"), bytes("x"), bytes("y"));
            default -> exact(name, bytes(pick("nosuch", "", "SYN", "SYNCX", "ASYNC\0")));
        };
    }

    private byte[][] authArguments() {
        return switch (random.nextInt(6)) {
            case 0 -> new byte[][] {bytes("default"), bytes("anything")};
            case 1 -> new byte[][] {bytes("nobody"), bytes("secret")};
            case 2 -> new byte[][] {bytes("a"), bytes("b"), bytes("c")};
            case 3 -> new byte[][] {bytes("a"), bytes("b"), bytes("c"), bytes("d")};
            default -> new byte[][] {bytes(pick("secret", "", "\0"))};
        };
    }

    private Request clientName() {
        return random.nextBoolean()
                ? exact("CLIENT", anyCase("GETNAME"))
                : exact("CLIENT", anyCase("SETNAME"), clientNameArgument());
    }

    private byte[] clientNameArgument() {
        return bytes(pick("bob", "", "a b", "x\ny", "~!", "\u007f", "\u00e9", "\0", "n".repeat(200), "tab\t"));
    }

    private byte[][] clientAbout() {
        return switch (random.nextInt(5)) {
            case 0 -> join("CLIENT", anyCase("ID"));
            case 1 -> join("CLIENT", anyCase("INFO"));
            case 2 -> join("CLIENT", anyCase("LIST"));
            case 3 ->
                join(
                        "CLIENT",
                        anyCase("LIST"),
                        anyCase("TYPE"),
                        anyCase(pick("normal", "pubsub", "master", "replica", "slave", "nosuch", "")));
            default ->
                join(
                        "CLIENT",
                        anyCase("LIST"),
                        anyCase(pick("ID", "nosuch", "TYPE")),
                        bytes(pick("1", "0", "-1", "abc", "")),
                        bytes("77777777"));
        };
    }

    private Request introspection() {
        byte[][] names = new byte[1 + random.nextInt(4)][];
        for (int i = 0; i < names.length; i++) {
            names[i] = random.nextInt(8) == 0
                    ? bytes(pick("nosuch", "", "client|nosuch", "get|x", "\0", "|", "client|"))
                    : anyCase(pick(OUR_COMMANDS));
        }
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> exact("COMMAND", prepend(anyCase("INFO"), names));
            case 4, 5, 6 -> exact("COMMAND", prepend(anyCase("DOCS"), names));
            default -> request(ReplyCheck.TYPE, join("COMMAND", anyCase("COUNT")));
        };
    }

    private Request getKeys() {
        Request called = random.nextInt(4) > 0 ? null : unknownGetKeys();
        if (called != null) {
            return called;
        }
        return exact("COMMAND", prepend(anyCase("GETKEYS"), stream.anyKeys()));
    }

    private Request unknownGetKeys() {
        return exact(
                "COMMAND",
                prepend(
                        anyCase("GETKEYS"),
                        join(pick("nosuch", "PING", "ECHO", "CLIENT", "SELECT", ""), bytes("ID"), bytes("x"))));
    }

    private Request configGet() {
        byte[][] arguments = new byte[1 + random.nextInt(3)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = bytes(pick(CONFIG_NAMES));
        }
        return request(ReplyCheck.ANY_ORDER, join("CONFIG", prepend(anyCase("GET"), arguments)));
    }

    private byte[][] infoSections() {
        byte[][] sections = new byte[random.nextInt(3)][];
        for (int i = 0; i < sections.length; i++) {
            sections[i] = anyCase(pick(
                    "server",
                    "clients",
                    "memory",
                    "stats",
                    "keyspace",
                    "all",
                    "everything",
                    "default",
                    "nosuch",
                    "commandstats"));
        }
        return sections;
    }

    /**
     * No command's name with a zero byte behind it: whether Redis finds that depends on where its random hash puts it.
     */
    private Request unknown() {
        byte[][] arguments = new byte[random.nextInt(6)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = random.nextBoolean() ? key() : smallValue();
        }
        if (random.nextInt(10) == 0) {
            arguments = new byte[100][];
            Arrays.fill(arguments, random.nextBoolean() ? new byte[0] : bytes("x"));
        }
        return exact(
                pick(
                        "nosuch",
                        "",
                        "GETX",
                        "GE",
                        "SE\0T",
                        "a\r\nb",
                        "n".repeat(127),
                        "n".repeat(128),
                        "n".repeat(129),
                        "\u00ff\u00fe",
                        "client|id",
                        "GET ",
                        "'quoted'"),
                arguments);
    }

    private Request unknownSubcommand() {
        byte[] subcommand = bytes(pick("nosuch", "", "I\0D", "GE", "a\r\nb", "s".repeat(200), "\u00ff", "getnam"));
        String container = pick("CLIENT", "COMMAND", "CONFIG");
        return random.nextBoolean() ? exact(container, subcommand) : exact(container, subcommand, value());
    }

    ConnectionRequests(RequestStream stream) {
        super(stream, new String[0], new int[0]);
    }
}
