// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.duel;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.FakeServer;
import io.redistill.harness.HarnessRun;
import io.redistill.harness.SimulatedRun;
import io.redistill.harness.SimulatedRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class DuelCommandTest {
    @TempDir
    Path directory;

    private final List<Long> pids = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private double factor = 1;
    private int seconds = 3;
    private int invalidRuns;
    private final SimulatedRuns runs = new SimulatedRuns((number, options) -> {
        ProcessHandle server = ProcessHandle.of(Long.parseLong(SimulatedRuns.value(options, "--server-pid")))
                .orElseThrow();
        pids.add(server.pid());
        String words = String.join(" ", server.info().arguments().orElse(new String[0]));
        commands.add(words.contains("-Djudged=1") ? "server" : "other");
        SimulatedRun run = new SimulatedRun(number)
                .port(Integer.parseInt(SimulatedRuns.value(options, "--port")))
                .calm()
                .seconds(seconds)
                .medianNs(words.contains("-Djudged=1") ? 60_000 * factor : 60_000);
        return number <= invalidRuns ? run.invalid() : run;
    });

    private HarnessRun duel(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--output", output().toString()));
        arguments.addAll(Arrays.asList(options));
        return HarnessRun.of(new CommandLine(new DuelCommand(runs)), arguments.toArray());
    }

    private HarnessRun duelOfFakes(String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("--server", FakeServer.command("-Djudged=1"), "--other", FakeServer.command("-Djudged=0")));
        arguments.addAll(Arrays.asList(options));
        return duel(arguments.toArray(new String[0]));
    }

    private Path output() {
        return directory.resolve("duel");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldRunBothInTurnsAndStopThem() throws Exception {
        HarnessRun run = duelOfFakes("--pairs", "4", "--connections", "7", "--server-cpus", "0");
        assertThat(run.out()).contains("verdict: same (bootstrap over 4 pairs of runs");
        assertThat(run.exitCode()).isZero();
        assertThat(commands)
                .containsExactly("server", "other", "other", "server", "server", "other", "other", "server");
        assertThat(pids)
                .doesNotHaveDuplicates()
                .allSatisfy(pid -> assertThat(ProcessHandle.of(pid)
                                .map(ProcessHandle::isAlive)
                                .orElse(false))
                        .isFalse());
        assertThat(runs.calls())
                .allSatisfy(options ->
                        assertThat(options).startsWith("--connections", "7", "--host", "127.0.0.1", "--port"));
        assertThat(output().resolve("server/run-01.log")).exists();
        assertThat(Files.readString(output().resolve("comparison.html")))
                .contains("Both are the same", "Run by run", "judged=1");
        assertThat(output().resolve("comparison.json")).exists();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFindTheServerWorse() {
        factor = 1.1;
        seconds = 20;
        HarnessRun run = duelOfFakes("--pairs", "1", "--margin", "1%");
        assertThat(run.out()).contains("verdict: worse (bootstrap over blocks");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldMakeInvalidRunsAgainAsOftenAsAllowed() {
        seconds = 20;
        invalidRuns = 2;
        HarnessRun run = duelOfFakes("--pairs", "1", "--tries", "3");
        assertThat(commands).containsExactly("server", "server", "server", "other");
        assertThat(run.out()).contains("run-01", "INVALID: lateness", "verdict: same");
        assertThat(run.exitCode()).isEqualTo(0);
        assertThat(output().resolve("invalid/server-run-01-1/summary.json")).exists();
        assertThat(output().resolve("invalid/server-run-01-2/summary.json")).exists();
        assertThat(output().resolve("server/run-01/summary.json")).exists();
        assertThat(output().resolve("other/run-01/summary.json")).exists();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldNotTryAgainAfterARunThatStayedInvalid() {
        seconds = 20;
        invalidRuns = 3;
        HarnessRun run = duelOfFakes("--pairs", "1", "--tries", "2");
        assertThat(commands).containsExactly("server", "server", "other");
        assertThat(run.out()).contains("INVALID: lateness", "verdict: no verdict");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(output().resolve("invalid/server-run-01-2")).doesNotExist();
        assertThat(output().resolve("server/run-01/summary.json")).exists();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldEndWhenAServerCannotBeStarted() {
        HarnessRun run = duel("--server", "no-such-server-anywhere %PORT%", "--other", FakeServer.command());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("ended with 127 before it answered", "no-such-server-anywhere");
        assertThat(runs.calls()).isEmpty();
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--other=x%PORT% | Missing required option: '--server=COMMAND'",
                "--server=x --other=x%PORT% | --server='x' has no %PORT%, where its port goes",
                "--server=x%PORT% --other=y | --other='y' has no %PORT%, where its port goes",
                "--server=x%PORT% --other=x%PORT% --pairs 0 | --pairs=0 is not between 1 and 1000",
                "--server=x%PORT% --other=x%PORT% --tries 0 | --tries=0 is not between 1 and 100",
                "--server=x%PORT% --other=x%PORT% --ready-within 0 | --ready-within=0 is not between 1 and 3600",
                "--server=x%PORT% --other=x%PORT% --server-cpus a | --server-cpus=a is no list of processors",
                "--server=x%PORT% --other=x%PORT% --margin 5 | '5' is no share in percent",
                "--server=x%PORT% --other=x%PORT% --confidence 1% | --confidence=1.0% is not between 50% and",
                "--server=x%PORT% --other=x%PORT% -h nowhere | -h is set by duel itself",
                "--server=x%PORT% --other=x%PORT% --port 5 | --port is set by duel itself",
                "--server=x%PORT% --other=x%PORT% --wrong | Unknown option: '--wrong'"
            })
    void shouldSayWhatIsAllowed(String options, String message) {
        HarnessRun run = duel(options.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(output()).doesNotExist();
    }
}
