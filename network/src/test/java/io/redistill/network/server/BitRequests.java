// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** Parts of strings, rows of bits, floats, and LCS. */
final class BitRequests extends RequestGroup {
    private static final String[] NAMES = {
        "GETRANGE",
        "SUBSTR",
        "SETRANGE",
        "INCRBYFLOAT",
        "SETBIT",
        "GETBIT",
        "BITCOUNT",
        "BITPOS",
        "BITOP",
        "BITFIELD",
        "BITFIELD_RO"
    };
    private static final int[] MOST_ARGUMENTS = {3, 3, 3, 2, 3, 2, 4, 5, 5, 9, 7};
    private static final String[] BIT_WORDS = {
        "AND",
        "OR",
        "XOR",
        "NOT",
        "BIT",
        "BYTE",
        "GET",
        "SET",
        "INCRBY",
        "OVERFLOW",
        "WRAP",
        "SAT",
        "FAIL",
        "u8",
        "i16",
        "u63",
        "u64",
        "i64",
        "i65",
        "i0",
        "u",
        "#1",
        "#0",
        "#-1",
        "#",
        "0",
        "1",
        "100",
        "IDX",
        "LEN",
        "MINMATCHLEN",
        "WITHMATCHLEN",
        "nosuch"
    };
    private static final String[] FLOATS = {
        "0",
        "1",
        "-1",
        "0.1",
        "0.2",
        "-0.3",
        "1e3",
        "1.5e-5",
        "5.0e3",
        "-2.5E+2",
        ".5",
        "5.",
        "+7",
        "3.14159265358979323846264338327950288",
        "1e17",
        "123456789012345678901234567890",
        "1e300",
        "-1e4000",
        "1e4931",
        "1e4933",
        "-1e4933",
        "1e-4950",
        "1e-5000",
        "1e-20",
        "-1e-18",
        "0.00000000000000001",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551617",
        "0x10",
        "0x1.8p3",
        "-0X.8",
        "0x",
        "0x1p",
        "1e",
        "inf",
        "-Infinity",
        "INF",
        "infinit",
        "nan",
        "NaN(1)",
        "1e99999999999999999999",
        "0e99999999999999999999",
        "-0",
        "-0.0",
        "1,5",
        "1d",
        "1f",
        "1.5 ",
        "\t1"
    };

    BitRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    String[] words() {
        return BIT_WORDS;
    }

    @Override
    Request next() {
        if (random.nextInt(NAMES.length + 1) == 0) {
            return lcs();
        }
        String name = pick(NAMES);
        return switch (name) {
            case "GETRANGE", "SUBSTR" -> exact(name, key(), bytes(position()), bytes(position()));
            case "SETRANGE" -> exact(name, key(), bytes(writable(position())), smallValue());
            case "INCRBYFLOAT" -> exact(name, key(), bytes(random.nextInt(6) == 0 ? number() : pick(FLOATS)));
            case "SETBIT" ->
                exact(name, key(), bytes(writable(bitOffset())), bytes(random.nextInt(20) == 0 ? number() : bit()));
            case "GETBIT" -> exact(name, key(), bytes(bitOffset()));
            case "BITCOUNT" -> bitcount();
            case "BITPOS" -> bitpos();
            case "BITOP" -> bitop();
            default -> bitfield(name);
        };
    }

    private String position() {
        return switch (random.nextInt(12)) {
            case 0 -> number();
            case 1 -> pick("536870911", "536870912", "-536870912", "99999");
            case 2, 3, 4 -> Integer.toString(-random.nextInt(12));
            default -> Integer.toString(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 40));
        };
    }

    private String bitOffset() {
        return switch (random.nextInt(14)) {
            case 0 -> number();
            case 1 -> pick("4294967296", "4294967295999", "-1");
            case 2 -> Integer.toString(random.nextInt(150_000));
            default -> Integer.toString(random.nextInt(500));
        };
    }

    /** An offset that makes no value of hundreds of megabytes, in either server: near, or too far for both. */
    private static String writable(String offset) {
        boolean far = offset.length() > 6 && offset.length() < 11 && offset.charAt(0) != '-';
        return far ? "4294967296" : offset;
    }

    private String bit() {
        return pick("0", "1");
    }

    private Request lcs() {
        if (random.nextInt(3) == 0) {
            byte[] text = new byte[random.nextInt(30)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) "abc\0".charAt(random.nextInt(4));
            }
            return exact("SET", lcsKey(), random.nextInt(8) == 0 ? bytes(number()) : text);
        }
        if (random.nextInt(20) == 0) {
            return random.nextBoolean() ? exact("LCS") : exact("LCS", lcsKey());
        }
        List<byte[]> arguments = new ArrayList<>(List.of(lcsKey(), lcsKey()));
        for (int options = random.nextInt(4); options > 0; options--) {
            switch (random.nextInt(6)) {
                case 0, 1 -> arguments.add(anyCase("IDX"));
                case 2 -> arguments.add(anyCase("LEN"));
                case 3 -> arguments.add(anyCase("WITHMATCHLEN"));
                case 4 -> {
                    arguments.add(anyCase("MINMATCHLEN"));
                    arguments.add(bytes(random.nextInt(8) == 0 ? number() : Integer.toString(random.nextInt(6))));
                }
                default -> arguments.add(anyCase(pick("nosuch", "MINMATCHLEN", "LE")));
            }
        }
        return exact("LCS", arguments.toArray(byte[][]::new));
    }

    /** Keys of its own, whose values are never long: the work is the product of two lengths. */
    private byte[] lcsKey() {
        return stream.keyNamed(pick("lcs1", "lcs2", "lcs3", "lcs4"));
    }

    private Request bitcount() {
        return switch (random.nextInt(6)) {
            case 0 -> exact("BITCOUNT", key());
            case 1 -> exact("BITCOUNT", key(), bytes(position()));
            case 2 -> exact("BITCOUNT", key(), bytes(position()), bytes(position()));
            default ->
                exact("BITCOUNT", key(), bytes(position()), bytes(position()), anyCase(pick("BIT", "BYTE", "BITS")));
        };
    }

    private Request bitpos() {
        byte[] bit = bytes(random.nextInt(12) == 0 ? number() : bit());
        return switch (random.nextInt(6)) {
            case 0 -> exact("BITPOS", key(), bit);
            case 1 -> exact("BITPOS", key(), bit, bytes(position()));
            case 2 -> exact("BITPOS", key(), bit, bytes(position()), bytes(position()));
            default ->
                exact(
                        "BITPOS",
                        key(),
                        bit,
                        bytes(position()),
                        bytes(position()),
                        anyCase(pick("BIT", "BYTE", "BIT", "BYT")));
        };
    }

    private Request bitop() {
        byte[][] arguments = new byte[3 + (random.nextInt(3) == 0 ? 0 : random.nextInt(4))][];
        arguments[0] = anyCase(random.nextInt(20) == 0 ? pick("NAND", "", "AN") : pick("AND", "OR", "XOR", "NOT"));
        for (int i = 1; i < arguments.length; i++) {
            arguments[i] = key();
        }
        return exact("BITOP", arguments);
    }

    private Request bitfield(String name) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key());
        boolean readOnly = name.endsWith("RO") && random.nextInt(10) > 0;
        for (int operations = random.nextInt(4); operations > 0; operations--) {
            switch (readOnly ? 0 : random.nextInt(5)) {
                case 0, 1 -> add(arguments, "GET");
                case 2 -> {
                    add(arguments, "SET");
                    arguments.add(bytes(operand()));
                }
                case 3 -> {
                    add(arguments, "INCRBY");
                    arguments.add(bytes(operand()));
                }
                default -> {
                    arguments.add(anyCase("OVERFLOW"));
                    arguments.add(anyCase(random.nextInt(20) == 0 ? "nosuch" : pick("WRAP", "SAT", "FAIL")));
                }
            }
        }
        return exact(name, arguments.toArray(byte[][]::new));
    }

    private void add(List<byte[]> arguments, String operation) {
        arguments.add(anyCase(operation));
        String type = random.nextInt(25) == 0
                ? pick("u64", "i65", "u0", "i0", "I8", "8", "", "u", "ux", "i-1", "i08")
                : pick("u", "i") + (1 + random.nextInt(63));
        arguments.add(bytes(random.nextInt(12) == 0 ? "i64" : type));
        String offset = Integer.toString(random.nextInt(random.nextInt(4) == 0 ? 5000 : 150));
        arguments.add(bytes(
                random.nextInt(20) == 0
                        ? pick("-1", "#-1", "#", "4294967296", "##1", "9223372036854775807", "#536870912")
                        : random.nextBoolean() ? offset : "#" + random.nextInt(20)));
    }

    private String operand() {
        return random.nextInt(3) == 0 ? number() : Integer.toString(random.nextInt(700) - 350);
    }
}
