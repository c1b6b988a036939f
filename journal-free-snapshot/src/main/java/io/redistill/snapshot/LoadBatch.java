// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Records of one block on their way into the shards: a copy of their bytes, their keys' hashes, and which shard takes
 * which of them.
 *
 * <p>Threading: filled by the reader, then read by shards, each of which takes its own records; the last {@link #done}
 * gives it back to the reader. Queues hand it over.
 */
final class LoadBatch {
    private static final int INITIAL_RECORDS = 4096;

    private final int[] ends;
    private final AtomicInteger takers = new AtomicInteger();
    private long memory;
    private int capacity;
    private int[] offsets = new int[INITIAL_RECORDS];
    private long[] hashes = new long[INITIAL_RECORDS];
    private int[] shards = new int[INITIAL_RECORDS];
    private int[] order = new int[INITIAL_RECORDS];
    private int count;
    private long largeValue;

    LoadBatch(int shardCount) {
        ends = new int[shardCount];
    }

    /** Copies the bytes that records will be named in, and forgets what was there. */
    long fill(long address, int length) {
        if (capacity < length) {
            free();
            capacity = Math.max(length, SnapshotFormat.BLOCK_BYTES);
            memory = Memory.allocate(capacity);
        }
        Memory.copy(address, memory, length);
        count = 0;
        largeValue = 0;
        return memory;
    }

    /** Address of the copied bytes. */
    long start() {
        return memory;
    }

    /** Names the next record. */
    void add(long recordAddress, long hash, int shard) {
        if (count == offsets.length) {
            int capacity = count * 2;
            offsets = Arrays.copyOf(offsets, capacity);
            hashes = Arrays.copyOf(hashes, capacity);
            shards = Arrays.copyOf(shards, capacity);
            order = new int[capacity];
        }
        offsets[count] = (int) (recordAddress - memory);
        hashes[count] = hash;
        shards[count++] = shard;
    }

    /** The value of the only record, which is large; its holding passes to the batch. */
    void largeValue(long block) {
        largeValue = block;
    }

    /** Takes the large value, and its holding, or returns 0. */
    long takeLargeValue() {
        long taken = largeValue;
        largeValue = 0;
        return taken;
    }

    int count() {
        return count;
    }

    /** Sorts the records by shard; returns the set of shards that have some. */
    long sort() {
        Arrays.fill(ends, 0);
        for (int i = 0; i < count; i++) {
            ends[shards[i]]++;
        }
        long concerned = 0;
        int sum = 0;
        for (int shard = 0; shard < ends.length; shard++) {
            if (ends[shard] > 0) {
                concerned |= 1L << shard;
            }
            int records = ends[shard];
            ends[shard] = sum;
            sum += records;
        }
        for (int i = 0; i < count; i++) {
            order[ends[shards[i]]++] = i;
        }
        takers.set(Long.bitCount(concerned));
        return concerned;
    }

    /** Where a shard's records begin in the sorted order. */
    int firstOf(int shard) {
        return shard == 0 ? 0 : ends[shard - 1];
    }

    /** Where they end. */
    int endOf(int shard) {
        return ends[shard];
    }

    long addressAt(int place) {
        return memory + offsets[order[place]];
    }

    long hashAt(int place) {
        return hashes[order[place]];
    }

    /** A shard has taken its records; true when it was the last to. */
    boolean done() {
        return takers.decrementAndGet() == 0;
    }

    /** Gives the memory back. */
    void free() {
        if (largeValue != 0) {
            LargeBlock.release(largeValue);
            largeValue = 0;
        }
        if (memory != 0) {
            Memory.free(memory);
        }
        memory = 0;
        capacity = 0;
    }
}
