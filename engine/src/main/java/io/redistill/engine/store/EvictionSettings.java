// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/**
 * How much memory there is for data and what has to go when it is used up. Immutable.
 *
 * @param maxMemoryBytes bytes that data may take, from 1
 * @param samples places of the index that are looked at for one eviction, from 1; each has up to eight keys
 * @param lfuLogFactor how much slower a counter of uses grows with its value, from 0
 * @param lfuDecayMinutes minutes without use after which it falls by 1; 0 for never
 */
public record EvictionSettings(
        long maxMemoryBytes, EvictionPolicy policy, int samples, int lfuLogFactor, int lfuDecayMinutes) {
    /** The values that Redis begins with. */
    public static final int DEFAULT_SAMPLES = 5;

    public static final int DEFAULT_LFU_LOG_FACTOR = 10;
    public static final int DEFAULT_LFU_DECAY_MINUTES = 1;

    public EvictionSettings {
        if (maxMemoryBytes < 1 || samples < 1 || lfuLogFactor < 0 || lfuDecayMinutes < 0) {
            throw new IllegalArgumentException("maxMemoryBytes=" + maxMemoryBytes + " samples=" + samples
                    + " lfuLogFactor=" + lfuLogFactor + " lfuDecayMinutes=" + lfuDecayMinutes
                    + "; the first two must be at least 1 and the others at least 0");
        }
    }

    /** A limit without eviction. */
    public static EvictionSettings refusing(long maxMemoryBytes) {
        return new EvictionSettings(
                maxMemoryBytes,
                EvictionPolicy.NOEVICTION,
                DEFAULT_SAMPLES,
                DEFAULT_LFU_LOG_FACTOR,
                DEFAULT_LFU_DECAY_MINUTES);
    }
}
