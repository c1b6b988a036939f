// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;

/**
 * Writes a listpack: strings and integers one after the other, as Redis keeps small hashes.
 *
 * <pre>
 *    0                 4            6
 *   | bytes in all    | items      | item | its length, read backwards | … | 0xff
 *
 *   item:  0xxxxxxx                            0 to 127
 *          110xxxxx xxxxxxxx                   -4096 to 4095
 *          0xf1, f2, f3, f4                    an integer of 2, 3, 4, 8 bytes follows, little-endian
 *          10xxxxxx                            so many bytes follow
 *          1110xxxx xxxxxxxx                   likewise
 *          0xf0 and an int, little-endian      likewise
 * </pre>
 *
 * <p>Source: {@code listpack.c} of Redis 7.0. Threading: confined to its user.
 */
final class Listpack {
    private static final int HEAD_BYTES = 6;
    private static final int COUNT_OFFSET = 4;
    private static final int UNKNOWN_COUNT = 0xffff;
    private static final int END = 0xff;
    private static final int LONGEST_HEAD = 5;
    private static final int LONGEST_BACK_LENGTH = 5;

    private long start;
    private long at;
    private int count;

    /** Bytes that suffice for items of so many bytes together. */
    static long roomFor(long items, long bytes) {
        return HEAD_BYTES + 1 + bytes + items * (LONGEST_HEAD + LONGEST_BACK_LENGTH + Long.BYTES);
    }

    /** Begins one at an address with room enough. */
    void begin(long target) {
        start = target;
        at = target + HEAD_BYTES;
        count = 0;
    }

    void item(long address, int length) {
        if (Decimal.isInteger(address, length)) {
            item(Decimal.parse(address, length));
            return;
        }
        long from = at;
        if (length < 1 << 6) {
            put(0x80 | length);
        } else if (length < 1 << 12) {
            put(0xe0 | length >> Byte.SIZE);
            put(length);
        } else {
            put(0xf0);
            Memory.putInt(at, length);
            at += Integer.BYTES;
        }
        Memory.copy(address, at, length);
        at += length;
        backLength(at - from);
    }

    void item(long number) {
        long from = at;
        if (number >= 0 && number < 1 << 7) {
            put((int) number);
        } else if (number >= -(1 << 12) && number < 1 << 12) {
            put(0xc0 | (int) number >> Byte.SIZE & 0x1f);
            put((int) number);
        } else if (number == (short) number) {
            put(0xf1);
            integer(number, Short.BYTES);
        } else if (number >= -(1 << 23) && number < 1 << 23) {
            put(0xf2);
            integer(number, 3);
        } else if (number == (int) number) {
            put(0xf3);
            integer(number, Integer.BYTES);
        } else {
            put(0xf4);
            integer(number, Long.BYTES);
        }
        backLength(at - from);
    }

    private void integer(long number, int bytes) {
        for (int i = 0; i < bytes; i++) {
            put((int) (number >> i * Byte.SIZE));
        }
    }

    private void put(int value) {
        Memory.putByte(at++, (byte) value);
    }

    /** Seven bits a byte, the lowest last; all but the first have the eighth bit. */
    private void backLength(long itemLength) {
        int bytes = backLengthBytes(itemLength);
        for (int i = bytes - 1; i >= 0; i--) {
            int bits = (int) (itemLength >> 7 * i) & 0x7f;
            put(i == bytes - 1 ? bits : bits | 0x80);
        }
        count++;
    }

    /** Bytes that the length of an item takes behind it. The limits are Redis's, one below what fits. */
    static int backLengthBytes(long itemLength) {
        if (itemLength < 1 << 7) {
            return 1;
        }
        int bytes = 2;
        while (bytes < LONGEST_BACK_LENGTH && itemLength >= (1L << 7 * bytes) - 1) {
            bytes++;
        }
        return bytes;
    }

    /** Ends it; returns its length. */
    int end() {
        put(END);
        int length = (int) (at - start);
        Memory.putInt(start, length);
        Memory.putShort(start + COUNT_OFFSET, (short) Math.min(count, UNKNOWN_COUNT));
        return length;
    }
}
