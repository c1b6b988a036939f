// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.koloboke.collect.impl.hash.LHash;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeTablesTest {
    private static final long ABSENT = -1L;

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 10_000})
    void shouldAgreeWithTheMapThroughRandomChanges(int keys) {
        long seed = 42 + keys;
        SplittableRandom random = new SplittableRandom(seed);
        StripeMap map = StripeMap.sized(1);
        Map<Long, Long> reference = new HashMap<>();
        for (int i = 0; i < 20 * keys + 100; i++) {
            long key = spread(1 + random.nextInt(keys));
            if (random.nextInt(3) == 0) {
                assertThat(map.justRemove(key)).as("seed %d", seed).isEqualTo(reference.remove(key) != null);
            } else {
                long value = random.nextLong();
                map.justPut(key, value);
                reference.put(key, value);
            }
            long probed = spread(1 + random.nextInt(2 * keys));
            check(map, reference, probed);
            check(map, reference, key);
        }
        map.removeIf((key, value) -> (value & 1) == 0);
        reference.values().removeIf(value -> (value & 1) == 0);
        map.shrink();
        for (int i = 1; i <= 2 * keys; i++) {
            check(map, reference, spread(i));
        }
        assertThat(map.size()).isEqualTo(reference.size());
        assertThat(StripeTables.freeKey(map)).isEqualTo(StripeTables.FREE_KEY);
    }

    @Test
    void shouldMixAsTheLibraryDoes() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            long key = random.nextLong();
            assertThat(StripeTables.mix(key)).isEqualTo(LHash.ParallelKVLongKeyMixing.mix(key));
        }
    }

    @Test
    void shouldKeepTheStatedLoads() {
        StripeMap map = StripeMap.sized(4);
        double highest = 0;
        double lowestAfterGrowth = 1;
        int length = StripeTables.table(map).length;
        for (int i = 1; i <= 1_000_000; i++) {
            map.justPut(spread(i), i);
            int now = StripeTables.table(map).length;
            assertThat(Integer.bitCount(now)).isEqualTo(1);
            double load = 2.0 * i / now;
            if (i > 100) {
                highest = Math.max(highest, load);
                if (now != length) {
                    lowestAfterGrowth = Math.min(lowestAfterGrowth, load);
                }
            }
            length = now;
        }
        assertThat(highest).isBetween(0.79, 0.8);
        assertThat(lowestAfterGrowth).isBetween(0.4, 0.41);
    }

    @Test
    void shouldHaveNoFalseHitForTheFreeKey() {
        StripeMap map = StripeMap.sized(10);
        map.justPut(5, 50);
        assertThat(StripeTables.get(StripeTables.table(map), 0, ABSENT)).isEqualTo(ABSENT);
    }

    private static void check(StripeMap map, Map<Long, Long> reference, long key) {
        long expected = reference.getOrDefault(key, ABSENT);
        assertThat(map.getOrDefault(key, ABSENT)).isEqualTo(expected);
        assertThat(StripeTables.probe(StripeTables.table(map), StripeTables.freeKey(map), key, ABSENT))
                .isEqualTo(expected);
        assertThat(StripeTables.get(StripeTables.table(map), key, ABSENT)).isEqualTo(expected);
    }

    /** Distinct keys that look like hashes; never 0 for small arguments above 0. */
    private static long spread(int i) {
        long hash = i * 0xD1342543DE82EF95L;
        return hash ^ (hash >>> 29);
    }
}
