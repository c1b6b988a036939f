// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.ArrayList;
import java.util.List;

/** How values are kept, sorting what cannot be sorted, waiting for replicas that are not there, and DEBUG. */
final class ObjectRequests extends RequestGroup {
    private static final String[] NAMES = {"SORT", "SORT_RO"};
    private static final int[] MOST_ARGUMENTS = {4, 4};
    private static final String[] SORT_WORDS = {
        "ASC", "DESC", "ALPHA", "LIMIT", "STORE", "BY", "GET", "0", "10", "nosuch", "LIMI"
    };

    ObjectRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    String[] words() {
        return SORT_WORDS;
    }

    @Override
    Request next() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> request(ReplyCheck.ENCODING, join("OBJECT", anyCase("ENCODING"), key()));
            case 4 -> request(ReplyCheck.TYPE, join("OBJECT", anyCase("REFCOUNT"), key()));
            case 5 -> request(ReplyCheck.TYPE, join("OBJECT", anyCase("IDLETIME"), key()));
            case 6 -> exact("OBJECT", anyCase(pick("FREQ", "FREQ", "ENCODIN", "HELP")), key());
            case 7 -> random.nextInt(4) == 0 ? exact("OBJECT") : exact("OBJECT", anyCase("HELP"));
            case 8, 9 -> sort();
            case 10 -> exact("WAIT", bytes(pick("0", "-1", "x", "0 ")), bytes(pick("0", "1", "-1", "x", "1.5")));
            default -> debug();
        };
    }

    private Request sort() {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key());
        for (int options = random.nextInt(4); options > 0; options--) {
            String option = pick("ASC", "DESC", "ALPHA", "LIMIT", "STORE", "BY", "GET", "nosuch");
            arguments.add(anyCase(option));
            int values = option.equals("LIMIT") ? 2 : option.equals("BY") || option.equals("GET") ? 1 : 0;
            for (int i = 0; i < values; i++) {
                arguments.add(bytes(random.nextInt(20) == 0 ? number() : "1"));
            }
            if (option.equals("STORE")) {
                arguments.add(key());
            }
        }
        if (random.nextInt(10) == 0) {
            arguments.remove(arguments.size() - 1);
        }
        return exact(random.nextInt(3) == 0 ? "SORT_RO" : "SORT", arguments.toArray(byte[][]::new));
    }

    private Request debug() {
        return switch (random.nextInt(5)) {
            case 0 -> exact("DEBUG", anyCase("SLEEP"), bytes(pick("0", "x", "", "0.0000001", "1e-7s")));
            case 1 -> exact("DEBUG", anyCase("SET-ACTIVE-EXPIRE"), bytes("1"));
            case 2 -> request(ReplyCheck.TYPE, join("DEBUG", anyCase("OBJECT"), lastingKey()));
            case 3 -> exact("DEBUG", anyCase(pick("nosuch", "SLEEP", "SET-ACTIVE-EXPIRE", "STRINGMATCH-LEN")));
            default -> exact("DEBUG", bytes(pick("nosuch", "a\0b", "")), key());
        };
    }
}
