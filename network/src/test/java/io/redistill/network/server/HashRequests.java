// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** Hashes: fields, counters, walks and samples. */
final class HashRequests extends RequestGroup {
    private static final String[] NAMES = {
        "HSET",
        "HSETNX",
        "HMSET",
        "HGET",
        "HMGET",
        "HGETALL",
        "HDEL",
        "HEXISTS",
        "HLEN",
        "HKEYS",
        "HVALS",
        "HINCRBY",
        "HSTRLEN",
        "HRANDFIELD",
        "HSCAN",
        "HINCRBYFLOAT"
    };
    private static final int[] MOST_ARGUMENTS = {5, 3, 5, 2, 4, 1, 4, 2, 1, 1, 1, 3, 2, 3, 6, 3};
    private static final String[] INCREMENTS = {
        "1",
        "-1",
        "0",
        "9223372036854775807",
        "-9223372036854775808",
        "100",
        "65536",
        "-129",
        "x",
        "",
        "1.5",
        " 1",
        "+1"
    };
    private static final String[] CURSORS = {"0", "0", "0", "0", "", "x", "-", "1x", "99999999999999999999", "0\0x"};

    HashRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    ReplyCheck check(String name) {
        return switch (name) {
            case "HGETALL" -> ReplyCheck.PAIRS_IN_ANY_ORDER;
            case "HKEYS", "HVALS" -> ReplyCheck.ELEMENTS_IN_ANY_ORDER;
            case "HSCAN", "HRANDFIELD" -> ReplyCheck.TYPE;
            default -> ReplyCheck.EXACT;
        };
    }

    @Override
    Request next() {
        String name = NAMES[random.nextInt(NAMES.length)];
        return switch (name) {
            case "HSET", "HMSET" -> set(name);
            case "HSETNX" -> send(ReplyCheck.EXACT, name, key(), field(), anyValue());
            case "HMGET", "HDEL" -> some(name);
            case "HGETALL" -> send(ReplyCheck.PAIRS_IN_ANY_ORDER, name, key());
            case "HKEYS", "HVALS" -> send(ReplyCheck.ELEMENTS_IN_ANY_ORDER, name, key());
            case "HLEN" -> send(ReplyCheck.EXACT, name, key());
            case "HINCRBY" -> send(ReplyCheck.EXACT, name, key(), field(), bytes(pick(INCREMENTS)));
            case "HINCRBYFLOAT" ->
                send(
                        ReplyCheck.EXACT,
                        name,
                        key(),
                        field(),
                        bytes(pick("0.1", "-1.5e3", "3", "inf", "1e4932", "x", "", "1e17")));
            case "HRANDFIELD" -> randomField();
            case "HSCAN" -> scan();
            default -> send(ReplyCheck.EXACT, name, key(), field());
        };
    }

    private Request set(String name) {
        int pairs = random.nextInt(20) == 0 ? 40 + random.nextInt(600) : 1 + random.nextInt(6);
        boolean numbered = pairs > 20;
        byte[][] arguments = new byte[1 + 2 * pairs - (random.nextInt(20) == 0 ? 1 : 0)][];
        arguments[0] = key();
        for (int i = 1; i < arguments.length; i++) {
            arguments[i] = i % 2 == 0 ? anyValue() : numbered ? bytes("f" + random.nextInt(2000)) : field();
        }
        return send(ReplyCheck.EXACT, name, arguments);
    }

    private Request some(String name) {
        byte[][] arguments = new byte[2 + random.nextInt(8)][];
        arguments[0] = key();
        for (int i = 1; i < arguments.length; i++) {
            arguments[i] = field();
        }
        return send(ReplyCheck.EXACT, name, arguments);
    }

    private Request randomField() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> send(ReplyCheck.TYPE, "HRANDFIELD", key());
            case 2 -> send(ReplyCheck.FIRST_LINE, "HRANDFIELD", key(), bytes(pick("1", "3", "-4", "-1", "0")));
            // All there are.
            case 3 -> send(ReplyCheck.ELEMENTS_IN_ANY_ORDER, "HRANDFIELD", key(), bytes("100000"));
            case 4 ->
                send(ReplyCheck.FIRST_LINE, "HRANDFIELD", key(), bytes(pick("1", "2", "-3")), anyCase("WITHVALUES"));
            case 5 ->
                send(
                        ReplyCheck.EXACT,
                        "HRANDFIELD",
                        key(),
                        bytes(pick("x", "", "9223372036854775808", "-9223372036854775808", "1.5")),
                        anyCase("WITHVALUES"));
            case 6 ->
                send(
                        ReplyCheck.EXACT,
                        "HRANDFIELD",
                        key(),
                        bytes(pick("4611686018427387904", "-4611686018427387904")),
                        anyCase("WITHVALUES"));
            default -> send(ReplyCheck.EXACT, "HRANDFIELD", key(), bytes("1"), bytes(pick("nosuch", "", "WITHVALUE")));
        };
    }

    private Request scan() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key());
        arguments.add(bytes(pick(CURSORS)));
        // So that one call suffices and the whole can be compared: cursors of tables are each server's own.
        arguments.add(anyCase("COUNT"));
        arguments.add(bytes(random.nextInt(10) == 0 ? pick("0", "-1", "x", "") : "1000000"));
        for (int i = random.nextInt(3); i > 0; i--) {
            arguments.add(anyCase(pick("MATCH", "MATCH", "MATCH", "TYPE", "nosuch")));
            if (random.nextInt(12) > 0) {
                arguments.add(bytes(pick("*", "f*", "*1*", "[a-c]*", "?", "", "nosuch", "f\\1*")));
            }
        }
        return send(ReplyCheck.SCAN, "HSCAN", arguments.toArray(byte[][]::new));
    }

    private Request send(ReplyCheck check, String name, byte[]... arguments) {
        return request(check, join(name, arguments));
    }

    private byte[] field() {
        return switch (random.nextInt(12)) {
            case 0 -> bytes(Long.toString(random.nextInt(12) - 3));
            case 1 -> new byte[0];
            case 2 -> bytes(pick("\0", "\r\n", "\u00ff\u00fe", "007", "-0", "9223372036854775808"));
            case 3 -> bytes("f" + random.nextInt(2000));
            case 4 -> random.nextInt(20) == 0 ? bytes("n".repeat(60 + random.nextInt(10))) : bytes("f");
            default -> bytes(pick("a", "b", "c", "count", "name", "value"));
        };
    }

    private byte[] anyValue() {
        return random.nextInt(4) == 0 ? value() : smallValue();
    }
}
