// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.harness.HarnessRun;
import io.redistill.harness.SimulatedRun;
import io.redistill.harness.SimulatedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SweepCommandTest {
    /** A queue with one server: the median grows as the rate comes near to this. */
    private static final double CAPACITY = 10_000;

    @TempDir
    Path directory;

    private long invalidFrom = Long.MAX_VALUE;
    private int disturbedRun;
    private final SimulatedRuns runs = new SimulatedRuns((number, options) -> {
        int rate = Integer.parseInt(SimulatedRuns.value(options, "--rate"));
        double load = Math.min(rate / CAPACITY, 0.99);
        SimulatedRun run = new SimulatedRun(number)
                .calm()
                .seconds(2)
                .perSecond(rate)
                .medianNs(50_000 / (1 - load) * (number == disturbedRun ? 100 : 1));
        return rate >= invalidFrom ? run.invalid() : run;
    });

    private HarnessRun sweep(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--output", output().toString()));
        arguments.addAll(Arrays.asList(options));
        return HarnessRun.of(new CommandLine(new SweepCommand(runs)), arguments.toArray());
    }

    private Path output() {
        return directory.resolve("sweep");
    }

    @Test
    void shouldFindTheHighestRateThatKeepsTheBound() throws IOException {
        // p50 of 250 us is reached at a load of 0.8.
        HarnessRun run = sweep("--slo", "p50=250us", "--from", "500", "--port", "7000");
        assertThat(run.exitCode()).isZero();
        JsonNode json = new JsonMapper().readTree(output().resolve("sweep.json").toFile());
        assertThat(json.at("/result/end").asText()).isEqualTo("FOUND");
        assertThat(json.at("/result/highestKept").asLong()).isBetween(7_400L, 8_200L);
        assertThat(json.at("/result/lowestMissed").asLong())
                .isGreaterThan(json.at("/result/highestKept").asLong())
                .isLessThanOrEqualTo((long) (json.at("/result/highestKept").asLong() * 1.05));
        assertThat(runs.calls().size()).isLessThan(20);
        assertThat(runs.calls())
                .allSatisfy(options ->
                        assertThat(SimulatedRuns.value(options, "--port")).isEqualTo("7000"));
        assertThat(Files.readString(output().resolve("sweep.html")))
                .contains("is the highest rate measured with p50 within 250 us", "knee:", "kept:", "p50 250 us")
                .doesNotContain("http://", "https://", "NaN");
        assertThat(run.out()).contains("missed: p50 is");
    }

    @Test
    void shouldNotLetOneDisturbedRunEndTheSearch() {
        disturbedRun = 2;
        HarnessRun run = sweep("--slo", "p50=250us", "--from", "500", "--to", "2000");
        assertThat(run.out()).contains("2,000/s is the highest rate measured", "the server may keep more");
        assertThat(runs.calls()).hasSize(4);
    }

    @Test
    void shouldCountOneTryWhenToldSo() {
        disturbedRun = 2;
        sweep("--slo", "p50=250us", "--from", "500", "--to", "2000", "--tries", "1");
        assertThat(SimulatedRuns.value(runs.calls().get(2), "--rate")).isEqualTo("707");
    }

    @Test
    void shouldStopAfterSoManyRuns() {
        HarnessRun run = sweep("--slo", "p50=250us", "--from", "500", "--most-runs", "3");
        assertThat(runs.calls()).hasSize(3);
        assertThat(run.out()).contains("2,000/s is the highest rate measured", "no run was left to look further");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void shouldStopAtTheResolution() {
        sweep("--slo", "p50=250us", "--from", "500", "--resolution", "50");
        // 500 to 16000, missed twice there, and one halving of the gap from 4000 or 8000.
        assertThat(runs.calls().size()).isLessThanOrEqualTo(9);
    }

    @Test
    void shouldAnswerOneWhenTheLowestRateMisses() {
        HarnessRun run = sweep("--slo", "p50=10us");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("The lowest rate of 1,000/s already misses p50 within 10 us");
    }

    @Test
    void shouldAnswerOneWhenLessThanEnoughWasFound() {
        assertThat(sweep("--slo", "p50=250us", "--from", "500", "--to", "2000", "--at-least", "2001")
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void shouldAnswerThreeWhenTheGeneratorCannotKeepTheLowestRate() {
        invalidFrom = 0;
        HarnessRun run = sweep("--slo", "p50=250us");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).contains("INVALID: lateness p99.9", "nothing was learned of the server");
    }

    @Test
    void shouldSayThatTheGeneratorWasTheLimit() {
        invalidFrom = 1_500;
        HarnessRun run = sweep("--slo", "p50=250us", "--from", "500");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("the generator could not keep its schedule, the server may keep more");
    }

    @Test
    void shouldGiveNoVerdictOnTooFewSamples() {
        HarnessRun run = sweep("--slo", "p99.99=1s", "--to", "2000");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).contains("too few samples");
    }

    @Test
    void shouldKeepEveryBound() {
        HarnessRun run = sweep("--slo", "p50=1s", "--slo", "max=10us");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("p50 within 1 s and max within 10 us");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--from 1 | Missing required option: '--slo=PERCENTILE=TIME'",
                "--slo fast | 'fast' is no bound: give a percentile and a time in ns, us, ms or s, e.g. p99.9=1ms",
                "--slo p98=1ms | the percentile is none of p50, p75, p90, p95, p99, p99.9, p99.99, p99.999, max",
                "--slo p50=0us | the time is not above 0",
                "--slo p50=1ms --from 0 | --from=0 and --to=1000000 are not 1 or more in this order",
                "--slo p50=1ms --from 10 --to 5 | --from=10 and --to=5 are not 1 or more in this order",
                "--slo p50=1ms --to 2000000000 | --to=2000000000 is above 1000000000",
                "--slo p50=1ms --resolution 0 | --resolution=0.0 is not between 0.1 and 100",
                "--slo p50=1ms --most-runs 0 | --most-runs=0 is not between 1 and 1000",
                "--slo p50=1ms --tries 11 | --tries=11 is not between 1 and 10",
                "--slo p50=1ms --at-least -1 | --at-least=-1 is below 0",
                "--slo p50=1ms -r5 | --rate is what sweep looks for: use --from and --to",
                "--slo p50=1ms --rate 5 | --rate is what sweep looks for: use --from and --to",
                "--slo p50=1ms --wrong | Unknown option: '--wrong'"
            })
    void shouldSayWhatIsAllowed(String options, String message) {
        HarnessRun run = sweep(options.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(runs.calls()).isEmpty();
        assertThat(output()).doesNotExist();
    }
}
