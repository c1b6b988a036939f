// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final long STARTED_AT_MS = 1_700_000_000_123L;
    private static final long SECOND_NS = 1_000_000_000;

    @TempDir
    Path directory;

    @Test
    void shouldReadTheSummaryThatItWrote() throws IOException {
        RunFolder folder = RunFolder.create(directory.resolve("a/b"));
        RunRecord record = record(RunRecord.FORMAT_VERSION);
        folder.writeSummary(record);
        assertThat(RunFolder.open(directory.resolve("a/b")).readSummary()).isEqualTo(record);
    }

    @Test
    void shouldRefuseWhatIsNoRunOrANewerOneOrWouldMixTwo() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> RunFolder.open(directory))
                .withMessageContaining("is no folder of a run");
        RunFolder folder = RunFolder.create(directory);
        folder.writeSummary(record(RunRecord.FORMAT_VERSION + 1));
        assertThatIOException().isThrownBy(folder::readSummary).withMessageContaining("newer harness");
        assertThatIOException().isThrownBy(() -> RunFolder.create(directory)).withMessageContaining("is not empty");
    }

    @Test
    void shouldReadTheTablesThatItWrote() throws IOException {
        RunFolder folder = RunFolder.create(directory);
        List<SlowRequest> slowest = List.of(
                new SlowRequest(1, 5, "GET", 3, 900, 800, 100, true, 7, -1, "bgsave+info", "GC, \"young\" 3 ms\nmore"),
                new SlowRequest(2, 6, "SET", 4, 90, 80, 10, false, 0, 0, "", ""));
        folder.writeSlowest(slowest);
        assertThat(folder.readSlowest()).isEqualTo(slowest);
        List<SecondRow> seconds = List.of(
                new SecondRow(
                        -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, -1, 20, 21, 22, "bgsave"),
                new SecondRow(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, -1, -1, -1, ""));
        folder.writeSeconds(seconds);
        assertThat(folder.readSeconds()).isEqualTo(seconds);
        assertThat(Files.readString(directory.resolve(RunFolder.SECONDS)))
                .startsWith("second,due,sent,replies,errors,hits,misses,reconnects,underWay,p50Ns,");
    }

    @Test
    void shouldReadTheIntervalsThatItWrote() throws IOException {
        RunFolder folder = writeIntervals();
        List<IntervalHistogram> intervals = folder.readIntervals();
        assertThat(intervals)
                .extracting(IntervalHistogram::tag, IntervalHistogram::startNs, IntervalHistogram::endNs)
                .containsExactly(
                        tuple(Series.TOTAL_RESPONSE, 0L, SECOND_NS),
                        tuple("GET.response", 0L, SECOND_NS),
                        tuple(Series.TOTAL_RESPONSE, SECOND_NS, 1_500_000_000L));
        assertThat(intervals.get(1).histogram().getMaxValue())
                .isEqualTo(histogram(2_000_000).getMaxValue());
        assertThat(folder.readTotal(Series.TOTAL_RESPONSE).getTotalCount()).isEqualTo(2);
        assertThatIOException().isThrownBy(() -> folder.readTotal("SET.response"));
    }

    /** The tool of the HdrHistogram jar takes the lines without a tag unless it is told otherwise. */
    @Test
    void shouldBeReadByHistogramLogProcessor() throws Exception {
        writeIntervals();
        assertThat(process()).contains("Total count    =            2");
        assertThat(process("-tag", "GET.response")).contains("Total count    =            1");
    }

    private String process(String... more) throws Exception {
        String out = directory.resolve("processed").toString();
        List<String> arguments = new ArrayList<>(List.of(
                "-i", directory.resolve("run").resolve(RunFolder.INTERVALS).toString(), "-o", out));
        arguments.addAll(List.of(more));
        HistogramLogProcessor processor = new HistogramLogProcessor(arguments.toArray(new String[0]));
        processor.start();
        processor.join();
        return Files.readString(Path.of(out + ".hgrm"));
    }

    @Test
    void shouldWriteDistributionsInMicroseconds() throws IOException {
        RunFolder folder = RunFolder.create(directory);
        Histogram histogram = histogram(2_000_000);
        folder.writeDistribution("GET.response", histogram);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        histogram.outputPercentileDistribution(new PrintStream(expected, true, StandardCharsets.UTF_8), 1_000.0);
        assertThat(Files.readString(directory.resolve("GET.response.hgrm")))
                .isEqualTo(expected.toString(StandardCharsets.UTF_8))
                .contains("2000.");
    }

    @Test
    void shouldCountTheSamplesThatAPercentileRestsOn() {
        Histogram histogram = new Histogram(3);
        for (int i = 1; i <= 10_000; i++) {
            histogram.recordValue(i);
        }
        Series series = Series.of("GET.response", histogram, 0);
        assertThat(series.at(50)).isEqualTo(new Series.PercentileValue(50, 5_003, 5_000, true));
        assertThat(series.at(99.9).samplesBeyond()).isEqualTo(10);
        assertThat(series.at(99.9).enough()).isTrue();
        assertThat(series.at(99.99).samplesBeyond()).isEqualTo(1);
        assertThat(series.at(99.99).enough()).isFalse();
        assertThat(series.at(100).valueNs()).isEqualTo(histogram.getMaxValue());
        assertThat(series.at(100).enough()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> series.at(42)).withMessageContaining("99.99");
        assertThat(Series.of("none", new Histogram(3), 0).at(100).enough()).isFalse();
    }

    private RunFolder writeIntervals() throws IOException {
        RunFolder folder = RunFolder.create(directory.resolve("run"));
        try (IntervalLogWriter writer = folder.intervalWriter(STARTED_AT_MS, "one\ntwo")) {
            writer.write(Series.TOTAL_RESPONSE, 0, SECOND_NS, histogram(2_000_000));
            writer.write("GET.response", 0, SECOND_NS, histogram(2_000_000));
            writer.write(Series.TOTAL_RESPONSE, SECOND_NS, 1_500_000_000L, histogram(70_000_000));
        }
        return folder;
    }

    private static Histogram histogram(long valueNs) {
        Histogram histogram = new Histogram(3);
        histogram.recordValue(valueNs);
        return histogram;
    }

    static RunRecord record(int formatVersion) {
        return new RunRecord(
                formatVersion,
                new RunRecord.Harness("0.1", "abc"),
                STARTED_AT_MS,
                RunRecord.COMPLETE,
                new RunConfiguration(
                        List.of("run", "--rate", "1000"),
                        Map.of("rate", "1000"),
                        "127.0.0.1:6379",
                        RunConfiguration.OPEN_LOOP,
                        "constant",
                        "spin",
                        "spin",
                        1_000,
                        50,
                        1,
                        10 * SECOND_NS,
                        SECOND_NS),
                new RunRecord.Validity(false, List.of("too late"), List.of("few samples")),
                new RunRecord.Counts(10, 9, 8, 1, 2, 4, 3, 0, 100, 10 * SECOND_NS, 5, 1_000, 2_000, "ERR x"),
                List.of(Series.of(Series.TOTAL_RESPONSE, histogram(2_000_000), 1)),
                List.of(new Disturbance("bgsave", 1, 2, "")),
                List.of(new SlowRequest(1, 5, "GET", 3, 900, 800, 100, true, 7, -1, "", "")),
                new GeneratorRecord("nanoTime", 25.5, 1, 7, 900, 0.5, 0, 3, 0, 55, "1"),
                new ServerRecord(
                        "redis 7.0.15", "redis-server", 42, "proc", 1, Double.NaN, 0, 5, 6, 0.5, Map.of("a", "b")),
                new Environment(
                        "h",
                        "cpu",
                        2,
                        2,
                        "0-1",
                        "",
                        List.of("0", "1"),
                        "unknown",
                        "tsc",
                        "madvise",
                        "Linux",
                        "kvm",
                        1 << 30,
                        0.5,
                        "17",
                        List.of("-Xmx1g")));
    }
}
