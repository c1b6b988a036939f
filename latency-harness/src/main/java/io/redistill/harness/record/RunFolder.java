// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The folder of a run.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><td>{@value #SUMMARY}</td><td>the {@link RunRecord}</td></tr>
 * <tr><td>{@value #INTERVALS}</td><td>interval histograms in HdrHistogram's log format, see {@link IntervalLogWriter}</td></tr>
 * <tr><td>{@code TAG.hgrm}</td><td>percentile distribution of each series, in microseconds</td></tr>
 * <tr><td>{@value #SECONDS}</td><td>one {@link SecondRow} a line</td></tr>
 * <tr><td>{@value #SLOWEST}</td><td>one {@link SlowRequest} a line</td></tr>
 * <tr><td>{@value #REPORT}</td><td>the report for people</td></tr>
 * </table>
 *
 * <p>Threading: one thread.
 */
public final class RunFolder {
    public static final String SUMMARY = "summary.json";
    public static final String INTERVALS = "intervals.hlog";
    public static final String SECONDS = "seconds.csv";
    public static final String SLOWEST = "slowest.csv";
    public static final String REPORT = "report.html";

    private static final double NANOSECONDS_PER_MICROSECOND = 1_000;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final CsvMapper CSV = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /** Makes a folder, and those above it; one that exists must be empty, so that no two runs mix. */
    public static RunFolder create(Path path) throws IOException {
        Files.createDirectories(path);
        try (var files = Files.list(path)) {
            if (files.findAny().isPresent()) {
                throw new IOException("output=" + path + " is not empty: name a new folder");
            }
        }
        return new RunFolder(path);
    }

    /** The folder of a finished run. */
    public static RunFolder open(Path path) throws IOException {
        if (!Files.isRegularFile(path.resolve(SUMMARY))) {
            throw new IOException(path + " is no folder of a run: it has no " + SUMMARY);
        }
        return new RunFolder(path);
    }

    public Path path() {
        return path;
    }

    public void writeSummary(RunRecord record) throws IOException {
        JSON.writeValue(path.resolve(SUMMARY).toFile(), record);
    }

    /** Reads {@value #SUMMARY}; refuses what a newer harness wrote. */
    public RunRecord readSummary() throws IOException {
        RunRecord record = JSON.readValue(path.resolve(SUMMARY).toFile(), RunRecord.class);
        if (record.formatVersion() > RunRecord.FORMAT_VERSION) {
            throw new IOException(path + " was written by a newer harness: formatVersion=" + record.formatVersion()
                    + ", this one knows " + RunRecord.FORMAT_VERSION);
        }
        return record;
    }

    public void writeSeconds(List<SecondRow> rows) throws IOException {
        writeCsv(SECONDS, SecondRow.class, rows);
    }

    public List<SecondRow> readSeconds() throws IOException {
        return readCsv(SECONDS, SecondRow.class);
    }

    public void writeSlowest(List<SlowRequest> rows) throws IOException {
        writeCsv(SLOWEST, SlowRequest.class, rows);
    }

    public List<SlowRequest> readSlowest() throws IOException {
        return readCsv(SLOWEST, SlowRequest.class);
    }

    /** Writes the percentile distribution of a series, in microseconds, as HdrHistogram's plotter reads it. */
    public void writeDistribution(String tag, Histogram histogram) throws IOException {
        try (PrintStream out = new PrintStream(
                new BufferedOutputStream(Files.newOutputStream(path.resolve(tag + ".hgrm"))),
                false,
                StandardCharsets.UTF_8)) {
            histogram.outputPercentileDistribution(out, NANOSECONDS_PER_MICROSECOND);
        }
    }

    /**
     * Adds a comment line to every file of histograms, since those travel without their summary. Readers of both formats
     * pass over such lines.
     */
    public void annotate(String text) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(path)) {
            files = all.filter(file -> file.toString().endsWith(".hgrm")
                            || file.getFileName().toString().equals(INTERVALS))
                    .toList();
        }
        for (Path file : files) {
            Files.writeString(file, "#[" + text.replace('\n', ' ') + "]\n", StandardOpenOption.APPEND);
        }
    }

    /** A writer of {@value #INTERVALS}, to be closed by the caller. */
    public IntervalLogWriter intervalWriter(long startedAtEpochMs, String comment) throws IOException {
        return new IntervalLogWriter(
                new FileOutputStream(path.resolve(INTERVALS).toFile()), startedAtEpochMs, comment);
    }

    /** All intervals of the measured part, in the order written. */
    public List<IntervalHistogram> readIntervals() throws IOException {
        return IntervalLogReader.read(path.resolve(INTERVALS));
    }

    /** A reader of {@value #INTERVALS}, to be closed by the caller. */
    public IntervalLogReader intervalReader() throws IOException {
        return new IntervalLogReader(path.resolve(INTERVALS));
    }

    /** Gives all intervals of the measured part in the order written; each histogram is the visitor's to keep. */
    public void forEachInterval(Consumer<IntervalHistogram> visitor) throws IOException {
        IntervalLogReader.forEach(path.resolve(INTERVALS), visitor);
    }

    /** The samples of a tag in all intervals together. */
    public Histogram readTotal(String tag) throws IOException {
        return IntervalLogReader.total(path.resolve(INTERVALS), tag);
    }

    private <T> void writeCsv(String file, Class<T> type, List<T> rows) throws IOException {
        CSV.writer(CSV.schemaFor(type).withHeader())
                .writeValues(path.resolve(file).toFile())
                .writeAll(rows)
                .close();
    }

    private <T> List<T> readCsv(String file, Class<T> type) throws IOException {
        try (var rows = CSV.readerFor(type)
                .with(CSV.schemaFor(type).withHeader())
                .<T>readValues(path.resolve(file).toFile())) {
            return rows.readAll();
        }
    }
}
