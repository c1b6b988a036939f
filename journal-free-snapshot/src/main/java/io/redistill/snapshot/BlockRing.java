// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way of one snapshot's blocks from the shards to the writer: a Disruptor ring, the blocks that are free again, and
 * the count of bytes on the way, which two limits apply to.
 *
 * <p>The walk pauses at the lower one, and the writer wakes the shards when half of that is free again, or when it has
 * nothing to do: the bytes are then in blocks that shards are still filling, which are given as they are. What has to be
 * taken before its turn, because a command is about to change it, may go up to the budget; beyond that the snapshot
 * fails. Commands wait for neither.
 *
 * <p>Threading: {@link #hasRoom}, {@link #isIdle}, {@link #take}, {@link #publish} and {@link #fail} shards; {@link #drain} and
 * {@link #close} the writer; the rest any thread.
 */
final class BlockRing {
    /** Bytes on the way at which the walk pauses. */
    static final long WALK_LIMIT_BYTES = 8 << 20;

    private static final int SLOTS = 1 << 14;
    private static final int MAX_FREE_BLOCKS = 64;
    private static final int PREPARED_BLOCKS = (int) (WALK_LIMIT_BYTES / SnapshotFormat.BLOCK_BYTES) + 16;

    /** The ring's slot. */
    private static final class Slot {
        private @Nullable Block block;
    }

    /** Takes blocks from the ring. */
    interface Sink {
        /** Takes a block, borrowed until return. */
        void accept(Block block) throws IOException;
    }

    private final RingBuffer<Slot> ring = RingBuffer.createMultiProducer(Slot::new, SLOTS);
    private final EventPoller<Slot> poller = ring.newPoller();
    private final ManyToManyConcurrentArrayQueue<Block> free = new ManyToManyConcurrentArrayQueue<>(MAX_FREE_BLOCKS);
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final long budgetBytes;
    private final Runnable wakeShards;
    private volatile boolean paused;
    private volatile long pauses;
    private volatile long peakBytes;

    /**
     * An empty ring.
     *
     * @param budgetBytes most bytes on the way, from {@link #WALK_LIMIT_BYTES}
     * @param wakeShards lets the shards' threads look again whether there is room
     */
    BlockRing(long budgetBytes, Runnable wakeShards) {
        ring.addGatingSequences(poller.getSequence());
        this.budgetBytes = Math.max(budgetBytes, 2 * WALK_LIMIT_BYTES);
        this.wakeShards = wakeShards;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    /** Bytes on the way now. */
    long heldBytes() {
        return heldBytes.get();
    }

    /** Most bytes that were on the way so far. */
    long peakBytes() {
        return peakBytes;
    }

    /** How often the walk of a shard found no room, having had some. */
    long pauses() {
        return pauses;
    }

    /** Why the snapshot cannot become one any more, or null. */
    @Nullable
    String failure() {
        return failure.get();
    }

    /** Gives the snapshot up; the first reason stays. What is still given is dropped. */
    void fail(String reason) {
        failure.compareAndSet(null, reason);
        paused = false;
        wakeShards.run();
    }

    /** Whether the walk may go on; always once the snapshot has failed. */
    boolean hasRoom() {
        if (heldBytes.get() < WALK_LIMIT_BYTES || failure.get() != null) {
            return true;
        }
        if (!paused) {
            pauses++; // by several threads, now and then one of them is lost: a statistic
            paused = true;
        }
        // Read again after the mark is set: a writer that made room before it saw none wakes nobody.
        return heldBytes.get() < WALK_LIMIT_BYTES || failure.get() != null;
    }

    /** Whether the writer has been given nothing that it is not done with. */
    boolean isIdle() {
        return poller.getSequence().get() >= ring.getCursor();
    }

    /**
     * Makes blocks whose pages exist, so that shards seldom have to wait for the system to give them some.
     *
     * @param giveWay called after each
     */
    void prepare(Runnable giveWay) {
        for (int i = 0; i < PREPARED_BLOCKS; i++) {
            Block block = new Block(SnapshotFormat.BLOCK_BYTES);
            Memory.fill(block.address(), block.capacity(), (byte) 0);
            giveWay.run();
            if (!free.offer(block)) {
                block.free();
            }
        }
    }

    /**
     * A block with room for so many bytes, or null when the snapshot has failed, perhaps just now.
     *
     * @param ahead whether it is for something that is about to change, which the budget is for
     */
    @Nullable
    Block take(int bytes, boolean ahead) {
        int capacity = Math.max(bytes, SnapshotFormat.BLOCK_BYTES);
        if (failure.get() != null || !hold(capacity, ahead)) {
            return null;
        }
        Block block = capacity == SnapshotFormat.BLOCK_BYTES ? free.poll() : null;
        return block != null ? block : new Block(capacity);
    }

    /**
     * Counts bytes that are held from now on; false when that is more than the budget, and the snapshot has failed. A
     * single large value of the walk may go over it: the walk then pauses, and nothing was copied.
     */
    boolean hold(long bytes, boolean ahead) {
        long held = heldBytes.addAndGet(bytes);
        if (ahead && held > budgetBytes) {
            heldBytes.addAndGet(-bytes);
            fail("entries that changed before they were written take more than the budget of " + budgetBytes
                    + " bytes: the disk is too slow for so many changes");
            return false;
        }
        if (held > peakBytes) {
            peakBytes = held; // as with pauses
        }
        return true;
    }

    /** Hands a block to the writer. */
    void publish(Block block) {
        long sequence;
        try {
            sequence = ring.tryNext();
        } catch (InsufficientCapacityException full) {
            fail("the writer is " + SLOTS + " blocks behind");
            release(block);
            return;
        }
        ring.get(sequence).block = block;
        ring.publish(sequence);
    }

    /** Gives what is in the ring to a sink, in order; false when there was nothing. */
    boolean drain(Sink sink) throws IOException {
        IOException[] failed = new IOException[1];
        EventPoller.PollState state;
        try {
            state = poller.poll((slot, sequence, endOfBatch) -> {
                Block block = slot.block;
                slot.block = null;
                if (block != null) {
                    try {
                        if (failed[0] == null) {
                            sink.accept(block);
                        }
                    } catch (IOException e) {
                        failed[0] = e;
                    } finally {
                        release(block);
                    }
                }
                return false; // one at a time, so that its slot and its room are free at once
            });
        } catch (AlertException impossible) {
            throw new AssertionError(impossible); // nobody alerts
        } catch (Exception e) {
            throw new IOException(e);
        }
        if (failed[0] != null) {
            throw failed[0];
        }
        if (paused && isIdle()) {
            // What takes the room are blocks that shards are still filling: they are to give them.
            paused = false;
            wakeShards.run();
        }
        return state == EventPoller.PollState.PROCESSING;
    }

    /** Takes a block back. */
    void release(Block block) {
        long held = heldBytes.addAndGet(-block.heldBytes());
        block.clear();
        if (block.capacity() != SnapshotFormat.BLOCK_BYTES || !free.offer(block)) {
            block.free();
        }
        if (paused && held < WALK_LIMIT_BYTES / 2) {
            paused = false;
            wakeShards.run();
        }
    }

    /** Frees all memory, when no shard gives anything any more. */
    void close() throws IOException {
        while (drain(block -> {})) {}
        Block block;
        while ((block = free.poll()) != null) {
            block.free();
        }
    }
}
