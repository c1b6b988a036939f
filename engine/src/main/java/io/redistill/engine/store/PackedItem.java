// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;

/**
 * A string on its way into a packed hash, in the one form that it has there: two strings are equal if and only if their
 * encodings are. One object is reused for many strings.
 *
 * <pre>
 *   first byte   0x00-0xef   so many bytes follow
 *                0xf0        an int, and so many bytes, follow
 *                0xf8-0xfb   an integer of 1, 2, 4 or 8 bytes follows: the shortest that holds it
 * </pre>
 *
 * A string that is the canonical decimal form of a signed 64-bit integer is kept as that integer. All little-endian.
 *
 * <p>Threading: confined to the shard thread.
 */
final class PackedItem {
    private static final int WIDE = 0xf0;
    private static final int FIRST_INTEGER = 0xf8;

    private int header;
    private long number;
    private long address;
    private int length;

    /** Takes a string; its bytes are borrowed until it is written. */
    PackedItem bytes(long address, int length) {
        if (Decimal.isInteger(address, length)) {
            return integer(Decimal.parse(address, length));
        }
        header = Math.min(length, WIDE);
        this.address = address;
        this.length = length;
        return this;
    }

    /** Takes the decimal digits of a number. */
    PackedItem integer(long number) {
        this.number = number;
        int widthLog = number == (byte) number ? 0 : number == (short) number ? 1 : number == (int) number ? 2 : 3;
        header = FIRST_INTEGER + widthLog;
        return this;
    }

    /** Bytes that {@link #write} will write. */
    int encodedLength() {
        if (header >= FIRST_INTEGER) {
            return 1 + (1 << header - FIRST_INTEGER);
        }
        return length + (header == WIDE ? 1 + Integer.BYTES : 1);
    }

    /** Writes the encoding and returns the address behind it. */
    long write(long target) {
        Memory.putByte(target, (byte) header);
        long at = target + 1;
        if (header >= FIRST_INTEGER) {
            switch (header - FIRST_INTEGER) {
                case 0 -> Memory.putByte(at, (byte) number);
                case 1 -> Memory.putShort(at, (short) number);
                case 2 -> Memory.putInt(at, (int) number);
                default -> Memory.putLong(at, number);
            }
            return at + (1 << header - FIRST_INTEGER);
        }
        if (header == WIDE) {
            Memory.putInt(at, length);
            at += Integer.BYTES;
        }
        Memory.copy(address, at, length);
        return at + length;
    }

    /** Whether the item at an address is this one. */
    boolean isAt(long item) {
        if ((Memory.getByte(item) & 0xff) != header) {
            return false;
        }
        if (header >= FIRST_INTEGER) {
            return integerAt(item) == number;
        }
        if (header == WIDE) {
            return Memory.getInt(item + 1) == length && Memory.equal(item + 1 + Integer.BYTES, address, length);
        }
        return Memory.equal(item + 1, address, length);
    }

    // ---- items in memory

    /** Bytes of the whole item at an address. */
    static int lengthAt(long item) {
        int header = Memory.getByte(item) & 0xff;
        if (header < WIDE) {
            return 1 + header;
        }
        return header >= FIRST_INTEGER
                ? 1 + (1 << header - FIRST_INTEGER)
                : 1 + Integer.BYTES + Memory.getInt(item + 1);
    }

    static boolean isIntegerAt(long item) {
        return (Memory.getByte(item) & 0xff) >= FIRST_INTEGER;
    }

    /** The number, where {@link #isIntegerAt}. */
    static long integerAt(long item) {
        return switch ((Memory.getByte(item) & 0xff) - FIRST_INTEGER) {
            case 0 -> Memory.getByte(item + 1);
            case 1 -> Memory.getShort(item + 1);
            case 2 -> Memory.getInt(item + 1);
            default -> Memory.getLong(item + 1);
        };
    }

    /** Where the string's bytes begin, where not {@link #isIntegerAt}. */
    static long bytesAt(long item) {
        return item + ((Memory.getByte(item) & 0xff) == WIDE ? 1 + Integer.BYTES : 1);
    }

    /** The string's length, where not {@link #isIntegerAt}. */
    static int byteCountAt(long item) {
        int header = Memory.getByte(item) & 0xff;
        return header == WIDE ? Memory.getInt(item + 1) : header;
    }
}
