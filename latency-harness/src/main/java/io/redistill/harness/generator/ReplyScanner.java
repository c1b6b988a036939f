// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds the ends of RESP2 and RESP3 replies in a stream of bytes, and what a generator needs to know of them: whether
 * they are errors, and how many values and nulls they hold. Nothing is kept but the text of the last error.
 *
 * <p>Threading: one thread.
 */
public final class ReplyScanner {
    /** More bytes are needed. */
    public static final int INCOMPLETE = 0;
    /** A reply ended at the buffer's position. */
    public static final int REPLY = 1;
    /** What came is not RESP. */
    public static final int BROKEN = 2;

    private static final int DEEPEST = 32;
    private static final int LONGEST_ERROR = 200;

    private static final int TYPE = 0;
    private static final int LINE = 1;
    private static final int BODY = 2;

    private final long[] left = new long[DEEPEST];
    private final byte[] around = new byte[DEEPEST];
    private final byte[] errorText = new byte[LONGEST_ERROR];

    private int state = TYPE;
    private byte type;
    private long number;
    private boolean negative;
    private long bodyLeft;
    private int depth;

    private int errorLength;
    private boolean error;
    private int values;
    private int nulls;

    /** Reads on from the buffer's position to the end of one reply or of the buffer. */
    public int scan(ByteBuffer bytes) {
        if (state == TYPE && depth == 0) {
            beginReply();
        }
        while (bytes.hasRemaining()) {
            switch (state) {
                case TYPE -> {
                    type = bytes.get();
                    number = 0;
                    negative = false;
                    if (type == '-' && depth == 0) {
                        errorLength = 0;
                    }
                    state = LINE;
                }
                case LINE -> {
                    byte next = bytes.get();
                    if (next != '\n') {
                        readHeader(next);
                        continue;
                    }
                    state = TYPE;
                    int end = endOfHeader();
                    if (end != INCOMPLETE) {
                        return end;
                    }
                }
                default -> {
                    int taken = (int) Math.min(bodyLeft, bytes.remaining());
                    bytes.position(bytes.position() + taken);
                    bodyLeft -= taken;
                    if (bodyLeft == 0) {
                        state = TYPE;
                        if (endOfElement()) {
                            return REPLY;
                        }
                    }
                }
            }
        }
        return INCOMPLETE;
    }

    private void beginReply() {
        error = false;
        values = 0;
        nulls = 0;
    }

    private void readHeader(byte next) {
        if (next >= '0' && next <= '9') {
            number = number * 10 + (next - '0');
        } else if (next == '-') {
            negative = true;
        }
        if (type == '-' && next != '\r' && errorLength < LONGEST_ERROR) {
            errorText[errorLength++] = next;
        }
    }

    private int endOfHeader() {
        switch (type) {
            case '-' -> {
                error = true;
                return endOfValue();
            }
            case '+', ':', ',', '#', '(' -> {
                return endOfValue();
            }
            case '_' -> {
                return endOfNull();
            }
            case '$', '=', '!' -> {
                if (negative) {
                    return endOfNull();
                }
                error |= type == '!';
                values++;
                bodyLeft = number + 2;
                state = BODY;
                return INCOMPLETE;
            }
            case '*', '~', '>', '%', '|' -> {
                return beginAggregate();
            }
            default -> {
                return BROKEN;
            }
        }
    }

    private int beginAggregate() {
        if (negative) {
            return endOfNull();
        }
        long elements = type == '%' || type == '|' ? 2 * number : number;
        if (elements == 0) {
            nulls += depth == 0 && type != '|' && type != '>' ? 1 : 0; // an empty answer: nothing was found
            if (type == '|' || (type == '>' && depth == 0)) {
                return INCOMPLETE;
            }
            return endOfElement() ? REPLY : INCOMPLETE;
        }
        if (depth == DEEPEST) {
            return BROKEN;
        }
        around[depth] = type;
        left[depth++] = elements;
        return INCOMPLETE;
    }

    private int endOfValue() {
        values++;
        return endOfElement() ? REPLY : INCOMPLETE;
    }

    private int endOfNull() {
        nulls++;
        return endOfElement() ? REPLY : INCOMPLETE;
    }

    /** Closes what the element was the last of; true when that was a reply, and not a push message or an attribute. */
    private boolean endOfElement() {
        while (depth > 0) {
            if (--left[depth - 1] > 0) {
                return false;
            }
            depth--;
            boolean push = around[depth] == '>' && depth == 0;
            if (around[depth] == '|' || push) { // stands before something, or beside all replies: no element itself
                if (depth == 0) {
                    beginReply();
                }
                return false;
            }
        }
        return true;
    }

    /** Forgets a reply that was cut off by the end of its connection. */
    public void reset() {
        state = TYPE;
        depth = 0;
    }

    /** Whether the last reply is, or holds, an error. */
    public boolean error() {
        return error;
    }

    /** Values of the last reply, those in arrays and maps too. */
    public int values() {
        return values;
    }

    /** Nulls of the last reply; an empty array or map counts as one. */
    public int nulls() {
        return nulls;
    }

    /** Text of the last error, without the dash; makes an object. */
    public String errorText() {
        return new String(errorText, 0, errorLength, StandardCharsets.UTF_8);
    }
}
