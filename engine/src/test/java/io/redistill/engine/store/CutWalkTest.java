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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts at random moments of random changes, beside a map that is copied at each cut. */
@Timeout(60)
class CutWalkTest {
    private static final int KEYS = 6_000;
    private static final KeyHash HASH = new KeyHash(7);

    private final OffHeap offHeap = new OffHeap();
    private final AddressSpace space = new AddressSpace(256 << 20, false);

    private SplittableRandom random = new SplittableRandom(0);
    private final EntryTransfer transfer = new EntryTransfer();
    private Database database;
    private final Map<Integer, String> model = new HashMap<>();
    private final Map<Integer, Long> keys = new HashMap<>();
    private boolean alike;
    private final long valueMemory = offHeap.put(new byte[64]);

    @AfterEach
    void free() {
        offHeap.close();
        space.close();
    }

    @ParameterizedTest
    @CsvSource({"EXTENDIBLE,false", "EXTENDIBLE,true", "STRIPED,false", "STRIPED,true"})
    void shouldGiveEachEntryOfTheCutOnceAsItWas(IndexKind kind, boolean fewHashes) {
        random = new SplittableRandom(Seeds.next("CutWalkTest"));
        alike = fewHashes;
        int keyCount = alike ? 60 : KEYS;
        database = new Database(new Arena(space, true), space.base(), kind, 64, this::hash, HashLimits.defaults());
        for (int cut = 0; cut < 40; cut++) {
            // Grows and shrinks, so that tables split and merge between and during cuts.
            int writes = random.nextInt(100);
            change(random.nextInt(keyCount), writes, keyCount);
            walkWhileChanging(random.nextInt(4) == 0, keyCount);
            database.clock(database.nowMs() + 10);
        }
    }

    @Test
    void shouldGiveTheFieldsThatHadNotExpiredAtTheCutAndNoHashWithoutAny() {
        database = new Database(
                new Arena(space, true), space.base(), IndexKind.EXTENDIBLE, 64, this::hash, HashLimits.defaults());
        database.clock(1_000);
        putField(1, "past", 1_005);
        putField(1, "near", 1_050);
        putField(1, "always", Database.NO_EXPIRY);
        putField(2, "past", 1_005);
        // As a turn may find it: the wheel has not come to them yet.
        database.clock(1_010);
        Map<Integer, String> given = new HashMap<>();
        Collect sink = new Collect(given);
        sink.room = true;
        CutWalk walk = new CutWalk(new Database[] {database}, sink);
        database.clear();
        database.clock(2_000);
        while (walk.slice(() -> 0, 0)) {}
        assertThat(given).containsExactly(Map.entry(1, "{always, near}@" + Database.NO_EXPIRY));
    }

    @ParameterizedTest
    @EnumSource(IndexKind.class)
    void shouldGiveEachFieldOfLargeHashesOnceAsItWas(IndexKind kind) {
        random = new SplittableRandom(Seeds.next("CutWalkTest"));
        database = new Database(new Arena(space, true), space.base(), kind, 64, this::hash, HashLimits.defaults());
        database.clock(1_000);
        Map<Integer, Map<String, String>> hashes = new HashMap<>();
        for (int cut = 0; cut < 260; cut++) { // the numbers of cuts come round
            changeFields(hashes, random.nextInt(300));
            Map<Integer, Map<String, String>> expected = new HashMap<>();
            hashes.forEach((key, fields) -> expected.put(key, new HashMap<>(fields)));
            expected.values().forEach(this::dropExpired);
            expected.values().removeIf(Map::isEmpty);
            FieldCollect sink = new FieldCollect();
            CutWalk walk = new CutWalk(new Database[] {database}, sink);
            do {
                changeFields(hashes, random.nextInt(60));
                if (random.nextInt(100) == 0) {
                    database.clear();
                    hashes.clear();
                }
                database.clock(database.nowMs() + random.nextInt(3));
                if (random.nextBoolean()) {
                    database.expireDue();
                }
                database.reclaim();
            } while (walk.slice(() -> 0, 0));
            assertThat(sink.given).isEqualTo(expected);
        }
        database.clear();
        while (database.reclaim()) {}
        assertThat(database.hasGarbage()).isFalse();
    }

    /** Fields and keys come, change and go; of four keys one or two become large. */
    private void changeFields(Map<Integer, Map<String, String>> hashes, int count) {
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(4);
            int field = random.nextInt(key < 2 ? 1_000 : 150);
            byte[] name = name(key);
            byte[] fieldName = ("f" + field).getBytes();
            long keyAddress = keys.computeIfAbsent(key, ignored -> offHeap.put(name));
            long fieldAddress = keys.computeIfAbsent(-1 - field, ignored -> offHeap.put(fieldName));
            long keyHash = hash(keyAddress, name.length);
            EntryView found = database.find(keyHash, keyAddress, name.length);
            if (found != null && random.nextInt(2_000) == 0) {
                database.remove(keyHash, found);
                hashes.remove(key);
                continue;
            }
            HashValue hash = database.hash().open(keyHash, keyAddress, name.length, found);
            Map<String, String> model = hashes.computeIfAbsent(key, ignored -> new HashMap<>());
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (hash.find(fieldAddress, fieldName.length)) {
                        hash.remove();
                    }
                    model.remove("f" + field);
                }
                case 1 -> {
                    long number = random.nextInt();
                    hash.putInteger(fieldAddress, fieldName.length, number, Database.NO_EXPIRY);
                    model.put("f" + field, text(Long.toString(number), Database.NO_EXPIRY));
                }
                default -> {
                    byte[] value = "v".repeat(random.nextInt(40)).getBytes();
                    long deadline =
                            random.nextInt(10) == 0 ? database.nowMs() + random.nextInt(300) : Database.NO_EXPIRY;
                    Memory.copyFromArray(value, 0, valueMemory, value.length);
                    hash.put(fieldAddress, fieldName.length, valueMemory, value.length, false, deadline, 0);
                    model.put("f" + field, text(new String(value), deadline));
                }
            }
        }
    }

    private void dropExpired(Map<String, String> fields) {
        fields.values().removeIf(value -> deadline(value) < database.nowMs());
    }

    private static final class FieldCollect implements CutSink {
        private final Map<Integer, Map<String, String>> given = new HashMap<>();

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void entry(int database, EntryView entry, HashValue hash, int recency, boolean ahead) {
            String key = new String(Memory.toArray(entry.keyAddress(), entry.keyLength()));
            int number = Integer.parseInt(key.substring(4));
            assertThat(hash.isContinuation()).isEqualTo(given.containsKey(number));
            Map<String, String> fields = given.computeIfAbsent(number, ignored -> new HashMap<>());
            int before = fields.size();
            int count = 0;
            hash.rewind();
            while (hash.next()) {
                long deadline = hash.deadline();
                HashItem field = hash.field().toBytes();
                String name = new String(Memory.toArray(field.address(), field.length()));
                HashItem value = hash.value().toBytes();
                fields.put(name, text(new String(Memory.toArray(value.address(), value.length())), deadline));
                count++;
            }
            assertThat(fields).hasSize(before + count);
            assertThat(count).isBetween(1, DatabaseCut.MAX_FIELDS_AT_ONCE);
        }

        @Override
        public void end() {}
    }

    private void putField(int key, String field, long deadline) {
        byte[] name = name(key);
        byte[] bytes = field.getBytes();
        long address = offHeap.put(name);
        long hash = hash(address, name.length);
        HashValue fields = database.hash().open(hash, address, name.length, database.find(hash, address, name.length));
        assertThat(fields.put(offHeap.put(bytes), bytes.length, offHeap.put(bytes), bytes.length, false, deadline, 0))
                .isEqualTo(HashValue.ADDED);
    }

    private void walkWhileChanging(boolean flush, int keyCount) {
        Map<Integer, String> expected = new HashMap<>(model);
        expected.values().removeIf(value -> deadline(value) < database.nowMs());
        Map<Integer, String> given = new HashMap<>();
        Collect sink = new Collect(given);
        CutWalk walk = new CutWalk(new Database[] {database}, sink);
        int writes = random.nextInt(100);
        boolean more = true;
        for (int step = 0; more; step++) {
            change(random.nextInt(200), writes, keyCount);
            if (flush && step == 3) {
                database.clear();
                model.clear();
                change(random.nextInt(200), writes, keyCount);
            }
            if (random.nextInt(20) == 0) {
                database.clock(database.nowMs() + random.nextInt(30));
            }
            database.reclaim();
            sink.room = random.nextInt(3) > 0;
            more = walk.slice(() -> 0, random.nextInt(2));
        }
        assertThat(sink.ended).isTrue();
        assertThat(given).isEqualTo(expected);
        while (database.reclaim()) {}
        assertThat(database.hasGarbage()).isFalse();
    }

    private void change(int count, int writes, int keyCount) {
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(keyCount);
            byte[] name = name(key);
            long address = keys.computeIfAbsent(key, ignored -> offHeap.put(name));
            long hash = hash(address, name.length);
            EntryView found = database.find(hash, address, name.length);
            if (model.containsKey(key) && deadline(model.get(key)) < database.nowMs()) {
                model.remove(key);
            }
            assertThat(found != null).as("key %d", key).isEqualTo(model.containsKey(key));
            if (random.nextInt(100) >= writes) {
                if (found != null) {
                    database.remove(hash, found);
                    model.remove(key);
                }
                continue;
            }
            if (found != null && random.nextInt(8) == 0) {
                transfer(key, address, name.length, random.nextInt(keyCount));
                continue;
            }
            long deadline = random.nextInt(3) == 0 ? database.nowMs() + 1 + random.nextInt(100) : Database.NO_EXPIRY;
            if (found != null && random.nextInt(4) == 0) {
                assertThat(database.expireAt(found, hash, deadline)).isTrue();
                model.put(key, text(model.get(key).substring(0, model.get(key).indexOf('@')), deadline));
            } else if (found != null && found.isLargeValue() && random.nextBoolean()) {
                byte[] tail = "tail".getBytes();
                assertThat(database.append(found, hash, address, name.length, offHeap.put(tail), tail.length))
                        .isTrue();
                String old = model.get(key);
                model.put(key, old.substring(0, old.indexOf('@')) + "tail" + old.substring(old.indexOf('@')));
            } else {
                write(found, hash, address, key, deadline);
            }
        }
    }

    /** Renames a key, or copies it. */
    private void transfer(int key, long address, int length, int otherKey) {
        if (key == otherKey) {
            return;
        }
        byte[] name = name(otherKey);
        long other = keys.computeIfAbsent(otherKey, ignored -> offHeap.put(name));
        long hash = hash(other, name.length);
        assertThat(transfer.take(database, hash(address, length), address, length))
                .isTrue();
        EntryView existing = database.find(hash, other, name.length);
        if (random.nextBoolean()) {
            assertThat(transfer.copyTo(database, hash, other, name.length, existing))
                    .isTrue();
            model.put(otherKey, model.get(key));
        } else {
            assertThat(transfer.moveTo(database, hash, other, name.length, existing))
                    .isTrue();
            model.put(otherKey, model.remove(key));
        }
    }

    private void write(EntryView found, long hash, long address, int key, long deadline) {
        int keyLength = name(key).length;
        if (random.nextInt(200) == 0) {
            int length = Database.LARGE_VALUE_BYTES + random.nextInt(100);
            long block = LargeBlock.allocate(length + 64);
            Memory.fill(block, length, (byte) 'L');
            assertThat(database.writeLarge(found, hash, address, keyLength, block, length, deadline))
                    .isTrue();
            model.put(key, text("L".repeat(length), deadline));
        } else if (random.nextInt(4) == 0) {
            long number = random.nextInt();
            assertThat(database.writeInteger(found, hash, address, keyLength, number, deadline))
                    .isTrue();
            model.put(key, text(Long.toString(number), deadline));
        } else {
            String value = "v".repeat(random.nextInt(80)) + random.nextInt(1000);
            long target = database.write(found, hash, address, keyLength, value.length(), deadline);
            assertThat(target).isNotZero();
            Memory.copyFromArray(value.getBytes(), 0, target, value.length());
            model.put(key, text(value, deadline));
        }
    }

    private long hash(long address, int length) {
        long hash = HASH.of(address, length);
        return alike ? 1 + Long.remainderUnsigned(hash, 3) : hash;
    }

    private static byte[] name(int key) {
        return ("key:" + key).getBytes();
    }

    private static String text(String value, long deadline) {
        return value + "@" + deadline;
    }

    private static long deadline(String text) {
        long deadline = Long.parseLong(text.substring(text.indexOf('@') + 1));
        return deadline == Database.NO_EXPIRY ? Long.MAX_VALUE : deadline;
    }

    private static final class Collect implements CutSink {
        private final Map<Integer, String> given;
        private boolean room;
        private boolean ended;

        Collect(Map<Integer, String> given) {
            this.given = given;
        }

        @Override
        public boolean hasRoom() {
            return room;
        }

        @Override
        public void entry(int database, EntryView entry, HashValue hash, int recency, boolean ahead) {
            String key = new String(Memory.toArray(entry.keyAddress(), entry.keyLength()));
            String value = hash != null ? fields(hash) : string(entry);
            long deadline = entry.hasExpiry() ? entry.expiresAtMs() : Database.NO_EXPIRY;
            assertThat(given.put(Integer.parseInt(key.substring(4)), text(value, deadline)))
                    .as(key)
                    .isNull();
            assertThat(ended).isFalse();
            assertThat(database).isZero();
        }

        private static String string(EntryView entry) {
            return entry.isInteger()
                    ? Long.toString(entry.integerValue())
                    : new String(Memory.toArray(entry.valueAddress(), entry.valueLength()));
        }

        private static String fields(HashValue hash) {
            Set<String> names = new TreeSet<>();
            hash.rewind();
            while (hash.next()) {
                HashItem name = hash.field().toBytes();
                names.add(new String(Memory.toArray(name.address(), name.length())));
            }
            return names.toString().replace('[', '{').replace(']', '}');
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
