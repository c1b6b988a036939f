// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A command with places to fill, encoded as RESP without an object for each request. An argument is a text or one of
 * {@code {key}}, {@code {value}}, {@code {ttl}} (seconds), {@code {ttlms}}, {@code {field}} and {@code {number}}; text
 * may stand around a key or a field, as in {@code session:{key}}.
 *
 * <p>Threading: immutable; what is drawn belongs to the {@link Draw}.
 */
public final class CommandTemplate {
    /** Length of every key number: zero-padded, so that all keys are equally long. */
    public static final int KEY_DIGITS = 12;

    private static final int LONGEST_HEADER = 16;
    private static final int LONGEST_NUMBER = 20;

    private enum Kind {
        TEXT,
        KEY,
        VALUE,
        TTL,
        TTL_MS,
        FIELD,
        NUMBER
    }

    private final String name;
    private final boolean reads;
    private final Kind[] kinds;
    private final byte[][] before;
    private final byte[][] after;
    private final byte[] header;

    private CommandTemplate(String name, boolean reads, List<String> arguments) {
        this.name = name;
        this.reads = reads;
        int count = arguments.size();
        kinds = new Kind[count];
        before = new byte[count][];
        after = new byte[count][];
        header = utf8("*" + count + "\r\n");
        for (int i = 0; i < count; i++) {
            parse(i, arguments.get(i));
        }
    }

    /**
     * A template.
     *
     * @param name what its figures are filed under
     * @param line command and arguments, separated by blanks
     * @throws IllegalArgumentException when a placeholder is unknown or the line is empty
     */
    public static CommandTemplate of(String name, String line) {
        String stripped = line.strip();
        if (stripped.isEmpty()) {
            throw new IllegalArgumentException("a command template is empty");
        }
        List<String> arguments = List.of(stripped.split("\\s+"));
        return new CommandTemplate(name, KnownCommands.reads(arguments.get(0).toUpperCase(Locale.ROOT)), arguments);
    }

    private void parse(int index, String argument) {
        int open = argument.indexOf('{');
        if (open < 0) {
            kinds[index] = Kind.TEXT;
            before[index] = utf8("$" + utf8(argument).length + "\r\n" + argument + "\r\n");
            after[index] = new byte[0];
            return;
        }
        int close = argument.indexOf('}', open);
        String place = argument.substring(open, close < 0 ? argument.length() : close + 1);
        String left = argument.substring(0, open);
        String right = close < 0 ? "" : argument.substring(close + 1);
        kinds[index] = switch (place) {
            case "{key}" -> Kind.KEY;
            case "{value}" -> Kind.VALUE;
            case "{ttl}" -> Kind.TTL;
            case "{ttlms}" -> Kind.TTL_MS;
            case "{field}" -> Kind.FIELD;
            case "{number}" -> Kind.NUMBER;
            default ->
                throw new IllegalArgumentException(
                        "'" + place + "' is none of the places {key}, {value}, {ttl}, {ttlms}, {field}, {number}");
        };
        if (kinds[index] == Kind.KEY || kinds[index] == Kind.FIELD) {
            int digits = kinds[index] == Kind.KEY ? KEY_DIGITS : 2;
            int length = utf8(left).length + digits + utf8(right).length;
            before[index] = utf8("$" + length + "\r\n" + left);
            after[index] = utf8(right + "\r\n");
        } else if (left.isEmpty() && right.isEmpty()) {
            before[index] = new byte[0];
            after[index] = new byte[0];
        } else {
            throw new IllegalArgumentException("'" + argument + "': text may stand around {key} and {field} only");
        }
    }

    /** What its figures are filed under. */
    public String name() {
        return name;
    }

    /** Whether its replies tell hits from misses. */
    public boolean reads() {
        return reads;
    }

    /** Bytes that the longest request of this template takes. */
    public int longestBytes(long longestValueBytes) {
        long bytes = header.length;
        for (int i = 0; i < kinds.length; i++) {
            bytes += before[i].length
                    + after[i].length
                    + LONGEST_HEADER
                    + LONGEST_NUMBER
                    + (kinds[i] == Kind.VALUE ? longestValueBytes : 0);
        }
        return Math.toIntExact(bytes);
    }

    /** Appends one request; the buffer has {@link #longestBytes} free. */
    public void encode(ByteBuffer out, Draw draw) {
        out.put(header);
        for (int i = 0; i < kinds.length; i++) {
            out.put(before[i]);
            switch (kinds[i]) {
                case TEXT -> {}
                case KEY -> putPadded(out, draw.key(), KEY_DIGITS);
                case FIELD -> putPadded(out, draw.field(), 2);
                case VALUE -> putValue(out, draw);
                case TTL -> putBulkNumber(out, Math.max(1, draw.ttlMs() / 1_000));
                case TTL_MS -> putBulkNumber(out, draw.ttlMs());
                case NUMBER -> putBulkNumber(out, draw.number());
            }
            out.put(after[i]);
        }
    }

    private static void putValue(ByteBuffer out, Draw draw) {
        int length = draw.valueLength();
        out.put((byte) '$');
        putNumber(out, length);
        out.put((byte) '\r').put((byte) '\n');
        draw.putValue(out, length);
        out.put((byte) '\r').put((byte) '\n');
    }

    private static void putBulkNumber(ByteBuffer out, long number) {
        out.put((byte) '$');
        putNumber(out, digits(number));
        out.put((byte) '\r').put((byte) '\n');
        putNumber(out, number);
        out.put((byte) '\r').put((byte) '\n');
    }

    private static void putNumber(ByteBuffer out, long number) {
        putPadded(out, number, digits(number));
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void putPadded(ByteBuffer out, long number, int digits) {
        int end = out.position() + digits;
        long rest = number;
        for (int i = end - 1; i >= end - digits; i--) {
            out.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.position(end);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
