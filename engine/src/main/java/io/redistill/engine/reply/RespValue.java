// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;

/**
 * A reply as a tree, for commands off the hot path; everyday replies are written as bytes at once.
 *
 * <p>A tree is built once, in RESP3's terms, and encoded for either protocol. RESP2 gets what Redis gives it: maps and
 * sets become arrays, verbatim strings and doubles bulk strings, booleans integers, nulls the null bulk string or the
 * null array.
 *
 * <p>Byte arrays and lists given to a factory are kept, not copied; the caller leaves them unchanged.
 *
 * <p>Threading: immutable.
 */
public final class RespValue {
    /** {@code $-1} in RESP2. */
    public static final RespValue NULL = new RespValue(Kind.NULL, new byte[0], List.of());
    /** {@code *-1} in RESP2, the same as {@link #NULL} in RESP3. */
    public static final RespValue NULL_ARRAY = new RespValue(Kind.NULL_ARRAY, new byte[0], List.of());

    public static final RespValue OK = status("OK");

    private static final byte[] CRLF = {'\r', '\n'};
    /** As C's {@code %.17g}, Redis's format of doubles. */
    private static final MathContext DOUBLE_DIGITS = new MathContext(17, RoundingMode.HALF_EVEN);

    /** No reply at all: what a successful SHUTDOWN sends. */
    public static final RespValue NONE = new RespValue(Kind.NONE, new byte[0], List.of());

    private enum Kind {
        NONE,
        STATUS,
        ERROR,
        INTEGER,
        BULK,
        VERBATIM,
        DOUBLE,
        BOOLEAN,
        NULL,
        NULL_ARRAY,
        ARRAY,
        SET,
        MAP
    }

    private final Kind kind;
    private final byte[] content;
    private final List<RespValue> elements;

    private RespValue(Kind kind, byte[] content, List<RespValue> elements) {
        this.kind = kind;
        this.content = content;
        this.elements = elements;
    }

    /** A simple string; the text holds no line break. */
    public static RespValue status(String text) {
        return new RespValue(Kind.STATUS, text.getBytes(UTF_8), List.of());
    }

    /** An error; the text begins with its code, as in {@code ERR syntax error}. */
    public static RespValue error(String text) {
        return error(text.getBytes(UTF_8));
    }

    /**
     * As {@link #error(String)}. As in Redis, line breaks at the end are left out and others become spaces, since they
     * would end the reply early.
     */
    public static RespValue error(byte[] text) {
        int length = text.length;
        while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == '\n')) {
            length--;
        }
        byte[] line = Arrays.copyOf(text, length);
        for (int i = 0; i < length; i++) {
            if (line[i] == '\r' || line[i] == '\n') {
                line[i] = ' ';
            }
        }
        return new RespValue(Kind.ERROR, line, List.of());
    }

    public static RespValue integer(long value) {
        return new RespValue(Kind.INTEGER, Long.toString(value).getBytes(US_ASCII), List.of());
    }

    public static RespValue bulk(String text) {
        return bulk(text.getBytes(UTF_8));
    }

    public static RespValue bulk(byte[] bytes) {
        return new RespValue(Kind.BULK, bytes, List.of());
    }

    /** A string with a format of three letters ({@code txt}, {@code mkd}), which RESP2 does not see. */
    public static RespValue verbatim(String format, String text) {
        if (format.length() != 3) {
            throw new IllegalArgumentException("format=" + format + ", must have three letters");
        }
        return new RespValue(Kind.VERBATIM, (format + ':' + text).getBytes(UTF_8), List.of());
    }

    public static RespValue real(double value) {
        return new RespValue(Kind.DOUBLE, format(value).getBytes(US_ASCII), List.of());
    }

    public static RespValue bool(boolean value) {
        return new RespValue(Kind.BOOLEAN, new byte[] {(byte) (value ? 't' : 'f')}, List.of());
    }

    public static RespValue array(List<RespValue> elements) {
        return new RespValue(Kind.ARRAY, new byte[0], elements);
    }

    public static RespValue array(RespValue... elements) {
        return array(List.of(elements));
    }

    public static RespValue set(List<RespValue> elements) {
        return new RespValue(Kind.SET, new byte[0], elements);
    }

    /** A map; keys and values alternate. */
    public static RespValue map(List<RespValue> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw new IllegalArgumentException("keysAndValues.size()=" + keysAndValues.size() + ", must be even");
        }
        return new RespValue(Kind.MAP, new byte[0], keysAndValues);
    }

    /** As {@link #map(List)}. */
    public static RespValue map(RespValue... keysAndValues) {
        return map(List.of(keysAndValues));
    }

    public boolean isError() {
        return kind == Kind.ERROR;
    }

    public byte[] toBytes(boolean resp3) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        encodeTo(out, resp3);
        return out.toByteArray();
    }

    /** Appends this value in RESP3, or in RESP2. */
    public void encodeTo(ByteArrayOutputStream out, boolean resp3) {
        switch (kind) {
            case NONE -> {}
            case STATUS -> line(out, '+', content);
            case ERROR -> line(out, '-', content);
            case INTEGER -> line(out, ':', content);
            case BULK -> string(out, '$', content, 0);
            case VERBATIM -> {
                if (resp3) {
                    string(out, '=', content, 0);
                } else {
                    string(out, '$', content, 4);
                }
            }
            case DOUBLE -> {
                if (resp3) {
                    line(out, ',', content);
                } else {
                    string(out, '$', content, 0);
                }
            }
            case BOOLEAN -> {
                if (resp3) {
                    line(out, '#', content);
                } else {
                    length(out, ':', content[0] == 't' ? 1 : 0);
                }
            }
            case NULL -> out.writeBytes((resp3 ? "_\r\n" : "$-1\r\n").getBytes(US_ASCII));
            case NULL_ARRAY -> out.writeBytes((resp3 ? "_\r\n" : "*-1\r\n").getBytes(US_ASCII));
            case ARRAY -> aggregate(out, '*', elements.size(), resp3);
            case SET -> aggregate(out, resp3 ? '~' : '*', elements.size(), resp3);
            case MAP -> aggregate(out, resp3 ? '%' : '*', resp3 ? elements.size() / 2 : elements.size(), resp3);
        }
    }

    private void aggregate(ByteArrayOutputStream out, char type, int count, boolean resp3) {
        length(out, type, count);
        for (RespValue element : elements) {
            element.encodeTo(out, resp3);
        }
    }

    private static void string(ByteArrayOutputStream out, char type, byte[] bytes, int offset) {
        length(out, type, bytes.length - offset);
        out.write(bytes, offset, bytes.length - offset);
        out.writeBytes(CRLF);
    }

    private static void length(ByteArrayOutputStream out, char type, int length) {
        line(out, type, Integer.toString(length).getBytes(US_ASCII));
    }

    private static void line(ByteArrayOutputStream out, char type, byte[] text) {
        out.write(type);
        out.writeBytes(text);
        out.writeBytes(CRLF);
    }

    private static String format(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(DOUBLE_DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < DOUBLE_DIGITS.getPrecision()) {
            return rounded.toPlainString();
        }
        String digits = rounded.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    /** The RESP3 encoding with visible line breaks, for logs and failing tests. */
    @Override
    public String toString() {
        return new String(toBytes(true), UTF_8).replace("\r\n", "\\r\\n");
    }
}
