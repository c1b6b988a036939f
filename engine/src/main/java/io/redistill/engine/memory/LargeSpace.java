// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import org.jspecify.annotations.Nullable;

/**
 * Memory for large blocks: one range of addresses, cut into ranges of any length that are joined again when they are free,
 * and whose pages go back to the system.
 *
 * <pre>
 *   range:   0        8          16                     free range: 16     24         32            40
 *           | length | previous | block, for its user …             | next | previous | dirty bytes |
 *           | bit 0: | range's  |                                   | free | free     |
 *           | free   | length   |                                   | range| range    |
 * </pre>
 *
 * Free ranges stand in lists by length, 32 to a doubling, and two levels of bits tell the first list that has one: taking
 * and giving back cost the same few accesses whatever there is. Of a free range the system may hold the pages of its first
 * <i>dirty bytes</i> and its last, incomplete page; what all of them hold is {@link #reserveBytes}. Where that is over
 * {@link #SPARE_BYTES}, a range that becomes free gives its whole pages back at once.
 *
 * <p>Small pages on purpose: whole ones can be given back between two blocks, and an announced block costs what has
 * arrived of it.
 *
 * <p>After M. Masmano et al., <i>TLSF: a New Dynamic Memory Allocator for Real-Time Systems</i>, ECRTS 2004.
 *
 * <p>Threading: any thread (a monitor, held for a handful of accesses and at most one system call); the figures may be of
 * some moment ago.
 */
final class LargeSpace {
    /** Pages of free ranges that are kept, since the next block will want them. */
    static final long SPARE_BYTES = 2L << 20;

    /** Address space, not memory. Blocks beyond it come from the C library. */
    private static final long LENGTH_BYTES = 256L << 30;

    private static final int HEADER_BYTES = 16;
    private static final int LENGTH = 0;
    private static final int PREVIOUS_LENGTH = 8;
    private static final int NEXT_FREE = 16;
    private static final int PREVIOUS_FREE = 24;
    private static final int DIRTY = 32;

    private static final long FREE = 1;
    private static final int UNIT_BYTES = 64;

    /** A range is not cut when less than this would remain. */
    private static final int MIN_RANGE_BYTES = 1024;

    private static final long PAGE_BYTES = 4096;

    /** Ranges of one list that are looked at for one that is long enough. */
    private static final int MAX_LOOKS = 4;

    private static final int LISTS_SHIFT = 5;
    private static final int LISTS_PER_DOUBLING = 1 << LISTS_SHIFT;

    private final Mapping mapping;
    private final long end;
    private final long[] lists = new long[Long.SIZE << LISTS_SHIFT];
    private final int[] filledLists = new int[Long.SIZE];
    private long filledDoublings;
    private long reserveBytes;
    private long takenBytes;
    private long lostBytes;

    private LargeSpace(Mapping mapping, long lengthBytes) {
        this.mapping = mapping;
        long start = mapping.address();
        end = start + lengthBytes;
        Memory.putLong(start + PREVIOUS_LENGTH, 0);
        insert(start, lengthBytes, 0);
    }

    /** The space, or null where memory cannot be mapped or the system refuses so many addresses. */
    static @Nullable LargeSpace open() {
        return open(LENGTH_BYTES);
    }

    static @Nullable LargeSpace open(long lengthBytes) {
        if (!Mapping.isAvailable()) {
            return null;
        }
        try {
            Mapping mapping = Mapping.reserve(lengthBytes, false);
            mapping.useSmallPages(mapping.address(), lengthBytes);
            return new LargeSpace(mapping, lengthBytes);
        } catch (IllegalStateException refused) {
            return null; // Blocks then come from the C library, which says so itself when it cannot either.
        }
    }

    /** Address of {@code length} bytes, a multiple of 16, or 0 when the space is used up. Contents are undefined. */
    synchronized long allocate(long length) {
        long wanted = Math.max(MIN_RANGE_BYTES, length + HEADER_BYTES + UNIT_BYTES - 1 & -UNIT_BYTES);
        long range = find(wanted);
        if (range == 0) {
            return 0;
        }
        long rangeLength = lengthOf(range);
        long dirty = Memory.getLong(range + DIRTY);
        unlink(range, rangeLength);
        long rest = rangeLength - wanted;
        if (rest >= MIN_RANGE_BYTES) {
            Memory.putLong(range + wanted + PREVIOUS_LENGTH, wanted);
            insert(range + wanted, rest, Math.max(0, dirty - wanted));
            rangeLength = wanted;
        }
        Memory.putLong(range + LENGTH, rangeLength);
        takenBytes += rangeLength;
        lostBytes += rangeLength - length;
        return range + HEADER_BYTES;
    }

    /** Takes back what {@link #allocate} gave for so many bytes. */
    void free(long block, long blockLength) {
        long range = block - HEADER_BYTES;
        long length = Memory.getLong(range + LENGTH);
        long dirty = length;
        if (length > SPARE_BYTES) {
            // Outside of the monitor, since it takes long.
            dirty = discard(range, length, length);
        }
        freeRange(range, length, dirty, length - blockLength);
    }

    private synchronized void freeRange(long freed, long freedLength, long freedDirty, long freedLost) {
        long range = freed;
        long length = freedLength;
        long dirty = freedDirty;
        takenBytes -= freedLength;
        lostBytes -= freedLost;
        long next = range + length;
        if (next < end && isFree(next)) {
            long nextLength = lengthOf(next);
            unlink(next, nextLength);
            dirty = joinDirty(range, length, dirty, next, nextLength, Memory.getLong(next + DIRTY));
            length += nextLength;
        }
        long previousLength = Memory.getLong(range + PREVIOUS_LENGTH);
        if (previousLength != 0 && isFree(range - previousLength)) {
            long previous = range - previousLength;
            unlink(previous, previousLength);
            dirty = joinDirty(previous, previousLength, Memory.getLong(previous + DIRTY), range, length, dirty);
            range = previous;
            length += previousLength;
        }
        if (reserveBytes + dirty > SPARE_BYTES) {
            dirty = discard(range, length, dirty);
        }
        insert(range, length, dirty);
    }

    /** Gives back all whole pages of free ranges. */
    synchronized void purge() {
        for (int list = 0; list < lists.length; list++) {
            for (long range = lists[list]; range != 0; range = Memory.getLong(range + NEXT_FREE)) {
                long length = lengthOf(range);
                long dirty = Memory.getLong(range + DIRTY);
                reserveBytes -= resident(range, length, dirty);
                dirty = discard(range, length, dirty);
                Memory.putLong(range + DIRTY, dirty);
                reserveBytes += resident(range, length, dirty);
            }
        }
    }

    /** Bytes of free ranges that the system may hold memory for. */
    long reserveBytes() {
        return reserveBytes;
    }

    /** Bytes of them that were not asked for: headers, and what was too little for a range of its own. */
    long lostBytes() {
        return lostBytes;
    }

    /** Bytes of ranges that are not free, whether touched or not. */
    long takenBytes() {
        return takenBytes;
    }

    /** Gives whole pages of the first {@code dirty} bytes back; returns how many bytes stay dirty. */
    private long discard(long range, long length, long dirty) {
        long from = afterHeader(range);
        long to = Math.min(range + length & -PAGE_BYTES, pageEnd(range + dirty));
        if (to <= from) {
            return dirty;
        }
        mapping.discard(from, to - from);
        return from - range;
    }

    /** Dirty bytes of two neighbours together. Where the first has a clean end the pages of the second are given back. */
    private long joinDirty(long range, long length, long dirty, long second, long secondLength, long secondDirty) {
        if (dirty >= length) {
            return length + secondDirty;
        }
        long from = Math.max(afterHeader(range), second & -PAGE_BYTES);
        long to = Math.min(pageEnd(second + secondDirty), second + secondLength & -PAGE_BYTES);
        if (to > from) {
            mapping.discard(from, to - from);
        }
        return dirty;
    }

    private static long afterHeader(long range) {
        return pageEnd(range + DIRTY + Long.BYTES);
    }

    private static long pageEnd(long address) {
        return address + PAGE_BYTES - 1 & -PAGE_BYTES;
    }

    private static long resident(long range, long length, long dirty) {
        return Math.min(length, dirty + (range + length & PAGE_BYTES - 1));
    }

    // ---- lists

    /** Of the ranges that may be just long enough some are looked at, above all the last one freed: it has its pages. */
    private long find(long wanted) {
        int exact = doublingOf(wanted);
        long range = lists[(exact << LISTS_SHIFT) + listOf(wanted, exact)];
        for (int i = 0; i < MAX_LOOKS && range != 0; i++) {
            if (lengthOf(range) >= wanted) {
                return range;
            }
            range = Memory.getLong(range + NEXT_FREE);
        }
        return findAbove(wanted);
    }

    private long findAbove(long wanted) {
        int shift = doublingOf(wanted) - LISTS_SHIFT;
        // From here on any range of a list is long enough.
        long rounded = wanted + (1L << shift) - 1;
        int doubling = doublingOf(rounded);
        int filled = filledLists[doubling] & -1 << listOf(rounded, doubling);
        if (filled == 0) {
            long above = filledDoublings & -2L << doubling;
            if (above == 0) {
                return 0;
            }
            doubling = Long.numberOfTrailingZeros(above);
            filled = filledLists[doubling];
        }
        return lists[(doubling << LISTS_SHIFT) + Integer.numberOfTrailingZeros(filled)];
    }

    private void insert(long range, long length, long dirty) {
        int doubling = doublingOf(length);
        int list = listOf(length, doubling);
        int index = (doubling << LISTS_SHIFT) + list;
        long head = lists[index];
        Memory.putLong(range + LENGTH, length | FREE);
        Memory.putLong(range + DIRTY, dirty);
        Memory.putLong(range + NEXT_FREE, head);
        Memory.putLong(range + PREVIOUS_FREE, 0);
        if (head != 0) {
            Memory.putLong(head + PREVIOUS_FREE, range);
        }
        lists[index] = range;
        filledLists[doubling] |= 1 << list;
        filledDoublings |= 1L << doubling;
        if (range + length < end) {
            Memory.putLong(range + length + PREVIOUS_LENGTH, length);
        }
        reserveBytes += resident(range, length, dirty);
    }

    private void unlink(long range, long length) {
        int doubling = doublingOf(length);
        int list = listOf(length, doubling);
        int index = (doubling << LISTS_SHIFT) + list;
        long next = Memory.getLong(range + NEXT_FREE);
        long previous = Memory.getLong(range + PREVIOUS_FREE);
        if (next != 0) {
            Memory.putLong(next + PREVIOUS_FREE, previous);
        }
        if (previous != 0) {
            Memory.putLong(previous + NEXT_FREE, next);
        } else {
            lists[index] = next;
            if (next == 0) {
                filledLists[doubling] &= ~(1 << list);
                if (filledLists[doubling] == 0) {
                    filledDoublings &= ~(1L << doubling);
                }
            }
        }
        reserveBytes -= resident(range, length, Memory.getLong(range + DIRTY));
    }

    private static int doublingOf(long length) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(length);
    }

    private static int listOf(long length, int doubling) {
        return (int) (length >>> doubling - LISTS_SHIFT) & LISTS_PER_DOUBLING - 1;
    }

    private static boolean isFree(long range) {
        return (Memory.getLong(range + LENGTH) & FREE) != 0;
    }

    private static long lengthOf(long range) {
        return Memory.getLong(range + LENGTH) & ~FREE;
    }

    /** For tests: throws when ranges, lists and figures do not fit each other. */
    synchronized void check() {
        long free = 0;
        long reserve = 0;
        long taken = 0;
        long previousLength = 0;
        boolean previousFree = false;
        for (long range = mapping.address(); range < end; range += lengthOf(range)) {
            boolean isFree = isFree(range);
            if (Memory.getLong(range + PREVIOUS_LENGTH) != previousLength || isFree && previousFree) {
                throw new IllegalStateException("range at " + (range - mapping.address()) + " has a wrong neighbour");
            }
            previousLength = lengthOf(range);
            previousFree = isFree;
            taken += isFree ? 0 : previousLength;
            free += isFree ? 1 : 0;
            reserve += isFree ? resident(range, previousLength, Memory.getLong(range + DIRTY)) : 0;
        }
        for (long head : lists) {
            for (long range = head; range != 0; range = Memory.getLong(range + NEXT_FREE)) {
                free--;
            }
        }
        if (free != 0 || reserve != reserveBytes || taken != takenBytes) {
            throw new IllegalStateException("free=" + free + " reserve=" + reserve + " of " + reserveBytes + " taken="
                    + taken + " of " + takenBytes);
        }
    }

    /** For tests: gives the addresses back. */
    void close() {
        mapping.close();
    }
}
