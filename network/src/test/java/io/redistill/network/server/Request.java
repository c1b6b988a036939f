// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A command as it goes over the wire, and what is known of its reply.
 *
 * @param wire its bytes
 * @param shown makes itself readable
 * @param check how the replies are compared
 * @param isAnswered whether there is a reply at all
 */
record Request(byte[] wire, Supplier<String> shown, ReplyCheck check, boolean isAnswered) {
    /** As an array of bulk strings. */
    static byte[] multibulk(byte[]... arguments) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        ascii(wire, "*" + arguments.length + "\r\n");
        for (byte[] argument : arguments) {
            ascii(wire, "$" + argument.length + "\r\n");
            wire.writeBytes(argument);
            ascii(wire, "\r\n");
        }
        return wire.toByteArray();
    }

    /** As a line of words, each plain or quoted in one of the ways that say the same. */
    static byte[] inline(SplittableRandom random, byte[]... arguments) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (int i = 0; i < arguments.length; i++) {
            if (i > 0 || random.nextInt(10) == 0) {
                ascii(wire, random.nextInt(8) == 0 ? " \t  " : " ");
            }
            inlineWord(random, wire, arguments[i]);
        }
        ascii(wire, random.nextInt(4) == 0 ? "\n" : random.nextInt(8) == 0 ? "  \r\n" : "\r\n");
        return wire.toByteArray();
    }

    private static void inlineWord(SplittableRandom random, ByteArrayOutputStream wire, byte[] word) {
        boolean plain = word.length > 0;
        boolean printable = true;
        for (byte letter : word) {
            plain &= letter > ' ' && letter < 127 && letter != '"' && letter != '\'';
            printable &= letter >= ' ' && letter < 127 && letter != '\\';
        }
        int style = random.nextInt(3);
        if (plain && style == 0) {
            wire.writeBytes(word);
        } else if (printable && style == 1) {
            wire.write('\'');
            for (byte letter : word) {
                ascii(wire, letter == '\'' ? "\\'" : String.valueOf((char) letter));
            }
            wire.write('\'');
        } else {
            wire.write('"');
            for (byte letter : word) {
                doubleQuoted(random, wire, letter & 0xff);
            }
            wire.write('"');
        }
    }

    private static void doubleQuoted(SplittableRandom random, ByteArrayOutputStream wire, int letter) {
        switch (letter) {
            case '\n' -> ascii(wire, "\\n");
            case '\r' -> ascii(wire, "\\r");
            case '\t' -> ascii(wire, "\\t");
            case '\b' -> ascii(wire, "\\b");
            case 7 -> ascii(wire, "\\a");
            case '"', '\\' -> ascii(wire, "\\" + (char) letter);
            default -> {
                if (letter < ' ' || random.nextInt(6) == 0) {
                    ascii(wire, String.format(random.nextBoolean() ? "\\x%02x" : "\\x%02X", letter));
                } else {
                    wire.write(letter);
                }
            }
        }
    }

    private static void ascii(ByteArrayOutputStream wire, String text) {
        wire.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
