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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The real store beside a map, through random changes; freed memory is poisoned, so that a stale address shows itself. */
class DatabaseTest {
    private static final int SEGMENT = AddressSpace.SEGMENT_LENGTH_BYTES;
    private static final int LARGE = Database.LARGE_VALUE_BYTES;
    private static final int LARGE_KEY = 4 << 10;
    private static final long START_MS = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;

    /** How keys are hashed: as in production, all alike, or in three heaps. */
    enum Hashing {
        REAL,
        ALL_EQUAL,
        THREE_VALUES;

        private static final KeyHash REAL_HASH = new KeyHash(42);

        long of(long keyAddress, int keyLength) {
            long hash = REAL_HASH.of(keyAddress, keyLength);
            return switch (this) {
                case REAL -> hash;
                case ALL_EQUAL -> 0x1234_5678_9abc_def0L;
                case THREE_VALUES -> 1 + Long.remainderUnsigned(hash, 3);
            };
        }
    }

    private record Key(long address, int length, long hash) {}

    /** What the store must hold for a key. */
    private static final class Value {
        byte[] bytes = new byte[0];
        boolean integer;
        long number;
        long expiresAtMs = Database.NO_EXPIRY;

        boolean hasExpiry() {
            return expiresAtMs != Database.NO_EXPIRY;
        }
    }

    /** A large value as an unsent reply holds it. */
    private record Held(long block, byte[] bytes) {}

    private final OffHeap offHeap = new OffHeap();
    private long largeBytesBefore;

    @BeforeEach
    void rememberLargeBlocks() {
        largeBytesBefore = LargeBlock.usedBytes();
    }

    @AfterEach
    void freeMemory() {
        offHeap.close();
    }

    @ParameterizedTest
    @CsvSource({
        "EXTENDIBLE, REAL,          64, 500, 20000",
        "STRIPED,    REAL,          64, 500, 20000",
        "EXTENDIBLE, REAL,          64,  12, 8000",
        "EXTENDIBLE, ALL_EQUAL,     64,  40, 6000",
        "STRIPED,    ALL_EQUAL,     64,  40, 6000",
        "EXTENDIBLE, THREE_VALUES,  64,  60, 8000",
        "STRIPED,    THREE_VALUES,  64,  60, 8000",
        "EXTENDIBLE, REAL,           1, 400, 15000",
        "STRIPED,    REAL,           1, 400, 15000",
        "EXTENDIBLE, THREE_VALUES,   1, 250, 8000",
    })
    void shouldAgreeWithAMapThroughRandomChanges(IndexKind kind, Hashing hashing, int segments, int keys, int steps) {
        SplittableRandom random =
                new SplittableRandom(Seeds.next("DatabaseTest " + kind + " " + hashing + " " + segments + " " + keys));
        try (AddressSpace space = new AddressSpace((long) segments * SEGMENT, false)) {
            Run run = new Run(kind, hashing, random, space, keys(random, hashing, keys));
            for (int i = 0; i < steps; i++) {
                run.step();
            }
            run.checkAll();
            assertThat(run.expired).isPositive();
            assertThat(run.expiredActively).isPositive();
            assertThat(run.moved).as("values that became large by appending").isPositive();
            if (segments == 1) {
                assertThat(run.refused).as("the arena must have been exhausted").isPositive();
            } else {
                assertThat(run.refused).isZero();
            }
            run.removeAll();
            assertThat(run.arena.usedBytes()).isZero();
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
        }
    }

    private Key[] keys(SplittableRandom random, Hashing hashing, int count) {
        Key[] keys = new Key[count];
        for (int i = 0; i < count; i++) {
            int length = i <= 300 ? i : 8 + random.nextInt(20);
            if (i % 20 == 7) {
                length = i % 40 == 7 ? 5 << 10 : 20 << 10;
            } else if (i % 20 == 8) {
                length = LARGE_KEY + i / 20 % 3 - 1;
            }
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            if (length >= 4) {
                // Distinct, and alike but for the last bytes.
                Arrays.fill(bytes, (byte) 'k');
                for (int b = 0; b < 4; b++) {
                    bytes[length - 1 - b] = (byte) (i >>> b * 8);
                }
            }
            long address = offHeap.put(bytes);
            keys[i] = new Key(address, length, hashing.of(address, length));
        }
        return keys;
    }

    /** One store with its reference. */
    private final class Run {
        final SplittableRandom random;
        final Arena arena;
        final Database database;
        final Key[] keys;
        final Map<Integer, Value> model = new HashMap<>();
        final List<Held> held = new ArrayList<>();
        final long source = offHeap.allocate(64 << 10);
        long nowMs = START_MS;
        long expired;
        long expiredActively;
        int refused;
        int moved;

        Run(IndexKind kind, Hashing hashing, SplittableRandom random, AddressSpace space, Key[] keys) {
            this.random = random;
            this.keys = keys;
            arena = new Arena(space, true);
            database = new Database(arena, space.base(), kind, 4, hashing::of, HashLimits.defaults());
            database.clock(nowMs);
        }

        void step() {
            int id = random.nextInt(keys.length);
            long changes = database.changes();
            boolean changed = true;
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3, 4, 5, 6 -> changed = write(id);
                case 7, 8, 9 -> changed = writeInteger(id);
                case 10, 11 -> changed = writeLarge(id);
                case 12, 13, 14, 15, 16 -> changed = append(id);
                case 17, 18, 19 -> changed = expireAt(id);
                case 20, 21 -> changed = remove(id);
                case 22 -> holdOrLetGo(id);
                default -> {
                    rare();
                    return;
                }
            }
            if (!changed) {
                assertThat(database.changes() - changes).isLessThanOrEqualTo(1); // an expired key may have gone
            } else {
                assertThat(database.changes()).isGreaterThanOrEqualTo(changes);
            }
            check(id);
            check(random.nextInt(keys.length));
        }

        private void rare() {
            switch (random.nextInt(60)) {
                case 0 -> {
                    database.clear();
                    model.clear();
                    assertThat(database.size()).isZero();
                }
                case 1 -> checkAll();
                case 2, 3, 4, 5, 6, 7, 8, 9 -> database.reclaim();
                case 10, 11, 12, 13, 14, 15, 16, 17 -> expireDue();
                case 18 -> clockStep(random.nextBoolean() ? HOUR_MS : -HOUR_MS);
                default -> clockStep(random.nextInt(300));
            }
        }

        private void clockStep(long ms) {
            nowMs += ms;
            database.clock(nowMs);
        }

        /** Active expiry, until nothing is due: exactly what the model says must be gone. */
        private void expireDue() {
            long before = database.expiredCount() - database.lazilyExpiredCount();
            int calls = 0;
            while (database.nextExpiryMs() <= nowMs) {
                database.expireDue();
                assertThat(calls++).as("expiry comes to an end").isLessThan(10_000);
            }
            int due = 0;
            for (Iterator<Value> values = model.values().iterator(); values.hasNext(); ) {
                Value value = values.next();
                if (value.hasExpiry() && value.expiresAtMs < nowMs) {
                    values.remove();
                    due++;
                }
            }
            assertThat(database.expiredCount() - database.lazilyExpiredCount() - before)
                    .isEqualTo(due);
            expiredActively += due;
            assertThat(database.size()).isEqualTo(model.size());
        }

        /** The key's entry, which must be there exactly when the model has a live one. */
        EntryView find(int id) {
            Key key = keys[id];
            Value value = model.get(id);
            if (value != null && value.hasExpiry() && value.expiresAtMs < nowMs) {
                model.remove(id);
                value = null;
                expired++;
            }
            EntryView found = database.find(key.hash, key.address, key.length);
            assertThat(found != null).as("key %d is there", id).isEqualTo(value != null);
            return found;
        }

        Value modelOf(int id) {
            return model.computeIfAbsent(id, ignored -> new Value());
        }

        private boolean refused(int id, boolean done) {
            if (!done) {
                refused++;
                check(id);
            }
            return !done;
        }

        private long deadline() {
            return switch (random.nextInt(8)) {
                case 6 -> (1L << 48) - 1 + random.nextInt(3);
                case 7 -> nowMs + random.nextInt(2 * (int) HOUR_MS);
                case 0 -> nowMs - 1 - random.nextInt(1000);
                case 1 -> nowMs;
                case 2 -> nowMs + random.nextInt(2000);
                case 3 -> nowMs + 100_000_000;
                case 4 -> Database.KEEP_EXPIRY;
                default -> Database.NO_EXPIRY;
            };
        }

        private static long expiryAfter(Value value, long deadline) {
            return deadline == Database.KEEP_EXPIRY ? value.expiresAtMs : deadline;
        }

        private int valueLength() {
            return switch (random.nextInt(8)) {
                case 0 -> random.nextInt(3);
                case 1, 2, 3, 4 -> random.nextInt(64);
                case 5 -> random.nextInt(2000);
                case 6 -> random.nextInt(LARGE);
                default -> LARGE - 1 - random.nextInt(3);
            };
        }

        private byte[] fillSource(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Memory.copyFromArray(bytes, 0, source, length);
            return bytes;
        }

        private boolean write(int id) {
            Key key = keys[id];
            EntryView existing = find(id);
            byte[] bytes = fillSource(valueLength());
            long deadline = deadline();
            long target = database.write(existing, key.hash, key.address, key.length, bytes.length, deadline);
            if (refused(id, target != 0)) {
                return false;
            }
            Memory.copy(source, target, bytes.length);
            Value value = modelOf(id);
            value.expiresAtMs = expiryAfter(value, deadline);
            value.bytes = bytes;
            value.integer = false;
            return true;
        }

        private boolean writeInteger(int id) {
            Key key = keys[id];
            EntryView existing = find(id);
            long number = random.nextLong() >> random.nextInt(64);
            long deadline = random.nextBoolean() ? Database.KEEP_EXPIRY : deadline();
            boolean done = database.writeInteger(existing, key.hash, key.address, key.length, number, deadline);
            if (refused(id, done)) {
                return false;
            }
            Value value = modelOf(id);
            value.expiresAtMs = expiryAfter(value, deadline);
            value.bytes = new byte[0];
            value.integer = true;
            value.number = number;
            return true;
        }

        private boolean writeLarge(int id) {
            Key key = keys[id];
            EntryView existing = find(id);
            int length = LARGE + random.nextInt(24 << 10);
            byte[] bytes = fillSource(length);
            long block = LargeBlock.allocate(length);
            Memory.copy(source, block, length);
            long deadline = deadline();
            boolean done = database.writeLarge(existing, key.hash, key.address, key.length, block, length, deadline);
            if (refused(id, done)) {
                assertThat(LargeBlock.isExclusive(block))
                        .as("the holding stays with the caller")
                        .isTrue();
                LargeBlock.release(block);
                return false;
            }
            Value value = modelOf(id);
            value.expiresAtMs = expiryAfter(value, deadline);
            value.bytes = bytes;
            value.integer = false;
            return true;
        }

        private boolean append(int id) {
            Key key = keys[id];
            EntryView existing = find(id);
            if (existing == null || existing.isInteger()) {
                return false;
            }
            Value value = modelOf(id);
            int most = Math.min(40 << 10, Math.max(1, (40 << 10) - value.bytes.length));
            int length = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(40);
                case 1 -> random.nextInt(Math.min(most, 2000));
                case 2 -> Math.max(0, LARGE - value.bytes.length - 1 + random.nextInt(3));
                default -> random.nextInt(most);
            };
            boolean wasLarge = existing.isLargeValue();
            byte[] tail = fillSource(length);
            if (refused(id, database.append(existing, key.hash, key.address, key.length, source, length))) {
                return false;
            }
            byte[] joined = Arrays.copyOf(value.bytes, value.bytes.length + length);
            System.arraycopy(tail, 0, joined, value.bytes.length, length);
            value.bytes = joined;
            if (!wasLarge && joined.length >= LARGE) {
                moved++;
            }
            return true;
        }

        private boolean expireAt(int id) {
            EntryView existing = find(id);
            if (existing == null) {
                return false;
            }
            long deadline = random.nextInt(3) == 0 ? Database.NO_EXPIRY : deadline();
            if (deadline == Database.KEEP_EXPIRY) {
                deadline = nowMs + 50;
            }
            if (refused(id, database.expireAt(existing, keys[id].hash, deadline))) {
                return false;
            }
            modelOf(id).expiresAtMs = deadline;
            return true;
        }

        private boolean remove(int id) {
            EntryView existing = find(id);
            if (existing == null) {
                return false;
            }
            database.remove(keys[id].hash, existing);
            model.remove(id);
            return true;
        }

        /** Holds a large value as a reply does; what is held must stay as it is. */
        private void holdOrLetGo(int id) {
            if (held.size() > 5) {
                letGo(held.remove(random.nextInt(held.size())));
            }
            EntryView existing = find(id);
            if (existing != null && existing.isLargeValue()) {
                LargeBlock.retain(existing.valueAddress());
                held.add(new Held(existing.valueAddress(), modelOf(id).bytes));
            }
        }

        private static void letGo(Held holding) {
            assertThat(Memory.toArray(holding.block, holding.bytes.length)).isEqualTo(holding.bytes);
            LargeBlock.release(holding.block);
        }

        void check(int id) {
            EntryView found = find(id);
            if (found == null) {
                return;
            }
            Value value = modelOf(id);
            Key key = keys[id];
            assertThat(found.keyLength()).isEqualTo(key.length);
            assertThat(Memory.equal(found.keyAddress(), key.address, key.length))
                    .isTrue();
            // What is loaded ahead: all of the entry where its header tells how long it is, and never more.
            int least = EntryView.leastLengthBytes(Memory.getLong(found.address()));
            if (key.length <= EntryLayout.MAX_NARROW_KEY_BYTES) {
                assertThat(least).isEqualTo(found.lengthBytes());
            } else {
                assertThat(least).isLessThanOrEqualTo(found.lengthBytes());
            }
            assertThat(found.isInteger()).isEqualTo(value.integer);
            assertThat(found.hasExpiry()).isEqualTo(value.hasExpiry());
            if (value.hasExpiry()) {
                assertThat(found.expiresAtMs()).isEqualTo(value.expiresAtMs);
            }
            if (value.integer) {
                assertThat(found.integerValue()).isEqualTo(value.number);
            } else {
                assertThat(found.valueLength()).isEqualTo(value.bytes.length);
                assertThat(found.isLargeValue()).isEqualTo(value.bytes.length >= LARGE);
                byte[] bytes = Memory.toArray(found.valueAddress(), found.valueLength());
                assertThat(Arrays.equals(bytes, value.bytes))
                        .as("value of key %d", id)
                        .isTrue();
            }
        }

        void checkAll() {
            assertThat(database.size()).isEqualTo(model.size());
            assertThat(database.volatileCount())
                    .isEqualTo(model.values().stream().filter(Value::hasExpiry).count());
            assertThat(database.expiredCount()).isEqualTo(expired + expiredActively);
            assertThat(database.lazilyExpiredCount()).isEqualTo(expired);
            for (int id = 0; id < keys.length; id++) {
                check(id);
            }
            while (database.hasGarbage()) {
                assertThat(database.reclaim()).isTrue();
            }
            assertThat(database.reclaim()).isFalse();
            long used = 0;
            for (Map.Entry<Integer, Value> entry : model.entrySet()) {
                used += blockLength(keys[entry.getKey()], entry.getValue());
            }
            assertThat(arena.usedBytes() + database.indexHeapBytes()).isEqualTo(used + database.indexBytes());
        }

        private static int blockLength(Key key, Value value) {
            int length = EntryLayout.HEADER_BYTES;
            length += value.hasExpiry() ? EntryLayout.EXPIRY_BYTES : 0;
            length += key.length > EntryLayout.MAX_NARROW_KEY_BYTES ? 8 : 0;
            length += key.length > LARGE_KEY ? 8 : key.length;
            length += value.integer || value.bytes.length >= LARGE ? 8 : value.bytes.length;
            return Arena.blockLength(length);
        }

        void removeAll() {
            for (int id = 0; id < keys.length; id++) {
                remove(id);
            }
            assertThat(database.size()).isZero();
            assertThat(database.volatileCount()).isZero();
            held.forEach(Run::letGo);
            held.clear();
        }
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldGiveEverythingBackAfterClear(IndexKind kind) {
        SplittableRandom random = new SplittableRandom(Seeds.next("DatabaseTest clear"));
        for (Hashing hashing : Hashing.values()) {
            try (AddressSpace space = new AddressSpace(32L * SEGMENT, false)) {
                Run run = new Run(kind, hashing, random, space, keys(random, hashing, 60));
                for (int i = 0; i < 500; i++) {
                    run.write(random.nextInt(60));
                    run.writeLarge(random.nextInt(60));
                }
                run.database.clear();
                run.model.clear();
                assertThat(run.database.size()).isZero();
                assertThat(run.database.volatileCount()).isZero();
                // New keys live beside those that are still to be freed.
                run.write(3);
                run.check(3);
                run.checkAll();
                run.removeAll();
                assertThat(run.arena.usedBytes()).isZero();
                assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldLeaveAKeyAsItWasWhenThereIsNoMemory(IndexKind kind) {
        try (AddressSpace space = new AddressSpace(SEGMENT, false)) {
            SplittableRandom random = new SplittableRandom(Seeds.next("DatabaseTest memory"));
            Key[] keys = keys(random, Hashing.REAL, 40_000);
            Run run = new Run(kind, Hashing.REAL, random, space, keys);
            Database database = run.database;
            // Entries of all block lengths from 32 to 512, until nothing fits.
            int id = 20;
            while (id < keys.length) {
                Key key = keys[id];
                if (key.length > 300) {
                    id++;
                    continue;
                }
                int length = 32 + id % 480;
                long target = database.write(null, key.hash, key.address, key.length, length, Database.NO_EXPIRY);
                if (target == 0) {
                    assertThat(database.find(key.hash, key.address, key.length)).isNull();
                    break;
                }
                Memory.fill(target, length, (byte) 1);
                Value value = run.modelOf(id++);
                value.bytes = new byte[length];
                Arrays.fill(value.bytes, (byte) 1);
            }
            assertThat(id).as("the arena was exhausted").isLessThan(keys.length);
            for (int used = 20; used < id; used++) {
                if (!run.model.containsKey(used)) {
                    continue;
                }
                Key key = keys[used];
                EntryView existing = run.find(used);
                long changes = database.changes();
                boolean refused = switch (used % 4) {
                    case 0 -> database.write(existing, key.hash, key.address, key.length, 15_000, START_MS + 1000) == 0;
                    case 1 -> !database.append(existing, key.hash, key.address, key.length, run.source, 12_000);
                    case 2 -> !database.expireAt(existing, key.hash, START_MS + 1000);
                    default ->
                        !database.writeInteger(existing, key.hash, key.address, key.length, 5, Database.NO_EXPIRY);
                };
                if (refused) {
                    run.refused++;
                    assertThat(database.changes()).isEqualTo(changes);
                    run.check(used);
                } else {
                    database.remove(key.hash, run.database.find(key.hash, key.address, key.length));
                    run.model.remove(used);
                }
            }
            assertThat(run.refused).isPositive();
            run.checkAll();
            run.removeAll();
            assertThat(run.arena.usedBytes()).isZero();
        }
    }

    @Test
    void shouldExpireAKeyOnlyAfterItsDeadline() {
        try (AddressSpace space = new AddressSpace(SEGMENT, false)) {
            Database database = new Database(
                    new Arena(space, true),
                    space.base(),
                    IndexKind.EXTENDIBLE,
                    1,
                    (address, length) -> 5,
                    HashLimits.defaults());
            Key key = new Key(offHeap.put(new byte[] {'k'}), 1, 5);
            database.clock(START_MS);
            database.writeInteger(null, key.hash, key.address, key.length, 1, START_MS + 10);
            database.clock(START_MS + 10);
            assertThat(database.find(key.hash, key.address, key.length)).isNotNull();
            assertThat(database.expiredCount()).isZero();
            database.clock(START_MS + 11);
            assertThat(database.size()).isEqualTo(1);
            assertThat(database.find(key.hash, key.address, key.length)).isNull();
            assertThat(database.size()).isZero();
            assertThat(database.volatileCount()).isZero();
            assertThat(database.expiredCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotWriteIntoABlockThatAReplyHolds() {
        try (AddressSpace space = new AddressSpace(SEGMENT, false)) {
            Arena arena = new Arena(space, true);
            Database database = new Database(
                    arena, space.base(), IndexKind.EXTENDIBLE, 1, (address, length) -> 5, HashLimits.defaults());
            Key key = new Key(offHeap.put(new byte[] {'k'}), 1, 5);
            long block = LargeBlock.allocate(LARGE + 100);
            Memory.fill(block, LARGE + 100, (byte) 'v');
            assertThat(database.writeLarge(null, key.hash, key.address, key.length, block, LARGE, Database.NO_EXPIRY))
                    .isTrue();
            long tail = offHeap.put("tail".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            // Nobody else holds it: its spare capacity is used.
            assertThat(database.append(find(database, key), key.hash, key.address, key.length, tail, 4))
                    .isTrue();
            assertThat(find(database, key).valueAddress()).isEqualTo(block);
            assertThat(Memory.getByte(block + LARGE)).isEqualTo((byte) 't');
            LargeBlock.retain(block);
            assertThat(database.append(find(database, key), key.hash, key.address, key.length, tail, 4))
                    .isTrue();
            assertThat(find(database, key).valueAddress()).isNotEqualTo(block);
            assertThat(find(database, key).valueLength()).isEqualTo(LARGE + 8);
            assertThat(Memory.getByte(block + LARGE + 4)).isEqualTo((byte) 'v');
            assertThat(LargeBlock.isExclusive(block)).isTrue();
            LargeBlock.release(block);
            database.remove(key.hash, find(database, key));
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
            assertThat(arena.usedBytes()).isZero();
        }
    }

    private static EntryView find(Database database, Key key) {
        return database.find(key.hash, key.address, key.length);
    }
}
