// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.DirectBytes;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.io.IOException;

/**
 * Reads what {@link DumpWriter} writes, or Redis, where it is. Strings are no arrays; only items of compact hashes are, of
 * limited length.
 *
 * <p>Threading: confined to its user.
 */
public final class DumpReader implements RdbInput {
    /** Longest item of a compact hash that is taken. */
    private static final int LONGEST_ITEM_BYTES = 1 << 20;

    private long at;
    private long end;

    /**
     * A string that was read: it points into the payload, or holds what it was decompressed to.
     *
     * <p>Threading: confined to its user.
     */
    public static final class Text {
        private final DirectBytes digits = new DirectBytes(Decimal.MAX_LENGTH);
        private long address;
        private int length;
        private long decompressed;

        /** Where the bytes are, until the next string is read into this or it is {@link #clear}ed. */
        public long address() {
            return address;
        }

        public int length() {
            return length;
        }

        /** Whether it is a {@link LargeBlock}, of which this has one holding. */
        public boolean isBlock() {
            return decompressed != 0;
        }

        /** Gives memory back. */
        public void clear() {
            if (decompressed != 0) {
                LargeBlock.release(decompressed);
                decompressed = 0;
            }
        }

        private void digits(int number) {
            address = digits.address();
            length = Decimal.write(address, number);
        }
    }

    /** Whether a payload's footer is there, of a version that can be read, and has the payload's checksum. */
    public static boolean isIntact(long payload, int bytes) {
        long footer = payload + bytes - DumpWriter.FOOTER_BYTES;
        return bytes >= DumpWriter.FOOTER_BYTES
                && (Memory.getShort(footer) & 0xffff) <= RdbTypes.VERSION
                && Memory.getLong(footer + Short.BYTES) == Crc64.of(payload, bytes - (long) Long.BYTES);
    }

    /** Begins with a payload that is intact; returns the type. */
    public int open(long payload, int bytes) throws IOException {
        wrap(payload, bytes - DumpWriter.FOOTER_BYTES);
        return read();
    }

    private void wrap(long bytes, long count) {
        at = bytes;
        end = bytes + count;
    }

    /** Reads a number of elements. */
    public long count() throws IOException {
        return RdbValues.length(this);
    }

    /** Reads a string. */
    public void string(Text text) throws IOException {
        text.clear();
        int first = read();
        if (first >> 6 != RdbValues.ENCODED) {
            bytes(text, RdbValues.length(first, this));
            return;
        }
        switch (first & RdbValues.ENCODING_MASK) {
            case RdbValues.INT8 -> text.digits((byte) read());
            case RdbValues.INT16 -> text.digits((short) RdbValues.littleEndian(this, Short.BYTES));
            case RdbValues.INT32 -> text.digits((int) RdbValues.littleEndian(this, Integer.BYTES));
            case RdbValues.LZF -> compressed(text);
            default -> throw new RdbException("a string of an unknown encoding " + first);
        }
    }

    private void bytes(Text text, long length) throws IOException {
        if (length < 0 || length > RdbValues.MAX_STRING_BYTES || length > remaining()) {
            throw new RdbException("a string of " + length + " bytes");
        }
        text.address = at;
        text.length = (int) length;
        at += length;
    }

    private void compressed(Text text) throws IOException {
        long compressedLength = RdbValues.length(this);
        long length = RdbValues.length(this);
        bytes(text, compressedLength);
        if (length < 0 || length > RdbValues.MAX_STRING_BYTES || !Lzf.isPlausible(compressedLength, length)) {
            throw new RdbException("a compressed string of " + length + " bytes");
        }
        text.decompressed = LargeBlock.allocate(length);
        Lzf.decompress(text.address, text.length, text.decompressed, (int) length);
        text.address = text.decompressed;
        text.length = (int) length;
    }

    /**
     * Reads the fields of a hash of a type that is one string.
     *
     * @param text that string
     */
    public void compactHash(int type, Text text, RdbValues.Fields fields) throws IOException {
        string(text);
        wrap(text.address, text.length);
        RdbValues.compactHash(type, this, fields);
    }

    @Override
    public int read() throws IOException {
        if (at == end) {
            throw new RdbException("the end comes too early");
        }
        return Memory.getByte(at++) & 0xff;
    }

    @Override
    public void read(byte[] target) throws IOException {
        if (target.length > remaining()) {
            throw new RdbException("the end comes too early");
        }
        Memory.copyToArray(at, target, 0, target.length);
        at += target.length;
    }

    @Override
    public long remaining() {
        return end - at;
    }

    @Override
    public int longestArray() {
        return LONGEST_ITEM_BYTES;
    }
}
