// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.shard.CommandPublisher;
import io.redistill.engine.shard.CutSource;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.shard.ShardGroup;
import io.redistill.engine.shard.SleepGate;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.MemoryBudget;

/**
 * The keyspace and its shards, without threads and without a network: whoever embeds it calls {@link Shard#turn} on one
 * thread for each shard and publishes batches through one {@link CommandPublisher} for each event loop.
 *
 * <p>Threading: {@link #usedBytes} any thread; construction and {@link #close} one thread, when no shard is turning.
 */
public final class Engine implements AutoCloseable {
    /** Address space beyond the limit: size classes are not filled to the last block. */
    private static final long ADDRESS_SPACE_SLACK_BYTES = 256L << 20;

    private final EngineConfig config;
    private final AddressSpace space;
    private final ShardGroup group;
    private final MemoryBudget budget;

    /**
     * An engine with empty shards.
     *
     * @param gates for each publisher the gate at which its event loop sleeps
     */
    public Engine(EngineConfig config, SleepGate... gates) {
        if (gates.length != config.publishers()) {
            throw new IllegalArgumentException(
                    "publishers=" + config.publishers() + " but gates=" + gates.length + "; they must be equal");
        }
        this.config = config;
        budget = new MemoryBudget(EvictionSettings.refusing(config.maxMemoryBytes()));
        long wanted = Math.min(config.maxMemoryBytes(), AddressSpace.MAX_LENGTH_BYTES / 4) * 2;
        space = new AddressSpace(
                wanted + ADDRESS_SPACE_SLACK_BYTES, config.hugePages(), config.hugePages() ? config.shards() + 1 : 0);
        group = new ShardGroup(
                config.shards(),
                config.ringSize(),
                config.index(),
                config.stripesPerShard(),
                config.hashLimits(),
                budget,
                new KeyHash(config.hashSeed()),
                config.clock(),
                space,
                config.databases(),
                config.poisonFreed(),
                gates);
    }

    public EngineConfig config() {
        return config;
    }

    public int shardCount() {
        return config.shards();
    }

    public Shard shard(int number) {
        return group.shard(number);
    }

    /** The door of event loop {@code number}. */
    public CommandPublisher publisher(int number) {
        return group.publisher(number);
    }

    /** The hash by which a key is found, and its shard. Any thread. */
    public long hash(long keyAddress, int keyLength) {
        return group.hash(keyAddress, keyLength);
    }

    /** The number of the shard that owns a key hash. Any thread. */
    public int shardOf(long hash) {
        return group.shardOf(hash);
    }

    /** Who is asked when the event of a cut comes by; before any shard turns. */
    public void cutSource(CutSource source) {
        group.cutSource(source);
    }

    /**
     * Bytes that count against the limit: entries, index tables, large values and replies that hold them, and what is held
     * beyond spare reserves.
     */
    public long usedBytes() {
        long used = LargeBlock.chargedBytes();
        for (int i = 0; i < config.shards(); i++) {
            used += group.shard(i).usedBytes();
        }
        return used;
    }

    /** The memory that the shards share; whoever starts or reconfigures the engine sets limit and policy there. */
    public MemoryBudget budget() {
        return budget;
    }

    /** Wakes the threads of all shards, so that they do what there is to do. Any thread. */
    public void wakeShards() {
        for (int i = 0; i < config.shards(); i++) {
            group.shard(i).wake();
        }
    }

    /** Whether commands that need memory are to be refused: it is used up, none is being freed, and nothing may be evicted. */
    public boolean isOutOfMemory() {
        if (budget.overBytes() <= 0) {
            return false;
        }
        for (int i = 0; i < config.shards(); i++) {
            if (group.shard(i).isFreeing()) {
                return false;
            }
        }
        if (budget.settings().policy() != EvictionPolicy.NOEVICTION) {
            for (int i = 0; i < config.shards(); i++) {
                if (!group.shard(i).isEvictionExhausted()) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        group.close();
        space.close();
    }
}
