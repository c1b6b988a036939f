// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.GeneratorLoop;
import io.redistill.harness.generator.Transport;
import io.redistill.harness.machine.ProcessUsage;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import net.openhft.affinity.Affinity;
import org.jspecify.annotations.Nullable;

/**
 * One generator thread: pins itself, connects, waits for the others, runs its loop.
 *
 * <p>Threading: as stated at each method.
 */
final class GeneratorThread {
    private static final long CONNECT_TIMEOUT_NS = 10_000_000_000L;

    private final GeneratorLoop loop;
    private final Transport transport;
    private final Lane lane;
    private final @Nullable BitSet cpus;
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Thread thread;
    private volatile long originNs;
    private volatile boolean cancelled;
    private volatile String directory = "";
    private volatile @Nullable String trouble;

    GeneratorThread(String name, GeneratorLoop loop, Transport transport, Lane lane, @Nullable BitSet cpus) {
        this.loop = loop;
        this.transport = transport;
        this.lane = lane;
        this.cpus = cpus;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (transport) {
            if (cpus != null) {
                Affinity.setAffinity(cpus);
            }
            directory = ProcessUsage.currentThreadDirectory();
            loop.connect(CONNECT_TIMEOUT_NS);
            connected.countDown();
            go.await();
            if (!cancelled) {
                loop.run(originNs);
                // Its usage can be asked for while it lives.
                release.await();
            }
        } catch (IOException | RuntimeException e) {
            trouble = e.getMessage() == null ? e.toString() : e.getMessage();
        } catch (InterruptedException e) {
            trouble = "interrupted";
        } finally {
            lane.abandon();
            connected.countDown();
        }
    }

    /** Any thread: waits until it is connected; answers what went wrong, or null. */
    @Nullable
    String awaitConnected() throws InterruptedException {
        connected.await();
        return trouble;
    }

    /** Any thread: lets the loop begin. */
    void go(long startOfMeasuringNs) {
        originNs = startOfMeasuringNs;
        go.countDown();
    }

    /** Any thread: ends a thread that waits to begin. */
    void cancel() {
        cancelled = true;
        go.countDown();
    }

    void stop() {
        loop.stop();
    }

    /** Any thread: lets it end, when its loop has, and waits for that. */
    void join() throws InterruptedException {
        release.countDown();
        thread.join();
    }

    long id() {
        return thread.getId();
    }

    /** Times that the kernel took it off its processor so far, -1 when unknown. */
    long involuntarySwitches() {
        return directory.isEmpty() ? -1 : ProcessUsage.switchesOfThread(directory);
    }

    GeneratorLoop loop() {
        return loop;
    }

    /** Why it ended before its time, or null. */
    @Nullable
    String failure() {
        return trouble != null ? trouble : loop.failure();
    }
}
