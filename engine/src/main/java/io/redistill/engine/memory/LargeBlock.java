// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.util.concurrent.atomic.LongAdder;

/**
 * Memory for one large value, counted by its holders: a receiving connection, an entry, replies not yet sent.
 *
 * <pre>
 *   block - 16: long capacity     block - 8: int holders     block: bytes …
 * </pre>
 *
 * A block is written by the one thread that allocated it until it is published, and is immutable afterwards while it
 * has more than one holder. The C library's allocator serves it: virtual memory is committed as it is touched, so that
 * an announced length that never arrives costs address space only.
 *
 * <p>Threading: any thread; the last {@link #release} frees, wherever it happens.
 */
public final class LargeBlock {
    private static final int HEADER_BYTES = 16;
    private static final int CAPACITY = -16;
    private static final int HOLDERS = -8;

    private static final LongAdder USED_BYTES = new LongAdder();

    private LargeBlock() {}

    /** A block of {@code capacity} bytes with one holder. */
    public static long allocate(long capacity) {
        long block = Memory.allocate(HEADER_BYTES + capacity) + HEADER_BYTES;
        Memory.putLong(block + CAPACITY, capacity);
        Memory.putInt(block + HOLDERS, 1);
        USED_BYTES.add(capacity + HEADER_BYTES);
        return block;
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
            Memory.free(block - HEADER_BYTES);
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

    /** Bytes in all live blocks of this process, headers included. */
    public static long usedBytes() {
        return USED_BYTES.sum();
    }
}
