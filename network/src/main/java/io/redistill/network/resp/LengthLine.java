// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;

/**
 * Reads a line that holds a length: a type byte, a canonical integer, CR and one more byte.
 *
 * <p>Threading: confined to the event loop.
 */
final class LengthLine {
    /** Results of {@link #read} that are not an address. */
    static final long INCOMPLETE = 0;

    static final long TOO_LONG = -1;
    static final long NOT_A_NUMBER = -2;

    private long value;

    /** The number that the last successful {@link #read} found. */
    long value() {
        return value;
    }

    /**
     * Reads the line whose type byte is at {@code from}.
     *
     * @return the address after the line, or one of the constants
     */
    long read(long from, long end) {
        if (end - from >= 8) {
            // The everyday case: at most five digits, no sign, no leading zero.
            int number = Memory.getByte(from + 1) - '0';
            if (number > 0 && number <= 9) {
                long at = from + 2;
                int digit;
                while ((digit = Memory.getByte(at) - '0') >= 0 && digit <= 9 && at - from < 6) {
                    number = number * 10 + digit;
                    at++;
                }
                if (Memory.getByte(at) == '\r') {
                    value = number;
                    return at + 2;
                }
            }
        }
        return readSlowPath(from, end);
    }

    private long readSlowPath(long from, long end) {
        long at = carriageReturn(from, end);
        if (at <= 0) {
            return at;
        }
        int length = (int) (at - from - 1);
        if (!Decimal.isInteger(from + 1, length)) {
            return NOT_A_NUMBER;
        }
        value = Decimal.parse(from + 1, length);
        return at + 2;
    }

    /**
     * Looks for the end of a line whose type byte is wrong: even that byte may be the CR.
     *
     * @return {@link #NOT_A_NUMBER} when the line is complete, or one of the other constants
     */
    static long skip(long from, long end) {
        long at = carriageReturn(from, end);
        return at <= 0 ? at : NOT_A_NUMBER;
    }

    /** The address of the line's CR, or a constant. Redis looks for it with strchr, which ends at a zero byte. */
    private static long carriageReturn(long from, long end) {
        long at = from;
        while (at < end && Memory.getByte(at) != '\r' && Memory.getByte(at) != 0) {
            at++;
        }
        if (at == end || Memory.getByte(at) == 0) {
            return end - from > RespLimits.MAX_LINE_BYTES ? TOO_LONG : INCOMPLETE;
        }
        return at + 1 < end ? at : INCOMPLETE;
    }
}
