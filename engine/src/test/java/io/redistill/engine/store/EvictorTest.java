// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.Seeds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Eviction beside a map and under a fake clock: what is there is right, what goes may go, and the budget holds. */
class EvictorTest {
    private static final long START_MS = 1_700_000_000_000L;
    private static final long LIMIT = 2 << 20;
    private static final int MAX_VALUE = 40 << 10;

    private final OffHeap offHeap = new OffHeap();
    private final AddressSpace space = new AddressSpace(64L << 20, false);
    private final Arena arena = new Arena(space, true);
    private final KeyHash keyHash = new KeyHash(3);
    private final AccessStamps stamps = new AccessStamps(7);
    private final long keyAddress = offHeap.allocate(64);
    private final long largeBytesBefore = LargeBlock.usedBytes();
    private final Map<String, Long> deadlines = new HashMap<>();
    private final Map<String, Integer> lengths = new HashMap<>();
    private Database database;
    private Database[] databases;
    private MemoryBudget budget;
    private Evictor evictor;
    private long nowMs = START_MS;

    @AfterEach
    void close() {
        offHeap.close();
        space.close();
    }

    private void start(IndexKind kind, EvictionPolicy policy) {
        start(kind, policy, LIMIT + largeBytesBefore);
    }

    private void start(IndexKind kind, EvictionPolicy policy, long limit) {
        budget = new MemoryBudget(new EvictionSettings(limit, policy, 5, 10, 1));
        evictor = new Evictor(budget, stamps, 11);
        database = new Database(arena, space.base(), kind, 4, keyHash::of, HashLimits.defaults(), stamps);
        databases = new Database[] {database};
        tick(0);
    }

    private void tick(long ms) {
        nowMs += ms;
        database.clock(nowMs);
        evictor.clock(nowMs);
        evictor.tend(databases);
    }

    private long usedBytes() {
        return arena.usedBytes() + database.indexHeapBytes();
    }

    private EntryView find(String key, boolean use) {
        byte[] bytes = key.getBytes(ISO_8859_1);
        Memory.copyFromArray(bytes, 0, keyAddress, bytes.length);
        long hash = keyHash.of(keyAddress, bytes.length);
        return use
                ? database.find(hash, keyAddress, bytes.length)
                : database.findUntouched(hash, keyAddress, bytes.length);
    }

    private boolean set(String key, int length, long deadline) {
        EntryView existing = find(key, true);
        long hash = keyHash.of(keyAddress, key.length());
        if (length >= Database.LARGE_VALUE_BYTES) {
            long block = LargeBlock.allocate(length);
            Memory.fill(block, length, (byte) length);
            if (!database.writeLarge(existing, hash, keyAddress, key.length(), block, length, deadline)) {
                LargeBlock.release(block);
                return false;
            }
            return true;
        }
        long target = database.write(existing, hash, keyAddress, key.length(), length, deadline);
        if (target != 0) {
            Memory.fill(target, length, (byte) length);
        }
        return target != 0;
    }

    private void endOfTurn(boolean mustFit) {
        evictor.settle(usedBytes());
        if (evictor.isNeeded()) {
            evictor.evict(databases, new Compactor(arena), this::usedBytes, () -> 0, 1);
        }
        if (mustFit) {
            assertThat(budget.overBytes()).isLessThanOrEqualTo(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXTENDIBLE, ALLKEYS_LRU",
        "EXTENDIBLE, ALLKEYS_LFU",
        "EXTENDIBLE, ALLKEYS_RANDOM",
        "EXTENDIBLE, ALLKEYS_S3FIFO",
        "EXTENDIBLE, VOLATILE_LRU",
        "EXTENDIBLE, VOLATILE_LFU",
        "EXTENDIBLE, VOLATILE_RANDOM",
        "EXTENDIBLE, VOLATILE_TTL",
        "STRIPED, ALLKEYS_LRU",
        "STRIPED, ALLKEYS_S3FIFO",
        "STRIPED, VOLATILE_LFU",
    })
    void shouldHoldTheBudgetThroughRandomWritesOfAnySize(IndexKind kind, EvictionPolicy policy) {
        SplittableRandom random = new SplittableRandom(Seeds.next("EvictorTest " + kind + " " + policy));
        start(kind, policy);
        Set<String> persistent = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            String key = "key" + random.nextInt(5_000);
            int length = random.nextInt(20) == 0 ? random.nextInt(MAX_VALUE) : random.nextInt(400);
            boolean isVolatile = random.nextInt(20) != 0 || persistent.size() > 200;
            long deadline = isVolatile ? nowMs + 1_000_000 + random.nextInt(1_000_000) : Database.NO_EXPIRY;
            assertThat(set(key, length, deadline)).isTrue();
            lengths.put(key, length);
            persistent.remove(key);
            if (!isVolatile) {
                persistent.add(key);
            }
            endOfTurn(true);
            tick(random.nextInt(3));
        }
        assertThat(evictor.evictedCount()).isGreaterThan(1000);
        int found = 0;
        for (Map.Entry<String, Integer> expected : lengths.entrySet()) {
            EntryView entry = find(expected.getKey(), false);
            if (entry != null) {
                found++;
                assertThat(entry.valueLength()).isEqualTo(expected.getValue());
                byte[] bytes = Memory.toArray(entry.valueAddress(), entry.valueLength());
                for (byte each : bytes) {
                    assertThat(each).isEqualTo(expected.getValue().byteValue());
                }
            } else if (policy.onlyVolatile()) {
                assertThat(persistent).doesNotContain(expected.getKey());
            }
        }
        assertThat(database.size()).isEqualTo(found);
        while (evictor.evictOne(databases) >= 0) {
            found--;
        }
        assertThat(database.size()).isEqualTo(found);
        assertThat(found).isEqualTo(policy.onlyVolatile() ? persistent.size() : 0);
        if (found == 0) {
            while (database.reclaim()) {
                // Queues are given back in steps.
            }
            assertThat(arena.usedBytes()).isZero();
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ALLKEYS_LRU", "ALLKEYS_LFU", "ALLKEYS_S3FIFO", "VOLATILE_LRU", "VOLATILE_LFU"})
    void shouldKeepWhatIsUsed(EvictionPolicy policy) {
        start(IndexKind.EXTENDIBLE, policy, 1L << 40);
        for (int i = 0; i < 20_000; i++) {
            set("key" + i, 10, nowMs + 1_000_000_000);
        }
        for (int round = 0; round < 20; round++) {
            tick(1500);
            for (int i = 0; i < 20_000; i += 2) {
                find("key" + i, true);
            }
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(evictor.evictOne(databases)).isEqualTo(10);
        }
        int lost = 0;
        for (int i = 0; i < 20_000; i += 2) {
            lost += find("key" + i, false) == null ? 1 : 0;
        }
        assertThat(lost).as("used keys among 5000 evicted ones").isLessThan(50);
    }

    @Test
    void shouldEvictInOrderOfDeadlines() {
        start(IndexKind.EXTENDIBLE, EvictionPolicy.VOLATILE_TTL, 1L << 40);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            set("key" + i, 10, nowMs + 1 + random.nextInt(2000));
            deadlines.put("key" + i, find("key" + i, false).expiresAtMs());
        }
        for (int i = 0; i < 500; i++) {
            assertThat(evictor.evictOne(databases)).isEqualTo(10);
        }
        long latestGone = 0;
        long earliestLeft = Long.MAX_VALUE;
        for (Map.Entry<String, Long> deadline : deadlines.entrySet()) {
            if (find(deadline.getKey(), false) == null) {
                latestGone = Math.max(latestGone, deadline.getValue());
            } else {
                earliestLeft = Math.min(earliestLeft, deadline.getValue());
            }
        }
        assertThat(latestGone).isLessThanOrEqualTo(earliestLeft);
    }

    @Test
    void shouldFindARareVolatileKeyAndThenSayThatThereIsNone() {
        start(IndexKind.EXTENDIBLE, EvictionPolicy.VOLATILE_LRU, largeBytesBefore + (1 << 20));
        for (int i = 0; i < 30_000; i++) {
            set("key" + i, 10, Database.NO_EXPIRY);
        }
        set("soon", 10, nowMs + 1000);
        set("never", 10, Long.MAX_VALUE);
        endOfTurn(false);
        assertThat(evictor.evictedCount()).isEqualTo(2);
        assertThat(evictor.isExhausted()).isTrue();
        assertThat(evictor.isNeeded()).isFalse();
        assertThat(find("soon", false)).isNull();
        assertThat(find("never", false)).isNull();
        assertThat(find("key1", false)).isNotNull();
        // A deadline makes it worth another try.
        set("key1", 10, nowMs + 1000);
        tick(0);
        assertThat(evictor.isNeeded()).isTrue();
    }

    @Test
    void shouldFollowChangedSettings() {
        start(IndexKind.EXTENDIBLE, EvictionPolicy.NOEVICTION, largeBytesBefore + (1 << 20));
        for (int i = 0; i < 30_000; i++) {
            set("key" + i, 10, Database.NO_EXPIRY);
        }
        endOfTurn(false);
        assertThat(evictor.isNeeded()).isFalse();
        assertThat(budget.overBytes()).isPositive();
        budget.settings(new EvictionSettings(largeBytesBefore + (1 << 20), EvictionPolicy.ALLKEYS_RANDOM, 5, 10, 1));
        tick(0);
        endOfTurn(true);
        assertThat(evictor.evictedCount()).isPositive();
    }
}
