// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

/**
 * Signed 64-bit integers as decimal digits in off-heap memory, written and parsed in place, as Redis's
 * {@code ll2string} and {@code string2ll} do.
 *
 * <p>Threading: stateless.
 */
public final class Decimal {
    /** Most characters of a number: a sign and 19 digits. */
    public static final int MAX_LENGTH = 20;

    private Decimal() {}

    /** Characters that {@link #write} produces for a value: 1 to {@link #MAX_LENGTH}. */
    public static int length(long value) {
        if (value == Long.MIN_VALUE) {
            return MAX_LENGTH;
        }
        int length = value < 0 ? 2 : 1;
        long rest = Math.abs(value);
        while (rest >= 10) {
            rest /= 10;
            length++;
        }
        return length;
    }

    /** Writes the digits at an address and returns their number. */
    public static int write(long address, long value) {
        int length = length(value);
        int position = length;
        // Negative remainders keep Long.MIN_VALUE, which has no positive counterpart, in range.
        long rest = value < 0 ? value : -value;
        do {
            Memory.putByte(address + --position, (byte) ('0' - rest % 10));
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            Memory.putByte(address, (byte) '-');
        }
        return length;
    }

    /**
     * Whether the bytes are a canonical integer: no space, no plus sign, no leading zero, in the range of a signed
     * 64-bit integer. Then {@link #parse} gives its value.
     */
    public static boolean isInteger(long address, int length) {
        if (length == 0 || length > MAX_LENGTH) {
            return false;
        }
        int position = 0;
        boolean negative = Memory.getByte(address) == '-';
        if (negative) {
            position++;
        }
        if (position == length) {
            return false;
        }
        byte first = Memory.getByte(address + position);
        if (first == '0') {
            return length == 1;
        }
        long value = 0;
        for (; position < length; position++) {
            int digit = Memory.getByte(address + position) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            if (value < (Long.MIN_VALUE + digit) / 10) {
                return false;
            }
            value = value * 10 - digit;
        }
        return negative || value != Long.MIN_VALUE;
    }

    /** The value of bytes that are {@link #isInteger}. */
    public static long parse(long address, int length) {
        boolean negative = Memory.getByte(address) == '-';
        long value = 0;
        for (int position = negative ? 1 : 0; position < length; position++) {
            value = value * 10 - (Memory.getByte(address + position) - '0');
        }
        return negative ? value : -value;
    }
}
