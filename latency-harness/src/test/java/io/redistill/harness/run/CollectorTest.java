// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.machine.ProcessUsage;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.SecondRow;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectorTest {
    private static final int SECONDS = 7;
    private static final int LANES = 2;

    private final List<CommandTemplate> commands =
            CommandMix.parse("GET=1,SET=1", false).templates();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final StringWriter shown = new StringWriter();
    private long serverCpuNs;

    private long loggedLines() {
        return logged.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("\""))
                .count();
    }

    /** Each second s of the measured part has s + 1 responses of a millisecond from each lane. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 50})
    void shouldLogAndSumEverySecondHoweverManyAreHeld(int mostHeld) {
        List<Lane> lanes = List.of(new Lane(commands.size(), mostHeld), new Lane(commands.size(), mostHeld));
        try (HiccupRecorder hiccups = new HiccupRecorder("hiccups", null, HiccupRecorder.SLEEP_NS);
                IntervalLogWriter log = new IntervalLogWriter(logged, 0, "test")) {
            Collector collector = new Collector(
                    lanes,
                    commands,
                    mostHeld,
                    log,
                    new Progress(new PrintWriter(shown), false),
                    () -> new ProcessUsage(serverCpuNs += 1_000, 1, 1),
                    0,
                    hiccups,
                    null);
            for (int second = -1; second < SECONDS; second++) {
                for (Lane lane : lanes) {
                    IntervalSet set = new IntervalSet(commands.size());
                    set.startNs = TimeUnit.SECONDS.toNanos(second);
                    set.endNs = TimeUnit.SECONDS.toNanos(second + 1);
                    set.replies = second + 1;
                    set.response(0).recordValueWithCount(1_000_000, second + 1);
                    set.lateness().recordValueWithCount(1_000, second + 1);
                    if (second == SECONDS - 1) {
                        lane.last(set);
                    } else {
                        assertThat(lane.exchange(set)).isNotSameAs(set);
                    }
                }
                collector.look();
            }
            assertThat(collector.rows()).hasSize(Math.max(0, SECONDS + 1 - mostHeld));
            collector.finish();

            long each = (long) SECONDS * (SECONDS + 1) / 2;
            assertThat(collector.totals().replies).isEqualTo(LANES * each);
            assertThat(collector.totals().response.getTotalCount()).isEqualTo(LANES * each);
            assertThat(collector.totals().lateness.getTotalCount()).isEqualTo(LANES * each);
            assertThat(collector.rows()).extracting(SecondRow::second).containsExactly(-1, 0, 1, 2, 3, 4, 5, 6);
            assertThat(collector.rows())
                    .extracting(SecondRow::replies)
                    .containsExactly(0L, 2L, 4L, 6L, 8L, 10L, 12L, 14L);
            assertThat(collector.endNs()).isEqualTo(TimeUnit.SECONDS.toNanos(SECONDS));
        }
        int tags = 2 + 2 * commands.size() + 2; // totals, a pair for each command, lateness, hiccups
        assertThat(loggedLines()).isEqualTo((long) SECONDS * tags);
        assertThat(shown.toString().lines()).hasSize(SECONDS + 1);
    }

    @Test
    void shouldHoldNothingWhereASecondTakesTooMuch() {
        assertThat(Collector.mostHeld(1, 2)).isBetween(20, 100);
        assertThat(Collector.mostHeld(64, 8)).isZero();
    }
}
