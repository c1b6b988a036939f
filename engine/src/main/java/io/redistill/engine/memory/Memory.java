// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import org.agrona.UnsafeApi;

/**
 * Raw reads, writes and copies of off-heap memory by absolute address: the one door to it in this project.
 *
 * <p>Nothing is checked here: a wrong address ends the process, so callers keep offsets in {@code …Layout} classes and
 * lengths beside their addresses. Multi-byte values are in native (little-endian on every supported platform) order and
 * need no alignment, except those of the atomic accessors, which must be aligned to their size.
 *
 * <p>Threading: any thread; plain accesses unless the name says otherwise.
 */
public final class Memory {
    /** Below this many bytes a loop of eight-byte moves beats the call into the copy stub. */
    private static final int SMALL_COPY = 48;

    private Memory() {}

    public static byte getByte(long address) {
        return UnsafeApi.getByte(address);
    }

    public static void putByte(long address, byte value) {
        UnsafeApi.putByte(address, value);
    }

    public static short getShort(long address) {
        return UnsafeApi.getShort(address);
    }

    public static void putShort(long address, short value) {
        UnsafeApi.putShort(address, value);
    }

    public static int getInt(long address) {
        return UnsafeApi.getInt(address);
    }

    public static void putInt(long address, int value) {
        UnsafeApi.putInt(address, value);
    }

    public static long getLong(long address) {
        return UnsafeApi.getLong(address);
    }

    /**
     * Loads a line that will be needed, nothing for address 0. The result means nothing, but must go somewhere: else the
     * load is optimised away.
     */
    public static long touch(long address) {
        return address == 0 ? 0 : getLong(address);
    }

    public static void putLong(long address, long value) {
        UnsafeApi.putLong(address, value);
    }

    /** Adds with the ordering of a volatile read-modify-write; returns the previous value. Aligned to four bytes. */
    static int getAndAddInt(long address, int delta) {
        return UnsafeApi.getAndAddInt(null, address, delta);
    }

    static int getIntVolatile(long address) {
        return UnsafeApi.getIntVolatile(null, address);
    }

    /** Copies {@code length} bytes; the two ranges must not overlap. */
    public static void copy(long source, long target, long length) {
        if (length <= SMALL_COPY) {
            copySmall(source, target, (int) length);
        } else {
            UnsafeApi.copyMemory(source, target, length);
        }
    }

    /** Copies {@code length} bytes; the two ranges may overlap. */
    public static void move(long source, long target, long length) {
        // HotSpot's copy stub is a conjoint one, on which its own overlapping ByteBuffer.put relies.
        UnsafeApi.copyMemory(source, target, length);
    }

    private static void copySmall(long source, long target, int length) {
        int offset = 0;
        for (; offset + Long.BYTES <= length; offset += Long.BYTES) {
            UnsafeApi.putLong(target + offset, UnsafeApi.getLong(source + offset));
        }
        if ((length & Integer.BYTES) != 0) {
            UnsafeApi.putInt(target + offset, UnsafeApi.getInt(source + offset));
            offset += Integer.BYTES;
        }
        for (; offset < length; offset++) {
            UnsafeApi.putByte(target + offset, UnsafeApi.getByte(source + offset));
        }
    }

    /** Copies from off-heap memory into a heap array. */
    public static void copyToArray(long source, byte[] target, int offset, int length) {
        UnsafeApi.copyMemory(null, source, target, UnsafeApi.arrayBaseOffset(byte[].class) + (long) offset, length);
    }

    /** Copies from a heap array into off-heap memory. */
    public static void copyFromArray(byte[] source, int offset, long target, int length) {
        UnsafeApi.copyMemory(source, UnsafeApi.arrayBaseOffset(byte[].class) + (long) offset, null, target, length);
    }

    /** A heap copy of {@code length} bytes at {@code address}; for cold paths. */
    public static byte[] toArray(long address, int length) {
        byte[] bytes = new byte[length];
        copyToArray(address, bytes, 0, length);
        return bytes;
    }

    /** Whether the two ranges hold the same bytes. */
    public static boolean equal(long left, long right, int length) {
        int offset = 0;
        for (; offset + Long.BYTES <= length; offset += Long.BYTES) {
            if (UnsafeApi.getLong(left + offset) != UnsafeApi.getLong(right + offset)) {
                return false;
            }
        }
        for (; offset < length; offset++) {
            if (UnsafeApi.getByte(left + offset) != UnsafeApi.getByte(right + offset)) {
                return false;
            }
        }
        return true;
    }

    /** Fills with one byte value. */
    public static void fill(long address, long length, byte value) {
        UnsafeApi.setMemory(address, length, value);
    }

    /** Takes memory from the C library; to be given back with {@link #free}. Contents are undefined. */
    public static long allocate(long length) {
        return UnsafeApi.allocateMemory(length);
    }

    /** Gives back what {@link #allocate} returned. */
    public static void free(long address) {
        UnsafeApi.freeMemory(address);
    }

    /** A full fence: no access moves across it in either direction. */
    public static void fullFence() {
        UnsafeApi.fullFence();
    }
}
