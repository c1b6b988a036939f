// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.redistill.engine.Engine;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.shard.SleepGate;
import io.redistill.engine.shard.WaitMode;
import io.redistill.network.connection.Authentication;
import io.redistill.network.connection.ClientLimits;
import io.redistill.network.connection.ClientRegistry;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.connection.ServerCommands;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A thread that owns one event loop and, in placement <i>fused</i>, one shard, and drives both.
 *
 * <pre>
 *   turn:  I/O (may wait if there is nothing to do) ▸ wake the shards published to ▸ own shard's turn ▸ waiting list
 *          ▸ hand back finished batches, write, flush ▸ held connections ▸ again while anything moved
 * </pre>
 *
 * <p>Before it waits it announces itself at its {@link SleepGate} and looks once more at everything that others can
 * bring: its shard's ring, finished batches, room in full rings. {@link WaitMode} says whether it waits at all.
 *
 * <p>Threading: {@link #run} is the thread; {@link #start}, {@link #stop} and {@link #awaitDrained} the owner of the
 * server.
 */
final class EventLoopThread {
    /** Rounds of shard work between two looks at the sockets. */
    private static final int MAX_ROUNDS_PER_TURN = 8;

    private static final long DRAIN_INPUT_NS = 5_000_000_000L;

    /** Silence after which no more input is under way from a client whose socket was full. */
    private static final long DRAIN_QUIET_NS = 20_000_000L;

    private static final long DRAIN_OUTPUT_NS = 5_000_000_000L;

    private final int number;
    private final WaitMode waitMode;
    private final Thread thread;
    private final IoLoop ioLoop;
    private final SleepGate gate;
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean draining;
    private volatile boolean stopped;
    private boolean drainBegun;
    private @Nullable ConnectionLoop loop;
    private @Nullable Shard shard;

    /**
     * A thread that does not run yet.
     *
     * @param threads makes it from what it is to run, with everything that must be done on it beforehand
     */
    EventLoopThread(int number, IoHandlerFactory ioHandlers, WaitMode waitMode, ThreadFactory threads) {
        this.number = number;
        this.waitMode = waitMode;
        thread = threads.newThread(this::run);
        ioLoop = new IoLoop(thread, ioHandlers);
        gate = new SleepGate(ioLoop::wakeup);
    }

    /** Where the thread sleeps: the engine wakes it there. */
    SleepGate gate() {
        return gate;
    }

    /**
     * Starts the thread.
     *
     * @param ownShard the shard that it drains as well, or null
     * @param idleTimeoutSeconds connections idle for longer are closed, 0 for never
     */
    void start(
            Engine engine,
            @Nullable Shard ownShard,
            ClientRegistry clients,
            ServerCommands serverCommands,
            Authentication authentication,
            ClientLimits limits,
            int idleTimeoutSeconds) {
        shard = ownShard;
        if (ownShard != null) {
            ownShard.ring().consumerGate(gate);
        }
        loop = new ConnectionLoop(
                engine, number, gate, thread, ownShard, clients, serverCommands, authentication, limits);
        if (idleTimeoutSeconds > 0) {
            ioLoop.scheduleAtFixedRate(
                    () -> loop().closeIdle(TimeUnit.SECONDS.toNanos(idleTimeoutSeconds)), 1, 1, TimeUnit.SECONDS);
        }
        if (limits.outputSoftBytes() > 0) {
            ioLoop.scheduleAtFixedRate(() -> loop().checkOutputLimits(), 1, 1, TimeUnit.SECONDS);
        }
        thread.start();
    }

    ManualIoEventLoop ioLoop() {
        return ioLoop;
    }

    @SuppressWarnings("NullAway") // set before the thread starts
    ConnectionLoop loop() {
        return loop;
    }

    /** Connections dealt to this loop. */
    AtomicInteger connections() {
        return connections;
    }

    private void run() {
        Shard shard = this.shard;
        if (shard != null) {
            shard.bindToCurrentThread();
        }
        while (!draining) {
            if (turn(0) == 0 && waitMode == WaitMode.YIELD) {
                Thread.yield();
            }
        }
        drainBegun = true;
        drain();
        drained.countDown();
        // Other cores may still need this shard for their last replies.
        while (!stopped) {
            turn(0);
        }
        ioLoop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
        while (!ioLoop.isTerminated()) {
            ioLoop.runNow();
        }
    }

    /** One duty cycle; returns the I/O events and rounds of work done. */
    private int turn(long waitNs) {
        int done = ioLoop.run(limitedByShard(waitNs), 0);
        gate.awake();
        ConnectionLoop loop = loop();
        loop.readClock();
        Shard shard = this.shard;
        for (int round = 0; round < MAX_ROUNDS_PER_TURN; round++) {
            loop.publisher().wakeShards();
            boolean progress = shard != null && shard.turn() > 0;
            if (loop.publisher().hasWaiting()) {
                progress |= loop.publisher().retryWaiting();
            }
            progress |= loop.deliver();
            progress |= loop.resume();
            if (!progress) {
                break;
            }
            done++;
        }
        loop.publisher().wakeShards();
        return done;
    }

    /** A wait, 0 being without end, that does not sleep through what the shard has to do by itself. */
    private long limitedByShard(long waitNs) {
        Shard shard = this.shard;
        long sleepNs = shard == null ? Long.MAX_VALUE : shard.sleepNs();
        if (sleepNs == Long.MAX_VALUE) {
            return waitNs;
        }
        return waitNs == 0 ? sleepNs : Math.min(waitNs, sleepNs);
    }

    private void drain() {
        long deadline = System.nanoTime() + DRAIN_INPUT_NS;
        // What has reached this machine's sockets is read and answered, as long as it does not go on for ever.
        while ((turn(DRAIN_QUIET_NS) > 0 || loop().isBusy()) && System.nanoTime() < deadline) {}
        loop().drainConnections();
        deadline = System.nanoTime() + DRAIN_OUTPUT_NS;
        while (loop().connectionCount() > 0 && System.nanoTime() < deadline) {
            turn(1_000_000);
        }
    }

    /** Begins the end: answers what was received, then closes the connections. */
    void drainLater() {
        draining = true;
        ioLoop.wakeup();
    }

    void awaitDrained() throws InterruptedException {
        drained.await();
    }

    /** Ends the thread, after all cores are drained. */
    void stop() throws InterruptedException {
        stopped = true;
        ioLoop.wakeup();
        thread.join();
        loop().close();
    }

    private final class IoLoop extends ManualIoEventLoop {
        IoLoop(Thread owner, IoHandlerFactory handlers) {
            super(owner, handlers);
        }

        @Override
        protected boolean canBlock() {
            if (stopped || draining && !drainBegun) {
                // Asked for between the last look and the wait: the wake-up that came with it has been used up.
                return false;
            }
            if (waitMode != WaitMode.PARK && !drainBegun) {
                return false;
            }
            gate.announce();
            ConnectionLoop loop = loop();
            Shard shard = EventLoopThread.this.shard;
            boolean work = shard != null && shard.hasWork()
                    || loop.hasWork()
                    || loop.publisher().hasWaiting() && loop.publisher().retryWaiting();
            if (work) {
                gate.awake();
            }
            return !work;
        }
    }
}
