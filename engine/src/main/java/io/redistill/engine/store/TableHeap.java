// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the tables of key indexes on the Java heap may take together. A table that does not fit is not asked for, so that
 * the command that needs it is refused and the process does not run out of heap.
 *
 * <p>Threading: any thread. Two shards that ask at once may exceed the limit by one table, for which there is room.
 */
public final class TableHeap {
    /** Everything that is not a table: classes' objects, connections, the young generation. */
    private static final long OTHERS_BYTES = 128 << 20;

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    /**
     * Empty.
     *
     * @param limitBytes most bytes of all tables
     */
    public TableHeap(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Of the heap of this process, but for what others need. */
    public static TableHeap ofThisProcess() {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return new TableHeap(Math.max(heapBytes / 2, heapBytes - OTHERS_BYTES));
    }

    /** Whether so much more can be had, while nothing of what is used goes. */
    boolean hasRoom(long bytes) {
        return usedBytes.get() + bytes <= limitBytes;
    }

    /** Counts bytes that were taken, or given back when negative. */
    void add(long bytes) {
        usedBytes.addAndGet(bytes);
    }
}
