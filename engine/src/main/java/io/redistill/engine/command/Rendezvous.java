// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One command that needs several shards at one instant: each shard that reaches it stops there, the last one to arrive
 * executes for all, then all go on.
 *
 * <p>Stopping is a state of the shard, not of its thread, which goes on with whatever else it does.
 *
 * <p>Threading: {@link #arrive} each shard concerned, once; its read-modify-write hands what the earlier arrivals wrote
 * to the last. {@link #release} by the last, {@link #isOver} by the others: a volatile write and read hand it back.
 */
public final class Rendezvous {
    private final AtomicInteger absent;
    private volatile boolean over;

    public Rendezvous(int shardCount) {
        absent = new AtomicInteger(shardCount);
    }

    /** Says that a shard has stopped; true for the last one, which must execute and then {@link #release}. */
    public boolean arrive() {
        return absent.decrementAndGet() == 0;
    }

    /** Lets the others go on. */
    public void release() {
        over = true;
    }

    /** Whether the shards that stopped may go on. */
    public boolean isOver() {
        return over;
    }
}
