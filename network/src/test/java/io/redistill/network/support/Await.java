// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions. */
public final class Await {
    /** A generous time for anything; longer with {@code -Dredistill.await.seconds=N}, for a machine that is busy. */
    public static final int SECONDS = Integer.getInteger("redistill.await.seconds", 30);

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(SECONDS);

    private Await() {}

    /** Returns when the condition holds; fails when it does not within a generous time. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still not so after " + SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
