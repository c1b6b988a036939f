// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine;

import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;

/**
 * Immutable settings of an {@link Engine}.
 *
 * @param shards parts of the keyspace, 1 to 64
 * @param publishers event loops that will publish, from 1
 * @param ringSize slots of each command ring, a power of two from 2
 * @param maxMemoryBytes bytes for data, above which commands that need memory are refused; from 1 MiB
 * @param index implementation of the key index
 * @param stripes tables of a striped index over all shards, from 1; a shard's share is rounded up to a power of two, and to 64
 * @param hashLimits up to where hashes keep their compact form; shared with whoever changes them
 * @param databases numbered databases, from 1
 * @param hashSeed seed of the key hash, secret and different in each process
 * @param clock where time comes from
 * @param hugePages whether arena memory asks for huge pages
 * @param poisonFreed whether freed entries are overwritten (tests)
 */
public record EngineConfig(
        int shards,
        int publishers,
        int ringSize,
        long maxMemoryBytes,
        IndexKind index,
        int stripes,
        HashLimits hashLimits,
        int databases,
        long hashSeed,
        ShardClock clock,
        boolean hugePages,
        boolean poisonFreed) {
    /** Index tables over all shards, unless set otherwise. */
    public static final int DEFAULT_STRIPES = 2048;

    /** Numbered databases, unless set otherwise. */
    public static final int DEFAULT_DATABASES = 16;

    /** Most shards: sets of them are kept in a long. */
    public static final int MAX_SHARDS = 64;

    private static final int MIN_STRIPES_PER_SHARD = 64;
    private static final long MIN_MEMORY_BYTES = 1 << 20;

    public EngineConfig {
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException("shards=" + shards + " is not in 1 to " + MAX_SHARDS);
        }
        if (publishers < 1) {
            throw new IllegalArgumentException("publishers=" + publishers + " is not at least 1");
        }
        if (ringSize < 2 || Integer.bitCount(ringSize) != 1) {
            throw new IllegalArgumentException("ringSize=" + ringSize + " is not a power of two from 2");
        }
        if (maxMemoryBytes < MIN_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "maxMemoryBytes=" + maxMemoryBytes + " is not at least " + MIN_MEMORY_BYTES);
        }
        if (databases < 1) {
            throw new IllegalArgumentException("databases=" + databases + " is not at least 1");
        }
        if (stripes < 1) {
            throw new IllegalArgumentException("stripes=" + stripes + " is not at least 1");
        }
    }

    /** Index tables of one shard: its share, rounded up to a power of two, and not too few. */
    int stripesPerShard() {
        int share = Math.max(MIN_STRIPES_PER_SHARD, stripes / shards);
        return Integer.highestOneBit(Math.max(1, share * 2 - 1));
    }
}
