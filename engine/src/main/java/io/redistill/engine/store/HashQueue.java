// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;

/**
 * Keys in the order in which they came, named by their hashes, with what each weighs: a list of numbered blocks in the
 * arena.
 *
 * <pre>
 *   block:   0       8         12      16     20
 *           | next  | number  | first | end  | records …
 *
 *   record:  0       8        12
 *           | hash  | weight  |
 * </pre>
 *
 * <p>A record does not know whether its key is still there: whoever takes it out compares the number of its block with
 * what the index notes ({@link S3FifoQueues}). Records whose keys have gone are sifted out in steps, in which what is
 * kept moves from the back part to the front part of the queue, so that the order stays.
 *
 * <p>Threading: confined to the shard thread; {@link #arenaBytes} may be read by any thread.
 */
final class HashQueue {
    private static final int NEXT = 0;
    private static final int NUMBER = 8;
    private static final int FIRST = 12;
    private static final int END = 16;
    private static final int RECORDS = 20;
    private static final int WEIGHT = 8;
    private static final int RECORD_BYTES = 12;

    static final int BLOCK_BYTES = Arena.blockLength(4096);
    static final int RECORDS_PER_BLOCK = (BLOCK_BYTES - RECORDS) / RECORD_BYTES;
    private static final int RECORDS_END = RECORDS + RECORDS_PER_BLOCK * RECORD_BYTES;

    private final Arena arena;
    private final int numberStep;
    private final Blocks front = new Blocks();
    private final Blocks back = new Blocks();

    private int lastNumber;
    private int blockCount;
    private long count;
    private long weight;
    private long toSift;

    private long takenHash;
    private int takenWeight;
    private int takenNumber;

    /**
     * An empty queue without blocks.
     *
     * @param firstNumber number of its first block
     * @param numberStep how far the numbers of its blocks are apart
     */
    HashQueue(Arena arena, int firstNumber, int numberStep) {
        this.arena = arena;
        this.numberStep = numberStep;
        lastNumber = firstNumber - numberStep;
    }

    /** A list of blocks: addresses of the first and the last, 0 for none. */
    private static final class Blocks {
        private long head;
        private long tail;
    }

    /** Records, those of keys that have gone included. */
    long count() {
        return count;
    }

    /** What the records weigh together. */
    long weight() {
        return weight;
    }

    long arenaBytes() {
        return (long) blockCount * BLOCK_BYTES;
    }

    /** Adds a record at the back; false when there is no memory and nothing was changed. */
    boolean add(long hash, int recordWeight) {
        if (!hasRoom(back)) {
            return false;
        }
        put(back, hash, recordWeight);
        return true;
    }

    /** Number of the block of the record that was added last. */
    int lastAddedNumber() {
        return Memory.getInt(back.tail + NUMBER);
    }

    /** Number of the block of the record that is added next, if nothing is kept before. */
    int nextNumber() {
        return isFull(back) ? lastNumber + numberStep : lastAddedNumber();
    }

    /** Takes the oldest record out, for {@link #takenHash} and the like; false when there is none. */
    boolean take() {
        if (front.head != 0) {
            takeFrom(front);
            return true;
        }
        if (back.head == 0) {
            return false;
        }
        takeFrom(back);
        toSift--;
        return true;
    }

    long takenHash() {
        return takenHash;
    }

    int takenWeight() {
        return takenWeight;
    }

    /** Number of the block that the record taken was in. */
    int takenNumber() {
        return takenNumber;
    }

    // ---- sifting

    /** Begins to go through all records from the oldest on. */
    void beginToSift() {
        if (front.head != 0) {
            Memory.putLong(front.tail + NEXT, back.head);
            back.tail = back.head == 0 ? front.tail : back.tail;
            back.head = front.head;
            front.head = 0;
            front.tail = 0;
        }
        toSift = count;
    }

    /** Takes the next record to be sifted; false when there is none. */
    boolean takeToSift() {
        if (toSift <= 0) {
            return false;
        }
        takeFrom(back);
        toSift--;
        return true;
    }

    /** Keeps the record that was taken to be sifted; false when there is no memory and the record is lost. */
    boolean keep() {
        if (!hasRoom(front)) {
            return false;
        }
        put(front, takenHash, takenWeight);
        return true;
    }

    /** Number of the block of the record that was kept last. */
    int lastKeptNumber() {
        return Memory.getInt(front.tail + NUMBER);
    }

    /** Whether sifting has begun and is not at its end. */
    boolean isSifting() {
        return toSift > 0;
    }

    /** Forgets the oldest block's worth of records; false when there are none. */
    boolean dropBlock() {
        Blocks blocks = front.head != 0 ? front : back;
        long block = blocks.head;
        if (block == 0) {
            return false;
        }
        for (int at = Memory.getInt(block + FIRST); at < Memory.getInt(block + END); at += RECORD_BYTES) {
            weight -= Memory.getInt(block + at + WEIGHT);
            count--;
        }
        toSift = 0;
        freeHead(blocks);
        return true;
    }

    // ---- blocks

    private boolean hasRoom(Blocks blocks) {
        return !isFull(blocks) || addBlock(blocks);
    }

    private static boolean isFull(Blocks blocks) {
        return blocks.tail == 0 || Memory.getInt(blocks.tail + END) == RECORDS_END;
    }

    private boolean addBlock(Blocks blocks) {
        long block = arena.allocate(BLOCK_BYTES);
        if (block == 0) {
            return false;
        }
        lastNumber += numberStep;
        blockCount++;
        Memory.putLong(block + NEXT, 0);
        Memory.putInt(block + NUMBER, lastNumber);
        Memory.putInt(block + FIRST, RECORDS);
        Memory.putInt(block + END, RECORDS);
        if (blocks.tail == 0) {
            blocks.head = block;
        } else {
            Memory.putLong(blocks.tail + NEXT, block);
        }
        blocks.tail = block;
        return true;
    }

    private void put(Blocks blocks, long hash, int recordWeight) {
        int end = Memory.getInt(blocks.tail + END);
        Memory.putLong(blocks.tail + end, hash);
        Memory.putInt(blocks.tail + end + WEIGHT, recordWeight);
        Memory.putInt(blocks.tail + END, end + RECORD_BYTES);
        count++;
        weight += recordWeight;
    }

    private void takeFrom(Blocks blocks) {
        long block = blocks.head;
        int first = Memory.getInt(block + FIRST);
        takenHash = Memory.getLong(block + first);
        takenWeight = Memory.getInt(block + first + WEIGHT);
        takenNumber = Memory.getInt(block + NUMBER);
        count--;
        weight -= takenWeight;
        first += RECORD_BYTES;
        Memory.putInt(block + FIRST, first);
        if (first == Memory.getInt(block + END)) {
            freeHead(blocks);
        }
    }

    private void freeHead(Blocks blocks) {
        long block = blocks.head;
        blocks.head = Memory.getLong(block + NEXT);
        if (blocks.head == 0) {
            blocks.tail = 0;
        }
        blockCount--;
        arena.free(block);
    }
}
