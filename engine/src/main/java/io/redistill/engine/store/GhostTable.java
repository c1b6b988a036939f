// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which keys have gone lately: the ghost queue of S3-FIFO, without the queue. A key is in it as long as those that came
 * later weigh no more together than the capacity.
 *
 * <pre>
 *   way of weights:   … | before the window |  window: what weighs as much as the capacity  | ← next key
 *                                          start                                           end
 *
 *   slot:    31        16 15        0
 *           | time       | hash      |   time: where its key stands on that way, in units, from 1 where the table begins; 0 is free
 * </pre>
 *
 * <p>Keys that come back leave; what they weighed is noted for each stretch of the way, since it lets older ones stay
 * longer. Nothing else ever has to be removed: there are two tables, and when the window has left the older one it is
 * dropped and a new one begun. A table is full at three quarters; then the next one begins at once, with more room, and
 * what was in the one before the last is forgotten early.
 *
 * <p>Each key has two buckets of a cache line. Tables are divided into blocks of the arena, taken when first needed and
 * given back in steps.
 *
 * <p>Threading: confined to the shard thread; {@link #arenaBytes} may be read by any thread.
 */
final class GhostTable {
    private static final int SLOT_BYTES = Integer.BYTES;
    private static final int BUCKET_SLOTS = 16;
    private static final int BUCKET_BYTES = BUCKET_SLOTS * SLOT_BYTES;
    private static final int BLOCK_BYTES = Arena.blockLength(4096);
    private static final int BUCKETS_PER_BLOCK = BLOCK_BYTES / BUCKET_BYTES;
    private static final int MIN_KEYS = 64;

    private static final int TIME_SHIFT = 16;
    private static final int HASH_MASK = 0xffff;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** Units that the capacity is divided into at first, and up to where it may come before they are chosen anew. */
    private static final int UNITS = 512;

    private static final int MIN_UNITS = 64;
    private static final int MAX_UNITS = 1024;

    /** Units that the window may span, those that have left included. */
    private static final int WINDOW_UNITS = 2048;

    private static final int NONE = -1;

    private final Arena arena;
    private int blockCount;

    private @Nullable Table current;
    private @Nullable Table previous;
    private @Nullable Table garbage;

    private long unit;
    private long start;
    private long end;
    private final long[] left = new long[WINDOW_UNITS];
    private long leftWeight;

    GhostTable(Arena arena) {
        this.arena = arena;
    }

    /** The keys of one stretch. */
    private static final class Table {
        private final long firstUnit;
        private final int keysAtMost;
        private final int buckets;
        private final long[] blocks;
        private int keys;
        private int freed;

        private Table(long firstUnit, int keysAtMost) {
            this.firstUnit = firstUnit;
            this.keysAtMost = keysAtMost;
            buckets = keysAtMost / (BUCKET_SLOTS * 3 / 4) + 1;
            blocks = new long[buckets / BUCKETS_PER_BLOCK + 1];
        }
    }

    long arenaBytes() {
        return (long) blockCount * BLOCK_BYTES;
    }

    /**
     * Notes a key that goes.
     *
     * @param weight what the key weighed
     * @param capacity what keys may weigh together
     * @param keys how many keys are likely to be here at a time
     */
    void add(long hash, int weight, long capacity, long keys) {
        if (weight > capacity) {
            return;
        }
        chooseUnit(capacity);
        Table table = tableFor(keys);
        put(table, hash);
        end += weight;
        moveWindow(capacity);
    }

    /** Whether a key went lately; it leaves. The weight is what it has now. */
    boolean remove(long hash, int weight) {
        long found = removeFrom(current, hash);
        if (found == NONE) {
            found = removeFrom(previous, hash);
        }
        if (found == NONE) {
            return false;
        }
        left[(int) found & WINDOW_UNITS - 1] += weight;
        leftWeight += weight;
        return true;
    }

    /** Gives a few blocks of tables back that are not needed any more; false when there are none. */
    boolean reclaim(int blocks) {
        Table table = garbage;
        if (table == null) {
            return false;
        }
        long stop = Math.min(table.blocks.length, (long) table.freed + blocks);
        for (; table.freed < stop; table.freed++) {
            if (table.blocks[table.freed] != 0) {
                arena.free(table.blocks[table.freed]);
                blockCount--;
            }
        }
        if (stop == table.blocks.length) {
            garbage = null;
        }
        return true;
    }

    /** Forgets some; false when nothing is left to forget and all memory has been given back. */
    boolean clear(int blocks) {
        if (reclaim(blocks)) {
            return true;
        }
        garbage = previous != null ? previous : current;
        if (previous == null) {
            current = null;
        }
        previous = null;
        return garbage != null;
    }

    // ---- the window

    private void chooseUnit(long capacity) {
        if (unit != 0 && capacity <= unit * MAX_UNITS && (capacity >= unit * MIN_UNITS || unit == 1)) {
            return;
        }
        unit = Math.max(1, capacity / UNITS);
        drop(previous);
        drop(current);
        previous = null;
        current = null;
        Arrays.fill(left, 0);
        leftWeight = 0;
        start = end;
    }

    private void moveWindow(long capacity) {
        while (true) {
            long over = end - start - leftWeight - capacity;
            long unitNumber = start / unit;
            boolean tooLong = end / unit - unitNumber >= WINDOW_UNITS - 1;
            if (over <= 0 && !tooLong) {
                return;
            }
            long next = (unitNumber + 1) * unit;
            if (!tooLong && start + over < next) {
                start += over;
                return;
            }
            int gone = (int) unitNumber & WINDOW_UNITS - 1;
            leftWeight -= left[gone];
            left[gone] = 0;
            start = next;
        }
    }

    private boolean isLive(Table table, int slot) {
        return unitOf(table, slot) >= start / unit;
    }

    private static long unitOf(Table table, int slot) {
        return table.firstUnit + (slot >>> TIME_SHIFT) - 1;
    }

    // ---- tables

    /** The table for the next key: a new one when that is full, or when the window begins in it. */
    private Table tableFor(long keys) {
        Table table = current;
        if (table != null && table.keys < table.keysAtMost && start / unit <= table.firstUnit) {
            return table;
        }
        long atLeast = Math.max(MIN_KEYS, keys);
        if (table != null) {
            boolean full = table.keys == table.keysAtMost;
            atLeast = Math.max(atLeast, full ? 2L * table.keysAtMost : table.keys + table.keys / 4L);
        }
        drop(previous);
        previous = table;
        Table opened = new Table(end / unit, (int) Math.min(atLeast, 1 << 30));
        current = opened;
        return opened;
    }

    private void drop(@Nullable Table table) {
        if (table == null) {
            return;
        }
        while (reclaim(Integer.MAX_VALUE)) {
            // Only when the steps have not kept up.
        }
        garbage = table;
    }

    /** Puts a key where there is room, or in place of an older one; without memory nowhere. */
    private void put(Table table, long hash) {
        long time = end / unit - table.firstUnit + 1;
        int slot = (int) time << TIME_SHIFT | (int) hash & HASH_MASK;
        long place = placeIn(bucket(table, firstBucket(table, hash)));
        if (place == 0 || Memory.getInt(place) != 0 && isLive(table, Memory.getInt(place))) {
            place = placeIn(bucket(table, secondBucket(table, hash)));
        }
        if (place != 0) {
            table.keys += Memory.getInt(place) == 0 ? 1 : 0;
            Memory.putInt(place, slot);
        }
    }

    /** A free slot of a bucket, or else the oldest; 0 without a bucket. */
    private static long placeIn(long bucket) {
        long oldest = bucket;
        for (int i = 0; i < BUCKET_BYTES && bucket != 0; i += SLOT_BYTES) {
            int slot = Memory.getInt(bucket + i);
            if (slot == 0) {
                return bucket + i;
            }
            if (slot >>> TIME_SHIFT < Memory.getInt(oldest) >>> TIME_SHIFT) {
                oldest = bucket + i;
            }
        }
        return oldest;
    }

    /** Takes a key out of a table; returns the unit in which it stood on the way, or NONE. */
    private long removeFrom(@Nullable Table table, long hash) {
        if (table == null) {
            return NONE;
        }
        long unit = removeFrom(table, firstBucket(table, hash), hash);
        return unit != NONE ? unit : removeFrom(table, secondBucket(table, hash), hash);
    }

    private long removeFrom(Table table, int bucketNumber, long hash) {
        long block = table.blocks[bucketNumber / BUCKETS_PER_BLOCK];
        if (block == 0) {
            return NONE;
        }
        long bucket = block + (long) (bucketNumber % BUCKETS_PER_BLOCK) * BUCKET_BYTES;
        for (int i = 0; i < BUCKET_BYTES; i += SLOT_BYTES) {
            int slot = Memory.getInt(bucket + i);
            if (slot != 0 && ((slot ^ (int) hash) & HASH_MASK) == 0 && isLive(table, slot)) {
                Memory.putInt(bucket + i, 0);
                table.keys--;
                return unitOf(table, slot);
            }
        }
        return NONE;
    }

    /** Address of a bucket, whose block is there from now on; 0 when there is no memory. */
    private long bucket(Table table, int number) {
        int index = number / BUCKETS_PER_BLOCK;
        long block = table.blocks[index];
        if (block == 0) {
            block = arena.allocate(BLOCK_BYTES);
            if (block == 0) {
                return 0;
            }
            Memory.fill(block, BLOCK_BYTES, (byte) 0);
            table.blocks[index] = block;
            blockCount++;
        }
        return block + (long) (number % BUCKETS_PER_BLOCK) * BUCKET_BYTES;
    }

    private static int firstBucket(Table table, long hash) {
        return scaled(hash * MIX, table.buckets);
    }

    private static int secondBucket(Table table, long hash) {
        return scaled(Long.rotateLeft(hash, Integer.SIZE) * MIX, table.buckets);
    }

    private static int scaled(long bits, int buckets) {
        return (int) ((bits >>> Integer.SIZE) * buckets >>> Integer.SIZE);
    }
}
