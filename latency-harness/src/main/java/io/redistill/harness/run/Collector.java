// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.machine.ProcessUsage;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
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
 * <p>On a small machine the server works on the processor that does this, and is late by all of it, which is a four
 * hundredth of that processor: enough to show at p99. So a second is worked through only when the run is over; until then
 * its sets are kept, and only what must be asked at once is. Of a run longer than its sets last, each second works through
 * the oldest one, cut into pieces of some tenths of a millisecond, behind each of which the processor is given up.
 *
 * <p>Threading: the coordinator's thread; {@link #run} returns when all generator threads have ended, {@link #finish} when
 * all is logged and summed up.
 */
final class Collector {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LOOK_EVERY_MS = 50;

    /** Pause between two pieces of work, ns; with two commands and one generator thread a second has about fifteen. */
    static final long PAUSE_NS = 1_000_000;

    /** What may be kept in sets of all lanes, bytes; an eighth of the harness's heap. */
    private static final long MOST_HELD_BYTES = 64L << 20;

    private final List<Lane> lanes;
    private final int mostHeld;
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
    private final Deque<Held> held = new ArrayDeque<>();
    private final Histogram shown = IntervalSet.histogram();
    private final List<SecondRow> rows = new ArrayList<>();
    private long warmUpRequests;
    private long lastServerCpuNs = -1;
    private long lastStealNs = -1;
    private long lastEndNs;
    private boolean ended;

    private record Arrived(Lane lane, IntervalSet set) {}

    /** A second of which all is known, to be worked through. */
    private record Held(
            long startNs,
            long endNs,
            List<Arrived> parts,
            @Nullable Histogram hiccups,
            @Nullable Histogram serverHiccups,
            ProcessUsage server,
            long stealNs) {}

    /** How many seconds of a run's sets may be kept. */
    static int mostHeld(int lanes, int commands) {
        long bytes = IntervalSet.histogram().getEstimatedFootprintInBytes() * (2L * commands + 1) * lanes;
        return (int) (MOST_HELD_BYTES / bytes);
    }

    /**
     * Makes a collector.
     *
     * @param mostHeld seconds whose sets are kept, with which the lanes were made
     * @param log where intervals are logged
     * @param serverUsage what the server has used so far, for the rows
     * @param pauseNs between two pieces of work; 0 for none
     * @param hiccups the generator's, or null
     * @param serverHiccups those on the server's processors, or null
     */
    Collector(
            List<Lane> lanes,
            List<CommandTemplate> commands,
            int mostHeld,
            IntervalLogWriter log,
            Progress progress,
            Supplier<ProcessUsage> serverUsage,
            long pauseNs,
            @Nullable HiccupRecorder hiccups,
            @Nullable HiccupRecorder serverHiccups) {
        this.lanes = lanes;
        this.mostHeld = mostHeld;
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

    /** Works through what {@link #run} left. */
    void finish() {
        ended = true; // nobody is disturbed any more
        workThrough(0);
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
        if (pauseNs > 0 && !ended) {
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
            hold(first.getKey(), first.getValue());
            workThrough(mostHeld);
        }
    }

    /** Asks now what can be asked only now. */
    private void hold(long startNs, List<Arrived> parts) {
        long endNs = startNs;
        long replies = 0;
        long errors = 0;
        for (Arrived part : parts) {
            endNs = Math.max(endNs, part.set().endNs);
            replies += part.set().replies;
            errors += part.set().errors;
        }
        lastEndNs = endNs;
        held.add(new Held(
                startNs,
                endNs,
                parts,
                hiccups == null ? null : hiccups.interval(),
                serverHiccups == null ? null : serverHiccups.interval(),
                serverUsage.get(),
                ProcessUsage.stealNs()));
        giveWay();
        if (progress.talks()) {
            shown.reset();
            parts.forEach(part -> part.set().addResponsesTo(shown));
            giveWay();
            progress.second(startNs, endNs, replies, errors, shown);
            giveWay();
        }
    }

    private void workThrough(int mostLeft) {
        while (held.size() > mostLeft) {
            workThrough(held.poll());
        }
    }

    private void workThrough(Held one) {
        boolean measured = one.startNs() >= 0;
        second.clear();
        for (Arrived part : one.parts()) {
            second.add(part.set());
            giveWay();
            warmUpRequests += part.set().warmUp;
            if (measured) {
                run.add(part.set());
                giveWay();
            }
            part.lane().giveBack(part.set());
            giveWay();
        }
        if (measured) {
            second.histograms().forEach((tag, histogram) -> log(tag, one, histogram));
        }
        long hiccupNs = take(hiccups, one.hiccups(), Series.GENERATOR_HICCUP, one, hiccupTotal);
        long serverHiccupNs = take(serverHiccups, one.serverHiccups(), Series.SERVER_HICCUP, one, serverHiccupTotal);
        rows.add(row(one, Math.max(0, hiccupNs), serverHiccupNs));
        giveWay();
    }

    /** The longest hiccup of a second, -1 where none are recorded. */
    private long take(
            @Nullable HiccupRecorder recorder, @Nullable Histogram interval, String tag, Held one, Histogram total) {
        if (recorder == null || interval == null) {
            return -1;
        }
        long longestNs = interval.getMaxValue();
        if (one.startNs() >= 0) {
            log(tag, one, interval);
            total.add(interval);
        }
        recorder.recycle(interval);
        return longestNs;
    }

    private void log(String tag, Held one, Histogram histogram) {
        log.write(tag, one.startNs(), one.endNs(), histogram);
        giveWay();
    }

    private SecondRow row(Held one, long hiccupNs, long serverHiccupNs) {
        SecondRow row = new SecondRow(
                (int) Math.floorDiv(one.startNs(), SECOND_NS),
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
                difference(one.server().cpuNs(), lastServerCpuNs),
                one.server().rssBytes(),
                difference(one.stealNs(), lastStealNs),
                "");
        lastServerCpuNs = one.server().cpuNs();
        lastStealNs = one.stealNs();
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
