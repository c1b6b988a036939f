// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.store.AccessStamps;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.Evictor;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import io.redistill.engine.store.MemoryBudget;
import io.redistill.engine.store.TableHeap;

/**
 * The shards of one engine with their rings, the ticket that orders multi-shard commands, and the publishers.
 *
 * <p>Threading: immutable.
 */
public final class ShardGroup {
    private final KeyHash keyHash;
    private final Shard[] shards;
    private final CommandPublisher[] publishers;

    /** Builds them all; the arguments are those of {@code EngineConfig}. */
    public ShardGroup(
            int shardCount,
            int ringSize,
            IndexKind index,
            int stripesPerShard,
            HashLimits hashLimits,
            MemoryBudget budget,
            KeyHash keyHash,
            ShardClock clock,
            AddressSpace space,
            int databases,
            boolean poison,
            SleepGate[] gates) {
        this.keyHash = keyHash;
        shards = new Shard[shardCount];
        TableHeap tableHeap = TableHeap.ofThisProcess();
        for (int i = 0; i < shardCount; i++) {
            Arena arena = new Arena(space, poison);
            // Random choices need to be unpredictable to clients only, who do not know the hash's seed either.
            long seed = keyHash.of(space.base() + i, 0) + i;
            AccessStamps stamps = new AccessStamps(seed);
            shards[i] = new Shard(
                    i,
                    new CommandRing(ringSize, gates),
                    clock,
                    arena,
                    new ShardDatabases(
                            databases,
                            () -> new Database(
                                    arena,
                                    space.base(),
                                    index,
                                    stripesPerShard,
                                    tableHeap,
                                    keyHash::of,
                                    hashLimits,
                                    stamps)),
                    new Evictor(budget, stamps, seed));
        }
        for (Shard shard : shards) {
            shard.peers(shards);
        }
        PublicationTicket ticket = new PublicationTicket(gates);
        publishers = new CommandPublisher[gates.length];
        for (int i = 0; i < gates.length; i++) {
            publishers[i] = new CommandPublisher(i, keyHash, shards, ticket);
        }
    }

    /** Gives back what is not in the address space; nobody turns a shard any more. */
    public void close() {
        for (Shard shard : shards) {
            shard.close();
        }
    }

    public Shard shard(int number) {
        return shards[number];
    }

    /** The hash by which a key is found, and its shard. Any thread. */
    public long hash(long keyAddress, int keyLength) {
        return keyHash.of(keyAddress, keyLength);
    }

    /** The shard that owns a key hash. Any thread. */
    public int shardOf(long hash) {
        return ShardRouting.shardOf(hash, shards.length);
    }

    /** Who is asked at a cut; before any shard turns. */
    public void cutSource(CutSource source) {
        for (Shard shard : shards) {
            shard.cutSource(source);
        }
    }

    public CommandPublisher publisher(int number) {
        return publishers[number];
    }
}
