// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GhostTableTest {
    private final AddressSpace space = new AddressSpace(16L << 20, false);
    private final Arena arena = new Arena(space, true);
    private final GhostTable ghosts = new GhostTable(arena);

    @AfterEach
    void close() {
        space.close();
    }

    /** Beside a queue that is bounded by the same weight. */
    @ParameterizedTest
    @CsvSource({"100, 1, 100, 0", "5000, 1, 5000, 1000", "1000000, 1000, 5000, 1000"})
    void shouldHoldWhatWeighsAsMuchAsTheCapacity(int capacity, int mostWeight, int keys, int mayDiffer) {
        SplittableRandom random = new SplittableRandom(4);
        Map<Long, Integer> queue = new LinkedHashMap<>();
        long weight = 0;
        long differences = 0;
        for (int i = 0; i < 100_000; i++) {
            long id = random.nextInt(keys * 2);
            long hash = id * 0x9e3779b97f4a7c15L;
            int idWeight = 1 + (int) (id % mostWeight);
            Integer known = queue.remove(id);
            weight -= known == null ? 0 : known;
            if (ghosts.remove(hash, idWeight) != (known != null)) {
                differences++;
            }
            queue.put(id, idWeight);
            weight += idWeight;
            ghosts.add(hash, idWeight, capacity, keys);
            ghosts.reclaim(1);
            Iterator<Integer> oldest = queue.values().iterator();
            while (weight > capacity) {
                weight -= oldest.next();
                oldest.remove();
            }
        }
        // A quarter and more of the requests are for keys that are there.
        assertThat(differences).isLessThanOrEqualTo(mayDiffer);
    }

    @Test
    void shouldGiveItsMemoryBack() {
        for (int i = 0; i < 100_000; i++) {
            ghosts.add(i * 0x9e3779b97f4a7c15L, 1, 10_000, 100);
        }
        assertThat(ghosts.arenaBytes()).isBetween(40_000L, 400_000L);
        while (ghosts.clear(2)) {
            // In steps.
        }
        assertThat(ghosts.arenaBytes()).isZero();
        assertThat(arena.usedBytes()).isZero();
    }
}
