// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.support.Seeds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripedKeyIndexTest {
    private static final int STRIPE_SHIFT = 20;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void shouldAgreeWithAMapThroughRandomChanges(int stripes) {
        SplittableRandom random = new SplittableRandom(Seeds.next("StripedKeyIndexTest " + stripes));
        StripedKeyIndex index = new StripedKeyIndex(stripes);
        Map<Long, Long> reference = new HashMap<>();
        long emptyBytes = index.usedBytes();
        long[] hashes = random.longs(3000).map(hash -> hash == 0 ? 1 : hash).toArray();
        for (int step = 0; step < 60_000; step++) {
            long hash = hashes[random.nextInt(hashes.length)];
            switch (random.nextInt(step / 10_000 % 2 == 0 ? 4 : 6)) {
                case 0, 1, 2 -> {
                    long slot = 1 + random.nextLong(Long.MAX_VALUE);
                    index.put(hash, slot);
                    reference.put(hash, slot);
                }
                case 3, 4 -> {
                    index.remove(hash);
                    reference.remove(hash);
                }
                default -> {
                    if (random.nextInt(200) == 0) {
                        int stripe = random.nextInt(stripes);
                        index.clear(stripe);
                        reference.keySet().removeIf(key -> stripeOf(key, stripes) == stripe);
                    }
                }
            }
            assertThat(index.size()).isEqualTo(reference.size());
            long probe = hashes[random.nextInt(hashes.length)];
            assertThat(index.get(probe)).isEqualTo(reference.getOrDefault(probe, KeyIndex.ABSENT));
        }
        assertThat(index.stripeCount()).isEqualTo(stripes);
        Set<Long> slots = new HashSet<>();
        for (int i = 0; i < stripes; i++) {
            index.forEachSlot(i, slot -> assertThat(slots.add(slot)).isTrue());
        }
        assertThat(slots).isEqualTo(new HashSet<>(reference.values()));
        assertThat(index.usedBytes()).isGreaterThanOrEqualTo(16L * reference.size());
        for (int i = 0; i < stripes; i++) {
            index.clear(i);
        }
        assertThat(index.size()).isZero();
        assertThat(index.usedBytes()).isEqualTo(emptyBytes);
        assertThat(index.get(hashes[0])).isEqualTo(KeyIndex.ABSENT);
    }

    @Test
    void shouldHaveNoSlotForTheHashOfCommandsWithoutKeys() {
        StripedKeyIndex index = new StripedKeyIndex(2);
        index.put(1L << STRIPE_SHIFT, 77);
        assertThat(index.get(0)).isEqualTo(KeyIndex.ABSENT);
    }

    @Test
    void shouldRefuseStripesThatAreNoPowerOfTwo() {
        assertThatThrownBy(() -> new StripedKeyIndex(3)).hasMessage("stripes=3 is not a power of two");
    }

    private static int stripeOf(long hash, int stripes) {
        return (int) (hash >>> STRIPE_SHIFT) & stripes - 1;
    }
}
