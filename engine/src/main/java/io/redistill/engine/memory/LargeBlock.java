// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Memory for one large value, counted by its holders: a receiving connection, an entry, replies not yet sent.
 *
 * <pre>
 *   block - 16: long capacity     block - 8: int holders     block - 4: int origin     block: bytes …
 * </pre>
 *
 * A block is written by the one thread that allocated it until it is published, and is immutable afterwards while it
 * has more than one holder. A {@link LargeSpace} of the process serves it: memory is committed as it is touched, so that
 * an announced length that never arrives costs address space only, and goes back to the system when it is freed. Where
 * there is no such space the C library's allocator serves it.
 *
 * <p>Threading: any thread; the last {@link #release} frees, wherever it happens.
 */
public final class LargeBlock {
    private static final int HEADER_BYTES = 16;
    private static final int CAPACITY = -16;
    private static final int HOLDERS = -8;

    private static final int ORIGIN = -4;
    private static final int FROM_SPACE = 0;
    private static final int FROM_C_LIBRARY = 1;

    private static final @Nullable LargeSpace SPACE = LargeSpace.open();
    private static final LongAdder USED_BYTES = new LongAdder();

    private LargeBlock() {}

    /** A block of {@code capacity} bytes with one holder. */
    public static long allocate(long capacity) {
        long block = announce(capacity);
        arrived(capacity);
        return block;
    }

    /**
     * The same for bytes that are only announced: they count as used once they have {@link #arrived}. What does not come
     * to its end is {@link #abandon abandoned}, not released.
     */
    public static long announce(long capacity) {
        int origin = FROM_SPACE;
        long start = SPACE == null ? 0 : SPACE.allocate(HEADER_BYTES + capacity);
        if (start == 0) {
            origin = FROM_C_LIBRARY;
            start = Memory.allocate(HEADER_BYTES + capacity);
        }
        long block = start + HEADER_BYTES;
        Memory.putLong(block + CAPACITY, capacity);
        Memory.putInt(block + HOLDERS, 1);
        Memory.putInt(block + ORIGIN, origin);
        USED_BYTES.add(HEADER_BYTES);
        return block;
    }

    /** Counts bytes of an announced block. */
    public static void arrived(long bytes) {
        USED_BYTES.add(bytes);
    }

    /** Frees an announced block of which only so many bytes have arrived. */
    public static void abandon(long block, long arrivedBytes) {
        USED_BYTES.add(-(arrivedBytes + HEADER_BYTES));
        free(block);
    }

    private static void free(long block) {
        if (SPACE != null && Memory.getInt(block + ORIGIN) == FROM_SPACE) {
            SPACE.free(block - HEADER_BYTES, lengthBytes(block));
        } else {
            Memory.free(block - HEADER_BYTES);
        }
    }

    /**
     * A holding of so many bytes: of the block where they are, or of a copy.
     *
     * @param isBlock whether {@code address} is a block
     */
    public static long hold(long address, int length, boolean isBlock) {
        if (isBlock) {
            retain(address);
            return address;
        }
        long block = allocate(length);
        Memory.copy(address, block, length);
        return block;
    }

    /** Adds a holder; the caller must be sure that one exists. */
    public static void retain(long block) {
        Memory.getAndAddInt(block + HOLDERS, 1);
    }

    /** Ends one holding; the last frees the block. */
    public static void release(long block) {
        if (Memory.getAndAddInt(block + HOLDERS, -1) == 1) {
            USED_BYTES.add(-(capacity(block) + HEADER_BYTES));
            free(block);
        }
    }

    /** Whether the caller, being a holder, is the only one and may change the bytes. */
    public static boolean isExclusive(long block) {
        return Memory.getIntVolatile(block + HOLDERS) == 1;
    }

    /** Bytes that fit. */
    public static long capacity(long block) {
        return Memory.getLong(block + CAPACITY);
    }

    /** Bytes of a block with its header. */
    public static long lengthBytes(long block) {
        return capacity(block) + HEADER_BYTES;
    }

    /** Bytes in all live blocks of this process, headers included. */
    public static long usedBytes() {
        return USED_BYTES.sum();
    }

    /** Bytes between live blocks, and lost to them, for which the system still holds memory. */
    public static long reserveBytes() {
        return SPACE == null ? 0 : SPACE.reserveBytes() + SPACE.lostBytes();
    }

    /** What counts against a limit: {@link #usedBytes}, and the reserve as far as it is more than a spare one. */
    public static long chargedBytes() {
        return usedBytes() + Math.max(0, reserveBytes() - LargeSpace.SPARE_BYTES);
    }

    /** Gives the reserve back to the system, but for incomplete pages. */
    public static void purge() {
        if (SPACE != null) {
            SPACE.purge();
        }
    }
}
