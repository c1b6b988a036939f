// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ArrivalScheduleTest {
    @Test
    void shouldSpaceConstantArrivalsEvenly() {
        assertThat(first(ArrivalSchedule.constant(4), 6))
                .containsExactly(0, 250_000_000, 500_000_000, 750_000_000, 1_000_000_000, 1_250_000_000);
    }

    @Test
    void shouldKeepTheRateWhereTheGapIsNoWholeNumber() {
        long[] times = first(ArrivalSchedule.constant(3), 3 * 1_000 + 1);
        assertThat(times[1]).isEqualTo(333_333_333);
        assertThat(times[2]).isEqualTo(666_666_666);
        assertThat(times[3_000]).isEqualTo(1_000_000_000_000L);
    }

    @Test
    void shouldRepeatPoissonArrivalsOfASeedAndOnlyThose() {
        long[] times = first(ArrivalSchedule.poisson(1_000, 5), 1_000);
        assertThat(first(ArrivalSchedule.poisson(1_000, 5), 1_000))
                .isEqualTo(times)
                .isSorted();
        assertThat(first(ArrivalSchedule.poisson(1_000, 6), 1_000)).isNotEqualTo(times);
    }

    /** Of exponential gaps 1/e are longer than the mean, 1/e^2 longer than twice the mean; the seed is fixed. */
    @Test
    void shouldSpacePoissonArrivalsExponentially() {
        int count = 200_000;
        long[] times = first(ArrivalSchedule.poisson(1_000, 7), count);
        double meanGapNs = 1e6;
        long longer = 0;
        long muchLonger = 0;
        for (int i = 1; i < count; i++) {
            longer += times[i] - times[i - 1] > meanGapNs ? 1 : 0;
            muchLonger += times[i] - times[i - 1] > 2 * meanGapNs ? 1 : 0;
        }
        assertThat(times[count - 1] / (double) count).isCloseTo(meanGapNs, within(meanGapNs * 0.01));
        assertThat(longer / (double) count).isCloseTo(Math.exp(-1), within(0.005));
        assertThat(muchLonger / (double) count).isCloseTo(Math.exp(-2), within(0.005));
    }

    @Test
    void shouldMakeBurstsAndReplayTimes() {
        assertThat(first(ArrivalSchedule.burst(2, 50), 5)).containsExactly(0, 0, 50, 50, 100);
        assertThat(first(ArrivalSchedule.replay(new long[] {3, 4, 9}), 4))
                .containsExactly(3, 4, 9, ArrivalSchedule.NONE);
        assertThatIllegalArgumentException().isThrownBy(() -> ArrivalSchedule.burst(0, 1));
    }

    @Test
    void shouldMakeBatches() {
        ArrivalSchedule batches = ArrivalSchedule.batches(ArrivalSchedule.burst(1, 50), 3);
        assertThat(first(batches, 7)).containsExactly(0, 0, 0, 50, 50, 50, 100);
        assertThat(batches.inARow()).isEqualTo(3);
        assertThat(ArrivalSchedule.batches(ArrivalSchedule.constant(10), 1).inARow())
                .isEqualTo(1);
        assertThat(first(ArrivalSchedule.batches(ArrivalSchedule.replay(new long[] {3}), 2), 3))
                .containsExactly(3, 3, ArrivalSchedule.NONE);
    }

    @Test
    void shouldDealASchedule() {
        assertThat(first(ArrivalSchedule.share(ArrivalSchedule.constant(10), 0, 3), 3))
                .containsExactly(0, 300_000_000, 600_000_000);
        assertThat(first(ArrivalSchedule.share(ArrivalSchedule.constant(10), 2, 3), 2))
                .containsExactly(200_000_000, 500_000_000);
    }

    @Test
    void shouldRefuseRatesThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> ArrivalSchedule.constant(0));
        assertThatIllegalArgumentException().isThrownBy(() -> ArrivalSchedule.poisson(-1, 1));
    }

    private static long[] first(ArrivalSchedule schedule, int count) {
        return LongStream.generate(schedule::nextNs).limit(count).toArray();
    }
}
