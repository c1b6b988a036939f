// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.snapshot.LoadProgress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells how far loading has come: a bar where a person looks on, else a line of the log each second.
 *
 * <p>Threading: one thread makes, starts and closes it; it has one of its own.
 */
final class LoadReport implements AutoCloseable {
    private static final int BAR_WIDTH = 40;
    private static final long BAR_INTERVAL_MS = 100;
    private static final long LINE_INTERVAL_MS = 1000;

    private final LoadProgress progress;
    private final Log log;
    private final boolean bar = System.console() != null;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "load-report");

    LoadReport(LoadProgress progress, Log log) {
        this.progress = progress;
        this.log = log;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(bar ? BAR_INTERVAL_MS : LINE_INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                report();
            }
            if (bar) {
                report();
                System.err.println();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report() {
        int percent = (int) (progress.share() * 100);
        if (bar) {
            int full = BAR_WIDTH * percent / 100;
            System.err.print("\rloading [" + "#".repeat(full) + " ".repeat(BAR_WIDTH - full) + "] " + percent + " %");
        } else {
            log.info("loading: " + percent + " %, " + progress.loadedKeys() + " keys, about " + progress.etaSeconds()
                    + " s left");
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
