// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.LargeBlock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all shards share: one pool, from which each takes credits of {@link #CREDIT_BYTES}, so that nobody has
 * to add up the shards. Large blocks, which any thread makes, are counted as they are.
 *
 * <p>A shard takes credit for what it uses already, so the limit can be overshot by what one turn of each shard writes;
 * {@link #allowedOvershootBytes} says how far a shard lets it come before it evicts first and executes then.
 *
 * <p>Threading: any thread.
 */
public final class MemoryBudget {
    /** What shards take and give back at a time. */
    public static final long CREDIT_BYTES = 256 << 10;

    private static final long MIN_OVERSHOOT_BYTES = 1 << 20;
    private static final int OVERSHOOT_SHIFT = 6;

    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong peakBytes = new AtomicLong();
    private final AtomicInteger shards = new AtomicInteger();
    private volatile EvictionSettings settings;

    public MemoryBudget(EvictionSettings settings) {
        this.settings = settings;
    }

    public EvictionSettings settings() {
        return settings;
    }

    /** Changes limit and policy; shards follow in their next turns. */
    public void settings(EvictionSettings changed) {
        settings = changed;
    }

    /** Counts a shard in. */
    void join() {
        shards.incrementAndGet();
    }

    /** Adds to, or takes from, what a shard has. */
    void grant(long bytes) {
        long used = granted.addAndGet(bytes) + LargeBlock.chargedBytes();
        if (used > peakBytes.get()) {
            peakBytes.accumulateAndGet(used, Math::max);
        }
    }

    /** The most bytes that were used at a time, by credits. */
    public long peakBytes() {
        return peakBytes.get();
    }

    /** Bytes that are used beyond the limit; 0 or less when there are none. */
    public long overBytes() {
        return granted.get() + LargeBlock.chargedBytes() - settings.maxMemoryBytes();
    }

    /** What each shard would have if all had as much. */
    long evenShareBytes() {
        return granted.get() / shards.get();
    }

    /** How far the limit may be overshot before commands wait: a 64th of it, at least 1 MiB. */
    public long allowedOvershootBytes() {
        return Math.max(MIN_OVERSHOOT_BYTES, settings.maxMemoryBytes() >> OVERSHOOT_SHIFT);
    }
}
