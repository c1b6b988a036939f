// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessStampsTest {
    private static final int KEYS = 100_000;

    private final AccessStamps stamps = new AccessStamps(1);
    private long nowMs = 1_700_000_000_000L;

    AccessStampsTest() {
        stamps.clock(nowMs);
    }

    private void pass(long ms) {
        nowMs += ms;
        stamps.clock(nowMs);
    }

    @Test
    void shouldLiveInASlotBesideItsOtherBits() {
        long slot = 0xabc0_0012_3456_789aL;
        long stamped = AccessStamps.with(slot, 0x5a5);
        assertThat(AccessStamps.of(stamped)).isEqualTo(0x5a5);
        assertThat(stamped & EntryReferences.MASK).isEqualTo(slot & EntryReferences.MASK);
        assertThat(stamped >>> 52).isEqualTo(slot >>> 52);
    }

    @Test
    void shouldOrderKeysByTheirLastUseWithinAThousandthOfATurnover() {
        int first = stamps.added(KEYS);
        for (int i = 0; i < KEYS / 500; i++) {
            stamps.added(KEYS);
        }
        int second = stamps.added(KEYS);
        assertThat(stamps.rank(first)).isGreaterThan(stamps.rank(second));
        assertThat(stamps.used(second)).isEqualTo(second);
        assertThat(stamps.rank(stamps.used(first))).isZero();
    }

    @Test
    void shouldNotTakeTheOldForNewHoweverLongItIsNotUsed() {
        int stamp = stamps.added(0);
        int previous = -1;
        for (int i = 0; i < 20_000; i++) {
            stamps.added(0);
            stamp = stamps.refreshed(stamp);
            assertThat(stamps.rank(stamp)).isGreaterThanOrEqualTo(previous);
            previous = stamps.rank(stamp);
        }
        assertThat(previous).isGreaterThan(3000);
    }

    @Test
    void shouldTellIdleTimeToTheSecond() {
        int stamp = stamps.added(KEYS);
        assertThat(stamps.idleSeconds(stamp)).isZero();
        for (int second = 1; second <= 600; second++) {
            pass(1000);
            assertThat(stamps.idleSeconds(stamp)).isEqualTo(second);
            assertThat(stamps.idleSeconds(stamps.used(stamp))).isZero();
        }
    }

    @Test
    void shouldTellIdleTimeToAFewThousandthsOnALongRun() {
        int stamp = stamps.added(KEYS);
        long seconds = 0;
        for (int i = 0; i < 50_000; i++) {
            pass(10_000);
            seconds += 10;
            stamp = stamps.refreshed(stamp);
        }
        int late = stamps.used(stamp);
        for (int i = 0; i < 3600; i++) {
            pass(10_000);
        }
        assertThat(stamps.idleSeconds(late)).isBetween(36_000L - 1, 36_000L + seconds / 500);
    }

    @Test
    void shouldCountUsesMoreRarelyTheMoreThereAre() {
        stamps.configure(new EvictionSettings(1, EvictionPolicy.ALLKEYS_LFU, 1, 10, 1));
        int stamp = stamps.added(KEYS);
        assertThat(stamps.frequency(stamp)).isEqualTo(5);
        int previous = 5;
        for (int uses : new int[] {100, 1000, 100_000, 1_000_000}) {
            for (int i = 0; i < uses; i++) {
                stamp = stamps.used(stamp);
            }
            assertThat(stamps.frequency(stamp)).isGreaterThan(previous);
            previous = stamps.frequency(stamp);
        }
        // Redis documents 255 after a million uses with factor 10, and 10 after 100.
        assertThat(previous).isGreaterThan(230);
    }

    @Test
    void shouldKeepTheOrderOfUsesInAnotherProcess() {
        AccessStamps later = new AccessStamps(2);
        later.clock(nowMs + 3_600_000);
        later.loading(true);
        int[] used = new int[3_000];
        for (int i = 0; i < used.length; i++) {
            used[i] = stamps.added(0);
        }
        int cutTick = stamps.tick();
        int afterwards = stamps.added(0);
        assertThat(stamps.saved(afterwards, cutTick)).isZero();
        int[] restored = new int[used.length];
        for (int i = 0; i < used.length; i++) {
            assertThat(stamps.saved(used[i], cutTick)).isEqualTo(used.length - 1 - i);
            later.added(0);
            restored[i] = later.restored(stamps.saved(used[i], cutTick));
            assertThat(i == 0 || later.rank(restored[i]) < later.rank(restored[i - 1]))
                    .isTrue();
        }
        later.loading(false);
        assertThat(later.rank(later.added(0))).isZero();
        assertThat(later.rank(restored[used.length - 1])).isPositive();
        assertThat(later.rank(later.restored(0x8000 | 200)))
                .as("a counter says nothing about the time")
                .isZero();
    }

    @Test
    void shouldKeepCountsOfUsesInAnotherProcess() {
        stamps.configure(new EvictionSettings(1, EvictionPolicy.ALLKEYS_LFU, 1, 0, 1));
        int stamp = stamps.added(KEYS);
        for (int i = 0; i < 100; i++) {
            stamp = stamps.used(stamp);
        }
        int saved = stamps.saved(stamp, stamps.tick());
        AccessStamps later = new AccessStamps(2);
        later.configure(new EvictionSettings(1, EvictionPolicy.ALLKEYS_LFU, 1, 0, 1));
        later.clock(nowMs + 3_600_000);
        assertThat(later.frequency(later.restored(saved))).isEqualTo(105);
        assertThat(later.frequency(later.restored(17)))
                .as("an age says nothing about the number")
                .isEqualTo(5);
    }

    @Test
    void shouldForgetUsesInTime() {
        stamps.configure(new EvictionSettings(1, EvictionPolicy.ALLKEYS_LFU, 1, 0, 1));
        int stamp = stamps.added(KEYS);
        for (int i = 0; i < 100; i++) {
            stamp = stamps.used(stamp);
        }
        int counted = stamps.frequency(stamp);
        assertThat(counted).isGreaterThan(100);
        for (int minute = 1; minute <= 60; minute++) {
            pass(60_000);
            stamps.refreshedAll();
            stamp = stamps.refreshed(stamp);
            assertThat(stamps.frequency(stamp)).isEqualTo(counted - minute);
        }
        stamps.configure(new EvictionSettings(1, EvictionPolicy.ALLKEYS_LFU, 1, 0, 0));
        pass(3_600_000);
        stamps.refreshedAll();
        assertThat(stamps.frequency(stamp)).isEqualTo(counted - 60);
    }
}
