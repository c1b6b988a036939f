// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014) with its state in the open, so
 * that each connection has a stream of its own without an object for each number.
 *
 * <p>Threading: one thread.
 */
public final class RandomStream {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** Streams of the same seed and different numbers are independent. */
    public RandomStream(long seed, long number) {
        state = mix(seed + mix(number * GAMMA + 1));
    }

    /** A number of all 64 bits. */
    public long next() {
        return mix(state += GAMMA);
    }

    /** A number from 0 to below a bound of at least 1; the bias is below bound / 2^63. */
    public long below(long bound) {
        return Math.floorMod(next() >>> 1, bound);
    }

    /** A number from 0 to below 1. */
    public double unit() {
        return (next() >>> 11) * 0x1p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
