// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import io.redistill.engine.store.MemoryBudget;
import io.redistill.engine.support.FakeClock;
import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.TestChunks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Shards and publishers without threads and without a network; memory is poisoned. */
final class ShardRig implements AutoCloseable {
    private static final int STRIPES = 4;

    final FakeClock clock = new FakeClock();
    final TestChunks chunks = new TestChunks();
    final MemoryBudget budget = new MemoryBudget(EvictionSettings.refusing(1L << 40));
    final int shardCount;
    private final int publisherCount;
    private final AddressSpace space;
    private final KeyHash keyHash;
    private final ShardGroup group;
    private final List<TestBatch> batches = new ArrayList<>();

    /** Publishers whose wake-ups nobody needs. */
    ShardRig(int shardCount, int publishers, int ringSize) {
        this(shardCount, ringSize, 5, gates(publishers));
    }

    ShardRig(int shardCount, int ringSize, long hashSeed, SleepGate... gates) {
        this.shardCount = shardCount;
        publisherCount = gates.length;
        space = new AddressSpace(512L << 20, false);
        keyHash = new KeyHash(hashSeed);
        group = new ShardGroup(
                shardCount,
                ringSize,
                IndexKind.EXTENDIBLE,
                STRIPES,
                HashLimits.defaults(),
                budget,
                keyHash,
                clock,
                space,
                16,
                true,
                gates);
    }

    private static SleepGate[] gates(int publishers) {
        SleepGate[] gates = new SleepGate[publishers];
        for (int i = 0; i < publishers; i++) {
            gates[i] = new SleepGate(() -> {});
        }
        return gates;
    }

    Shard shard(int number) {
        return group.shard(number);
    }

    CommandPublisher publisher(int number) {
        return group.publisher(number);
    }

    /** A batch for one publisher, whose finished batches nobody collects. */
    TestBatch batch(int publisher) {
        return batch(publisher(publisher), batch -> {});
    }

    TestBatch batch(CommandPublisher publisher, Consumer<TestBatch> finished) {
        TestBatch batch = new TestBatch(this, publisher, finished);
        synchronized (batches) {
            batches.add(batch);
        }
        return batch;
    }

    int shardOf(String key) {
        try (OffHeap offHeap = new OffHeap()) {
            byte[] bytes = key.getBytes(ISO_8859_1);
            return ShardRouting.shardOf(keyHash.of(offHeap.put(bytes), bytes.length), shardCount);
        }
    }

    /** The {@code n}th key, from 0, that a shard owns. */
    String key(int shard, int n) {
        int left = n;
        for (int i = 0; ; i++) {
            if (shardOf("key" + i) == shard && left-- == 0) {
                return "key" + i;
            }
        }
    }

    /** Lets all publishers retry and all shards turn until nothing moves. */
    void settle() {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (int i = 0; i < shardCount; i++) {
                progress |= shard(i).turn() > 0;
            }
            for (int i = 0; i < publisherCount; i++) {
                progress |= publisher(i).hasWaiting() && publisher(i).retryWaiting();
            }
        }
    }

    @Override
    public void close() {
        synchronized (batches) {
            batches.forEach(TestBatch::free);
        }
        group.close();
        space.close();
        if (chunks.live() != 0) {
            throw new AssertionError(chunks.live() + " reply chunks were not given back");
        }
    }
}
