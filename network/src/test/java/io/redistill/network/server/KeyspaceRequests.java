// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** Keys whatever they hold: given other names and databases, counted, listed. */
final class KeyspaceRequests extends RequestGroup {
    private static final String[] NAMES = {"RENAME", "RENAMENX", "COPY", "MOVE", "TOUCH"};
    private static final int[] MOST_ARGUMENTS = {2, 2, 5, 2, 3};
    private static final String[] NO_DATABASES = {
        "16", "-1", "99999", "2147483648", "-2147483649", "9223372036854775808", "x", "", "1x", "01"
    };

    KeyspaceRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    Request next() {
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> exact("RENAME", key(), key());
            case 3 -> exact("RENAMENX", key(), key());
            case 4, 5, 6 -> copy();
            case 7 -> exact("MOVE", key(), database());
            case 8 -> exact("TOUCH", key(), key(), key());
            case 9, 10 -> keys();
            case 11 -> stream.isAlone() ? randomKey() : keys();
            case 12 -> stream.isAlone() ? exact("SWAPDB", database(), database()) : exact("TYPE", key());
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
