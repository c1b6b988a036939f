// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.Draw;
import io.redistill.harness.load.KeyDistribution;
import io.redistill.harness.load.RandomStream;
import io.redistill.harness.load.WeightedRanges;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loop that measures servers, against one whose response times can be computed. */
class TruthTest {
    private static final long SECOND_NS = SimulatedServer.SECOND_NS;
    private static final long STALL_NS = 100_000_000;
    private static final long WORK_NS = 100_000;
    private static final int PER_SECOND = 1_000;
    private static final int SECONDS = 10;
    private static final int WARM_UP_SECONDS = 2;
    private static final double[] PERCENTILES = {1, 50, 75, 88, 89, 90, 95, 98, 99, 99.5, 99.9, 99.99, 100};

    @ParameterizedTest
    @CsvSource({"constant, 1", "constant, 100", "poisson, 1", "poisson, 100"})
    void shouldReportExactlyTheResponseTimesThatCanBeComputed(String arrivals, int connections) throws IOException {
        Supplier<ArrivalSchedule> schedule = () -> arrivals.equals("constant")
                ? ArrivalSchedule.constant(PER_SECOND)
                : ArrivalSchedule.poisson(PER_SECOND, 42);
        Recorded recorded = run(schedule.get(), connections, open(1 << 12, 1 << 12));
        long[] expected = responseTimes(schedule.get());
        assertThat(recorded.set.replies).isEqualTo(expected.length);
        assertThat(recorded.set.due).isEqualTo(expected.length);
        assertThat(recorded.set.sent).isEqualTo(expected.length);
        assertThat(recorded.set.misses).isEqualTo(expected.length);
        assertThat(recorded.set.lost).isZero();
        assertPercentiles(expected, recorded.set.response(0));
        // Nothing held it up, so that it was sent when it was due, whatever was under way.
        assertPercentiles(expected, recorded.set.service(0));
        assertThat(recorded.set.lateness().getMaxValue()).isZero();
        assertThat(recorded.loop.slowest().size()).isEqualTo(SlowestRequests.COUNT);
        long slowestNs = 0;
        long fastestNs = Long.MAX_VALUE;
        for (int i = 0; i < SlowestRequests.COUNT; i++) {
            slowestNs = Math.max(slowestNs, recorded.loop.slowest().responseNs(i));
            fastestNs = Math.min(fastestNs, recorded.loop.slowest().responseNs(i));
            assertThat(recorded.loop.slowest().dueNs(i)).isNotNegative(); // none of the warm-up
        }
        assertThat(slowestNs).isEqualTo(expected[expected.length - 1]);
        assertThat(fastestNs).isEqualTo(expected[expected.length - SlowestRequests.COUNT]);
    }

    /** Behind a stall all connections have replies at once, and reading them all takes ten times as long as one is due. */
    @Test
    void shouldSendWhatIsDueBetweenTheRepliesOfABurst() throws IOException {
        long readNs = 100_000;
        SimulatedServer server = new SimulatedServer(100, 1_000, STALL_NS).readingTakes(readNs);
        Recorded recorded = run(server, ArrivalSchedule.constant(PER_SECOND), 100, open(1 << 12, 1 << 12));
        assertThat(recorded.set.replies).isEqualTo(PER_SECOND * SECONDS);
        assertThat(recorded.set.response(0).getMaxValue()).isGreaterThan(STALL_NS);
        assertThat(recorded.set.lateness().getMaxValue()).isBetween(1L, readNs);
    }

    /** With one request under way at a time the queue is on this side, and only response times show it. */
    @Test
    void shouldCountTheWaitForTheConnectionInResponseTimesAndNotAsItsOwnLateness() throws IOException {
        Recorded recorded = run(ArrivalSchedule.constant(PER_SECOND), 1, open(1, 1 << 12));
        long[] expected = responseTimes(ArrivalSchedule.constant(PER_SECOND));
        assertPercentiles(expected, recorded.set.response(0));
        long[] service = new long[expected.length];
        Arrays.fill(service, WORK_NS);
        Arrays.fill(service, expected.length - SECONDS, expected.length, STALL_NS + WORK_NS);
        assertPercentiles(service, recorded.set.service(0));
        assertThat(recorded.set.lateness().getMaxValue()).isZero();
    }

    /** A full queue holds the schedule up; what was due meanwhile keeps its time. */
    @Test
    void shouldKeepIntendedTimesWhenTheQueueIsFull() throws IOException {
        Recorded recorded = run(ArrivalSchedule.constant(PER_SECOND), 1, open(4, 8));
        long[] expected = responseTimes(ArrivalSchedule.constant(PER_SECOND));
        assertPercentiles(expected, recorded.set.response(0));
        assertThat(recorded.set.blocked).isPositive();
    }

    /** Each batch is one write to one connection, and each of its requests is measured from the time of all. */
    @Test
    void shouldSendABatchInOnePiece() throws IOException {
        int size = 16;
        Supplier<ArrivalSchedule> schedule =
                () -> ArrivalSchedule.batches(ArrivalSchedule.constant(PER_SECOND / size), size);
        SimulatedServer server = new SimulatedServer(10, WORK_NS, STALL_NS);
        Recorded recorded = run(server, schedule.get(), 10, open(1 << 12, 1 << 12));
        assertPercentiles(responseTimes(schedule.get()), recorded.set.response(0));
        assertThat(server.writes()).isEqualTo((WARM_UP_SECONDS + SECONDS) * (PER_SECOND / size));
    }

    /** The same server under a closed loop: one request a second sees the stall, 1 in 8,000 instead of 1 in 10. */
    @Test
    void shouldShowWhatAClosedLoopLeavesOut() throws IOException {
        Recorded closed = run(
                ArrivalSchedule.constant(1),
                1,
                new LoopSettings(
                        false,
                        1,
                        true,
                        true,
                        WARM_UP_SECONDS * SECOND_NS,
                        SECONDS * SECOND_NS,
                        SECOND_NS,
                        0,
                        Long.MAX_VALUE,
                        16,
                        List.of()));
        Histogram histogram = closed.set.response(0);
        long perSecond = (SECOND_NS - STALL_NS) / WORK_NS;
        assertThat(histogram.getTotalCount()).isBetween(SECONDS * perSecond - SECONDS, SECONDS * perSecond + SECONDS);
        assertThat(histogram.getValueAtPercentile(99.9)).isEqualTo(histogram.highestEquivalentValue(WORK_NS));
        assertThat(histogram.getMaxValue()).isGreaterThanOrEqualTo(STALL_NS);
    }

    @Test
    void shouldRecordWhatIsNeverAnsweredWithItsAge() throws IOException {
        // The server needs longer for the first request than run and drain take.
        SimulatedServer server = new SimulatedServer(1, 60 * SECOND_NS, 0);
        Recorded recorded = run(server, ArrivalSchedule.constant(1), 1, open(100, 128));
        assertThat(recorded.set.lost).isEqualTo(SECONDS);
        assertThat(recorded.set.replies).isZero();
        assertThat(recorded.set.response(0).getTotalCount()).isEqualTo(SECONDS);
        long ageOfFirstNs = (SECONDS + 1) * SECOND_NS; // the drain ends one second after the end
        assertThat(recorded.set.response(0).getMaxValue())
                .isEqualTo(recorded.set.response(0).highestEquivalentValue(ageOfFirstNs));
    }

    /** When nothing is under way at the end there is nothing to wait for. */
    @Test
    void shouldEndWhenItsTimeIsUp() throws IOException {
        Recorded recorded = run(new SimulatedServer(1, WORK_NS, 0), ArrivalSchedule.constant(2), 1, open(1, 16));
        assertThat(recorded.set.replies).isEqualTo(2 * SECONDS);
        assertThat(recorded.set.endNs).isEqualTo(SECONDS * SECOND_NS);
    }

    private static LoopSettings open(int depth, int queueCapacity) {
        return new LoopSettings(
                true,
                depth,
                true,
                true,
                WARM_UP_SECONDS * SECOND_NS,
                SECONDS * SECOND_NS,
                SECOND_NS,
                0,
                Long.MAX_VALUE,
                queueCapacity,
                List.of());
    }

    private record Recorded(IntervalSet set, GeneratorLoop loop) {}

    private static Recorded run(ArrivalSchedule schedule, int connections, LoopSettings settings) throws IOException {
        return run(new SimulatedServer(connections, WORK_NS, STALL_NS), schedule, connections, settings);
    }

    private static Recorded run(
            SimulatedServer server, ArrivalSchedule schedule, int connections, LoopSettings settings)
            throws IOException {
        List<Draw> draws = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            WeightedRanges one = WeightedRanges.parse("1", Long::parseLong);
            draws.add(new Draw(new RandomStream(1, i), KeyDistribution.uniform(1_000), one, one, Draw.valuePool(1, 1)));
        }
        // The measured part in one set, so that its histograms are those of the whole run.
        IntervalSet measured = new IntervalSet(1);
        IntervalSink sink = new IntervalSink() {
            @Override
            public IntervalSet exchange(IntervalSet full) {
                return full.startNs < 0 && full.endNs >= 0 ? measured : full;
            }

            @Override
            public void last(IntervalSet full) {
                assertThat(full).isSameAs(measured);
            }
        };
        GeneratorLoop loop = new GeneratorLoop(
                server.clock(),
                server,
                schedule,
                CommandMix.parse("GET", false),
                draws,
                0,
                1,
                settings,
                new IntervalSet(1),
                sink);
        loop.connect(SECOND_NS);
        loop.run(WARM_UP_SECONDS * SECOND_NS);
        return new Recorded(measured, loop);
    }

    /** Computed without the loop: requests in the order of their due times, one server. Sorted, warm-up left out. */
    private static long[] responseTimes(ArrivalSchedule schedule) {
        long[] times = new long[2 * SECONDS * PER_SECOND];
        int count = 0;
        long freeAtNs = 0;
        long dueNs;
        while ((dueNs = schedule.nextNs()) < (WARM_UP_SECONDS + SECONDS) * SECOND_NS) {
            freeAtNs = SimulatedServer.answeredAt(dueNs, freeAtNs, WORK_NS, STALL_NS);
            if (dueNs >= WARM_UP_SECONDS * SECOND_NS) {
                times[count++] = freeAtNs - dueNs;
            }
        }
        long[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private static void assertPercentiles(long[] sorted, Histogram recorded) {
        assertThat(recorded.getTotalCount()).isEqualTo(sorted.length);
        for (double percentile : PERCENTILES) {
            int rank = (int) Math.max(1, Math.ceil(percentile * sorted.length / 100 - 1e-6));
            assertThat(recorded.getValueAtPercentile(percentile))
                    .as("percentile " + percentile)
                    .isEqualTo(recorded.highestEquivalentValue(sorted[rank - 1]));
        }
    }
}
