// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.Engine;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.EntryVisitor;
import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.shard.SleepGate;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entries of a real engine, through a file and back. */
class EngineSnapshotTest {
    private static final int SHARDS = 2;
    private static final KeyHash HASH = new KeyHash(1);

    @TempDir
    Path directory;

    private final Map<String, String> expected = new TreeMap<>();

    @Test
    void shouldGiveBackEveryLiveEntryOfAnEngine() throws IOException {
        Path path = directory.resolve("snapshot");
        EngineConfig config = new EngineConfig(
                SHARDS,
                1,
                2,
                64 << 20,
                IndexKind.EXTENDIBLE,
                64,
                HashLimits.defaults(),
                1,
                ShardClock.SYSTEM,
                false,
                true);
        try (Engine engine = new Engine(config, new SleepGate(() -> {}));
                FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                SnapshotWriter writer = new SnapshotWriter(file, 1)) {
            long far = System.currentTimeMillis() + 1_000_000;
            for (int i = 0; i < 3_000; i++) {
                Database database = engine.shard(i % SHARDS).database(0);
                put(database, "text" + i, "value" + i, i % 3 == 0 ? far + i : Database.NO_EXPIRY);
                putInteger(database, "number" + i, i - 1_500L);
            }
            put(engine.shard(0).database(0), "k".repeat(5_000), "of a long key", Database.NO_EXPIRY);
            put(engine.shard(0).database(0), "expired", "gone", 1);
            expected.remove("expired");
            engine.shard(0).database(0).clock(2);
            for (int shard = 0; shard < SHARDS; shard++) {
                for (int slice = 0; slice < engine.sliceCount(shard); slice++) {
                    engine.visit(shard, slice, writer);
                }
            }
            writer.finish();
        }
        Map<String, String> found = new TreeMap<>();
        EntryVisitor collect = (database, type, keyAddress, keyLength, valueAddress, valueLength, expiresAtMs) -> {
            assertThat(type).isEqualTo(EntryVisitor.TYPE_STRING);
            assertThat(database).isZero();
            assertThat(found.put(text(keyAddress, keyLength), text(valueAddress, valueLength) + "@" + expiresAtMs))
                    .isNull();
        };
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            assertThat(SnapshotReader.read("snapshot", file, collect).entryCount())
                    .isEqualTo(expected.size());
        }
        assertThat(found).isEqualTo(expected);
    }

    private void put(Database database, String key, String value, long expiresAtMs) {
        expected.put(key, value + "@" + expiresAtMs);
        long address = copy(key);
        long target = database.write(
                null, HASH.of(address, key.length()), address, key.length(), value.length(), expiresAtMs);
        assertThat(target).isNotZero();
        Memory.copyFromArray(value.getBytes(StandardCharsets.US_ASCII), 0, target, value.length());
        Memory.free(address);
    }

    private void putInteger(Database database, String key, long value) {
        expected.put(key, value + "@" + Database.NO_EXPIRY);
        long address = copy(key);
        assertThat(database.writeInteger(
                        null, HASH.of(address, key.length()), address, key.length(), value, Database.NO_EXPIRY))
                .isTrue();
        Memory.free(address);
    }

    private static long copy(String text) {
        long address = Memory.allocate(text.length());
        Memory.copyFromArray(text.getBytes(StandardCharsets.US_ASCII), 0, address, text.length());
        return address;
    }

    private static String text(long address, int length) {
        return new String(Memory.toArray(address, length), StandardCharsets.US_ASCII);
    }
}
