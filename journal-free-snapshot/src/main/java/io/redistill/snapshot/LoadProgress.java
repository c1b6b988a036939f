// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

/**
 * How far loading has come.
 *
 * <p>Threading: written by the threads that load, read by any.
 */
public final class LoadProgress {
    private final long startedMs = System.currentTimeMillis();
    private volatile long totalBytes;
    private volatile long loadedBytes;
    private volatile long loadedKeys;
    private volatile long expiredKeys;

    void total(long bytes) {
        totalBytes = bytes;
    }

    void loaded(long bytes, long keys, long expired) {
        loadedBytes = bytes;
        loadedKeys = keys;
        expiredKeys = expired;
    }

    /** When it began, ms since the epoch. */
    public long startedMs() {
        return startedMs;
    }

    /** Length of the file. */
    public long totalBytes() {
        return totalBytes;
    }

    /** Bytes of it that have been read. */
    public long loadedBytes() {
        return loadedBytes;
    }

    /** Keys in memory. */
    public long loadedKeys() {
        return loadedKeys;
    }

    /** Keys that were left out since their deadline had passed. */
    public long expiredKeys() {
        return expiredKeys;
    }

    /** Share of the file that has been read, 0 to 1. */
    public double share() {
        long total = totalBytes;
        return total == 0 ? 0 : (double) loadedBytes / total;
    }

    /** Seconds that the rest will take if it goes on like this. */
    public long etaSeconds() {
        double share = share();
        double elapsed = (System.currentTimeMillis() - startedMs) / 1000.0;
        return share == 0 ? 1 : Math.round(elapsed * (1 - share) / share);
    }
}
