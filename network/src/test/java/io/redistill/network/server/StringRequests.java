// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** Whole strings, counters, deadlines, and commands on several keys. */
final class StringRequests extends RequestGroup {

    private static final String[] NAMES = {
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
    private static final int[] MOST_ARGUMENTS = {
        1, 7, 2, 3, 3, 2, 1, 4, 2, 1, 1, 1, 2, 2, 1, 4, 4, 4, 4, 1, 1, 1, 1, 1, 4, 5, 5, 3, 3, 3
    };

    @Override
    Request next() {
        String name = pick(NAMES);
        return switch (name) {
            case "SET" -> set();
            case "SETEX", "PSETEX" -> exact(name, key(), bytes(stream.time(name.equals("SETEX"), false)), value());
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
        if (!stream.isAlone() && random.nextInt(40) == 0) {
            return exact("SET", stream.newShortLived(), value(), bytes("PX"), bytes("1"));
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
            case 9 -> arguments.add(anyCase(pick(RequestStream.WORDS)));
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
                case 2 -> arguments.add(anyCase(pick(RequestStream.WORDS)));
                default -> addDeadline(arguments, true);
            }
        }
        return exact("GETEX", arguments.toArray(byte[][]::new));
    }

    private void addDeadline(List<byte[]> arguments, boolean mayBePast) {
        switch (random.nextInt(4)) {
            case 0 -> addDeadline(arguments, "EX", stream.time(true, false));
            case 1 -> addDeadline(arguments, "PX", stream.time(false, false));
            case 2 -> addDeadline(arguments, "EXAT", stream.time(true, true));
            default -> addDeadline(arguments, "PXAT", stream.time(false, true));
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
        arguments.add(bytes(stream.time(!name.startsWith("P"), absolute)));
        int options = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(2);
        for (int i = 0; i < options; i++) {
            arguments.add(anyCase(random.nextInt(20) == 0 ? pick(RequestStream.WORDS) : pick("NX", "XX", "GT", "LT")));
        }
        return exact(name, arguments.toArray(byte[][]::new));
    }

    private byte[][] someKeys(int most) {
        int count = random.nextInt(200) == 0 ? 300 : 1 + random.nextInt(most);
        byte[][] some = new byte[count][];
        for (int i = 0; i < count; i++) {
            some[i] = count > most ? stream.fewKeys() : key();
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

    @Override
    boolean hasKeysOnly(String name) {
        return List.of("MGET", "MSET", "MSETNX", "DEL", "UNLINK", "EXISTS").contains(name);
    }

    @Override
    ReplyCheck check(String name) {
        if (!name.endsWith("TTL") && !name.endsWith("TIME")) {
            return ReplyCheck.EXACT;
        }
        return name.startsWith("P") ? ReplyCheck.MILLISECONDS : ReplyCheck.SECONDS;
    }

    StringRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }
}
