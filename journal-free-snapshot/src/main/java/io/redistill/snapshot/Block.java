// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;

/**
 * Records on their way from a shard to the writer: memory outside the heap, filled by one shard, then handed over.
 *
 * <p>Threading: confined to whoever holds it; a ring or queue hands it over.
 */
final class Block {
    private final int capacity;
    private final long address;
    private int length;
    private int count;

    /** A value that follows the last record, of which one holding belongs to this block, or 0. */
    private long largeValue;

    private int largeLength;

    Block(int capacity) {
        this.capacity = capacity;
        address = Memory.allocate(capacity);
    }

    int capacity() {
        return capacity;
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    int count() {
        return count;
    }

    long largeValue() {
        return largeValue;
    }

    int largeLength() {
        return largeLength;
    }

    int room() {
        return capacity - length;
    }

    /** Where the next record goes. */
    long end() {
        return address + length;
    }

    /** A record was written that ends at this address. */
    void added(long newEnd) {
        length = (int) (newEnd - address);
        count++;
    }

    /** Takes the value of the last record. */
    void large(long block, int valueLength) {
        LargeBlock.retain(block);
        largeValue = block;
        largeLength = valueLength;
    }

    /** Bytes that it keeps from being used otherwise. */
    long heldBytes() {
        return (long) capacity + largeLength;
    }

    /** Makes it empty. */
    void clear() {
        if (largeValue != 0) {
            LargeBlock.release(largeValue);
        }
        largeValue = 0;
        largeLength = 0;
        length = 0;
        count = 0;
    }

    /** Gives the memory back. */
    void free() {
        clear();
        Memory.free(address);
    }
}
