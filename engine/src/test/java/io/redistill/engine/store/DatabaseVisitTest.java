// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseVisitTest {
    private final AddressSpace space = new AddressSpace(64 << 20, false);
    private final Map<String, Long> hashes = new HashMap<>();
    private final Database database = new Database(
            new Arena(space, true),
            space.base(),
            IndexKind.EXTENDIBLE,
            64,
            (address, length) -> hashes.get(text(address, length)),
            HashLimits.defaults());

    @AfterEach
    void free() {
        space.close();
    }

    @Test
    void shouldShowEveryEntryOnce() {
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 5_000; i++) {
            put(i * 0x9e3779b97f4a7c15L + 1, "key" + i, Database.NO_EXPIRY);
            expected.add("key" + i);
        }
        assertThat(visited()).hasSize(5_000).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldShowAllOfTheKeysWithEqualHashes() {
        put(1L << 21, "first", Database.NO_EXPIRY);
        put(1L << 21, "second", Database.NO_EXPIRY);
        put(1L << 21, "third", Database.NO_EXPIRY);
        assertThat(visited()).containsExactlyInAnyOrder("first", "second", "third");
    }

    @Test
    void shouldNotShowEntriesPastTheirDeadline() {
        database.clock(1_000);
        put(1, "past", 999);
        put(2, "now", 1_000);
        put(3, "later", 1_001);
        put(4, "never", Database.NO_EXPIRY);
        assertThat(visited()).containsExactlyInAnyOrder("now", "later", "never");
        assertThat(database.size()).isEqualTo(4);
    }

    @Test
    void shouldShowNothingOfAnEmptiedDatabase() {
        put(1, "gone", Database.NO_EXPIRY);
        database.clear();
        assertThat(visited()).isEmpty();
    }

    private List<String> visited() {
        List<String> keys = new ArrayList<>();
        for (int slice = 0; slice < database.sliceCount(); slice++) {
            database.visit(slice, entry -> keys.add(text(entry.keyAddress(), entry.keyLength())));
        }
        return keys;
    }

    private static String text(long address, int length) {
        return new String(Memory.toArray(address, length), StandardCharsets.US_ASCII);
    }

    private void put(long hash, String key, long expiresAtMs) {
        hashes.put(key, hash);
        long address = Memory.allocate(key.length());
        Memory.copyFromArray(key.getBytes(StandardCharsets.US_ASCII), 0, address, key.length());
        assertThat(database.write(null, hash, address, key.length(), 0, expiresAtMs))
                .isNotZero();
        Memory.free(address);
    }
}
