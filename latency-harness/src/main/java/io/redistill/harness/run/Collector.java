// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.machine.ProcessUsage;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Takes the intervals of all generator threads, puts those of the same second together, logs them, and sums up the run.
 *
 * <p>On a small machine the server works on the processor that does this, and would be late by all of it once a second.
 * So the work is cut into pieces of some tenths of a millisecond, behind each of which the processor is given up.
 *
 * <p>Threading: the coordinator's thread; {@link #run} returns when all generator threads have ended.
 */
final class Collector {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LOOK_EVERY_MS = 50;

    /** Pause between two pieces of work, ns; with two commands and one generator thread a second has about fifteen. */
    static final long PAUSE_NS = 1_000_000;

    private final List<Lane> lanes;
    private final IntervalLogWriter log;
    private final Progress progress;
    private final Supplier<ProcessUsage> serverUsage;
    private final long pauseNs;
    private final @Nullable HiccupRecorder hiccups;
    private final @Nullable HiccupRecorder serverHiccups;
    private final Histogram hiccupTotal = new Histogram(1, 3_600_000_000_000L, 3);
    private final Histogram serverHiccupTotal = new Histogram(1, 3_600_000_000_000L, 3);
    private final Totals second;
    private final Totals run;
    private final long[] lastStartNs;
    private final NavigableMap<Long, List<Arrived>> waiting = new TreeMap<>();
    private final List<SecondRow> rows = new ArrayList<>();
    private long warmUpRequests;
    private long lastServerCpuNs = -1;
    private long lastStealNs = -1;
    private long lastEndNs;

    private record Arrived(Lane lane, IntervalSet set) {}

    /**
     * Makes a collector.
     *
     * @param log where intervals are logged
     * @param serverUsage what the server has used so far, for the rows
     * @param pauseNs between two pieces of work; 0 for none
     * @param hiccups the generator's, or null
     * @param serverHiccups those on the server's processors, or null
     */
    Collector(
            List<Lane> lanes,
            List<CommandTemplate> commands,
            IntervalLogWriter log,
            Progress progress,
            Supplier<ProcessUsage> serverUsage,
            long pauseNs,
            @Nullable HiccupRecorder hiccups,
            @Nullable HiccupRecorder serverHiccups) {
        this.lanes = lanes;
        this.log = log;
        this.progress = progress;
        this.serverUsage = serverUsage;
        this.pauseNs = pauseNs;
        this.hiccups = hiccups;
        this.serverHiccups = serverHiccups;
        second = new Totals(commands);
        run = new Totals(commands);
        lastStartNs = new long[lanes.size()];
        Arrays.fill(lastStartNs, Long.MIN_VALUE);
    }

    /** Collects until all lanes are finished. */
    void run() throws InterruptedException {
        while (!look()) {
            Thread.sleep(LOOK_EVERY_MS);
        }
    }

    /** Collects what is there; answers whether no more will come. */
    boolean look() {
        boolean finished = true;
        for (int i = 0; i < lanes.size(); i++) {
            finished &= lanes.get(i).finished();
        }
        takeArrived();
        passOn(finished);
        return finished;
    }

    private void giveWay() {
        if (pauseNs > 0) {
            LockSupport.parkNanos(pauseNs);
        }
    }

    private void takeArrived() {
        for (int i = 0; i < lanes.size(); i++) {
            IntervalSet set;
            while ((set = lanes.get(i).poll()) != null) {
                lastStartNs[i] = set.startNs;
                waiting.computeIfAbsent(set.startNs, start -> new ArrayList<>()).add(new Arrived(lanes.get(i), set));
            }
        }
    }

    /** An interval is whole when no thread can still bring a part of it. */
    private void passOn(boolean all) {
        long wholeUpTo = Long.MAX_VALUE;
        for (int i = 0; i < lanes.size(); i++) {
            if (!lanes.get(i).finished()) {
                wholeUpTo = Math.min(wholeUpTo, lastStartNs[i]);
            }
        }
        while (!waiting.isEmpty() && (all || waiting.firstKey() <= wholeUpTo)) {
            Map.Entry<Long, List<Arrived>> first = waiting.pollFirstEntry();
            long startNs = first.getKey();
            long endNs = startNs;
            second.clear();
            for (Arrived arrived : first.getValue()) {
                second.add(arrived.set());
                giveWay();
                endNs = Math.max(endNs, arrived.set().endNs);
                warmUpRequests += arrived.set().warmUp;
                if (startNs >= 0) {
                    run.add(arrived.set());
                    giveWay();
                }
                arrived.lane().giveBack(arrived.set());
                giveWay();
            }
            endOfSecond(startNs, endNs);
        }
    }

    private void endOfSecond(long startNs, long endNs) {
        lastEndNs = endNs;
        Histogram hiccupsNow = hiccups == null ? new Histogram(3) : hiccups.interval();
        if (startNs >= 0) {
            second.histograms().forEach((tag, histogram) -> log(tag, startNs, endNs, histogram));
            log(Series.GENERATOR_HICCUP, startNs, endNs, hiccupsNow);
            hiccupTotal.add(hiccupsNow);
        }
        long serverHiccupNs = -1;
        if (serverHiccups != null) {
            Histogram serverNow = serverHiccups.interval();
            serverHiccupNs = serverNow.getMaxValue();
            if (startNs >= 0) {
                log(Series.SERVER_HICCUP, startNs, endNs, serverNow);
                serverHiccupTotal.add(serverNow);
            }
        }
        rows.add(row((int) Math.floorDiv(startNs, SECOND_NS), hiccupsNow.getMaxValue(), serverHiccupNs));
        giveWay();
        progress.second(startNs, endNs, second);
        giveWay();
    }

    private void log(String tag, long startNs, long endNs, Histogram histogram) {
        log.write(tag, startNs, endNs, histogram);
        giveWay();
    }

    private SecondRow row(int number, long hiccupNs, long serverHiccupNs) {
        ProcessUsage usage = serverUsage.get();
        giveWay();
        long stealNs = ProcessUsage.stealNs();
        SecondRow row = new SecondRow(
                number,
                second.due,
                second.sent,
                second.replies,
                second.errors,
                second.hits,
                second.misses,
                second.reconnects,
                second.underWay,
                second.response.getValueAtPercentile(50),
                second.response.getValueAtPercentile(99),
                second.response.getValueAtPercentile(99.9),
                second.response.getMaxValue(),
                second.service.getValueAtPercentile(50),
                second.service.getValueAtPercentile(99),
                second.service.getMaxValue(),
                second.lateness.getValueAtPercentile(99),
                second.lateness.getMaxValue(),
                hiccupNs,
                serverHiccupNs,
                difference(usage.cpuNs(), lastServerCpuNs),
                usage.rssBytes(),
                difference(stealNs, lastStealNs),
                "");
        lastServerCpuNs = usage.cpuNs();
        lastStealNs = stealNs;
        return row;
    }

    private static long difference(long now, long before) {
        return now < 0 || before < 0 ? -1 : Math.max(0, now - before);
    }

    /** Sums of the measured part. */
    Totals totals() {
        return run;
    }

    /** Offset at which the last interval ended. */
    long endNs() {
        return lastEndNs;
    }

    /** Hiccups of the generator in the measured part. */
    Histogram hiccupTotal() {
        return hiccupTotal;
    }

    /** Hiccups on the server's processors in the measured part. */
    Histogram serverHiccupTotal() {
        return serverHiccupTotal;
    }

    /** Seconds, those of the warm-up too. */
    List<SecondRow> rows() {
        return rows;
    }

    long warmUpRequests() {
        return warmUpRequests;
    }
}
