// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Memory;
import java.util.Arrays;

/**
 * Deadlines in order: a hierarchical timing wheel with ticks of 1 ms, whose records live in the memory of what expires.
 *
 * <pre>
 *   level 0: 2048 slots of 1 ms      level 1: 2048 slots of 1024 ms    …    level 4: 2048 slots of 2^40 ms
 *
 *   record:  word 0: | next, bits 0-15 | deadline, ms since the epoch, 48 bits |
 *            word 1: | previous, 40 bits | next, bits 16-39 |
 * </pre>
 *
 * <p>Slots are doubly linked lists through the records, so adding, cancelling and moving a record cost a few memory
 * accesses and no memory, and nothing is left behind by any churn. The first record of a slot names its slot in place of a
 * previous one: numbers above any {@link EntryReferences reference}.
 *
 * <p><b>Cascades.</b> A level spans twice a slot of the level above, so that a slot can be dealt out to the level below
 * from one whole slot's time before it is due on: for level 1 a second. {@link #collectDue} deals out a limited number of
 * records a call and no record is ever behind the position of its level, so that a late cascade delays, but keeps the
 * order of ticks.
 *
 * <p><b>Time</b> goes forward with {@link #collectDue}. When it goes back, all records are dealt out again from a second
 * set of levels, in the same slices.
 *
 * <p>After G. Varghese and T. Lauck, <i>Hashed and Hierarchical Timing Wheels</i>, SOSP 1987, scheme 6.
 *
 * <p>Threading: confined to the shard thread.
 */
final class TimingWheel {
    /** Length of a record; any granule of the address space can begin one. */
    static final int RECORD_BYTES = 16;

    /** Deadlines must be below this: some 8900 years. */
    static final long DEADLINE_LIMIT_MS = 1L << 48;

    /** A time that does not come. */
    static final long NEVER = Long.MAX_VALUE;

    private static final int WORD_1 = 8;
    private static final long DEADLINE_MASK = DEADLINE_LIMIT_MS - 1;
    private static final int NEXT_LOW_SHIFT = 48;
    private static final long NEXT_LOW_MASK = 0xffff;
    private static final int NEXT_HIGH_SHIFT = 16;
    private static final long NEXT_HIGH_MASK = 0xff_ffff;
    private static final int PREVIOUS_SHIFT = 24;

    private static final int LEVEL_BITS = 10;
    private static final int SLOTS = 2 << LEVEL_BITS;
    private static final int SLOT_MASK = SLOTS - 1;
    private static final int SLOT_BITS = LEVEL_BITS + 1;
    private static final int LEVELS = 5;
    private static final int SETS = 2;

    /** Previous references from here on are slot numbers, counted down from the highest. */
    private static final long HIGHEST_REFERENCE = EntryReferences.MASK;

    private static final long FIRST_SLOT_MARK = HIGHEST_REFERENCE - (long) SETS * LEVELS * SLOTS;

    /** A clock that is behind by more than this has stepped back. */
    static final long STEP_BACK_MS = 16;

    private static final long[] UNUSED = {};

    private final long base;

    /** First records by set and level, then by slot; levels come into being when first used. */
    private final long[][] heads = new long[SETS * LEVELS][];

    /** For each slot a bit that says whether it has records. */
    private final long[][] occupied = new long[SETS * LEVELS][];

    /** For each level the first slot number, counted from the epoch, that is not dealt out or done yet. */
    private final long[] positions = new long[LEVELS];

    /** Levels in use are {@code set * LEVELS} and following; those of the other set hold what must be dealt out anew. */
    private int set;

    private boolean stale;
    private long size;
    private long heapBytes;
    private long nextWorkMs = NEVER;
    private long nowMs;

    /**
     * A wheel without records.
     *
     * @param base address of reference 0
     */
    TimingWheel(long base) {
        this.base = base;
        clear();
    }

    /** The deadline of a record. */
    static long deadline(long record) {
        return Memory.getLong(record) & DEADLINE_MASK;
    }

    /** Sets the time from which new records are placed. */
    void clock(long ms) {
        nowMs = ms;
        if (stale || hasSteppedBack()) {
            nextWorkMs = Math.min(nextWorkMs, ms);
        }
    }

    private boolean hasSteppedBack() {
        return nowMs < positions[0] - STEP_BACK_MS && size > 0;
    }

    /**
     * Adds a record, whose {@link #RECORD_BYTES} bytes belong to the wheel until it is cancelled.
     *
     * @param deadlineMs from 0 to {@link #DEADLINE_LIMIT_MS}, exclusive
     */
    void schedule(long record, long deadlineMs) {
        if (size++ == 0) {
            restart();
        }
        Memory.putLong(record, deadlineMs);
        place(record, deadlineMs);
    }

    /** Removes a record; its deadline can be read on. */
    void cancel(long record) {
        unlink(record);
        if (--size == 0) {
            nextWorkMs = NEVER;
            stale = false;
        }
    }

    /** Cancels a record and schedules it anew. */
    void reschedule(long record, long deadlineMs) {
        unlink(record);
        Memory.putLong(record, deadlineMs);
        place(record, deadlineMs);
    }

    /** Follows a record whose bytes were copied to another address. */
    void moved(long to) {
        long word1 = Memory.getLong(to + WORD_1);
        long next = next(Memory.getLong(to), word1);
        long reference = EntryReferences.of(base, to);
        setNextOf(word1 >>> PREVIOUS_SHIFT, reference);
        if (next != 0) {
            setPrevious(next, reference);
        }
    }

    /** Forgets all records. */
    final void clear() {
        Arrays.fill(heads, UNUSED);
        Arrays.fill(occupied, UNUSED);
        heapBytes = 0;
        size = 0;
        stale = false;
        nextWorkMs = NEVER;
    }

    /** Records held. */
    long size() {
        return size;
    }

    /** Bytes that the levels take on the heap. */
    long heapBytes() {
        return heapBytes;
    }

    /** The time, ms since the epoch, from which {@link #collectDue} has something to do, or {@link #NEVER}. */
    long nextWorkMs() {
        return nextWorkMs;
    }

    /**
     * Goes on to a time and collects records whose deadlines lie before it. They stay in the wheel: the caller cancels
     * or reschedules each before the next call.
     *
     * @param ms the time, ms since the epoch
     * @param due takes the addresses of the records
     * @param maxMoves how many records may be dealt out to lower levels, at least
     * @return how many were collected; 0 does not mean that none is left, see {@link #nextWorkMs}
     */
    int collectDue(long ms, long[] due, int maxMoves) {
        nowMs = ms;
        if (size == 0) {
            return 0;
        }
        if (hasSteppedBack() && !stale) {
            stepBack();
        }
        if (ms < nextWorkMs && !stale) {
            return 0;
        }
        int moves = maxMoves;
        if (stale) {
            moves = dealOutStale(moves);
            if (hasSteppedBack()) {
                // Once more, while the first step was being dealt with.
                nextWorkMs = ms;
                return 0;
            }
        }
        while (moves > 0) {
            long earliest = earliest();
            // Not to this tick: what is added for the one before is due now.
            raise(Math.min(earliest, ms - 1));
            moves = cascade(moves);
            if (moves <= 0) {
                break;
            }
            if (earliest >= ms) {
                nextWorkMs = nextWork();
                return 0;
            }
            long first = nextOccupied(set * LEVELS, positions[0]);
            if (first != NEVER && first < ms && first < positions[1] << LEVEL_BITS) {
                positions[0] = first;
                nextWorkMs = ms;
                return collect(first, due);
            }
        }
        nextWorkMs = Math.min(nextWorkMs, ms);
        return 0;
    }

    private int collect(long tick, long[] due) {
        long reference = headsOf(set * LEVELS)[(int) tick & SLOT_MASK];
        int count = 0;
        while (reference != 0 && count < due.length) {
            long record = EntryReferences.address(base, reference);
            due[count++] = record;
            reference = next(Memory.getLong(record), Memory.getLong(record + WORD_1));
        }
        return count;
    }

    /** The first record of the earliest slot that has any, or 0: among those due next, whatever their exact order. */
    long first() {
        long best = 0;
        long bestMs = NEVER;
        for (int ring = 0; ring < heads.length; ring++) {
            int level = ring % LEVELS;
            long value = nextOccupied(ring, ring / LEVELS == set ? positions[level] : 0);
            if (value != NEVER) {
                long record = EntryReferences.address(base, headsOf(ring)[(int) value & SLOT_MASK]);
                if (deadline(record) < bestMs) {
                    best = record;
                    bestMs = deadline(record);
                }
            }
        }
        return best;
    }

    // ---- positions

    private void restart() {
        long tick = Math.max(0, nowMs - 1);
        for (int level = 0; level < LEVELS; level++) {
            positions[level] = tick >>> level * LEVEL_BITS;
        }
    }

    private void stepBack() {
        set ^= 1;
        stale = true;
        restart();
        nextWorkMs = nowMs;
    }

    /** The start of the earliest slot with records, or {@link #NEVER}. */
    private long earliest() {
        long earliest = NEVER;
        for (int level = 0; level < LEVELS; level++) {
            long value = nextOccupied(set * LEVELS + level, positions[level]);
            if (value != NEVER) {
                earliest = Math.min(earliest, value << level * LEVEL_BITS);
            }
        }
        return earliest;
    }

    /** The time from which there is something to do: a tick is over, or a slot can be dealt out. */
    private long nextWork() {
        long next = NEVER;
        for (int level = 0; level < LEVELS; level++) {
            long value = nextOccupied(set * LEVELS + level, positions[level]);
            if (value != NEVER) {
                next = Math.min(next, workTime(level, value));
            }
        }
        return stale ? nowMs : next;
    }

    private static long workTime(int level, long value) {
        return (level == 0 ? value : value - 1 << level * LEVEL_BITS) + 1;
    }

    /** Lets all levels go on to a time before which there are no records. */
    private void raise(long ms) {
        for (int level = 0; level < LEVELS; level++) {
            positions[level] = Math.max(positions[level], ms >>> level * LEVEL_BITS);
        }
    }

    /** Deals out what may be dealt out already, from the highest level down; returns the moves left. */
    private int cascade(int maxMoves) {
        int moves = maxMoves;
        for (int level = LEVELS - 1; level > 0; level--) {
            int ring = set * LEVELS + level;
            // A slot may go when all that can be in it has a place in the level below.
            long limit = positions[level - 1] + SLOTS >> LEVEL_BITS;
            while (positions[level] < limit) {
                long value = nextOccupied(ring, positions[level]);
                if (value >= limit) {
                    positions[level] = limit;
                    break;
                }
                positions[level] = value;
                moves = dealOut(ring, (int) value & SLOT_MASK, moves);
                if (moves <= 0) {
                    return 0;
                }
                positions[level] = value + 1;
            }
        }
        return moves;
    }

    private int dealOutStale(int maxMoves) {
        int moves = maxMoves;
        for (int level = 0; level < LEVELS; level++) {
            int ring = (set ^ 1) * LEVELS + level;
            for (long slot = nextOccupied(ring, 0); slot != NEVER; slot = nextOccupied(ring, 0)) {
                moves = dealOut(ring, (int) slot & SLOT_MASK, moves);
                if (moves <= 0) {
                    return 0;
                }
            }
        }
        stale = false;
        return moves;
    }

    /** Places the records of a slot anew; returns the moves left, more than 0 when the slot is empty. */
    private int dealOut(int ring, int slot, int maxMoves) {
        int moves = maxMoves;
        long reference = headsOf(ring)[slot];
        while (reference != 0 && moves > 0) {
            long record = EntryReferences.address(base, reference);
            long word0 = Memory.getLong(record);
            reference = next(word0, Memory.getLong(record + WORD_1));
            place(record, word0 & DEADLINE_MASK);
            moves--;
        }
        headsOf(ring)[slot] = reference;
        if (reference == 0) {
            occupied[ring][slot >>> 6] &= ~(1L << slot);
        } else {
            setPrevious(reference, slotMark(ring, slot));
            return 0;
        }
        return moves;
    }

    // ---- slots

    private void place(long record, long deadlineMs) {
        long tick = Math.max(deadlineMs, positions[0]);
        int level = 0;
        long value = tick;
        while (value - positions[level] >= SLOTS) {
            level++;
            value >>>= LEVEL_BITS;
        }
        link(set * LEVELS + level, (int) value & SLOT_MASK, record);
        nextWorkMs = Math.min(nextWorkMs, workTime(level, value));
    }

    private void link(int ring, int slot, long record) {
        long[] heads = headsOf(ring);
        long next = heads[slot];
        long reference = EntryReferences.of(base, record);
        setNext(record, next);
        Memory.putLong(record + WORD_1, next >>> NEXT_HIGH_SHIFT | slotMark(ring, slot) << PREVIOUS_SHIFT);
        heads[slot] = reference;
        if (next == 0) {
            occupied[ring][slot >>> 6] |= 1L << slot;
        } else {
            setPrevious(next, reference);
        }
    }

    private void unlink(long record) {
        long word1 = Memory.getLong(record + WORD_1);
        long next = next(Memory.getLong(record), word1);
        long previous = word1 >>> PREVIOUS_SHIFT;
        setNextOf(previous, next);
        if (next != 0) {
            setPrevious(next, previous);
        }
    }

    private static long slotMark(int ring, int slot) {
        return HIGHEST_REFERENCE - ((long) ring << SLOT_BITS | slot);
    }

    /** Sets what follows a record, or a slot's mark. */
    private void setNextOf(long previous, long next) {
        if (previous <= FIRST_SLOT_MARK) {
            setNext(EntryReferences.address(base, previous), next);
            return;
        }
        int number = (int) (HIGHEST_REFERENCE - previous);
        int ring = number >>> SLOT_BITS;
        int slot = number & SLOT_MASK;
        headsOf(ring)[slot] = next;
        if (next == 0) {
            occupied[ring][slot >>> 6] &= ~(1L << slot);
        }
    }

    private static long next(long word0, long word1) {
        return word0 >>> NEXT_LOW_SHIFT | (word1 & NEXT_HIGH_MASK) << NEXT_HIGH_SHIFT;
    }

    private static void setNext(long record, long next) {
        long word0 = Memory.getLong(record);
        Memory.putLong(record, word0 & DEADLINE_MASK | (next & NEXT_LOW_MASK) << NEXT_LOW_SHIFT);
        long word1 = Memory.getLong(record + WORD_1);
        Memory.putLong(record + WORD_1, word1 & ~NEXT_HIGH_MASK | next >>> NEXT_HIGH_SHIFT);
    }

    private void setPrevious(long reference, long previous) {
        long record = EntryReferences.address(base, reference);
        long word1 = Memory.getLong(record + WORD_1);
        Memory.putLong(record + WORD_1, word1 & NEXT_HIGH_MASK | previous << PREVIOUS_SHIFT);
    }

    /** The first slot number from {@code from} on that has records, at most a round further, or {@link #NEVER}. */
    private long nextOccupied(int ring, long from) {
        long[] bits = occupied[ring];
        if (bits == UNUSED) {
            return NEVER;
        }
        int start = (int) from & SLOT_MASK;
        int word = start >>> 6;
        long found = bits[word] & -1L << start;
        for (int i = 0; i <= bits.length; i++) {
            if (found != 0) {
                int slot = word << 6 | Long.numberOfTrailingZeros(found);
                return from + (slot - start & SLOT_MASK);
            }
            word = word + 1 & bits.length - 1;
            found = bits[word];
        }
        return NEVER;
    }

    private long[] headsOf(int ring) {
        long[] level = heads[ring];
        if (level == UNUSED) {
            level = new long[SLOTS];
            heads[ring] = level;
            occupied[ring] = new long[SLOTS / Long.SIZE];
            heapBytes += (SLOTS + SLOTS / Long.SIZE) * (long) Long.BYTES;
        }
        return level;
    }
}
