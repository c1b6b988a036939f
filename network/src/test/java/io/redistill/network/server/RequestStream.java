// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The random commands of one connection. They depend on the seed alone, never on replies, so a run can be replayed.
 *
 * <p>Time: deadlines lie far ahead or in the past, so that no key expires at an instant that only one server sees. Times
 * from now never repeat, and deadlines set as such lie behind all of them, so that GT and LT compare the same everywhere.
 * A deadline of 1 ms is set only on keys of which {@link #shortLived} tells, to be waited for.
 *
 * <p>Threading: confined to one thread.
 */
final class RequestStream {
    /** Deadlines given as a time since the epoch: from 2100 on, later than now plus any time from now. */
    static final long ABSOLUTE_FROM_SECONDS = 4_102_444_800L;

    /** Where they end. */
    static final long ABSOLUTE_TO_SECONDS = ABSOLUTE_FROM_SECONDS + 1_000_000_000L;

    /** As ms from now, as s from now, as ms and as s since the epoch: centuries ahead. */
    private static final long EVER = 10_000_000_000_000L;

    private static final int RELATIVE_STEPS = 1_000_003; // a prime
    private static final int LARGEST_VALUE_BYTES = 100 << 10;

    private static final String[] PAST = {"0", "-1", "-9223372036854775808", "-9223372036854775", "-9223372036854776"};
    private static final String[] TOO_LATE = {
        "9223372036854775807", "9223372036854775", "9223372036854776", "9223372036854775000", "9223372036854774807"
    };
    private static final String[] NOT_NUMBERS = {
        "",
        " ",
        "abc",
        "1.5",
        "1e3",
        "+5",
        " 5",
        "5 ",
        "007",
        "-0",
        "00",
        "0x10",
        "--1",
        "-",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "5\0",
        "\r\n",
        "5\n",
        "nan",
        "-00001"
    };
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "7",
        "10",
        "99",
        "100",
        "-10",
        "2147483647",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775806",
        "-9223372036854775808",
        "-9223372036854775807",
        "9223372036854775800",
        "1000000007",
        "5000000000000000000"
    };
    private static final String[] WORDS = {
        "NX",
        "XX",
        "GT",
        "LT",
        "GET",
        "EX",
        "PX",
        "EXAT",
        "PXAT",
        "KEEPTTL",
        "PERSIST",
        "SYNC",
        "ASYNC",
        "ON",
        "nosuch",
        "N",
        "NXX",
        "EXA",
        "NX\0x",
        "EX\0",
        "\0",
        "NX ",
        "GE",
        "KEEPTT",
        "AB\r\nCD"
    };
    private static final String[] KEYED = {
        "GET",
        "SET",
        "SETNX",
        "SETEX",
        "PSETEX",
        "GETSET",
        "GETDEL",
        "GETEX",
        "APPEND",
        "STRLEN",
        "INCR",
        "DECR",
        "INCRBY",
        "DECRBY",
        "TYPE",
        "EXPIRE",
        "PEXPIRE",
        "EXPIREAT",
        "PEXPIREAT",
        "TTL",
        "PTTL",
        "EXPIRETIME",
        "PEXPIRETIME",
        "PERSIST",
        "MGET",
        "MSET",
        "MSETNX",
        "DEL",
        "UNLINK",
        "EXISTS"
    };
    private static final int FIRST_MULTI_KEY = 24;
    private static final int[] MOST_ARGUMENTS = {
        1, 7, 2, 3, 3, 2, 1, 4, 2, 1, 1, 1, 2, 2, 1, 4, 4, 4, 4, 1, 1, 1, 1, 1, 4, 5, 5, 3, 3, 3
    };
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
    private static final String[] OUR_COMMANDS = {
        "get",
        "set",
        "setnx",
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

    private final SplittableRandom random;
    private final boolean alone;
    private final byte[][] keys;
    private final byte[][] shortLivedKeys;
    private final List<byte[]> shortLived = new ArrayList<>();
    private int relativeStep;

    private boolean silent;
    private boolean skipNext;

    /**
     * A stream.
     *
     * @param prefix begins all its keys
     * @param alone whether nobody else uses the servers, so that commands on the whole keyspace can be compared
     */
    RequestStream(long seed, String prefix, boolean alone) {
        random = new SplittableRandom(seed);
        this.alone = alone;
        keys = keys(prefix);
        shortLivedKeys = new byte[][] {bytes(prefix + "short1"), bytes(prefix + "short2")};
        relativeStep = random.nextInt(RELATIVE_STEPS);
    }

    private byte[][] keys(String prefix) {
        List<byte[]> keys = new ArrayList<>();
        for (String suffix : List.of(
                "a", "b", "c", "key:4", "key:5", "n1", "n2", "n3", "\0", "\0\0", "x\r\ny", "\u00ff\u00fe", "A", " ")) {
            keys.add(bytes(prefix + suffix));
        }
        keys.add(alone ? new byte[0] : bytes(prefix));
        keys.add(bytes(prefix + "l".repeat(300)));
        keys.add(bytes(prefix + "L".repeat(17_000)));
        return keys.toArray(byte[][]::new);
    }

    /** Keys that were given a deadline of 1 ms since this was last asked. */
    List<byte[]> takeShortLived() {
        List<byte[]> taken = List.copyOf(shortLived);
        shortLived.clear();
        return taken;
    }

    /** A number for the one who sends, from the same seed. */
    int choose(int bound) {
        return random.nextInt(bound);
    }

    /** Every key that the stream uses. */
    List<byte[]> allKeys() {
        List<byte[]> all = new ArrayList<>(Arrays.asList(keys));
        all.addAll(Arrays.asList(shortLivedKeys));
        return all;
    }

    /** A request of this content, sent in the current reply mode. */
    Request request(ReplyCheck check, byte[]... arguments) {
        byte[] before = emptyRequest();
        return encoded(check, takeIsAnswered(), before, arguments);
    }

    /** Now and then a request without words; it has no reply, but a SKIP is used up by it. */
    private byte[] emptyRequest() {
        if (random.nextInt(60) > 0) {
            return new byte[0];
        }
        skipNext = false;
        return bytes(pick("*0\r\n", "*-1\r\n", "\r\n", "\n", "  \r\n", "*-5\r\n"));
    }

    private Request encoded(ReplyCheck check, boolean isAnswered, byte[] before, byte[]... arguments) {
        int size = 0;
        for (byte[] argument : arguments) {
            size += argument.length;
        }
        boolean inline = size < 1000 && random.nextInt(12) == 0 && (arguments[0].length == 0 || arguments[0][0] != '*');
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        wire.writeBytes(before);
        wire.writeBytes(inline ? Request.inline(random, arguments) : Request.multibulk(arguments));
        StringBuilder shown =
                new StringBuilder((before.length > 0 ? Escaped.text(before) : "") + (inline ? "inline:" : ""));
        for (byte[] argument : arguments) {
            shown.append(shown.length() == 0 ? "'" : " '")
                    .append(Escaped.text(argument))
                    .append('\'');
        }
        return new Request(wire.toByteArray(), shown.toString(), check, isAnswered);
    }

    /** Whether the next command is answered: SKIP holds for one. */
    private boolean takeIsAnswered() {
        boolean skipped = skipNext;
        skipNext = false;
        return !silent && !skipped;
    }

    /** Ends a silence: answered in any mode. */
    Request repliesOn() {
        silent = false;
        skipNext = false;
        return encoded(ReplyCheck.EXACT, true, new byte[0], bytes("CLIENT"), bytes("REPLY"), bytes("ON"));
    }

    /** The next random command. */
    Request next() {
        int kind = random.nextInt(1000);
        if (kind < 780) {
            return keyed();
        } else if (kind < 850) {
            return anyArguments();
        } else if (kind < 985) {
            return unkeyed();
        }
        return replyMode();
    }

    // ---- commands with keys

    private Request keyed() {
        String name = pick(KEYED);
        return switch (name) {
            case "SET" -> set();
            case "SETEX", "PSETEX" -> exact(name, key(), bytes(time(name.equals("SETEX"), false)), value());
            case "SETNX", "GETSET", "APPEND" -> exact(name, key(), value());
            case "GETEX" -> getex();
            case "INCRBY", "DECRBY" -> exact(name, key(), bytes(number()));
            case "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT" -> expire(name);
            case "TTL", "EXPIRETIME" -> request(ReplyCheck.SECONDS, name(name), key());
            case "PTTL", "PEXPIRETIME" -> request(ReplyCheck.MILLISECONDS, name(name), key());
            case "MGET", "DEL", "UNLINK", "EXISTS" -> exact(name, someKeys(name.equals("MGET") ? 12 : 4));
            case "MSET", "MSETNX" -> exact(name, pairs(name.equals("MSETNX") ? 3 : 8));
            default -> exact(name, key());
        };
    }

    private Request set() {
        List<byte[]> arguments = new ArrayList<>();
        if (!alone && random.nextInt(40) == 0) {
            byte[] key = shortLivedKeys[random.nextInt(shortLivedKeys.length)];
            shortLived.add(key);
            return exact("SET", key, value(), bytes("PX"), bytes("1"));
        }
        byte[] key = key();
        arguments.add(key);
        arguments.add(value());
        int options = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(2);
        for (int i = 0; i < options; i++) {
            addSetOption(arguments);
        }
        return exact("SET", arguments.toArray(byte[][]::new));
    }

    private void addSetOption(List<byte[]> arguments) {
        switch (random.nextInt(14)) {
            case 0, 1 -> arguments.add(anyCase("NX"));
            case 2, 3 -> arguments.add(anyCase("XX"));
            case 4, 5, 6 -> arguments.add(anyCase("GET"));
            case 7, 8 -> arguments.add(anyCase("KEEPTTL"));
            case 9 -> arguments.add(anyCase(pick(WORDS)));
            default -> addDeadline(arguments, false);
        }
    }

    private Request getex() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key());
        int options = random.nextInt(4) == 0 ? random.nextInt(4) : 1;
        for (int i = 0; i < options; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> arguments.add(anyCase("PERSIST"));
                case 2 -> arguments.add(anyCase(pick(WORDS)));
                default -> addDeadline(arguments, true);
            }
        }
        return exact("GETEX", arguments.toArray(byte[][]::new));
    }

    private void addDeadline(List<byte[]> arguments, boolean mayBePast) {
        switch (random.nextInt(4)) {
            case 0 -> addDeadline(arguments, "EX", time(true, false));
            case 1 -> addDeadline(arguments, "PX", time(false, false));
            case 2 -> addDeadline(arguments, "EXAT", time(true, true));
            default -> addDeadline(arguments, "PXAT", time(false, true));
        }
        // SET with a past deadline leaves a key that counts until it is looked at.
        if (mayBePast && random.nextInt(6) == 0) {
            arguments.set(arguments.size() - 2, anyCase(pick("EXAT", "PXAT")));
            arguments.set(arguments.size() - 1, bytes("1"));
        }
    }

    private void addDeadline(List<byte[]> arguments, String option, String time) {
        arguments.add(anyCase(option));
        arguments.add(bytes(time));
    }

    private Request expire(String name) {
        boolean absolute = name.endsWith("AT");
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key());
        arguments.add(bytes(time(!name.startsWith("P"), absolute)));
        int options = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(2);
        for (int i = 0; i < options; i++) {
            arguments.add(anyCase(random.nextInt(20) == 0 ? pick(WORDS) : pick("NX", "XX", "GT", "LT")));
        }
        return exact(name, arguments.toArray(byte[][]::new));
    }

    /** A time of every kind; good ones mostly. */
    private String time(boolean seconds, boolean absolute) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return pick(NOT_NUMBERS);
        } else if (kind == 1) {
            return pick(PAST);
        } else if (kind == 2) {
            // Since the epoch these are times that can be, but not all can be written with an integer of ms.
            return pick(TOO_LATE);
        } else if (kind == 3) {
            return ever();
        }
        long time = absolute ? absoluteSeconds() : relativeSeconds();
        return Long.toString(seconds ? time : time * 1000 + (absolute ? random.nextInt(1000) : 0));
    }

    private long relativeSeconds() {
        return 100_000 + 1000L * nextRelativeStep();
    }

    private String ever() {
        return Long.toString(EVER + 1_000_000L * nextRelativeStep());
    }

    /** No value comes twice before all have come. */
    private int nextRelativeStep() {
        relativeStep = (int) ((relativeStep + 387_420_489L) % RELATIVE_STEPS);
        return relativeStep;
    }

    private long absoluteSeconds() {
        return ABSOLUTE_FROM_SECONDS + 1 + random.nextInt(5) * 1000L + random.nextInt(2);
    }

    private byte[][] someKeys(int most) {
        int count = random.nextInt(200) == 0 ? 300 : 1 + random.nextInt(most);
        byte[][] some = new byte[count][];
        for (int i = 0; i < count; i++) {
            some[i] = count > most ? keys[random.nextInt(4)] : key();
        }
        return some;
    }

    private byte[][] pairs(int most) {
        int count = 2 * (1 + random.nextInt(most));
        if (random.nextInt(12) == 0) {
            count--; // the last value is missing
        }
        byte[][] pairs = new byte[count][];
        for (int i = 0; i < count; i++) {
            pairs[i] = (i & 1) == 0 ? key() : value();
        }
        return pairs;
    }

    /** Any command with any number of any arguments. */
    private Request anyArguments() {
        if (random.nextInt(4) == 0) {
            return anyArgumentsUnkeyed();
        }
        int command = random.nextInt(KEYED.length);
        byte[][] arguments = new byte[random.nextInt(MOST_ARGUMENTS[command] + 2)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = switch (random.nextInt(i == 0 || command >= FIRST_MULTI_KEY ? 2 : 8)) {
                case 0, 1, 2 -> key();
                case 3, 4 -> anyCase(pick(WORDS));
                case 5 -> bytes(pick(NOT_NUMBERS));
                case 6 -> bytes(random.nextInt(3) == 0 ? pick(TOO_LATE) : "-7");
                default -> bytes(ever());
            };
        }
        String name = KEYED[command];
        ReplyCheck check = name.endsWith("TTL") || name.endsWith("TIME")
                ? name.startsWith("P") ? ReplyCheck.MILLISECONDS : ReplyCheck.SECONDS
                : ReplyCheck.EXACT;
        return request(check, join(name, arguments));
    }

    private Request anyArgumentsUnkeyed() {
        String[] words = pick(UNKEYED).split("\\|");
        int most = words.length == 2 && words[1].equals("GETKEYS") ? 0 : 4;
        int least =
                words[words.length - 1].equals("DOCS") || words[0].equals("COMMAND") && words[1].equals("INFO") ? 1 : 0;
        byte[][] all = new byte[words.length + least + random.nextInt(most + 1 - least)][];
        for (int i = 0; i < all.length; i++) {
            all[i] = i < words.length ? anyCase(words[i]) : bytes(pick("nosuch", "", "-5", "a b", "\0", "x\r\ny"));
        }
        if (words[0].equals("RESET") && all.length == 1) {
            return reset();
        }
        if (words[0].equals("DBSIZE") && all.length == 1 && !alone
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

    // ---- commands without keys

    private Request unkeyed() {
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
            default -> random.nextInt(3) == 0 ? reset() : exact("CONFIG", anyCase("RESETSTAT"));
        };
    }

    private String selectArgument() {
        return random.nextInt(3) == 0 ? pick("1", "-1", "16", "2147483648", "-2147483649") : pick(NOT_NUMBERS);
    }

    private Request hello() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(name("HELLO"));
        if (random.nextInt(8) > 0) {
            arguments.add(bytes(
                    random.nextInt(4) > 0
                            ? pick("2", "3")
                            : random.nextBoolean() ? pick("1", "4", "-3") : pick(NOT_NUMBERS)));
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
        if (!alone) {
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
        int command = random.nextInt(KEYED.length);
        byte[][] arguments = new byte[1 + random.nextInt(MOST_ARGUMENTS[command] + 1)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = key();
        }
        return exact("COMMAND", prepend(anyCase("GETKEYS"), join(KEYED[command], arguments)));
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

    private Request reset() {
        boolean skipped = skipNext;
        silent = false;
        skipNext = false;
        return encoded(ReplyCheck.EXACT, !skipped, new byte[0], name("RESET"));
    }

    private Request replyMode() {
        switch (random.nextInt(10)) {
            case 0 -> {
                return repliesOn();
            }
            case 1, 2 -> {
                takeIsAnswered();
                silent = true;
                return encoded(
                        ReplyCheck.EXACT,
                        false,
                        new byte[0],
                        name("CLIENT"),
                        anyCase("REPLY"),
                        anyCase(pick("OFF", "OFF", "OFF\0x")));
            }
            case 3 -> {
                return exact("CLIENT", anyCase("REPLY"), bytes(pick("", "nosuch", "O", "ONN", "SKI", "OF\0F")));
            }
            default -> {
                takeIsAnswered();
                skipNext = !silent;
                return encoded(ReplyCheck.EXACT, false, new byte[0], name("CLIENT"), anyCase("REPLY"), anyCase("SKIP"));
            }
        }
    }

    // ---- arguments

    private Request exact(String name, byte[]... arguments) {
        return request(ReplyCheck.EXACT, join(name, arguments));
    }

    private byte[][] join(String name, byte[]... arguments) {
        return prepend(name(name), arguments);
    }

    private static byte[][] prepend(byte[] first, byte[][] others) {
        byte[][] all = new byte[others.length + 1][];
        all[0] = first;
        System.arraycopy(others, 0, all, 1, others.length);
        return all;
    }

    private byte[] name(String name) {
        return switch (random.nextInt(8)) {
            case 0 -> bytes(name.toLowerCase(Locale.ROOT));
            case 1 -> anyCase(name);
            default -> bytes(name);
        };
    }

    private byte[] key() {
        int key = random.nextInt(200) == 0 ? keys.length - 1 : random.nextInt(keys.length - 1);
        // None that may be expiring just now.
        return !alone && shortLived.isEmpty() && random.nextInt(60) == 0
                ? shortLivedKeys[random.nextInt(shortLivedKeys.length)]
                : keys[key];
    }

    private String number() {
        return random.nextInt(8) == 0 ? pick(NOT_NUMBERS) : pick(NUMBERS);
    }

    private byte[] value() {
        int kind = random.nextInt(400);
        if (kind == 0) {
            return randomBytes(LARGEST_VALUE_BYTES - random.nextInt(3));
        } else if (kind == 1) {
            return randomBytes(random.nextInt(LARGEST_VALUE_BYTES));
        } else if (kind < 5) {
            return randomBytes((16 << 10) - 3 + random.nextInt(6));
        } else if (kind < 12) {
            return randomBytes(random.nextInt(3000));
        }
        return smallValue();
    }

    private byte[] smallValue() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> bytes(pick(NUMBERS));
            case 3 -> bytes(pick(NOT_NUMBERS));
            case 4 -> new byte[0];
            case 5, 6 -> randomBytes(random.nextInt(60));
            case 7 -> bytes("v".repeat(random.nextInt(300)));
            case 8 -> bytes(Long.toString(random.nextLong() >> random.nextInt(64)));
            default -> bytes(pick("value", "x\r\ny", "\0", "+OK\r\n", "$-1\r\n", "\r", "\n"));
        };
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] anyCase(String word) {
        byte[] bytes = bytes(word);
        int style = random.nextInt(3);
        for (int i = 0; i < bytes.length; i++) {
            boolean letter = bytes[i] >= 'A' && bytes[i] <= 'Z' || bytes[i] >= 'a' && bytes[i] <= 'z';
            if (letter && (style == 1 || style == 2 && random.nextBoolean())) {
                bytes[i] ^= 0x20;
            }
        }
        return bytes;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
