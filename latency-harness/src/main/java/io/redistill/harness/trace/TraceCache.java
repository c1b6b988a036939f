// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.shard.ShardRouting;
import io.redistill.engine.store.AccessStamps;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.Evictor;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import io.redistill.engine.store.MemoryBudget;

/**
 * The shards of an engine without rings and commands: index, entries, stamps and evictors over one budget. A request is a
 * look-up and, when that finds nothing, an insertion, after which the shard evicts. Time is the trace's.
 *
 * <p>Values are taken and not written. Threading: one thread.
 */
final class TraceCache implements AutoCloseable {
    /** What a unit of the limit costs: more than a shard keeps when it has no use for it, so that none is kept. */
    private static final long UNIT_BYTES = 4 * MemoryBudget.CREDIT_BYTES;

    private static final long FIRST_MS = 1_700_000_000_000L;
    /** Room for an object that is its key and a byte. */
    private static final long BYTES_PER_OBJECT = 1024;

    private static final long SLACK_BYTES = 256L << 20;
    private static final long HASH_SEED = 42;
    private static final int MAX_KEY_BYTES = 1 << 16;

    private final Counting counting;
    private final long limit;
    private final boolean evicts;
    private final MemoryBudget budget;
    private final AddressSpace space;
    private final KeyHash keyHash = new KeyHash(HASH_SEED);
    private final Part[] parts;
    private final long key = Memory.allocate(MAX_KEY_BYTES);

    private final class Part {
        private final Arena arena = new Arena(space, false);
        private final Evictor evictor;
        private final Database database;
        private final Database[] databases;
        private long bytes;

        private Part(int number) {
            AccessStamps stamps = new AccessStamps(2 * number + 1);
            evictor = new Evictor(budget, stamps, 2 * number + 2);
            database = new Database(
                    arena, space.base(), IndexKind.EXTENDIBLE, 1, keyHash::of, HashLimits.defaults(), stamps);
            databases = new Database[] {database};
        }

        private void clock(long ms) {
            evictor.clock(ms);
            database.clock(ms);
            while (database.nextExpiryMs() <= ms) {
                database.expireDue();
            }
        }

        private long used() {
            return switch (counting) {
                case OBJECTS -> database.size() * UNIT_BYTES;
                case BYTES -> bytes * UNIT_BYTES;
                case MEMORY -> arena.usedBytes() + database.indexHeapBytes();
            };
        }

        private boolean evictOne() {
            long gone = evictor.isNeeded() ? evictor.evictOne(databases) : Evictor.NONE_MAY_GO;
            bytes -= Math.max(0, gone);
            evictor.settle(used());
            return gone >= 0 || gone == Evictor.NOT_YET;
        }
    }

    /**
     * An empty cache.
     *
     * @param settings policy, samples and the like; the limit counts what {@code counting} says
     */
    TraceCache(EvictionSettings settings, Counting counting, int shards) {
        this.counting = counting;
        limit = settings.maxMemoryBytes();
        evicts = settings.policy() != EvictionPolicy.NOEVICTION;
        long unit = counting == Counting.MEMORY ? 1 : UNIT_BYTES;
        budget = new MemoryBudget(new EvictionSettings(
                Math.multiplyExact(limit, unit) + LargeBlock.chargedBytes(),
                settings.policy(),
                settings.samples(),
                settings.lfuLogFactor(),
                settings.lfuDecayMinutes()));
        long bytes = limit * (counting == Counting.OBJECTS ? BYTES_PER_OBJECT : 2);
        space = new AddressSpace(Math.min(bytes, AddressSpace.MAX_LENGTH_BYTES / 2) + SLACK_BYTES, false);
        parts = new Part[shards];
        for (int i = 0; i < shards; i++) {
            parts[i] = new Part(i);
        }
    }

    /** One request; whether it found its object. */
    boolean request(TraceReader request) {
        int keyLength = request.key().length;
        Memory.copyFromArray(request.key(), 0, key, keyLength);
        long hash = keyHash.of(key, keyLength);
        Part part = parts[ShardRouting.shardOf(hash, parts.length)];
        long nowMs = FIRST_MS + request.timeMs();
        part.clock(nowMs);
        if (part.database.find(hash, key, keyLength) != null) {
            return true;
        }
        int size = counting == Counting.OBJECTS ? 1 : request.size();
        if (size <= limit && (evicts || budget.overBytes() < 0)) {
            long deadline = request.ttlSeconds() == 0 ? Database.NO_EXPIRY : nowMs + 1000 * request.ttlSeconds();
            if (insert(part, hash, keyLength, size, deadline)) {
                part.bytes += size;
            }
            part.evictor.settle(part.used());
            while ((part.evictor.isShortOfShare() ? largest() : part).evictOne()) {
                // Until the budget is kept.
            }
            part.evictor.tend(part.databases);
            part.database.reclaim();
        }
        return false;
    }

    /** The shard that holds most; in an engine whichever has its share comes to evict before this one has to. */
    private Part largest() {
        Part largest = parts[0];
        for (Part part : parts) {
            if (part.used() > largest.used()) {
                largest = part;
            }
        }
        return largest;
    }

    private boolean insert(Part part, long hash, int keyLength, int size, long deadline) {
        if (size < Database.LARGE_VALUE_BYTES) {
            return part.database.write(null, hash, key, keyLength, size, deadline) != 0;
        }
        long block = LargeBlock.allocate(size);
        boolean written = part.database.writeLarge(null, hash, key, keyLength, block, size, deadline);
        if (!written) {
            LargeBlock.release(block);
        }
        return written;
    }

    /** Objects held. */
    long objects() {
        long sum = 0;
        for (Part part : parts) {
            sum += part.database.size();
        }
        return sum;
    }

    @Override
    public void close() {
        for (Part part : parts) {
            part.database.clear();
            while (part.database.reclaim()) {
                // Large values are not in the address space.
            }
        }
        Memory.free(key);
        space.close();
    }
}
