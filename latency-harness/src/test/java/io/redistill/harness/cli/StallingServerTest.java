// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.support.CommandLineRun;
import io.redistill.harness.support.FakeServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole harness over the loopback, against a server that stands still for 100 ms of each second: one request in ten
 * is due then and waits up to 100 ms, so that p95 is 50, p99 is 90 and p99.9 is 99 ms.
 */
class StallingServerTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long STALL_NS = 100_000_000;
    private static final double MILLISECOND_NS = 1e6;
    private static final double[] PERCENTILES = {95, 99, 99.9};
    private static final double WITHIN_MS = 2;
    private static final int ATTEMPTS = 5;
    private static final int PER_SECOND = 2_000;
    private static final int SECONDS = 15;
    private static final int WARM_UP_SECONDS = 2;

    @TempDir
    Path directory;

    /**
     * Real time on a machine that may be busy: the best of {@value #ATTEMPTS} attempts counts, which spin and sleep in
     * turns. What the percentiles must be is computed from the same schedule: those of a finite Poisson process are off the
     * ideal ones (p95 by 1.3 ms with as many requests as here, one standard deviation), those of constant arrivals are not.
     */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"constant, 1", "constant, 100", "poisson, 1", "poisson, 100"})
    void shouldFindTheStallWithinTwoMilliseconds(String arrivals, int connections) throws IOException {
        List<String> attempts = new ArrayList<>();
        double bestMs = Double.MAX_VALUE;
        while (attempts.size() < ATTEMPTS && bestMs > WITHIN_MS) {
            double ms = attempt(arrivals, connections, 1 + attempts.size(), attempts);
            bestMs = Math.min(bestMs, ms);
        }
        attempts.forEach(System.out::println);
        assertThat(bestMs).as(attempts.toString()).isLessThanOrEqualTo(WITHIN_MS);
    }

    /** How far it was off, in the worst of the percentiles, from what its schedule gives. */
    private double attempt(String arrivals, int connections, int seed, List<String> attempts) throws IOException {
        String waiting = seed % 2 == 1 ? "spin" : "block";
        try (FakeServer server = FakeServer.empty(STALL_NS)) {
            RunRecord record = run(
                    server,
                    "run-" + seed,
                    "-d",
                    SECONDS + "s",
                    "-w",
                    WARM_UP_SECONDS + "s",
                    "-r",
                    Integer.toString(PER_SECOND),
                    "--arrivals",
                    arrivals,
                    "--send",
                    waiting,
                    "--receive",
                    waiting,
                    "--seed",
                    Integer.toString(seed),
                    "-c",
                    Integer.toString(connections));
            ArrivalSchedule schedule = arrivals.equals("constant")
                    ? ArrivalSchedule.constant(PER_SECOND)
                    : ArrivalSchedule.poisson(PER_SECOND, seed);
            long offsetNs = (record.startedAtEpochMs() - server.secondsFromEpochMs()) * 1_000_000;
            long[] expected = responseTimes(schedule, offsetNs);
            assertThat(record.counts().due()).isEqualTo(expected.length);
            StringBuilder text = new StringBuilder(arrivals + " arrivals, " + connections + " connections, " + waiting
                    + ", attempt " + seed + " of " + ATTEMPTS + ":");
            double worstMs = 0;
            for (int i = 0; i < PERCENTILES.length; i++) {
                double ms =
                        record.series(Series.TOTAL_RESPONSE).at(PERCENTILES[i]).valueNs() / MILLISECOND_NS;
                int rank = (int) Math.ceil(PERCENTILES[i] * expected.length / 100 - 1e-6);
                double expectedMs = expected[rank - 1] / MILLISECOND_NS;
                worstMs = Math.max(worstMs, Math.abs(ms - expectedMs));
                text.append(
                        String.format(Locale.ROOT, " p%s %.2f ms (computed: %.2f)", PERCENTILES[i], ms, expectedMs));
            }
            attempts.add(text.append(String.format(
                            Locale.ROOT,
                            ", lateness p99.9 %.2f ms",
                            record.series(Series.LATENESS).at(99.9).valueNs() / MILLISECOND_NS))
                    .toString());
            return worstMs;
        }
    }

    /** With a server that takes no time but stands still in the first part of each of its seconds. Sorted. */
    private static long[] responseTimes(ArrivalSchedule schedule, long measuredFromNs) {
        LongStream.Builder times = LongStream.builder();
        long dueNs;
        while ((dueNs = schedule.nextNs() - WARM_UP_SECONDS * SECOND_NS) < SECONDS * SECOND_NS) {
            if (dueNs >= 0) {
                times.add(Math.max(0, STALL_NS - Math.floorMod(measuredFromNs + dueNs, SECOND_NS)));
            }
        }
        return times.build().sorted().toArray();
    }

    /** The quick version: with room for a busy machine, the open loop sees the stall and the closed one does not. */
    @Test
    void shouldShowTheStallInAnOpenLoopAndHideItInAClosedOne() throws IOException {
        RunRecord open = run("open", "-d", "2s", "-w", "200ms", "-r", "1000", "-c", "10");
        assertThat(open.series(Series.TOTAL_RESPONSE).count()).isEqualTo(2_000);
        assertThat(open.series(Series.TOTAL_RESPONSE).at(99).valueNs() / MILLISECOND_NS)
                .isGreaterThan(60);
        RunRecord closed = run("closed", "-d", "2s", "-w", "200ms", "--loop", "ping-pong");
        long stalls = 3; // that many seconds begin in two of them
        long count = closed.series(Series.TOTAL_RESPONSE).count();
        double hidden = 100 - 100.0 * (stalls + 1) / count;
        assertThat(hidden).isGreaterThan(99);
        assertThat(closed.series(Series.TOTAL_RESPONSE).at(99).valueNs() / MILLISECOND_NS)
                .isLessThan(50);
        assertThat((double) closed.series(Series.TOTAL_RESPONSE).maxNs()).isGreaterThan(90 * MILLISECOND_NS);
    }

    private RunRecord run(String name, String... more) throws IOException {
        try (FakeServer server = FakeServer.empty(STALL_NS)) {
            return run(server, name, more);
        }
    }

    private RunRecord run(FakeServer server, String name, String... more) throws IOException {
        Path output = directory.resolve(name);
        CommandLineRun.of(
                List.of("run", "-q", "-p", server.port(), "-o", output.toString(), "--commands", "GET"), more);
        return RunFolder.open(output).readSummary();
    }
}
