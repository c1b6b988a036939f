// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that owns one shard and does nothing but drain its ring: placement <i>dedicated</i>.
 *
 * <pre>
 *   turn:  up to 64 events ▸ hand back finished batches ▸ a slice of background work ▸ again; without work, wait
 * </pre>
 *
 * <p>Threading: {@link #start} and {@link #stop} the owner of the engine.
 */
public final class ShardThread {
    private final Shard shard;
    private final WaitMode waitMode;
    private final Thread thread;
    private final SleepGate gate;
    private volatile boolean stopped;

    /**
     * A thread that does not run yet.
     *
     * @param threads makes it from what it is to run, with everything that must be done on it beforehand
     */
    public ShardThread(Shard shard, WaitMode waitMode, ThreadFactory threads) {
        this.shard = shard;
        this.waitMode = waitMode;
        thread = threads.newThread(this::run);
        gate = new SleepGate(() -> LockSupport.unpark(thread));
        shard.ring().consumerGate(gate);
    }

    public void start() {
        thread.start();
    }

    /** Ends the thread when its ring is empty; after everyone who publishes has stopped. */
    public void stop() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    private void run() {
        shard.bindToCurrentThread();
        while (true) {
            if (shard.turn() > 0) {
                continue;
            }
            if (stopped && !shard.hasWork()) {
                return;
            }
            waitForWork();
        }
    }

    private void park(long ns) {
        if (ns == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, ns);
        }
    }

    private void waitForWork() {
        switch (waitMode) {
            case SPIN -> Thread.onSpinWait();
            case YIELD -> Thread.yield();
            case PARK -> {
                gate.announce();
                // The flag is read after the fence; stop() sets it before it unparks.
                if (!shard.hasWork() && !stopped) {
                    park(shard.sleepNs());
                }
                gate.awake();
            }
        }
    }
}
