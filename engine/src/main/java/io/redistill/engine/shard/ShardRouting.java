// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

/**
 * Which shard owns a key: the high bits of its hash, so that stripes and slots, which use lower ones, stay even.
 *
 * <p>Threading: stateless.
 */
public final class ShardRouting {
    /** Most shards of an engine: sets of shards are kept in a long. */
    static final int MAX_SHARDS = 64;

    private ShardRouting() {}

    /** The shard, from 0, of a key with this hash. */
    public static int shardOf(long hash, int shardCount) {
        return (int) ((hash >>> Integer.SIZE) * shardCount >>> Integer.SIZE);
    }

    /** The set of all shards. */
    static long all(int shardCount) {
        return -1L >>> Long.SIZE - shardCount;
    }
}
