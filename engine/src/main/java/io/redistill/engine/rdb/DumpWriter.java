// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;

/**
 * Writes what DUMP answers: a value as RDB has it, then the version and a checksum. All of it is outside the heap.
 *
 * <pre>
 *   | type | value … | version, 2 bytes | CRC-64 of all before, 8 bytes |     little-endian
 * </pre>
 *
 * <p>Source: {@code rdb.c} and {@code cluster.c} of Redis 7.0. Threading: confined to its user.
 */
public final class DumpWriter {
    /** The version of Redis 7.0. */
    static final int VERSION = 10;

    static final int FOOTER_BYTES = Short.BYTES + Long.BYTES;

    private static final int LONGEST_LENGTH = 1 + Long.BYTES;
    private static final int LONGEST_INTEGER_TEXT = 11;

    /** Shorter strings are not compressed, and longer ones only if it saves so much. */
    private static final int LEAST_COMPRESSED = 21;

    private static final int LEAST_SAVED = 4;

    /** Longest payload: what is longer is not written. */
    private static final long LIMIT = 1 << 30;

    private final Lzf.Table table = new Lzf.Table();
    private final Listpack listpack = new Listpack();
    private long items;
    private long block;
    private long capacity;
    private long length;
    private boolean tooLong;

    /**
     * Begins a payload.
     *
     * @param type one of {@link RdbTypes}
     * @param expectedBytes how long it becomes, about
     */
    public void begin(int type, long expectedBytes) {
        capacity = Math.min(expectedBytes, LIMIT) + FOOTER_BYTES + LONGEST_LENGTH;
        block = LargeBlock.allocate(capacity);
        length = 0;
        tooLong = false;
        put(type);
    }

    /** Ends it and gives it away: a block with one holding, of {@link #length} bytes; 0 if it were too long. */
    public long end() {
        ensure(FOOTER_BYTES);
        if (tooLong) {
            LargeBlock.release(block);
            return 0;
        }
        Memory.putShort(block + length, (short) VERSION);
        length += Short.BYTES;
        Memory.putLong(block + length, Crc64.of(block, length));
        length += Long.BYTES;
        return block;
    }

    public int length() {
        return (int) length;
    }

    /** Writes a number of elements, or of bytes. */
    public void count(long count) {
        ensure(LONGEST_LENGTH);
        if (count < 1 << 6) {
            put((int) count);
        } else if (count < 1 << 14) {
            put(1 << 6 | (int) count >> Byte.SIZE);
            put((int) count);
        } else if (count == (count & 0xffff_ffffL)) {
            put(RdbValues.LENGTH_32);
            Memory.putInt(block + length, Integer.reverseBytes((int) count));
            length += Integer.BYTES;
        } else {
            put(RdbValues.LENGTH_64);
            Memory.putLong(block + length, Long.reverseBytes(count));
            length += Long.BYTES;
        }
    }

    /** Writes a string that is the digits of a number. */
    public void string(long number) {
        if (number == (int) number) {
            integer((int) number);
        } else {
            count(Decimal.length(number));
            ensure(Decimal.MAX_LENGTH);
            length += Decimal.write(block + length, number);
        }
    }

    /** Writes a string. */
    public void string(long address, int bytes) {
        if (bytes <= LONGEST_INTEGER_TEXT && Decimal.isInteger(address, bytes)) {
            string(Decimal.parse(address, bytes));
            return;
        }
        ensure(1 + 2 * LONGEST_LENGTH + (long) bytes);
        if (tooLong || bytes >= LEAST_COMPRESSED && compressed(address, bytes)) {
            return;
        }
        count(bytes);
        Memory.copy(address, block + length, bytes);
        length += bytes;
    }

    private void integer(int number) {
        ensure(1 + Integer.BYTES);
        int bytes = number == (byte) number ? Byte.BYTES : number == (short) number ? Short.BYTES : Integer.BYTES;
        int encoding = bytes == Byte.BYTES ? RdbValues.INT8 : bytes == Short.BYTES ? RdbValues.INT16 : RdbValues.INT32;
        put(RdbValues.ENCODED << 6 | encoding);
        for (int i = 0; i < bytes; i++) {
            put(number >> i * Byte.SIZE);
        }
    }

    private boolean compressed(long address, int bytes) {
        // Behind the longest header, then moved to the one that it has.
        long target = block + length + 1 + 2 * LONGEST_LENGTH;
        int taken = Lzf.compress(address, bytes, target, bytes - LEAST_SAVED, table);
        if (taken == 0) {
            return false;
        }
        put(RdbValues.ENCODED << 6 | RdbValues.LZF);
        count(taken);
        count(bytes);
        Memory.move(target, block + length, taken);
        length += taken;
        return true;
    }

    // ---- a string that is a listpack

    /** Begins one, of so many items with so many bytes together. */
    public void beginListpack(long itemCount, long bytes) {
        items = LargeBlock.allocate(Listpack.roomFor(itemCount, bytes));
        listpack.begin(items);
    }

    public void item(long number) {
        listpack.item(number);
    }

    public void item(long address, int bytes) {
        listpack.item(address, bytes);
    }

    /** Ends and writes it. */
    public void endListpack() {
        string(items, listpack.end());
        LargeBlock.release(items);
    }

    // ----

    private void put(int value) {
        Memory.putByte(block + length++, (byte) value);
    }

    private void ensure(long more) {
        if (length + more > LIMIT) {
            tooLong = true;
            length = 1; // what has been written is of no use: its room is used again
        }
        if (length + more <= capacity) {
            return;
        }
        capacity = Math.max(length + more, Math.min(2 * capacity, LIMIT));
        long wider = LargeBlock.allocate(capacity);
        Memory.copy(block, wider, length);
        LargeBlock.release(block);
        block = wider;
    }
}
