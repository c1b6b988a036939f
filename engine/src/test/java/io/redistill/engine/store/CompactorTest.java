// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CompactorTest {
    private static final int KEYS = 80_000;
    private static final KeyHash HASH = new KeyHash(11);
    private static final long START_MS = 1_000;

    private final OffHeap offHeap = new OffHeap();
    private final AddressSpace space = new AddressSpace(64 << 20, false);
    private final Arena arena = new Arena(space, true);
    private final Compactor compactor = new Compactor(arena);
    private final long key = offHeap.put(new byte[Integer.BYTES]);
    private final long field = offHeap.put("field".getBytes(StandardCharsets.US_ASCII));

    /** Values by key, the length of a value being its content: the first byte, then the key. */
    private final Map<Integer, Integer> model = new TreeMap<>();

    private Database[] databases = {};

    @AfterEach
    void free() {
        offHeap.close();
        space.close();
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldGiveTheMemoryOfSparseRunsBackAndLoseNothing(IndexKind kind) {
        SplittableRandom random = new SplittableRandom(Seeds.next("CompactorTest " + kind));
        databases = new Database[] {open(kind), open(kind)};
        for (int number = 0; number < KEYS; number++) {
            write(number, 8 + random.nextInt(250));
        }
        for (int number = 0; number < KEYS; number++) {
            if (random.nextInt(10) > 0) {
                database(number).remove(hash(number), database(number).find(hash(number), key, Integer.BYTES));
                model.remove(number);
            }
        }
        long usedBytes = arena.usedBytes();
        assertThat(compactor.isWanted(false)).isTrue();
        Given given = new Given();
        CutWalk walk = new CutWalk(databases, given);
        while (compactor.isWanted(false)) {
            walk.slice(() -> 0, 0);
            compactor.step(databases);
        }
        while (walk.slice(() -> 0, 0)) {
            // to its end
        }
        assertThat(given.counts).as("each once, moved or not").hasSameSizeAs(model.keySet());
        assertThat(given.counts.values()).containsOnly(1);
        assertThat(arena.usedBytes()).as("moving changes nothing").isEqualTo(usedBytes);
        // A run of each class may stay as it is.
        assertThat(arena.sparseBytes())
                .isLessThanOrEqualTo(Arena.FREE_RESERVE_BYTES + usedBytes / 16 + (40 * 64 << 10));
        // Beside that only spare free runs and the first pages of others.
        assertThat(arena.residentBytes()).isLessThan(usedBytes * 17 / 16 + 2 * Arena.FREE_RESERVE_BYTES + (5 << 20));
        assertThat(compactor.movedCount()).isPositive();
        assertThat(compactor.isRunning()).isFalse();
        checkAll();
        expireAll();
        assertThat(arena.usedBytes()).isEqualTo(databases[0].indexArenaBytes() + databases[1].indexArenaBytes());
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldMoveEntriesRatherThanLetThemGoWhenMemoryIsShort(IndexKind kind) {
        databases = new Database[] {open(kind), open(kind)};
        for (int number = 0; number < KEYS; number++) {
            write(number, 200);
        }
        for (int number = 0; number < KEYS; number++) {
            // Holes everywhere, none as long as a run.
            if (number % 4 == 0) {
                database(number).remove(hash(number), database(number).find(hash(number), key, Integer.BYTES));
                model.remove(number);
            }
        }
        MemoryBudget budget = new MemoryBudget(new EvictionSettings(
                LargeBlock.chargedBytes() + arena.chargedBytes() - 1, EvictionPolicy.ALLKEYS_LRU, 5, 10, 1));
        Evictor evictor = new Evictor(budget, new AccessStamps(1), 1);
        evictor.settle(arena.chargedBytes());
        budget.settings(new EvictionSettings(
                LargeBlock.chargedBytes() + arena.chargedBytes() - (1 << 20), EvictionPolicy.ALLKEYS_LRU, 5, 10, 1));
        assertThat(arena.hasExcess()).isTrue();
        while (evictor.isNeeded()) {
            evictor.evict(databases, compactor, () -> arena.chargedBytes(), () -> 1, 1);
        }
        assertThat(evictor.evictedCount()).isZero();
        assertThat(compactor.movedCount()).isPositive();
        checkAll();
    }

    /** How often each key was given. */
    private static final class Given implements CutSink {
        final Map<Integer, Integer> counts = new TreeMap<>();

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void entry(int database, EntryView entry, @Nullable HashValue hash, int recency, boolean ahead) {
            counts.merge(Memory.getInt(entry.keyAddress()), 1, Integer::sum);
        }

        @Override
        public void end() {}
    }

    private Database open(IndexKind kind) {
        Database database = new Database(arena, space.base(), kind, 64, HASH::of, HashLimits.defaults());
        database.clock(START_MS);
        return database;
    }

    private Database database(int number) {
        return databases[number % 7 == 0 ? 1 : 0];
    }

    private long hash(int number) {
        Memory.putInt(key, number);
        return HASH.of(key, Integer.BYTES);
    }

    /** A string, a string with a deadline, or a hash in table form whose field has a deadline. */
    private void write(int number, int length) {
        long hash = hash(number);
        Database database = database(number);
        long deadlineMs = START_MS + 10 + number % 1000;
        if (number % 50 == 0) {
            HashValue fields = database.hash();
            fields.open(hash, key, Integer.BYTES, null);
            fields.put(field, 5, field, 5, false, deadlineMs, 0);
        } else {
            long expiresAtMs = number % 3 == 0 ? deadlineMs : Database.NO_EXPIRY;
            long target = database.write(null, hash, key, Integer.BYTES, length, expiresAtMs);
            Memory.fill(target, length, (byte) number);
        }
        model.put(number, length);
    }

    private void checkAll() {
        model.forEach((number, length) -> {
            EntryView found = database(number).find(hash(number), key, Integer.BYTES);
            assertThat(found).as("key %d", number).isNotNull();
            if (number % 50 != 0) {
                assertThat(found.valueLength()).isEqualTo(length);
                assertThat(Memory.getByte(found.valueAddress() + length - 1)).isEqualTo((byte) (int) number);
            }
        });
        assertThat(databases[0].size() + databases[1].size()).isEqualTo(model.size());
    }

    /** What has a deadline goes at its deadline, wherever it has moved; the rest is removed. */
    private void expireAll() {
        long lastMs = START_MS + 2_000;
        for (Database database : databases) {
            for (long ms = START_MS; ms <= lastMs; ms += 100) {
                database.clock(ms);
                while (database.nextExpiryMs() <= ms) {
                    database.expireDue();
                }
            }
            assertThat(database.volatileCount()).isZero();
        }
        model.forEach((number, length) -> {
            EntryView found = database(number).find(hash(number), key, Integer.BYTES);
            boolean isVolatile = number % 50 == 0 || number % 3 == 0;
            assertThat(found == null).as("key %d", number).isEqualTo(isVolatile);
            if (found != null) {
                database(number).remove(hash(number), found);
            }
        });
    }
}
