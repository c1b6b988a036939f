// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.Seeds;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both indexes under the same tests, with hashes as in production and with hashes that nobody should have. */
class KeyIndexTest {
    private static final int KEY_BYTES = Long.BYTES;

    /** Keys that are peeked at before the first of them is looked up, as a shard does with those of a turn. */
    private static final int LOOKED_AHEAD = 64;

    /** How the number that is a key is hashed. */
    enum Hashing {
        REAL,
        /** The same two buckets of every table. */
        ONE_BUCKET,
        /** The same table, however often it splits. */
        ONE_TABLE,
        ALL_EQUAL;

        private static final KeyHash REAL_HASH = new KeyHash(42);

        long of(long keyAddress, int ignoredLength) {
            long hash = REAL_HASH.of(keyAddress, KEY_BYTES);
            return switch (this) {
                case REAL -> hash;
                case ONE_BUCKET -> hash & -1L << 28 | 1;
                case ONE_TABLE -> hash & (1 << 28) - 1 | 1;
                case ALL_EQUAL -> 0x1234_5678_9abc_def0L;
            };
        }
    }

    private final AddressSpace space = new AddressSpace(256L << 20, false);
    private final Arena arena = new Arena(space, true);
    private final OffHeap offHeap = new OffHeap();
    private final long key = offHeap.allocate(KEY_BYTES);

    @AfterEach
    void free() {
        offHeap.close();
        space.close();
    }

    @ParameterizedTest
    @CsvSource({
        "EXTENDIBLE, REAL,       30000, 200000",
        "EXTENDIBLE, REAL,          20, 20000",
        "EXTENDIBLE, ONE_BUCKET,   500, 30000",
        "EXTENDIBLE, ONE_TABLE,    900, 10000",
        "EXTENDIBLE, ALL_EQUAL,     40, 5000",
        "STRIPED,    REAL,       30000, 200000",
        "STRIPED,    ONE_TABLE,    900, 10000",
        "STRIPED,    ALL_EQUAL,     40, 5000",
    })
    void shouldAgreeWithAMapThroughRandomChanges(IndexKind kind, Hashing hashing, int keys, int steps) {
        SplittableRandom random = new SplittableRandom(Seeds.next("KeyIndexTest " + kind + " " + hashing + " " + keys));
        KeyIndex index = index(kind, hashing);
        Map<Long, Long> reference = new HashMap<>();
        Queue<Long> ahead = new ArrayDeque<>();
        for (int step = 0; step < steps; step++) {
            // Grows for a half and shrinks for the other, so that tables split and merge.
            boolean growing = step < steps / 2;
            while (ahead.size() < LOOKED_AHEAD) {
                long next = random.nextInt(keys);
                index.peek(hashOf(hashing, next));
                ahead.add(next);
            }
            long id = ahead.remove();
            long hash = hashOf(hashing, id);
            long entry = index.find(hash, key, KEY_BYTES);
            assertThat(entry).isEqualTo(reference.getOrDefault(id, KeyIndex.NONE));
            if (entry == KeyIndex.NONE) {
                if (growing || random.nextInt(8) == 0) {
                    entry = newEntry(id);
                    assertThat(index.insert(hash, entry)).isTrue();
                    reference.put(id, entry);
                }
            } else if (growing || random.nextInt(8) == 0) {
                long moved = newEntry(id);
                index.move(hash, entry, moved);
                arena.free(entry);
                reference.put(id, moved);
            } else {
                index.remove(hash, entry);
                arena.free(entry);
                reference.remove(id);
            }
            assertThat(index.size()).isEqualTo(reference.size());
            if (step % (steps / 8) == 0) {
                checkAll(index, hashing, reference);
            }
        }
        checkAll(index, hashing, reference);
        reference.forEach((id, entry) -> {
            index.remove(hashOf(hashing, id), entry);
            arena.free(entry);
        });
        assertThat(index.size()).isZero();
        assertThat(arena.usedBytes()).isZero();
    }

    private void checkAll(KeyIndex index, Hashing hashing, Map<Long, Long> reference) {
        Set<Long> entries = new HashSet<>();
        for (int part = 0; part < index.partCount(); part++) {
            index.forEach(part, entry -> assertThat(entries.add(entry)).isTrue());
        }
        assertThat(entries).isEqualTo(new HashSet<>(reference.values()));
        reference.forEach((id, entry) -> {
            long hash = hashOf(hashing, id);
            assertThat(index.find(hash, key, KEY_BYTES)).isEqualTo(entry);
            if (hashing == Hashing.REAL) {
                assertThat(index.peek(hash)).isNotEqualTo(KeyIndex.NONE);
            }
            Memory.touch(index.line(hash));
        });
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldGiveEverythingBackPartByPart(IndexKind kind) {
        KeyIndex index = index(kind, Hashing.REAL);
        long emptyHeapBytes = index.heapBytes();
        for (long id = 0; id < 20_000; id++) {
            assertThat(index.insert(hashOf(Hashing.REAL, id), newEntry(id))).isTrue();
        }
        assertThat(index.heapBytes()).isGreaterThan(emptyHeapBytes);
        for (int part = 0; part < index.partCount(); part++) {
            index.forEach(part, arena::free);
            index.discard(part);
        }
        assertThat(index.size()).isZero();
        assertThat(arena.usedBytes()).isZero();
    }

    @Test
    void shouldRefuseAnInsertionWhenThereIsNoMemoryForASplit() {
        try (AddressSpace tiny = new AddressSpace(AddressSpace.SEGMENT_LENGTH_BYTES, false)) {
            Arena full = new Arena(tiny, true);
            KeyIndex index = new ExtendibleKeyIndex(full, tiny.base(), Hashing.REAL::of);
            int tableBytes = 4300;
            int inserted = 0;
            boolean refused = false;
            for (long id = 0; id < 1_000; id++) {
                long hash = hashOf(Hashing.REAL, id);
                long entry = full.allocate(EntryLayout.HEADER_BYTES + KEY_BYTES);
                assertThat(entry).isNotZero();
                fill(entry, id);
                if (index.insert(hash, entry)) {
                    inserted++;
                } else {
                    refused = true;
                    full.free(entry);
                    assertThat(index.find(hash, key, KEY_BYTES)).isEqualTo(KeyIndex.NONE);
                }
                assertThat(index.size()).isEqualTo(inserted);
                // The first table is there; from now on there is room for entries and not for tables.
                while (full.allocate(tableBytes) != 0) {}
            }
            assertThat(refused).isTrue();
        }
    }

    @Test
    void shouldTakeAtMostTwentyTwoBytesAKey() {
        KeyIndex index = index(IndexKind.EXTENDIBLE, Hashing.REAL);
        long entryBytes = 0;
        for (long id = 0; id < 300_000; id++) {
            assertThat(index.insert(hashOf(Hashing.REAL, id), newEntry(id))).isTrue();
            entryBytes += Arena.blockLength(EntryLayout.HEADER_BYTES + KEY_BYTES);
            if (id > 20_000) {
                long indexBytes = arena.usedBytes() - entryBytes + index.heapBytes();
                assertThat(indexBytes).isLessThanOrEqualTo(22 * (id + 1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldHaveNothingForTheHashOfCommandsWithoutKeys(IndexKind kind) {
        KeyIndex index = index(kind, Hashing.REAL);
        hashOf(Hashing.REAL, 1);
        assertThat(index.peek(0)).isEqualTo(KeyIndex.NONE);
        assertThat(index.find(0, key, KEY_BYTES)).isEqualTo(KeyIndex.NONE);
    }

    @Test
    void shouldRefuseStripesThatAreNoPowerOfTwo() {
        assertThatThrownBy(() -> new StripedKeyIndex(0, 3, new TableHeap(0)))
                .hasMessage("stripes=3 is not a power of two");
    }

    @Test
    void shouldRefuseKeysForWhoseTablesTheHeapHasNoRoom() {
        TableHeap heap = new TableHeap(16 << 10);
        KeyIndex index = new StripedKeyIndex(space.base(), 4, heap);
        int count = 0;
        while (index.insert(hashOf(Hashing.REAL, count), newEntry(count))) {
            count++;
        }
        // Four tables of 16 bytes a slot; one of them had to double beside the others.
        assertThat(count).isBetween(200, 800);
        assertThat(index.heapBytes()).isBetween(8L << 10, 16L << 10);
        assertThat(index.size()).isEqualTo(count);
        for (int id = 0; id < count; id++) {
            assertThat(index.find(hashOf(Hashing.REAL, id), key, KEY_BYTES)).isNotEqualTo(KeyIndex.NONE);
        }
        assertThat(index.find(hashOf(Hashing.REAL, count), key, KEY_BYTES)).isEqualTo(KeyIndex.NONE);
        for (int part = 0; part < index.partCount(); part++) {
            index.discard(part);
        }
        assertThat(index.insert(hashOf(Hashing.REAL, count), newEntry(count))).isTrue();
    }

    private KeyIndex index(IndexKind kind, Hashing hashing) {
        return switch (kind) {
            case EXTENDIBLE -> new ExtendibleKeyIndex(arena, space.base(), hashing::of);
            case STRIPED -> new StripedKeyIndex(space.base(), 4, TableHeap.ofThisProcess());
        };
    }

    /** Leaves the key's bytes at {@link #key}. */
    private long hashOf(Hashing hashing, long id) {
        Memory.putLong(key, id);
        return hashing.of(key, KEY_BYTES);
    }

    private long newEntry(long id) {
        long entry = arena.allocate(EntryLayout.HEADER_BYTES + KEY_BYTES);
        assertThat(entry).isNotZero();
        fill(entry, id);
        return entry;
    }

    private static void fill(long entry, long id) {
        Memory.putLong(entry, (long) KEY_BYTES << EntryLayout.KEY_LENGTH_SHIFT);
        Memory.putLong(entry + EntryLayout.HEADER_BYTES, id);
    }
}
