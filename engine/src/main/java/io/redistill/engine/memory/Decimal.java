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

    /** The logarithm of 2 to base 10, a little more than it is. */
    private static final int LOG_2_NUMERATOR = 1233;

    private static final int LOG_2_SHIFT = 12;

    private static final long[] POWERS_OF_TEN = new long[19];

    /** The digits of 0 to 99, two bytes as they stand in memory. */
    private static final short[] PAIRS = new short[100];

    static {
        long power = 1;
        for (int i = 0; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = power;
            power *= 10;
        }
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = (short) ('0' + i % 10 << Byte.SIZE | '0' + i / 10);
        }
    }

    private Decimal() {}

    /** Characters that {@link #write} produces for a value: 1 to {@link #MAX_LENGTH}. */
    public static int length(long value) {
        if (value == Long.MIN_VALUE) {
            return MAX_LENGTH;
        }
        // No power of ten but the first is odd, so this changes the digits of 0 only.
        long magnitude = Math.abs(value) | 1;
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(magnitude)) * LOG_2_NUMERATOR >> LOG_2_SHIFT;
        return (magnitude < POWERS_OF_TEN[digits] ? digits : digits + 1) + (value < 0 ? 1 : 0);
    }

    /** Writes the digits at an address and returns their number. */
    public static int write(long address, long value) {
        int length = length(value);
        write(address, value, length);
        return length;
    }

    /** The same for a caller who knows the {@link #length}. */
    public static void write(long address, long value, int length) {
        long end = address + length;
        // Negative remainders keep Long.MIN_VALUE, which has no positive counterpart, in range.
        long rest = value < 0 ? value : -value;
        while (rest <= -100) {
            long quotient = rest / 100;
            end -= Short.BYTES;
            Memory.putShort(end, PAIRS[(int) (quotient * 100 - rest)]);
            rest = quotient;
        }
        if (rest <= -10) {
            Memory.putShort(end - Short.BYTES, PAIRS[(int) -rest]);
        } else {
            Memory.putByte(end - 1, (byte) ('0' - rest));
        }
        if (value < 0) {
            Memory.putByte(address, (byte) '-');
        }
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
