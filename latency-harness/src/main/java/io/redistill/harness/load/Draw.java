// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.nio.ByteBuffer;

/**
 * What one connection draws its requests from: a random stream of its own, keys, sizes of values, times to live.
 *
 * <p>Threading: one thread.
 */
public final class Draw {
    private static final int FIELDS = 10;
    private static final long NUMBERS = 1_000;

    private final RandomStream random;
    private final KeyDistribution keys;
    private final WeightedRanges valueLengths;
    private final WeightedRanges ttlsMs;
    private final ByteBuffer valuePool;

    /**
     * Makes the source of a connection.
     *
     * @param valuePool bytes that values are taken from, at least as many as the longest value has; shared, never
     *     changed
     */
    public Draw(
            RandomStream random,
            KeyDistribution keys,
            WeightedRanges valueLengths,
            WeightedRanges ttlsMs,
            ByteBuffer valuePool) {
        this.random = random;
        this.keys = keys;
        this.valueLengths = valueLengths;
        this.ttlsMs = ttlsMs;
        this.valuePool = valuePool;
    }

    /** A pool of printable bytes for values up to a length. */
    public static ByteBuffer valuePool(long longest, long seed) {
        ByteBuffer pool = ByteBuffer.allocateDirect(Math.toIntExact(longest + 4_096));
        RandomStream random = new RandomStream(seed, -1);
        while (pool.hasRemaining()) {
            pool.put((byte) ('a' + random.below(26)));
        }
        return pool.flip();
    }

    RandomStream random() {
        return random;
    }

    long key() {
        return keys.next(random);
    }

    long field() {
        return random.below(FIELDS);
    }

    long number() {
        return random.below(NUMBERS);
    }

    long ttlMs() {
        return ttlsMs.next(random);
    }

    int valueLength() {
        return (int) valueLengths.next(random);
    }

    void putValue(ByteBuffer out, int length) {
        int from = (int) random.below(valuePool.limit() - length + 1L);
        out.put(out.position(), valuePool, from, length);
        out.position(out.position() + length);
    }
}
