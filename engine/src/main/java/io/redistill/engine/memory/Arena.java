// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.util.Arrays;

/**
 * A shard's memory for entries: blocks of fixed length classes, cut from runs of 64 KiB, cut from segments.
 *
 * <pre>
 *   AddressSpace ─ 2 MiB segments ─▶ Arena ─ 64 KiB runs of one size class ─▶ blocks
 *
 *   run:  0          4          8           12           16        20        24
 *         | class    | live     | free head | bump       | next    | previous | free runs of segment (run 0) |
 *         64: first block …
 * </pre>
 *
 * A free block's first four bytes link to the next free one (offset in the run, 0 ends the list). A class keeps a list
 * of its runs that have room and takes from the first; a run whose last block is freed goes back to the free runs,
 * which serve every class; a segment all of whose runs are free goes back to the address space, except for
 * {@link #SPARE_SEGMENTS}, which spare the system calls of a load that breathes.
 *
 * <p>No call here costs more than a handful of memory accesses, except when a segment is taken or given back.
 *
 * <p>Threading: confined to the shard thread. Segments still held go with the address space when that is closed.
 */
public final class Arena {
    static final int RUN_LENGTH_BYTES = 64 << 10;
    static final int RUN_HEADER_BYTES = 64;

    /** Longest block that {@link #allocate} gives. */
    public static final int MAX_BLOCK_BYTES = SizeClasses.MAX_BLOCK_BYTES;

    private static final int RUNS_PER_SEGMENT = AddressSpace.SEGMENT_LENGTH_BYTES / RUN_LENGTH_BYTES;
    private static final int SPARE_SEGMENTS = 2;

    private static final int CLASS = 0;
    private static final int LIVE = 4;
    private static final int FREE_HEAD = 8;
    private static final int BUMP = 12;
    private static final int NEXT = 16;
    private static final int PREVIOUS = 20;
    private static final int SEGMENT_FREE_RUNS = 24;

    /** Marks a free run in the class field. */
    private static final int NO_CLASS = -1;

    /** Ends a list of runs. Run numbers count from the base of the address space. */
    private static final int NO_RUN = -1;

    private static final byte POISON = (byte) 0xdb;

    private final AddressSpace space;
    private final long base;
    private final boolean poison;

    private final int[] roomyRuns = new int[SizeClasses.count()];
    private int freeRuns = NO_RUN;
    private int freeRunCount;
    private int segmentCount;
    private long usedBytes;

    /**
     * An arena without segments.
     *
     * @param poison whether freed blocks are overwritten, so that a stale reference shows itself (tests)
     */
    public Arena(AddressSpace space, boolean poison) {
        this.space = space;
        this.base = space.base();
        this.poison = poison;
        Arrays.fill(roomyRuns, NO_RUN);
    }

    /** The block length that a request for {@code length} bytes takes; 1 to {@link #MAX_BLOCK_BYTES}. */
    public static int blockLength(int length) {
        return SizeClasses.lengthOf(SizeClasses.classOf(length));
    }

    /** Whether two lengths are served by blocks of the same length, so that one can replace the other in place. */
    public static boolean sameBlockLength(int left, int right) {
        return SizeClasses.classOf(left) == SizeClasses.classOf(right);
    }

    /**
     * Absolute address of a block for {@code length} bytes (1 to {@link #MAX_BLOCK_BYTES}), or 0 when the address space
     * is used up. Contents are undefined.
     */
    public long allocate(int length) {
        int sizeClass = SizeClasses.classOf(length);
        int run = roomyRuns[sizeClass];
        if (run == NO_RUN) {
            run = openRunSlowPath(sizeClass);
            if (run == NO_RUN) {
                return 0;
            }
        }
        long runAddress = addressOfRun(run);
        int blockLength = SizeClasses.lengthOf(sizeClass);
        int freeHead = Memory.getInt(runAddress + FREE_HEAD);
        int bump = Memory.getInt(runAddress + BUMP);
        long block;
        if (freeHead != 0) {
            block = runAddress + freeHead;
            freeHead = Memory.getInt(block);
            Memory.putInt(runAddress + FREE_HEAD, freeHead);
        } else {
            block = runAddress + bump;
            bump += blockLength;
            Memory.putInt(runAddress + BUMP, bump);
        }
        Memory.putInt(runAddress + LIVE, Memory.getInt(runAddress + LIVE) + 1);
        if (freeHead == 0 && bump + blockLength > RUN_LENGTH_BYTES) {
            roomyRuns[sizeClass] = unlink(roomyRuns[sizeClass], run);
        }
        usedBytes += blockLength;
        return block;
    }

    /** Takes a block back that {@link #allocate} gave. */
    public void free(long block) {
        int run = (int) ((block - base) / RUN_LENGTH_BYTES);
        long runAddress = addressOfRun(run);
        int sizeClass = Memory.getInt(runAddress + CLASS);
        int blockLength = SizeClasses.lengthOf(sizeClass);
        int freeHead = Memory.getInt(runAddress + FREE_HEAD);
        int live = Memory.getInt(runAddress + LIVE) - 1;
        boolean wasFull = freeHead == 0 && Memory.getInt(runAddress + BUMP) + blockLength > RUN_LENGTH_BYTES;
        if (poison) {
            Memory.fill(block, blockLength, POISON);
        }
        usedBytes -= blockLength;
        if (live == 0) {
            if (!wasFull) {
                roomyRuns[sizeClass] = unlink(roomyRuns[sizeClass], run);
            }
            closeRun(run);
            return;
        }
        Memory.putInt(block, freeHead);
        Memory.putInt(runAddress + FREE_HEAD, (int) (block - runAddress));
        Memory.putInt(runAddress + LIVE, live);
        if (wasFull) {
            roomyRuns[sizeClass] = link(roomyRuns[sizeClass], run);
        }
    }

    /** Bytes in blocks handed out, by block length. */
    public long usedBytes() {
        return usedBytes;
    }

    /** Bytes in segments held, used or not. */
    public long heldBytes() {
        return (long) segmentCount * AddressSpace.SEGMENT_LENGTH_BYTES;
    }

    private int openRunSlowPath(int sizeClass) {
        if (freeRuns == NO_RUN && !addSegment()) {
            return NO_RUN;
        }
        int run = freeRuns;
        freeRuns = unlink(freeRuns, run);
        freeRunCount--;
        countSegmentFreeRuns(run, -1);
        long address = addressOfRun(run);
        Memory.putInt(address + CLASS, sizeClass);
        Memory.putInt(address + LIVE, 0);
        Memory.putInt(address + FREE_HEAD, 0);
        Memory.putInt(address + BUMP, RUN_HEADER_BYTES);
        roomyRuns[sizeClass] = link(roomyRuns[sizeClass], run);
        return run;
    }

    private boolean addSegment() {
        long segment = space.acquireSegment();
        if (segment == 0) {
            return false;
        }
        segmentCount++;
        int firstRun = (int) ((segment - base) / RUN_LENGTH_BYTES);
        for (int run = firstRun + RUNS_PER_SEGMENT - 1; run >= firstRun; run--) {
            Memory.putInt(addressOfRun(run) + CLASS, NO_CLASS);
            freeRuns = link(freeRuns, run);
        }
        freeRunCount += RUNS_PER_SEGMENT;
        Memory.putInt(segment + SEGMENT_FREE_RUNS, RUNS_PER_SEGMENT);
        return true;
    }

    private void closeRun(int run) {
        Memory.putInt(addressOfRun(run) + CLASS, NO_CLASS);
        freeRuns = link(freeRuns, run);
        freeRunCount++;
        int freeInSegment = countSegmentFreeRuns(run, 1);
        if (freeInSegment == RUNS_PER_SEGMENT && freeRunCount >= (SPARE_SEGMENTS + 1) * RUNS_PER_SEGMENT) {
            int firstRun = run & -RUNS_PER_SEGMENT;
            for (int i = 0; i < RUNS_PER_SEGMENT; i++) {
                freeRuns = unlink(freeRuns, firstRun + i);
            }
            freeRunCount -= RUNS_PER_SEGMENT;
            segmentCount--;
            space.releaseSegment(addressOfRun(firstRun));
        }
    }

    private int countSegmentFreeRuns(int run, int delta) {
        long counter = addressOfRun(run & -RUNS_PER_SEGMENT) + SEGMENT_FREE_RUNS;
        int count = Memory.getInt(counter) + delta;
        Memory.putInt(counter, count);
        return count;
    }

    private int link(int head, int run) {
        long address = addressOfRun(run);
        Memory.putInt(address + NEXT, head);
        Memory.putInt(address + PREVIOUS, NO_RUN);
        if (head != NO_RUN) {
            Memory.putInt(addressOfRun(head) + PREVIOUS, run);
        }
        return run;
    }

    private int unlink(int head, int run) {
        long address = addressOfRun(run);
        int next = Memory.getInt(address + NEXT);
        int previous = Memory.getInt(address + PREVIOUS);
        if (next != NO_RUN) {
            Memory.putInt(addressOfRun(next) + PREVIOUS, previous);
        }
        if (previous == NO_RUN) {
            return next;
        }
        Memory.putInt(addressOfRun(previous) + NEXT, next);
        return head;
    }

    private long addressOfRun(int run) {
        return base + (long) run * RUN_LENGTH_BYTES;
    }
}
