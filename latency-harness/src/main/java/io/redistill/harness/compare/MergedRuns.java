// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.GeneratorRecord;
import io.redistill.harness.record.IntervalHistogram;
import io.redistill.harness.record.IntervalLogReader;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import io.redistill.harness.record.ServerRecord;
import io.redistill.harness.record.SlowRequest;
import io.redistill.harness.report.RunReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Runs of several generators at the same time, as one.
 *
 * <p>Threading: one thread.
 */
final class MergedRuns {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int SLOWEST = 20;

    /** One generator's run. */
    record Part(RunFolder folder, RunRecord record) {}

    private final List<Part> parts;
    private final Map<String, Histogram> totals = new LinkedHashMap<>();
    private final Map<Long, Map<String, Histogram>> pending = new TreeMap<>();

    /**
     * Prepares.
     *
     * @param parts in order of their start, at least one
     */
    MergedRuns(List<Part> parts) {
        this.parts = parts;
    }

    /** Whether all ran at the same time for a while. */
    boolean overlap() {
        long lastStart = parts.get(parts.size() - 1).record.startedAtEpochMs();
        return parts.stream()
                .allMatch(part ->
                        part.record.startedAtEpochMs() + part.record.counts().measuredNs() / 1_000_000 > lastStart);
    }

    /** Writes all files of the joined run. */
    RunRecord writeTo(RunFolder folder) throws IOException {
        Map<Long, List<SecondRow>> rows = rowsBySecond();
        List<SecondRow> merged = new ArrayList<>();
        List<Cursor> cursors = new ArrayList<>();
        try (IntervalLogWriter log =
                folder.intervalWriter(parts.get(0).record.startedAtEpochMs(), parts.size() + " generators, joined")) {
            for (Part part : parts) {
                cursors.add(new Cursor(part.folder.intervalReader(), shiftSeconds(part)));
            }
            for (Map.Entry<Long, List<SecondRow>> second : rows.entrySet()) {
                for (Cursor cursor : cursors) {
                    cursor.takeUpTo(second.getKey());
                }
                Map<String, Histogram> histograms = pending.remove(second.getKey());
                Map<String, Histogram> present = histograms == null ? Map.of() : histograms;
                long startNs = second.getKey() * SECOND_NS;
                present.forEach((tag, histogram) -> {
                    total(tag).add(histogram);
                    log.write(tag, startNs, startNs + SECOND_NS, histogram);
                });
                merged.add(row(second.getKey(), second.getValue(), present));
            }
        } finally {
            cursors.forEach(cursor -> cursor.reader.close());
        }
        RunRecord record = record();
        folder.writeSeconds(merged);
        folder.writeSlowest(record.slowest());
        folder.writeSummary(record);
        for (Map.Entry<String, Histogram> total : totals.entrySet()) {
            folder.writeDistribution(total.getKey(), total.getValue());
        }
        RunReport.write(folder);
        return record;
    }

    private long shiftSeconds(Part part) {
        return Math.round((part.record.startedAtEpochMs() - parts.get(0).record.startedAtEpochMs()) / 1_000.0);
    }

    private Histogram total(String tag) {
        return totals.computeIfAbsent(tag, name -> new Histogram(3));
    }

    private Map<Long, List<SecondRow>> rowsBySecond() throws IOException {
        Map<Long, List<SecondRow>> rows = new TreeMap<>();
        for (Part part : parts) {
            for (SecondRow row : part.folder.readSeconds()) {
                if (row.second() >= 0) {
                    rows.computeIfAbsent(row.second() + shiftSeconds(part), second -> new ArrayList<>())
                            .add(row);
                }
            }
        }
        return rows;
    }

    /** The next interval of a part, which goes into its second when that is due. */
    private final class Cursor {
        private final IntervalLogReader reader;
        private final long shiftSeconds;
        private @Nullable IntervalHistogram next;

        Cursor(IntervalLogReader reader, long shiftSeconds) throws IOException {
            this.reader = reader;
            this.shiftSeconds = shiftSeconds;
            this.next = reader.next();
        }

        void takeUpTo(long second) throws IOException {
            IntervalHistogram interval = next;
            while (interval != null && Math.floorDiv(interval.startNs(), SECOND_NS) + shiftSeconds <= second) {
                pending.computeIfAbsent(second, key -> new LinkedHashMap<>())
                        .computeIfAbsent(interval.tag(), tag -> new Histogram(3))
                        .add(interval.histogram());
                interval = reader.next();
            }
            next = interval;
        }
    }

    private static SecondRow row(long second, List<SecondRow> rows, Map<String, Histogram> histograms) {
        Histogram none = new Histogram(3);
        Histogram response = histograms.getOrDefault(Series.TOTAL_RESPONSE, none);
        Histogram service = histograms.getOrDefault(Series.TOTAL_SERVICE, none);
        Histogram lateness = histograms.getOrDefault(Series.LATENESS, none);
        return new SecondRow(
                (int) second,
                sum(rows, SecondRow::due),
                sum(rows, SecondRow::sent),
                sum(rows, SecondRow::replies),
                sum(rows, SecondRow::errors),
                sum(rows, SecondRow::hits),
                sum(rows, SecondRow::misses),
                sum(rows, SecondRow::reconnects),
                sum(rows, SecondRow::underWay),
                response.getValueAtPercentile(50),
                response.getValueAtPercentile(99),
                response.getValueAtPercentile(99.9),
                response.getMaxValue(),
                service.getValueAtPercentile(50),
                service.getValueAtPercentile(99),
                service.getMaxValue(),
                lateness.getValueAtPercentile(99),
                lateness.getMaxValue(),
                max(rows, SecondRow::generatorHiccupMaxNs),
                max(rows, SecondRow::serverHiccupMaxNs),
                // Of one server, seen by each generator: not to be added.
                max(rows, SecondRow::serverCpuNs),
                max(rows, SecondRow::serverRssBytes),
                max(rows, SecondRow::stealNs),
                rows.stream()
                        .map(SecondRow::disturbances)
                        .filter(names -> !names.isEmpty())
                        .distinct()
                        .reduce((a, b) -> a + "+" + b)
                        .orElse(""));
    }

    private static <T> long sum(List<T> all, ToLongFunction<T> value) {
        return all.stream().mapToLong(value).sum();
    }

    private static <T> long max(List<T> all, ToLongFunction<T> value) {
        return all.stream().mapToLong(value).max().orElse(-1);
    }

    private RunRecord record() {
        RunRecord first = parts.get(0).record;
        List<RunRecord> records = parts.stream().map(Part::record).toList();
        RunRecord.Counts counts = counts(records);
        List<Series> series = new ArrayList<>();
        totals.forEach((tag, histogram) -> series.add(Series.of(tag, histogram, overflow(records, tag))));
        List<Disturbance> disturbances = new ArrayList<>();
        List<SlowRequest> slow = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        List<String> warnings = new ArrayList<>(List.of(parts.size() + " generators, joined"));
        int number = 0;
        for (Part part : parts) {
            String of = "generator " + ++number + ": ";
            long shiftNs = shiftSeconds(part) * SECOND_NS;
            part.record.validity().reasons().forEach(reason -> reasons.add(of + reason));
            part.record.validity().warnings().forEach(warning -> warnings.add(of + warning));
            part.record
                    .disturbances()
                    .forEach(one -> disturbances.add(new Disturbance(
                            one.name(), one.startNs() + shiftNs, one.endNs() + shiftNs, of + one.detail())));
            part.record.slowest().forEach(one -> slow.add(moved(one, shiftNs, 0)));
        }
        slow.sort(Comparator.comparingLong(SlowRequest::responseNs).reversed());
        List<SlowRequest> slowest = new ArrayList<>();
        for (SlowRequest request : slow.subList(0, Math.min(SLOWEST, slow.size()))) {
            slowest.add(moved(request, 0, slowest.size() + 1));
        }
        return new RunRecord(
                RunRecord.FORMAT_VERSION,
                first.harness(),
                first.startedAtEpochMs(),
                records.stream()
                        .map(RunRecord::end)
                        .filter(end -> !end.equals(RunRecord.COMPLETE))
                        .findFirst()
                        .orElse(RunRecord.COMPLETE),
                configuration(records),
                new RunRecord.Validity(reasons.isEmpty(), reasons, warnings),
                counts,
                series,
                disturbances,
                slowest,
                generator(records),
                server(first.server(), counts),
                first.environment());
    }

    private static long overflow(List<RunRecord> records, String tag) {
        return records.stream()
                .flatMap(record -> record.series().stream())
                .filter(series -> series.tag().equals(tag))
                .mapToLong(Series::overflow)
                .sum();
    }

    private static SlowRequest moved(SlowRequest request, long byNs, int rank) {
        return new SlowRequest(
                rank,
                request.dueNs() + byNs,
                request.command(),
                request.connection(),
                request.responseNs(),
                request.serviceNs(),
                request.latenessNs(),
                request.answered(),
                request.generatorHiccupNs(),
                request.serverHiccupNs(),
                request.disturbances(),
                request.serverNote());
    }

    private RunRecord.Counts counts(List<RunRecord> records) {
        List<RunRecord.Counts> all = records.stream().map(RunRecord::counts).toList();
        long measuredNs = 0;
        for (Part part : parts) {
            measuredNs = Math.max(
                    measuredNs,
                    shiftSeconds(part) * SECOND_NS + part.record.counts().measuredNs());
        }
        return new RunRecord.Counts(
                sum(all, RunRecord.Counts::due),
                sum(all, RunRecord.Counts::sent),
                sum(all, RunRecord.Counts::replies),
                sum(all, RunRecord.Counts::errors),
                sum(all, RunRecord.Counts::lost),
                sum(all, RunRecord.Counts::hits),
                sum(all, RunRecord.Counts::misses),
                sum(all, RunRecord.Counts::reconnects),
                sum(all, RunRecord.Counts::warmUpRequests),
                measuredNs,
                max(all, RunRecord.Counts::drainNs),
                sum(all, RunRecord.Counts::bytesSent),
                sum(all, RunRecord.Counts::bytesReceived),
                all.stream()
                        .map(RunRecord.Counts::firstError)
                        .filter(error -> !error.isEmpty())
                        .findFirst()
                        .orElse(""));
    }

    private static RunConfiguration configuration(List<RunRecord> records) {
        RunConfiguration first = records.get(0).configuration();
        double rate = 0;
        int connections = 0;
        int threads = 0;
        for (RunRecord record : records) {
            rate += record.configuration().ratePerSecond();
            connections += record.configuration().connections();
            threads += record.configuration().threads();
        }
        Map<String, String> options = new TreeMap<>(first.options());
        options.put("generators", Integer.toString(records.size()));
        options.put("rate", Double.toString(rate));
        options.put("connections", Integer.toString(connections));
        options.put("threads", Integer.toString(threads));
        return new RunConfiguration(
                first.commandLine(),
                options,
                first.target(),
                first.loop(),
                first.arrivals(),
                first.sendMode(),
                first.receiveMode(),
                rate,
                connections,
                threads,
                first.durationNs(),
                first.warmUpNs());
    }

    private static GeneratorRecord generator(List<RunRecord> records) {
        List<GeneratorRecord> all = records.stream().map(RunRecord::generator).toList();
        GeneratorRecord first = all.get(0);
        return new GeneratorRecord(
                first.clock(),
                first.clockCostNs(),
                max(all, GeneratorRecord::clockResolutionNs),
                sum(all, GeneratorRecord::cpuNs),
                all.stream()
                        .mapToDouble(GeneratorRecord::costPerRequestNs)
                        .max()
                        .orElse(Double.NaN),
                all.stream().mapToDouble(GeneratorRecord::busyShare).max().orElse(Double.NaN),
                sum(all, GeneratorRecord::allocatedBytes),
                sum(all, GeneratorRecord::involuntarySwitches),
                max(all, GeneratorRecord::stealNs),
                max(all, GeneratorRecord::hiccupMaxNs),
                first.pinnedTo());
    }

    /** As the first generator saw it; its processor time is shared by the replies of all. */
    private static ServerRecord server(ServerRecord first, RunRecord.Counts counts) {
        return new ServerRecord(
                first.name(),
                first.commandLine(),
                first.pid(),
                first.cpuSource(),
                first.cpuNs(),
                first.cpuNs() < 0 || counts.replies() == 0 ? Double.NaN : (double) first.cpuNs() / counts.replies(),
                first.involuntarySwitches(),
                first.rssStartBytes(),
                first.rssEndBytes(),
                counts.hitRatio(),
                first.info());
    }
}
