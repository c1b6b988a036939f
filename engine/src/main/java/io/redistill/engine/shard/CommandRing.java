// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.dsl.ProducerType;
import io.redistill.engine.command.CommandEvent;
import io.redistill.engine.memory.Memory;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The command ring in front of one shard: a Disruptor ring buffer that publishers claim from without ever waiting, and
 * that the shard's thread drains without ever waiting.
 *
 * <p>A publisher that finds it full leaves a mark ({@link #awaitRoom}); the shard, once it has freed slots, wakes the
 * publishers that left one.
 *
 * <p>Threading: {@link #tryClaim}, {@link #slot}, {@link #publish} and {@link #awaitRoom} any event loop;
 * {@link #available}, {@link #consumed} and {@link #wakeWaiting} the shard thread.
 */
public final class CommandRing {
    /** Returned by {@link #tryClaim} when there is no room. */
    public static final long FULL = -1;

    /** Answers at once with what is there: the shard has other things to do than to wait here. */
    private static final WaitStrategy NEVER_WAIT = new WaitStrategy() {
        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier) {
            return dependent.get();
        }

        @Override
        public void signalAllWhenBlocking() {}
    };

    private final RingBuffer<CommandEvent> buffer;
    private final SequenceBarrier barrier;
    private final Sequence consumed = new Sequence();
    private final SleepGate[] publisherGates;
    private final AtomicIntegerArray waiting;
    private volatile SleepGate consumerGate = new SleepGate(() -> {});

    /**
     * An empty ring.
     *
     * @param capacity slots, a power of two from 2
     * @param publisherGates the gates of all publishers, by publisher number
     */
    CommandRing(int capacity, SleepGate[] publisherGates) {
        ProducerType type = publisherGates.length == 1 ? ProducerType.SINGLE : ProducerType.MULTI;
        buffer = RingBuffer.create(type, CommandEvent::new, capacity, NEVER_WAIT);
        barrier = buffer.newBarrier();
        buffer.addGatingSequences(consumed);
        this.publisherGates = publisherGates;
        waiting = new AtomicIntegerArray(publisherGates.length);
    }

    // ---- publishers

    /** Slots in all. */
    public int capacity() {
        return buffer.getBufferSize();
    }

    /** Claims {@code count} slots and returns the highest sequence, or {@link #FULL}; 1 to capacity. */
    long tryClaim(int count) {
        if (!buffer.hasAvailableCapacity(count)) {
            return FULL;
        }
        try {
            return buffer.tryNext(count);
        } catch (InsufficientCapacityException anotherPublisherWasFaster) {
            return FULL; // preallocated and without a stack trace
        }
    }

    CommandEvent slot(long sequence) {
        return buffer.get(sequence);
    }

    void publish(long low, long high) {
        buffer.publish(low, high);
    }

    /** Asks to be woken when the shard has freed slots; the caller tries once more after this and before it sleeps. */
    void awaitRoom(int publisher) {
        waiting.set(publisher, 1);
        // Pairs with the fence of wakeWaiting. Without it the caller's next attempt, which reads the consumer's
        // sequence
        // with plain loads, may pass the store of the mark (on aarch64 it does), and both sides look too early.
        Memory.fullFence();
    }

    /** Wakes the shard if it sleeps; after publishing. */
    void wakeConsumer() {
        consumerGate.wake();
    }

    /** Slots claimed and not yet consumed; approximate. */
    public long depth() {
        return buffer.getCursor() - consumed.get();
    }

    // ---- the shard

    /** The gate at which the thread that drains this ring sleeps. Set once, before it first sleeps. */
    public void consumerGate(SleepGate gate) {
        consumerGate = gate;
    }

    /** Highest sequence that can be consumed; below {@code next} when there is none. */
    long available(long next) {
        try {
            return barrier.waitFor(next);
        } catch (AlertException | InterruptedException | TimeoutException impossible) {
            throw new AssertionError(impossible); // NEVER_WAIT throws none and nobody alerts the barrier
        }
    }

    long consumed() {
        return consumed.get();
    }

    /** Frees the slots up to {@code sequence}. */
    void consumed(long sequence) {
        consumed.set(sequence);
    }

    /**
     * Whether a slot can be consumed; asked after {@link SleepGate#announce} it decides whether the shard may sleep.
     *
     * <p>A slot that is claimed and not yet published is no reason to stay awake: claims may be kept for long, while
     * another ring is full, and whoever publishes wakes afterwards ({@link #wakeConsumer}).
     */
    boolean hasWork() {
        long last = consumed.get();
        return available(last + 1) > last;
    }

    /** Wakes the publishers that wait for room. */
    void wakeWaiting() {
        // consumed was set with a store that a later load may pass: the gate's full fence comes too late for this read.
        Memory.fullFence();
        for (int i = 0; i < publisherGates.length; i++) {
            if (waiting.get(i) != 0) {
                waiting.set(i, 0);
                publisherGates[i].wake();
            }
        }
    }
}
