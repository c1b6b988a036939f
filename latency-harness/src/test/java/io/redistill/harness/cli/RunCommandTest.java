// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.support.CommandLineRun;
import io.redistill.harness.support.FakeServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options through the command line, against a server that counts what it gets. */
class RunCommandTest {
    @TempDir
    Path directory;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = directory.resolve("run");
    }

    private CommandLineRun run(FakeServer server, String... more) {
        return CommandLineRun.of(
                List.of(
                        "run",
                        "-p",
                        server.port(),
                        "-o",
                        output.toString(),
                        "-d",
                        "100ms",
                        "-w",
                        "50ms",
                        "-r",
                        "3000",
                        "-c",
                        "4",
                        "--send",
                        "block",
                        "--receive",
                        "block",
                        "-k",
                        "100"),
                more);
    }

    private RunRecord record() throws IOException {
        return RunFolder.open(output).readSummary();
    }

    @Test
    void shouldMakeAsManyRequestsAsWereAskedForAndSendNoOtherCommand() throws IOException {
        try (FakeServer server = FakeServer.empty(0)) {
            CommandLineRun run = run(server, "--commands", "GET=3,SET=1", "--seed", "7");
            RunRecord record = record();
            assertThat(run.out()).contains("open loop, constant arrivals", "written to " + output);
            assertThat(record.end()).isEqualTo(RunRecord.COMPLETE);
            assertThat(record.counts().due()).isEqualTo(300);
            assertThat(record.counts().sent()).isEqualTo(300);
            assertThat(record.counts().replies()).isEqualTo(300);
            assertThat(record.counts().warmUpRequests()).isEqualTo(150);
            assertThat(record.series(Series.TOTAL_RESPONSE).count()).isEqualTo(300);
            assertThat(record.series("GET.response").count()
                            + record.series("SET.response").count())
                    .isEqualTo(300);
            assertThat(record.series("GET.service").count()).isBetween(180L, 270L);
            assertThat(record.counts().misses())
                    .isEqualTo(record.series("GET.response").count());
            assertThat(record.configuration().options()).containsEntry("rate", "3000");
            assertThat(server.count("GET") + server.count("SET")).isEqualTo(450);
            assertThat(server.count("HELLO") + server.count("CLIENT") + server.count("AUTH"))
                    .isZero();
            RunFolder folder = RunFolder.open(output);
            assertThat(folder.readTotal(Series.TOTAL_RESPONSE).getTotalCount()).isEqualTo(300);
            assertThat(folder.readSlowest()).hasSize(20).isEqualTo(record.slowest());
            assertThat(folder.readSeconds()).extracting("second").contains(-1, 0);
            assertThat(output.resolve(RunFolder.REPORT)).isNotEmptyFile();
            assertThat(output.resolve("GET.response.hgrm")).isNotEmptyFile();
        }
    }

    @Test
    void shouldIntroduceItselfAsAsked() throws IOException {
        try (FakeServer server = FakeServer.empty(0)) {
            run(server, "--resp", "3", "--user", "u", "--password", "secret1", "-n", "2", "--client-name", "me");
            assertThat(record().end()).isEqualTo(RunRecord.COMPLETE);
            assertThat(server.count("HELLO")).isEqualTo(5); // four connections and the one beside them
            assertThat(server.count("SELECT")).isEqualTo(5);
            assertThat(server.count("CLIENT")).isEqualTo(5);
            assertThat(server.count("AUTH")).isZero();
            assertThat(Files.readString(output.resolve(RunFolder.SUMMARY))).doesNotContain("secret1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--arrivals poisson --rate 2k, open loop, poisson",
        "--batch 8 --pipeline 16, open loop, 'constant, 8 at a time'",
        "--batch 8 --arrivals poisson -t 2, open loop, 'poisson, 8 at a time'",
        "--arrivals burst --burst-size 20 --burst-every 50ms, open loop, burst",
        "--loop closed --depth 3 -t 2, closed loop, none",
        "--loop ping-pong, ping-pong, none",
        "--send spin --receive block, open loop, constant",
        "--send block --receive spin --pipeline 1 -t 2, open loop, constant",
        "--key-distribution zipf --zipf-exponent 1.2 --value-size 16-1k:3;4k --ttl 1s-5s, open loop, constant",
        "--key-distribution hot --hot-keys 5 --hot-share 0.5, open loop, constant",
        "--key-distribution sequential --prefill, open loop, constant",
        "--disturb info@20ms+50ms/10ms --disturb storm@20ms+50ms, open loop, constant",
        "--disturb eviction@20ms+50ms --drain 1s --give-up 1s --label x --pin 0 --server-cpus 0, open loop, constant"
    })
    void shouldRunWithOptions(String options, String loop, String arrivals) throws IOException {
        try (FakeServer server = FakeServer.empty(0)) {
            run(server, options.replace(';', ',').split(" "));
            RunRecord record = record();
            assertThat(record.end()).isEqualTo(RunRecord.COMPLETE);
            assertThat(record.configuration().loop()).isEqualTo(loop);
            assertThat(record.configuration().arrivals()).isEqualTo(arrivals);
            assertThat(record.counts().replies()).isPositive();
            assertThat(record.counts().lost()).isZero();
            assertThat(record.disturbances().stream()
                            .filter(one -> options.contains("--disturb " + one.name()))
                            .count())
                    .isEqualTo(options.split("--disturb", -1).length - 1);
        }
    }

    @Test
    void shouldRecordHiccupsOfTheServersProcessors() throws IOException {
        try (FakeServer server = FakeServer.empty(0)) {
            run(server, "--server-cpus", "0");
            assertThat(record().series(Series.SERVER_HICCUP).count()).isPositive();
            assertThat(RunFolder.open(output).readTotal(Series.SERVER_HICCUP).getTotalCount())
                    .isPositive();
            assertThat(record().slowest()).allMatch(slow -> slow.serverHiccupNs() >= 0);
        }
    }

    @Test
    void shouldKeepRatesOfBurstsAndReplays() throws IOException {
        Path times = Files.writeString(directory.resolve("times"), "# s\n100.0\n100.02\n100.02 x\n100.08,y\n100.9\n");
        try (FakeServer server = FakeServer.empty(0)) {
            run(server, "--arrivals", "replay", "--replay", times.toString(), "-w", "0");
            assertThat(record().counts().due()).isEqualTo(4); // the last is due after the end
            output = directory.resolve("burst");
            run(server, "--arrivals", "burst", "--burst-size", "7", "--burst-every", "40ms", "-w", "0");
            assertThat(record().counts().due()).isEqualTo(21);
        }
    }

    @Test
    void shouldPrefillEveryKeyAndTakeTemplates() throws IOException {
        Path template = Files.writeString(directory.resolve("t"), "# mine\n3 read: GET user:{key}\n1 INCR n:{key}\n");
        try (FakeServer server = FakeServer.empty(0)) {
            run(server, "--template", template.toString(), "--prefill");
            assertThat(server.count("SET")).isEqualTo(100);
            assertThat(record().series("read.response").count()
                            + record().series("INCR.response").count())
                    .isEqualTo(300);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--rate x; is no count: a whole number is",
                "--rate 0; 1 to 100000000",
                "--duration 5; is no time: a number with ns, us, ms, s, m or h",
                "--batch 0; 1 to 1024",
                "--batch 2 --loop closed; 1 unless arrivals are constant or poisson",
                "--arrivals often; CONSTANT, POISSON, BURST, REPLAY",
                "--arrivals replay; a file when arrivals=replay",
                "--loop round; open, closed or ping-pong",
                "--send fast; SPIN, BLOCK",
                "--port 70000; 1 to 65535",
                "--connections 0; 1 to 20000",
                "--threads 9; at most connections=4",
                "--depth 0; 1 to 65536",
                "--resp 4; 2 to 3",
                "--commands FROB; is none of the commands APPEND",
                "--commands GET=x; is no weight of GET",
                "--commands GET,GET; GET is named twice",
                "--key-distribution odd; UNIFORM, ZIPF, HOT, SEQUENTIAL",
                "--key-distribution zipf --zipf-exponent 0; above 0 and at most 10",
                "--key-distribution hot --hot-keys 100; must be in 1 to below keys=100",
                "--value-size 5-1; N-M:WEIGHT with N at most M",
                "--ttl never; is no time",
                "--disturb quake@1s; bgsave, info, eviction, storm",
                "--disturb info; info@2s+5s/100ms",
                "--pin all; processors as 1, 2-3 or 0,2",
                "--server-cpus 3-1; processors as 1, 2-3 or 0,2",
                "--user me; a password with it",
                "--frob; Unknown option"
            })
    void shouldNameWhatIsAllowed(String options, String message) {
        CommandLineRun run =
                CommandLineRun.of(List.of("run", "-o", output.toString(), "-c", "4", "-k", "100"), options.split(" "));
        // An option given again would be refused for that.
        String text = run.err();
        assertThat(run.exitCode()).as(text).isEqualTo(ExitCode.USAGE);
        assertThat(text).contains(message);
        assertThat(output).doesNotExist();
    }

    @Test
    void shouldSayThatAServerIsDownOrRefuses() throws IOException {
        String port;
        try (FakeServer server = FakeServer.empty(0)) {
            port = server.port();
        }
        CommandLineRun down = CommandLineRun.of(List.of("run", "-p", port, "-o", output.toString()));
        assertThat(down.exitCode()).isEqualTo(ExitCode.MISSED);
        assertThat(down.err()).contains("cannot use 127.0.0.1:" + port + ": Connection refused");
        output = directory.resolve("refused");
        try (FakeServer server = new FakeServer(command -> "-WRONGPASS no\r\n", 0)) {
            CommandLineRun refused = run(server, "--password", "p");
            assertThat(refused.exitCode()).isEqualTo(ExitCode.MISSED);
            assertThat(refused.err()).contains("WRONGPASS no");
        }
        output = directory.resolve("noauth");
        try (FakeServer server = new FakeServer(command -> "-NOAUTH Authentication required.\r\n", 0)) {
            CommandLineRun refused = run(server);
            assertThat(refused.exitCode()).isEqualTo(ExitCode.MISSED);
            assertThat(refused.err()).contains("wants a password (--password): NOAUTH");
        }
    }

    @Test
    void shouldWriteWhatWasRecordedWhenTheServerDies() throws IOException {
        try (FakeServer server = FakeServer.empty(0).dieAfter(300)) {
            CommandLineRun run = run(server, "-d", "20s", "--give-up", "100ms");
            assertThat(run.exitCode()).isEqualTo(ExitCode.MISSED);
            assertThat(run.out()).contains("ended early: the server closed a connection and cannot be reached again");
            assertThat(record().counts().replies()).isBetween(50L, 300L);
            assertThat(record().counts().reconnects()).isPositive();
            assertThat(RunFolder.open(output).readIntervals()).isNotEmpty();
        }
    }

    @Test
    void shouldBeInvalidWithErrorsAndKeepThemOutOfTheHistograms() throws IOException {
        try (FakeServer server = new FakeServer(command -> command.equals("GET") ? "-LOADING it\r\n" : "+OK\r\n", 0)) {
            CommandLineRun run = run(server, "--commands", "GET=1,SET=9");
            assertThat(run.exitCode()).isEqualTo(ExitCode.INVALID);
            assertThat(run.out()).startsWith("INVALID").contains("replies are errors", "LOADING it");
            RunRecord record = record();
            assertThat(record.validity().valid()).isFalse();
            assertThat(record.counts().errors()).isPositive();
            assertThat(record.series("GET.response").count()).isZero();
            assertThat(record.series(Series.TOTAL_RESPONSE).count())
                    .isEqualTo(record.counts().replies() - record.counts().errors());
            assertThat(output.resolve(RunFolder.REPORT)).content().contains("INVALID");
            assertThat(output.resolve(RunFolder.INTERVALS)).content().contains("#[INVALID: ", "#[open loop, ");
            assertThat(output.resolve("SET.response.hgrm")).content().contains("#[INVALID: ");
            assertThat(RunFolder.open(output).readIntervals()).isNotEmpty();
        }
    }

    @Test
    void shouldRefuseAFolderThatHoldsSomething() throws IOException {
        Files.createDirectories(output);
        Files.writeString(output.resolve("x"), "");
        CommandLineRun run = CommandLineRun.of(List.of("run", "-o", output.toString()));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("is not empty");
    }
}
