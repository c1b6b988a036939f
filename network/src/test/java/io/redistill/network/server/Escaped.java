// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

/** Bytes made readable for messages. */
final class Escaped {
    private static final int LONGEST = 240;

    private Escaped() {}

    /** Printable ASCII as it is, other bytes escaped; long ones cut in the middle. */
    static String text(byte[] bytes) {
        return text(bytes, 0);
    }

    /** The same, with the bytes around {@code interesting} rather than the first ones when there are too many. */
    static String text(byte[] bytes, int interesting) {
        int from = Math.max(0, Math.min(interesting - LONGEST / 2, bytes.length - LONGEST));
        int to = Math.min(bytes.length, from + LONGEST);
        StringBuilder text = new StringBuilder(from > 0 ? "(from " + from + ") " : "");
        for (int i = from; i < to; i++) {
            append(text, bytes[i] & 0xff);
        }
        return to < bytes.length ? text + "... (" + bytes.length + " bytes)" : text.toString();
    }

    private static void append(StringBuilder text, int letter) {
        switch (letter) {
            case '\r' -> text.append("\\r");
            case '\n' -> text.append("\\n");
            case '\\' -> text.append("\\\\");
            default -> {
                if (letter >= ' ' && letter < 127) {
                    text.append((char) letter);
                } else {
                    text.append(String.format("\\x%02x", letter));
                }
            }
        }
    }
}
