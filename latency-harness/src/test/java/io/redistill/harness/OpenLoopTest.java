// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The loop against a server whose delays are known, on a clock that only they and waiting move. */
class OpenLoopTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GAP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WORK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int PER_SECOND = 1_000;
    private static final int SECONDS = 10;
    private static final double[] PERCENTILES = {0, 1, 50, 75, 88, 89, 90, 95, 98, 99, 99.5, 99.9, 99.99, 100};

    private final SimulatedClock clock = new SimulatedClock();
    private final LatencyRecorder recorder = new LatencyRecorder(60 * SECOND_NS);

    /** A server that does nothing in the first 100 ms of each second, and otherwise needs 0.1 ms for a request. */
    private void stallingServer() {
        long inSecond = clock.nowNs % SECOND_NS;
        if (inSecond < STALL_NS) {
            clock.nowNs += STALL_NS - inSecond;
        }
        clock.nowNs += WORK_NS;
    }

    @Test
    void shouldFindTheResponseTimesOfAServerThatStalls() {
        new OpenLoop(ArrivalSchedule.constant(PER_SECOND), clock, recorder)
                .run(0, SECONDS * SECOND_NS, this::stallingServer);

        assertThat(recorder.count()).isEqualTo((long) SECONDS * PER_SECOND);
        assertPercentiles(responseTimesOfASecond(), recorder.responseTimes());
        // What the server saw: one long request a second, which a loop that counts from sending would report.
        long[] service = new long[PER_SECOND];
        Arrays.fill(service, WORK_NS);
        service[PER_SECOND - 1] = STALL_NS + WORK_NS;
        assertPercentiles(service, recorder.serviceTimes());
        assertThat(recorder.responseNs(95)).isGreaterThan(50 * GAP_NS);
        assertThat(recorder.serviceNs(99.8)).isLessThan(2 * WORK_NS);
    }

    /**
     * By hand: the requests due in the stall, at 0, 1, 2 … ms, are answered from 100 ms on, one each 0.1 ms, and so are
     * those that come before the queue is empty: number i at 100 + (i + 1) / 10 ms, until i is due later than that of
     * its predecessor. The rest takes 0.1 ms.
     */
    private static long[] responseTimesOfASecond() {
        long[] times = new long[PER_SECOND];
        Arrays.fill(times, WORK_NS);
        for (int i = 0; i < 112; i++) {
            times[i] = STALL_NS + (i + 1) * WORK_NS - i * GAP_NS;
        }
        Arrays.sort(times);
        return times;
    }

    /** Every second is like the others, so the percentiles of one are those of all. */
    private static void assertPercentiles(long[] sortedOfASecond, Histogram recorded) {
        for (double percentile : PERCENTILES) {
            int rank = Math.max(1, (int) Math.round(percentile * SECONDS * PER_SECOND / 100)); // whole numbers all
            long exact = sortedOfASecond[(rank - 1) / SECONDS];
            assertThat(recorded.getValueAtPercentile(percentile))
                    .as("percentile " + percentile)
                    .isEqualTo(
                            percentile == 0
                                    ? recorded.lowestEquivalentValue(exact)
                                    : recorded.highestEquivalentValue(exact));
        }
    }

    @Test
    void shouldMakeRequestsThatWereDueInAStallAtOnceAndNoneBeforeItIsDue() {
        long[] sent = new long[4];
        int[] count = {0};
        new OpenLoop(ArrivalSchedule.constant(10), clock, recorder).run(0, 4 * SECOND_NS / 10, () -> {
            sent[count[0]++] = clock.nowNs;
            clock.nowNs += count[0] == 1 ? 250_000_000 : 1_000;
        });
        assertThat(sent).containsExactly(0, 250_000_000, 250_001_000, 300_000_000);
    }

    @Test
    void shouldNotRecordTheWarmUp() {
        new OpenLoop(ArrivalSchedule.constant(PER_SECOND), clock, recorder).run(SECOND_NS, 3 * SECOND_NS, () -> {
            clock.nowNs += clock.nowNs < SECOND_NS ? 900_000 : 100;
        });
        assertThat(recorder.count()).isEqualTo(2 * PER_SECOND);
        assertThat(recorder.responseNs(100)).isEqualTo(100);
    }

    @Test
    void shouldReachTheTimeWaitedForOnTheSystemsClock() {
        long timeNs = HarnessClock.SYSTEM.nowNs() + 2_000_000;
        HarnessClock.SYSTEM.awaitNs(timeNs);
        assertThat(HarnessClock.SYSTEM.nowNs() - timeNs).isNotNegative();
    }

    private static final class SimulatedClock implements HarnessClock {
        private long nowNs;

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public void awaitNs(long timeNs) {
            nowNs = Math.max(nowNs, timeNs);
        }
    }
}
