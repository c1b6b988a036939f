// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** Keys whatever they hold: given other names and databases, counted, listed. */
final class KeyspaceRequests extends RequestGroup {
    private static final String[] NAMES = {"RENAME", "RENAMENX", "COPY", "MOVE", "TOUCH", "RESTORE"};
    private static final int[] MOST_ARGUMENTS = {2, 2, 5, 2, 3, 5};
    /** What redis-server 7.0 answered to DUMP of a number, a string that it compressed, a listpack and a table. */
    private static final String[] PAYLOADS = {
        "\u0000\u00c2\u0090\u00ee\u00fe\u00ff\n\u0000(u\u00de{\u0013\u00eb(\u0000",
        "\u0000\u00c3\u0014@`\u000chello world h\u00e0H\u000b\u0001d \n\u0000D\u0005\u00b8$\u008d\u00a7\u00ab\u001d",
        "\u0010\u0016\u0016\u0000\u0000\u0000\u0004\u0000\u0081a\u0002\u0001\u0001\u0081b\u0002\u0085value\u0006\u00ff\n\u0000`\u00f5\u00f4Y\n\u0091\u00cd\u00ac",
        "\u0004\u0001\u0001a\u00c3\u0009@F\u0001yy\u00e09\u0000\u0001yy\n\u0000\u00fc\u00cat\u0001q\u00cc`R"
    };

    private static final String[] BAD_PAYLOADS = {
        "",
        "x",
        "\0\u00c0\n\n\0",
        "\1\1\1a\n\0 wrong ",
        "\u0000\u00c2\u0090\u00ee\u00fe\u00ff\n\u0000(u\u00de{\u0013abc",
        "\u0010\u0016\u0016\u0000\u0000\u0000\u0004\u0000\u0081\u0002\u0001\u0001\u0081b\u0002\u0085value\u0006\u00ff\n\u0000`\u00f5\u00f4Y\n\u0091\u00cd\u00ac"
    };
    private static final String[] NO_DATABASES = {
        "16", "-1", "99999", "2147483648", "-2147483649", "9223372036854775808", "x", "", "1x", "01"
    };

    KeyspaceRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    Request next() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> exact("RENAME", key(), key());
            case 3 -> exact("RENAMENX", key(), key());
            case 4, 5, 6 -> copy();
            case 7 -> exact("MOVE", key(), database());
            case 8 -> exact("TOUCH", key(), key(), key());
            case 9, 10 -> keys();
            case 11 -> stream.isAlone() ? randomKey() : keys();
            case 12, 13 -> restore();
            case 14 -> stream.isAlone() ? exact("SWAPDB", database(), database()) : exact("TYPE", key());
            default -> exact("SELECT", database());
        };
    }

    private Request copy() {
        List<byte[]> arguments = new ArrayList<>(List.of(key(), key()));
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            switch (random.nextInt(10)) {
                case 0 -> arguments.add(anyCase(pick("DB", "nosuch", "REPLAC", "REPLACE\0x", "")));
                case 1, 2, 3 -> arguments.addAll(List.of(anyCase("DB"), database()));
                default -> arguments.add(anyCase("REPLACE"));
            }
        }
        return exact("COPY", arguments.toArray(byte[][]::new));
    }

    private Request restore() {
        boolean absolute = random.nextBoolean();
        String payload = random.nextInt(8) == 0 ? pick(BAD_PAYLOADS) : pick(PAYLOADS);
        String ttl = random.nextInt(3) > 0 ? "0" : stream.time(false, absolute);
        List<byte[]> arguments = new ArrayList<>(List.of(key(), bytes(ttl), bytes(payload)));
        if (absolute) {
            arguments.add(anyCase("ABSTTL"));
        }
        if (random.nextInt(4) > 0) {
            arguments.add(anyCase("REPLACE"));
        }
        if (random.nextInt(3) == 0) {
            arguments.add(anyCase(pick("IDLETIME", "FREQ", "IDLETIME", "FREQ", "nosuch", "")));
            if (random.nextInt(8) > 0) {
                arguments.add(bytes(pick("0", "1", "255", "256", "-1", "x")));
            }
        }
        return exact("RESTORE", arguments.toArray(byte[][]::new));
    }

    private Request keys() {
        if (stream.hasShortLived()) {
            return exact("TOUCH", key());
        }
        byte[] pattern = stream.keyNamed(pick("*", "*", "key:?", "[a-c]", "n[^1]", "l*", "nosuch", "\\a", "*\0*"));
        return request(ReplyCheck.ELEMENTS_IN_ANY_ORDER, join("KEYS", pattern));
    }

    /** Then the keys among which it must be. */
    private Request randomKey() {
        stream.thenNext(() -> request(ReplyCheck.ALL_KEYS, join("KEYS", bytes("*"))));
        return request(ReplyCheck.ONE_KEY, name("RANDOMKEY"));
    }

    private byte[] database() {
        return bytes(random.nextInt(12) == 0 ? pick(NO_DATABASES) : pick(RequestStream.DATABASES));
    }

    /** So that no connection makes keys of others. */
    @Override
    boolean hasKeysOnly(String name) {
        return !name.equals("MOVE");
    }
}
