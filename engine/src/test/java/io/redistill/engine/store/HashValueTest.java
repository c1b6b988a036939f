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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HashValueTest {
    private static final long START_MS = 1_000_000;

    private final OffHeap offHeap = new OffHeap();

    @AfterEach
    void free() {
        offHeap.close();
    }

    @ParameterizedTest
    @CsvSource({
        // fields, entries limit, value limit, steps, segments
        "12, 512, 64, 30000, 8",
        "40, 8, 64, 30000, 8",
        "300, 512, 40000, 15000, 8",
        "3000, 0, 0, 30000, 8",
        "900, 700, 64, 20000, 8",
        "600, 200, 64, 30000, 1"
    })
    void shouldBehaveAsAMapOfMaps(int fields, int entries, int valueBytes, int steps, int segments) {
        long seed = Seeds.next("HashValueTest " + fields);
        try (AddressSpace space = new AddressSpace((long) segments * AddressSpace.SEGMENT_LENGTH_BYTES, false)) {
            long blocks = LargeBlock.usedBytes();
            Run run = new Run(new SplittableRandom(seed), space, new HashLimits(entries, valueBytes), fields);
            List<Long> ballast = segments == 1 ? run.fillUp(14) : List.of();
            for (int i = 0; i < steps; i++) {
                run.step();
            }
            ballast.forEach(run.arena::free);
            run.end();
            assertThat(run.arena.usedBytes()).isEqualTo(run.database.indexBytes() - run.database.indexHeapBytes());
            assertThat(LargeBlock.usedBytes()).isEqualTo(blocks);
            assertThat(run.refused > 0).isEqualTo(segments == 1);
        }
    }

    @Test
    void shouldFindWhatIsThereThroughoutAScanWhateverComesAndGoes() {
        long seed = Seeds.next("HashValueTest scan");
        SplittableRandom random = new SplittableRandom(seed);
        try (AddressSpace space = new AddressSpace(64L << 20, false)) {
            for (int round = 0; round < 12; round++) {
                Store store = new Store(space, new HashLimits(0, 64));
                int kept = 1 + random.nextInt(1500);
                for (int i = 0; i < kept; i++) {
                    store.put("kept" + i, "v");
                }
                Set<String> found = new HashSet<>();
                long cursor = 0;
                long calls = 0;
                int others = 0;
                do {
                    HashValue hash = store.open();
                    hash.scan(cursor, 1 + random.nextInt(20));
                    while (hash.next()) {
                        found.add(text(hash.field()));
                    }
                    cursor = hash.scanCursor();
                    assertThat(cursor).isBetween(0L, (1L << 53) - 1);
                    int change = random.nextInt(200);
                    if (random.nextBoolean()) {
                        for (int i = 0; i < change; i++) {
                            store.put("other" + others++, "v");
                        }
                    } else {
                        for (int i = 0; i < change && others > 0; i++) {
                            store.remove("other" + --others);
                        }
                    }
                    assertThat(calls++).as("the scan ends").isLessThan(100_000);
                } while (cursor != 0);
                for (int i = 0; i < kept; i++) {
                    assertThat(found).contains("kept" + i);
                }
                store.end();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 512", "100, 0", "1000, 0"})
    void shouldChooseEachFieldWithTheSameChance(int fields, int entries) {
        SplittableRandom random = new SplittableRandom(Seeds.next("HashValueTest random"));
        try (AddressSpace space = new AddressSpace(8L << 20, false)) {
            Store store = new Store(space, new HashLimits(entries, 64));
            for (int i = 0; i < 4 * fields; i++) {
                store.put("f" + i, "v");
            }
            // Of four times as many, so that the table has shrunk.
            for (int i = fields; i < 4 * fields; i++) {
                store.remove("f" + i);
            }
            Map<String, Integer> times = new HashMap<>();
            int draws = fields * 300;
            HashValue hash = store.open();
            for (int i = 0; i < draws; i++) {
                assertThat(hash.random(random)).isTrue();
                times.merge(text(hash.field()), 1, Integer::sum);
            }
            double chiSquared = 0;
            for (int i = 0; i < fields; i++) {
                double off = times.getOrDefault("f" + i, 0) - 300.0;
                chiSquared += off * off / 300;
            }
            // Mean: degrees of freedom; standard deviation: the root of twice as many. Six of them: one in 10^8.
            assertThat(chiSquared).isLessThan(fields + 6 * Math.sqrt(2.0 * fields) + 12);
            store.end();
        }
    }

    @Test
    void shouldTakeNoMoreThanAListpackForTenSmallFields() {
        try (AddressSpace space = new AddressSpace(8L << 20, false)) {
            Store store = new Store(space, HashLimits.defaults());
            for (int i = 0; i < 10; i++) {
                store.put("field:0" + i, "sixteen-bytes-:" + i);
            }
            // Listpack: 7 bytes and for each string its bytes, one of header and one of length backwards.
            int listpack = 7 + 10 * (8 + 2 + 16 + 2);
            long indexBytes = store.database.indexBytes() - store.database.indexHeapBytes();
            assertThat(store.arena.usedBytes() - indexBytes).isLessThanOrEqualTo(listpack + Store.KEY.length());
            assertThat(store.open().isPacked()).isTrue();
            store.end();
        }
    }

    @Test
    void shouldFreeALargeHashInSlices() {
        try (AddressSpace space = new AddressSpace(64L << 20, false)) {
            Store store = new Store(space, HashLimits.defaults());
            int fields = 50_000;
            for (int i = 0; i < fields; i++) {
                store.put("field" + i, "v" + i);
            }
            long used = store.arena.usedBytes();
            store.removeKey();
            assertThat(store.database.size()).isZero();
            assertThat(store.database.hasGarbage()).isTrue();
            long slices = 0;
            while (store.database.hasGarbage()) {
                long before = store.arena.usedBytes();
                store.database.reclaim();
                // A slice frees some hundred fields of 40 bytes, a segment of heads and a directory.
                assertThat(before - store.arena.usedBytes()).isLessThan(80_000);
                slices++;
            }
            assertThat(slices).isGreaterThan(fields / 600);
            assertThat(store.arena.usedBytes()).isLessThan(used / 10);
            store.end();
        }
    }

    @Test
    void shouldRemoveFieldsUnaskedAndTheKeyWithTheLast() {
        try (AddressSpace space = new AddressSpace(64L << 20, false)) {
            Store store = new Store(space, HashLimits.defaults());
            for (int i = 0; i < 2000; i++) {
                store.put("f" + i, "v", START_MS + 1000 + i);
            }
            assertThat(store.database.volatileCount()).isZero();
            EntryView entry = store.database.find(store.hash, store.key, Store.KEY.length());
            // The entry moves, the fields must still find it.
            assertThat(store.database.expireAt(entry, store.hash, START_MS + 1_000_000))
                    .isTrue();
            for (int i = 0; i < 2000; i += 10) {
                store.put("f" + i, "forever", Database.NO_EXPIRY);
            }
            store.expireTo(START_MS + 2000);
            assertThat(store.open().length()).isEqualTo(2000 - 900);
            assertThat(store.open().isTimed()).isTrue();
            store.expireTo(START_MS + 5000);
            assertThat(store.open().length()).isEqualTo(200);
            assertThat(store.open().isTimed()).isFalse();
            store.put("last", "v", START_MS + 6000);
            for (int i = 0; i < 2000; i += 10) {
                store.remove("f" + i);
            }
            store.expireTo(START_MS + 6000);
            assertThat(store.database.size()).isOne();
            store.expireTo(START_MS + 6001);
            assertThat(store.database.size()).isZero();
            store.end();
        }
    }

    @Test
    void shouldForgetDeadlinesOfHashesThatAreGone() {
        try (AddressSpace space = new AddressSpace(64L << 20, false)) {
            Store store = new Store(space, HashLimits.defaults());
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 3000; i++) {
                    store.put("f" + i, "v", START_MS + 1000 + i);
                }
                if (round % 2 == 0) {
                    store.removeKey();
                    store.database.reclaim();
                }
                if (round > 1) {
                    store.database.clear();
                }
                // Deadlines pass while the fields are still being freed.
                store.put("kept", "v", START_MS + 1_000_000);
                store.expireTo(START_MS + 2500);
                store.database.reclaim();
                store.expireTo(START_MS + 9000);
                assertThat(store.open().length()).isOne();
                store.removeKey();
                store.expireTo(START_MS);
            }
            store.end();
        }
    }

    @Test
    void shouldKeepNumbersAsTheirShortestIntegers() {
        try (AddressSpace space = new AddressSpace(8L << 20, false)) {
            Store store = new Store(space, HashLimits.defaults());
            for (String text : List.of(
                    "0",
                    "-1",
                    "127",
                    "128",
                    "-128",
                    "-129",
                    "32767",
                    "32768",
                    "2147483647",
                    "2147483648",
                    "-9223372036854775808",
                    "9223372036854775807",
                    "9223372036854775808",
                    "007",
                    "-0",
                    "+1",
                    "",
                    " 1",
                    "1 ",
                    "1.0")) {
                store.put(text, text);
                assertThat(store.get(text)).as(text).isEqualTo(text);
            }
            HashValue hash = store.open();
            assertThat(hash.length()).isEqualTo(20);
            assertThat(store.get("1")).isNull();
            store.end();
        }
    }

    private static String text(HashItem item) {
        HashItem bytes = item.toBytes();
        return new String(Memory.toArray(bytes.address(), bytes.length()), StandardCharsets.ISO_8859_1);
    }

    /** One hash under one key. */
    private final class Store {
        static final String KEY = "key:00000001";
        final KeyHash keyHash = new KeyHash(5);
        final Arena arena;
        final Database database;
        final long key = offHeap.put(KEY.getBytes(StandardCharsets.ISO_8859_1));
        final long hash = keyHash.of(key, KEY.length());
        final long scratch = offHeap.allocate(200);

        Store(AddressSpace space, HashLimits limits) {
            arena = new Arena(space, true);
            database = new Database(arena, space.base(), IndexKind.EXTENDIBLE, 1, keyHash::of, limits);
            database.clock(START_MS);
        }

        HashValue open() {
            return database.hash().open(hash, key, KEY.length(), database.find(hash, key, KEY.length()));
        }

        private int at(int offset, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            Memory.copyFromArray(bytes, 0, scratch + offset, bytes.length);
            return bytes.length;
        }

        void put(String field, String value) {
            put(field, value, Database.NO_EXPIRY);
        }

        /** Goes on to a time and does all the work of deadlines that have passed. */
        void expireTo(long ms) {
            database.clock(ms);
            for (int i = 0; database.nextExpiryMs() <= ms; i++) {
                database.expireDue();
                assertThat(i).as("there is an end to it").isLessThan(100_000);
            }
        }

        void put(String field, String value, long expiresAtMs) {
            int fieldLength = at(0, field);
            int valueLength = at(100, value);
            open().put(scratch, fieldLength, scratch + 100, valueLength, false, expiresAtMs, 0);
        }

        @Nullable
        String get(String field) {
            HashValue opened = open();
            return opened.find(scratch, at(0, field)) ? text(opened.value()) : null;
        }

        void remove(String field) {
            HashValue opened = open();
            assertThat(opened.find(scratch, at(0, field))).isTrue();
            opened.remove();
        }

        void removeKey() {
            EntryView entry = database.find(hash, key, KEY.length());
            if (entry != null) {
                database.remove(hash, entry);
            }
        }

        void end() {
            removeKey();
            while (database.hasGarbage()) {
                database.reclaim();
            }
            assertThat(arena.usedBytes()).isEqualTo(database.indexBytes() - database.indexHeapBytes());
        }
    }

    private record Cell(String value, long deadline) {}

    /** Some hashes with their reference. */
    private final class Run {
        static final int KEYS = 3;
        final SplittableRandom random;
        final HashLimits limits;
        final int fields;
        final KeyHash keyHash;
        final Arena arena;
        final Database database;
        final List<Map<String, Cell>> model = new ArrayList<>();
        final long[] keys = new long[KEYS];
        final long[] hashes = new long[KEYS];
        final long[] deadlines = new long[KEYS];
        final long[] earliest = new long[KEYS];
        final boolean[] isTable = new boolean[KEYS];
        final long fieldBytes = offHeap.allocate(64 << 10);
        final long valueBytes = offHeap.allocate(64 << 10);
        long nowMs = START_MS;
        int refused;

        Run(SplittableRandom random, AddressSpace space, HashLimits limits, int fields) {
            this.random = random;
            this.limits = limits;
            this.fields = fields;
            keyHash = new KeyHash(random.nextLong());
            arena = new Arena(space, true);
            database = new Database(arena, space.base(), IndexKind.EXTENDIBLE, 1, keyHash::of, limits);
            database.clock(nowMs);
            for (int i = 0; i < KEYS; i++) {
                keys[i] = offHeap.put(new byte[] {(byte) ('a' + i)});
                hashes[i] = keyHash.of(keys[i], 1);
                model.add(new LinkedHashMap<>());
                deadlines[i] = Database.NO_EXPIRY;
            }
        }

        /** Takes all blocks of the arena but those of so many runs. */
        List<Long> fillUp(int runs) {
            List<Long> blocks = new ArrayList<>();
            for (long block = arena.allocate(Arena.MAX_BLOCK_BYTES);
                    block != 0;
                    block = arena.allocate(Arena.MAX_BLOCK_BYTES)) {
                blocks.add(block);
            }
            for (int i = 0; i < 3 * runs; i++) {
                arena.free(blocks.remove(blocks.size() - 1));
            }
            return blocks;
        }

        void step() {
            int id = random.nextInt(KEYS);
            switch (random.nextInt(32)) {
                case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> put(id);
                case 11, 12, 13, 14, 15 -> putInteger(id);
                case 16, 17, 18, 19, 20, 21 -> remove(id);
                case 22, 23, 24 -> expireField(id);
                case 25, 26 -> {
                    nowMs += random.nextInt(4);
                    database.clock(nowMs);
                    if (random.nextBoolean()) {
                        database.expireDue();
                    }
                }
                case 27, 28 -> database.reclaim();
                default -> rare(id);
            }
            String field = field(random.nextInt(fields));
            checkField(id, field);
        }

        private void rare(int id) {
            switch (random.nextInt(fields * 3)) {
                case 0 -> removeKey(id);
                case 1 -> overwrite(id);
                case 2 -> expireKey(id);
                case 3 -> {
                    database.clear();
                    for (int i = 0; i < KEYS; i++) {
                        forget(i);
                    }
                }
                case 4, 5, 6, 7, 8, 9 -> checkAll(id);
                default -> checkRandom(id);
            }
        }

        private String field(int number) {
            return switch (number % 8) {
                case 0 -> String.valueOf(number * 7919L - 40);
                case 1 -> number == 1 ? "" : "\0\r\n" + number;
                case 2 -> number == 10 ? "x".repeat(300) : number == 18 ? "y".repeat(5_000) : "field:" + number;
                default -> "f" + number;
            };
        }

        private String value() {
            return switch (random.nextInt(40)) {
                case 0 -> "";
                case 1 -> "l".repeat(65 + random.nextInt(3));
                case 2 -> limits.valueBytes() < 100 ? "L".repeat(20_000 + random.nextInt(2)) : "m".repeat(300);
                case 3, 4, 5 -> "w".repeat(random.nextInt(60));
                case 6, 7, 8, 9, 10, 11 -> String.valueOf(random.nextLong() >> random.nextInt(64));
                default -> "value" + random.nextInt(1000);
            };
        }

        private int write(long target, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            Memory.copyFromArray(bytes, 0, target, bytes.length);
            return bytes.length;
        }

        private void forget(int id) {
            model.get(id).clear();
            deadlines[id] = Database.NO_EXPIRY;
            isTable[id] = false;
        }

        /** Drops what has expired from the reference. */
        private Map<String, Cell> live(int id) {
            if (deadlines[id] != Database.NO_EXPIRY && deadlines[id] < nowMs) {
                forget(id);
            }
            Map<String, Cell> cells = model.get(id);
            if (nowMs <= earliest[id]) {
                return cells;
            }
            earliest[id] = Long.MAX_VALUE;
            cells.values().forEach(cell -> noteDeadline(id, Math.max(nowMs, cell.deadline)));
            if (cells.values().removeIf(cell -> cell.deadline != Database.NO_EXPIRY && cell.deadline < nowMs)
                    && cells.isEmpty()) {
                // A packed hash goes with its last field at once, a table when that is looked up: made equal here.
                HashValue hash = open(id);
                List<String> gone = new ArrayList<>();
                for (int i = 0; i < fields; i++) {
                    gone.add(field(i));
                }
                for (String field : gone) {
                    hash.find(fieldBytes, write(fieldBytes, field));
                }
                assertThat(hash.exists()).isFalse();
                forget(id);
            }
            return cells;
        }

        private void noteDeadline(int id, long deadline) {
            if (deadline != Database.NO_EXPIRY) {
                earliest[id] = Math.min(earliest[id], deadline);
            }
        }

        private HashValue open(int id) {
            EntryView entry = database.find(hashes[id], keys[id], 1);
            assertThat(entry == null || entry.isHash()).isTrue();
            // Its last field may have expired on its own, after the reference held none any more.
            isTable[id] &= entry != null;
            return database.hash().open(hashes[id], keys[id], 1, entry);
        }

        private long deadline() {
            return switch (random.nextInt(10)) {
                case 0 -> nowMs + random.nextInt(200);
                case 1, 2, 3 -> Database.KEEP_EXPIRY;
                default -> Database.NO_EXPIRY;
            };
        }

        private void put(int id) {
            String field = field(random.nextInt(fields));
            String value = value();
            long deadline = deadline();
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            int valueLength = write(valueBytes, value);
            int result = hash.put(
                    fieldBytes,
                    write(fieldBytes, field),
                    valueBytes,
                    valueLength,
                    false,
                    deadline,
                    random.nextInt(4) == 0 ? random.nextInt(500) : 0);
            if (random.nextInt(4) == 0) {
                hash.trim();
            }
            note(id, cells, field, value, deadline, result, hash);
        }

        private void putInteger(int id) {
            String field = field(random.nextInt(fields));
            long value = random.nextLong() >> random.nextInt(64);
            long deadline = deadline();
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            int result = hash.putInteger(fieldBytes, write(fieldBytes, field), value, deadline);
            note(id, cells, field, String.valueOf(value), deadline, result, hash);
        }

        private void note(
                int id,
                Map<String, Cell> cells,
                String field,
                String value,
                long deadline,
                int result,
                HashValue hash) {
            Cell old = cells.get(field);
            if (result == HashValue.NO_MEMORY) {
                refused++;
            } else {
                assertThat(result).isEqualTo(old == null ? HashValue.ADDED : HashValue.REPLACED);
                long kept =
                        deadline != Database.KEEP_EXPIRY ? deadline : old == null ? Database.NO_EXPIRY : old.deadline;
                cells.put(field, new Cell(value, kept));
                noteDeadline(id, kept);
                if (cells.size() > limits.entries()
                        || field.length() > limits.valueBytes()
                        || value.length() > limits.valueBytes()) {
                    assertThat(hash.isPacked()).isFalse();
                }
            }
            if (isTable[id] && !cells.isEmpty()) {
                assertThat(hash.isPacked()).as("a table stays one").isFalse();
            }
            isTable[id] = hash.exists() && !hash.isPacked();
        }

        private void remove(int id) {
            String field = field(random.nextInt(fields));
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            boolean found = hash.find(fieldBytes, write(fieldBytes, field));
            assertThat(found).isEqualTo(cells.remove(field) != null);
            if (found) {
                hash.remove();
                if (cells.isEmpty() && !hash.exists()) {
                    forget(id);
                }
            }
        }

        private void expireField(int id) {
            String field = field(random.nextInt(fields));
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            int length = write(fieldBytes, field);
            if (hash.find(fieldBytes, length)) {
                long deadline = random.nextInt(3) == 0 ? Database.NO_EXPIRY : nowMs + random.nextInt(300);
                if (hash.expireAt(fieldBytes, length, deadline)) {
                    cells.put(field, new Cell(cells.get(field).value, deadline));
                    noteDeadline(id, deadline);
                } else {
                    refused++;
                }
            }
            isTable[id] = hash.exists() && !hash.isPacked();
        }

        private void removeKey(int id) {
            live(id);
            EntryView entry = database.find(hashes[id], keys[id], 1);
            if (entry != null) {
                database.remove(hashes[id], entry);
            }
            forget(id);
        }

        /** A string takes the place of the hash, and goes. */
        private void overwrite(int id) {
            live(id);
            EntryView entry = database.find(hashes[id], keys[id], 1);
            long target = database.write(entry, hashes[id], keys[id], 1, 10, Database.NO_EXPIRY);
            if (target != 0) {
                Memory.fill(target, 10, (byte) 'x');
                EntryView string = database.find(hashes[id], keys[id], 1);
                assertThat(string != null && string.isString()).isTrue();
                removeKey(id);
            }
        }

        private void expireKey(int id) {
            live(id);
            EntryView entry = database.find(hashes[id], keys[id], 1);
            if (entry != null) {
                long deadline = random.nextBoolean() ? nowMs + random.nextInt(2000) : Database.NO_EXPIRY;
                if (database.expireAt(entry, hashes[id], deadline)) {
                    deadlines[id] = deadline;
                }
            }
        }

        private void checkField(int id, String field) {
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            boolean found = hash.find(fieldBytes, write(fieldBytes, field));
            Cell cell = cells.get(field);
            assertThat(found).as("%s of %s", field, id).isEqualTo(cell != null);
            if (cell != null) {
                assertThat(text(hash.value())).isEqualTo(cell.value);
                assertThat(hash.value().length()).isEqualTo(cell.value.length());
                assertThat(text(hash.field())).isEqualTo(field);
                assertThat(hash.deadline()).isEqualTo(cell.deadline);
            }
        }

        private void checkAll(int id) {
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            assertThat(hash.liveLength()).isEqualTo(cells.size());
            assertThat(hash.length()).isGreaterThanOrEqualTo(cells.size());
            Map<String, String> found = new LinkedHashMap<>();
            hash.rewind();
            while (hash.next()) {
                assertThat(found.put(text(hash.field()), text(hash.value()))).isNull();
            }
            Map<String, String> expected = new LinkedHashMap<>();
            cells.forEach((field, cell) -> expected.put(field, cell.value));
            if (hash.isPacked()) {
                assertThat(new ArrayList<>(found.keySet())).isEqualTo(new ArrayList<>(expected.keySet()));
            }
            assertThat(new TreeMap<>(found)).isEqualTo(new TreeMap<>(expected));
            Set<String> scanned = new HashSet<>();
            long cursor = 0;
            do {
                hash.scan(cursor, 1 + random.nextInt(100));
                while (hash.next()) {
                    scanned.add(text(hash.field()));
                }
                cursor = hash.scanCursor();
            } while (cursor != 0);
            assertThat(scanned).isEqualTo(expected.keySet());
        }

        private void checkRandom(int id) {
            Map<String, Cell> cells = live(id);
            HashValue hash = open(id);
            assertThat(hash.random(random)).isEqualTo(!cells.isEmpty());
            if (!cells.isEmpty()) {
                assertThat(cells).containsKey(text(hash.field()));
            }
        }

        void end() {
            for (int id = 0; id < KEYS; id++) {
                checkAll(id);
                removeKey(id);
            }
            while (database.hasGarbage()) {
                database.reclaim();
            }
            assertThat(database.size()).isZero();
        }
    }
}
