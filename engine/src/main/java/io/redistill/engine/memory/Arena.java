// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.util.Arrays;

/**
 * A shard's memory for entries: blocks of fixed length classes, cut from runs of 64 KiB, cut from segments.
 *
 * <pre>
 *   AddressSpace ─ 2 MiB segments ─▶ Arena ─ 64 KiB runs of one size class ─▶ blocks
 *
 *   run:  0          4          8           12           16        20         24                28
 *         | class    | live     | free head | bump       | next    | previous | free runs       | discarded runs |
 *                                                                             |       of the segment (run 0)     |
 *         64: first block …
 * </pre>
 *
 * A free block's first four bytes link to the next free one (offset in the run, 0 ends the list). A class keeps a list
 * of its runs that have room and takes from the first; a run whose last block is freed goes back to the free runs,
 * which serve every class; a segment all of whose runs are free goes back to the address space, except for
 * {@link #SPARE_SEGMENTS}, which spare the system calls of a load that breathes. Of free runs beyond {@link #SPARE_RUNS}
 * in segments that are not free all but the first page goes back to the system.
 *
 * <p><b>Draining.</b> Blocks that can be moved have runs of their own. Where many of a class's runs are sparse one of them
 * at a time can be {@link #beginDrain drained}: nothing is allocated there until its owner has moved all its blocks
 * elsewhere, and it is free.
 *
 * <p><b>Reserve</b> is what is held beyond the blocks handed out. Up to {@link #FREE_RESERVE_BYTES} of it are the price
 * of size classes; the rest counts as used ({@link #chargedBytes}).
 *
 * <p>No call here costs more than a handful of memory accesses, except when memory is taken from or given back to the
 * system.
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

    /** Free runs that keep their memory. */
    private static final int SPARE_RUNS = RUNS_PER_SEGMENT;

    /** Reserve that counts as nobody's. */
    public static final long FREE_RESERVE_BYTES = AddressSpace.SEGMENT_LENGTH_BYTES;

    /** Bytes of a discarded run that stay: its first page. */
    private static final int DISCARDED_RUN_BYTES = 4096;

    /** Runs that are looked at to find a sparse one. */
    private static final int MAX_LOOKS = 32;

    private static final int CLASS = 0;
    private static final int LIVE = 4;
    private static final int FREE_HEAD = 8;
    private static final int BUMP = 12;
    private static final int NEXT = 16;
    private static final int PREVIOUS = 20;
    private static final int SEGMENT_FREE_RUNS = 24;
    private static final int SEGMENT_HOLES = 28;

    /** Marks a free run in the class field. */
    private static final int NO_CLASS = -1;

    /** The same for one that has only its first page. */
    private static final int DISCARDED = -2;

    /** Ends a list of runs. Run numbers count from the base of the address space. */
    private static final int NO_RUN = -1;

    private static final byte POISON = (byte) 0xdb;

    private final AddressSpace space;
    private final long base;
    private final boolean poison;

    /** By class, and once more for the classes of blocks that can be moved. */
    private final int[] lengths = new int[2 * SizeClasses.count()];

    private final int[] roomyRuns = new int[lengths.length];
    private final int[] runCounts = new int[lengths.length];
    private final int[] liveCounts = new int[lengths.length];
    private final long[] freeBlocksOfDrained = new long[RUN_LENGTH_BYTES / AddressSpace.GRANULE_BYTES / Long.SIZE];
    private int freeRuns = NO_RUN;
    private int discardedRuns = NO_RUN;
    private int freeRunCount;
    private int discardedRunCount;
    private int segmentCount;
    private int drained = NO_RUN;
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
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = SizeClasses.lengthOf(i % SizeClasses.count());
        }
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
     * is used up. Contents are undefined. The block stays where it is.
     */
    public long allocate(int length) {
        return allocateIn(SizeClasses.classOf(length));
    }

    /** The same for a block that its owner can move: {@link #liveBlocks} may name it while its run is drained. */
    public long allocateMovable(int length) {
        return allocateIn(SizeClasses.count() + SizeClasses.classOf(length));
    }

    private long allocateIn(int sizeClass) {
        int run = roomyRuns[sizeClass];
        if (run == NO_RUN) {
            run = openRunSlowPath(sizeClass);
            if (run == NO_RUN) {
                return 0;
            }
        }
        long runAddress = addressOfRun(run);
        int blockLength = lengths[sizeClass];
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
        liveCounts[sizeClass]++;
        return block;
    }

    /** Loads the lines that {@link #free} will need. The result means nothing. */
    public long touch(long block) {
        return Memory.getLong(block) + Memory.getInt(addressOfRun((int) ((block - base) / RUN_LENGTH_BYTES)) + CLASS);
    }

    /** Takes a block back that {@link #allocate} gave. */
    public void free(long block) {
        int run = (int) ((block - base) / RUN_LENGTH_BYTES);
        long runAddress = addressOfRun(run);
        int sizeClass = Memory.getInt(runAddress + CLASS);
        int blockLength = lengths[sizeClass];
        int freeHead = Memory.getInt(runAddress + FREE_HEAD);
        int live = Memory.getInt(runAddress + LIVE) - 1;
        boolean wasFull = freeHead == 0 && Memory.getInt(runAddress + BUMP) + blockLength > RUN_LENGTH_BYTES;
        boolean isDrained = run == drained;
        if (poison) {
            Memory.fill(block, blockLength, POISON);
        }
        usedBytes -= blockLength;
        liveCounts[sizeClass]--;
        if (live == 0) {
            if (isDrained) {
                drained = NO_RUN;
            } else if (!wasFull) {
                roomyRuns[sizeClass] = unlink(roomyRuns[sizeClass], run);
            }
            runCounts[sizeClass]--;
            closeRun(run);
            return;
        }
        Memory.putInt(block, freeHead);
        Memory.putInt(runAddress + FREE_HEAD, (int) (block - runAddress));
        Memory.putInt(runAddress + LIVE, live);
        if (wasFull && !isDrained) {
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

    /** Bytes of memory that segments held can have: all of them, but for what was given back of free runs. */
    public long residentBytes() {
        return heldBytes() - (long) discardedRunCount * (RUN_LENGTH_BYTES - DISCARDED_RUN_BYTES);
    }

    /** Bytes of blocks free and lost in the runs of all classes: what draining can get at. */
    public long sparseBytes() {
        long runs = (long) segmentCount * RUNS_PER_SEGMENT - freeRunCount;
        return runs * RUN_LENGTH_BYTES - usedBytes;
    }

    /** What counts against a limit: {@link #usedBytes}, and the reserve as far as it is over {@link #FREE_RESERVE_BYTES}. */
    public long chargedBytes() {
        return Math.max(usedBytes, residentBytes() - FREE_RESERVE_BYTES);
    }

    /** Whether {@link #chargedBytes} is more than {@link #usedBytes}. */
    public boolean hasExcess() {
        return residentBytes() - FREE_RESERVE_BYTES > usedBytes;
    }

    /** Gives back whatever no block is in, spare segments included. */
    public void purge() {
        releaseFreeSegments(freeRuns);
        releaseFreeSegments(discardedRuns);
        int run = freeRuns;
        while (run != NO_RUN) {
            int next = Memory.getInt(addressOfRun(run) + NEXT);
            discard(run);
            run = next;
        }
    }

    private void releaseFreeSegments(int firstOfList) {
        int run = firstOfList;
        while (run != NO_RUN) {
            int next = Memory.getInt(addressOfRun(run) + NEXT);
            int firstRun = run & -RUNS_PER_SEGMENT;
            if (countSegmentFreeRuns(run, 0) == RUNS_PER_SEGMENT) {
                while (next != NO_RUN && (next & -RUNS_PER_SEGMENT) == firstRun) {
                    next = Memory.getInt(addressOfRun(next) + NEXT);
                }
                releaseSegment(firstRun);
            }
            run = next;
        }
    }

    // ---- draining

    /**
     * Chooses a sparse run of movable blocks whose blocks have room in other runs of their class, to be emptied by their
     * owner; from now on nothing is allocated there.
     *
     * @return false when there is none, or one is being drained already
     */
    public boolean beginDrain() {
        if (drained != NO_RUN) {
            return false;
        }
        int chosen = -1;
        long mostBytes = 0;
        for (int list = SizeClasses.count(); list < lengths.length; list++) {
            long free = freeBlocks(list);
            if (free >= blocksPerRun(list) && free * lengths[list] > mostBytes) {
                mostBytes = free * lengths[list];
                chosen = list;
            }
        }
        if (chosen < 0) {
            return false;
        }
        int sparsest = roomyRuns[chosen];
        int run = sparsest;
        for (int i = 0; i < MAX_LOOKS && run != NO_RUN; i++) {
            if (Memory.getInt(addressOfRun(run) + LIVE) < Memory.getInt(addressOfRun(sparsest) + LIVE)) {
                sparsest = run;
            }
            run = Memory.getInt(addressOfRun(run) + NEXT);
        }
        roomyRuns[chosen] = unlink(roomyRuns[chosen], sparsest);
        drained = sparsest;
        return true;
    }

    /** Whether a run is being drained. */
    public boolean isDraining() {
        return drained != NO_RUN;
    }

    /** Whether a block of the run that is being drained can be moved without taking another run. */
    public boolean hasRoomToDrain() {
        return roomyRuns[Memory.getInt(addressOfRun(drained) + CLASS)] != NO_RUN;
    }

    /**
     * The first live blocks of the run that is being drained.
     *
     * @param blocks takes their addresses
     * @return how many
     */
    public int liveBlocks(long[] blocks) {
        long run = addressOfRun(drained);
        int length = lengths[Memory.getInt(run + CLASS)];
        int bump = Memory.getInt(run + BUMP);
        Arrays.fill(freeBlocksOfDrained, 0);
        for (int free = Memory.getInt(run + FREE_HEAD); free != 0; free = Memory.getInt(run + free)) {
            int granule = free / AddressSpace.GRANULE_BYTES;
            freeBlocksOfDrained[granule >>> 6] |= 1L << granule;
        }
        int count = 0;
        for (int offset = RUN_HEADER_BYTES; offset < bump && count < blocks.length; offset += length) {
            int granule = offset / AddressSpace.GRANULE_BYTES;
            if ((freeBlocksOfDrained[granule >>> 6] & 1L << granule) == 0) {
                blocks[count++] = run + offset;
            }
        }
        return count;
    }

    /** Lets the run be used again as it is. */
    public void endDrain() {
        if (drained != NO_RUN) {
            long address = addressOfRun(drained);
            int sizeClass = Memory.getInt(address + CLASS);
            if (Memory.getInt(address + FREE_HEAD) != 0
                    || Memory.getInt(address + BUMP) + lengths[sizeClass] <= RUN_LENGTH_BYTES) {
                roomyRuns[sizeClass] = link(roomyRuns[sizeClass], drained);
            }
            drained = NO_RUN;
        }
    }

    private int blocksPerRun(int sizeClass) {
        return (RUN_LENGTH_BYTES - RUN_HEADER_BYTES) / lengths[sizeClass];
    }

    private long freeBlocks(int sizeClass) {
        return (long) runCounts[sizeClass] * blocksPerRun(sizeClass) - liveCounts[sizeClass];
    }

    // ---- runs and segments

    private int openRunSlowPath(int sizeClass) {
        if (freeRuns == NO_RUN && discardedRuns == NO_RUN && !addSegment()) {
            return NO_RUN;
        }
        int run = freeRuns != NO_RUN ? freeRuns : discardedRuns;
        unlinkFree(run);
        countSegmentFreeRuns(run, -1);
        runCounts[sizeClass]++;
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
        Memory.putInt(segment + SEGMENT_HOLES, 0);
        return true;
    }

    private void closeRun(int run) {
        Memory.putInt(addressOfRun(run) + CLASS, NO_CLASS);
        freeRuns = link(freeRuns, run);
        freeRunCount++;
        int freeInSegment = countSegmentFreeRuns(run, 1);
        if (freeInSegment == RUNS_PER_SEGMENT && freeRunCount >= (SPARE_SEGMENTS + 1) * RUNS_PER_SEGMENT) {
            releaseSegment(run & -RUNS_PER_SEGMENT);
        } else if (freeRunCount - discardedRunCount > SPARE_RUNS) {
            discard(run);
        }
    }

    private void discard(int run) {
        long holes = addressOfRun(run & -RUNS_PER_SEGMENT) + SEGMENT_HOLES;
        if (Memory.getInt(holes) == 0 && !space.holes(addressOfRun(run & -RUNS_PER_SEGMENT), true)) {
            return;
        }
        Memory.putInt(holes, Memory.getInt(holes) + 1);
        unlinkFree(run);
        long address = addressOfRun(run);
        space.discard(address + DISCARDED_RUN_BYTES, RUN_LENGTH_BYTES - DISCARDED_RUN_BYTES);
        Memory.putInt(address + CLASS, DISCARDED);
        discardedRuns = link(discardedRuns, run);
        discardedRunCount++;
        freeRunCount++;
    }

    private void unlinkFree(int run) {
        freeRunCount--;
        if (Memory.getInt(addressOfRun(run) + CLASS) == DISCARDED) {
            discardedRunCount--;
            discardedRuns = unlink(discardedRuns, run);
            long holes = addressOfRun(run & -RUNS_PER_SEGMENT) + SEGMENT_HOLES;
            Memory.putInt(holes, Memory.getInt(holes) - 1);
            if (Memory.getInt(holes) == 0) {
                space.holes(addressOfRun(run & -RUNS_PER_SEGMENT), false);
            }
        } else {
            freeRuns = unlink(freeRuns, run);
        }
    }

    private void releaseSegment(int firstRun) {
        for (int i = 0; i < RUNS_PER_SEGMENT; i++) {
            unlinkFree(firstRun + i);
        }
        segmentCount--;
        space.releaseSegment(addressOfRun(firstRun));
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
