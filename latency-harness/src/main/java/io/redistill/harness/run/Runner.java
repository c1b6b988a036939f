// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.GeneratorLoop;
import io.redistill.harness.generator.HarnessClock;
import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.generator.LoopSettings;
import io.redistill.harness.generator.NioTransport;
import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.Draw;
import io.redistill.harness.load.KeyDistribution;
import io.redistill.harness.load.RandomStream;
import io.redistill.harness.machine.ClockProbe;
import io.redistill.harness.machine.CompilerThreads;
import io.redistill.harness.machine.EnvironmentProbe;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.Environment;
import io.redistill.harness.record.GeneratorRecord;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import io.redistill.harness.record.SlowRequest;
import io.redistill.harness.report.RunReport;
import io.redistill.harness.target.ControlConnection;
import io.redistill.harness.target.Disturber;
import io.redistill.harness.target.ServerWatch;
import io.redistill.network.Processors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import net.openhft.affinity.Affinity;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Makes one run and writes its folder.
 *
 * <p>Threading: {@link #run} once, by one thread; {@link #stop} by any.
 */
public final class Runner {
    private static final long LEAD_NS = 100_000_000L;
    private static final int PREFILL_CONNECTIONS = 4;
    private static final int PREFILL_DEPTH = 64;
    private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);

    private final RunPlan plan;
    private final Progress progress;
    private final RunFolder folder;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile List<GeneratorThread> threads = List.of();

    /** Makes the folder, so that a run never fails for it at its end. */
    public Runner(RunPlan plan, Progress progress) throws IOException {
        this.plan = plan;
        this.progress = progress;
        this.folder = RunFolder.create(plan.output());
    }

    /** Ends the run early; what was recorded is written. */
    public void stop() {
        stopAsked.countDown();
        threads.forEach(GeneratorThread::stop);
    }

    /** The folder of this run. */
    public RunFolder folder() {
        return folder;
    }

    /**
     * Prefills, warms up, measures, drains, writes.
     *
     * @throws IOException when the server cannot be reached or refuses the connections, before anything was measured
     */
    public RunRecord run() throws IOException, InterruptedException {
        Environment environment = EnvironmentProbe.read();
        ClockProbe clock = ClockProbe.measure();
        keepGeneratorsProcessors();
        try (ControlConnection control = ControlConnection.open(plan.target())) {
            if (plan.prefill()) {
                prefill();
            }
            Rehearsal.once(plan.mix().templates());
            ServerWatch server = new ServerWatch(control, plan.target(), plan.serverPid());
            long sleepNs = hiccupSleepNs();
            HiccupRecorder serverHiccups =
                    plan.serverCpus() == null ? null : new HiccupRecorder("server-hiccups", plan.serverCpus(), sleepNs);
            try (HiccupRecorder hiccups = new HiccupRecorder("hiccups", null, sleepNs)) {
                return measure(control, server, hiccups, serverHiccups, environment, clock);
            } finally {
                if (serverHiccups != null) {
                    serverHiccups.close();
                }
            }
        }
    }

    /** Sparing where the server is on this machine and no processor is left beside it and the generator. */
    private long hiccupSleepNs() {
        int left = Runtime.getRuntime().availableProcessors()
                - plan.configuration().threads();
        return plan.target().local() && left < 2 ? HiccupRecorder.SPARING_SLEEP_NS : HiccupRecorder.SLEEP_NS;
    }

    /** The JVM's own threads (compiler, collector) leave the processors of the generator; this one stays as it is. */
    private void keepGeneratorsProcessors() {
        BitSet cpus = plan.pinTo();
        if (cpus != null) {
            BitSet before = Affinity.getAffinity();
            Processors.leave(cpus.stream().boxed().toList());
            Affinity.setAffinity(before);
        }
    }

    private RunRecord measure(
            ControlConnection control,
            ServerWatch server,
            HiccupRecorder hiccups,
            @Nullable HiccupRecorder serverHiccups,
            Environment environment,
            ClockProbe clock)
            throws IOException, InterruptedException {
        int threadCount = plan.configuration().threads();
        int held = Collector.mostHeld(threadCount, plan.mix().templates().size());
        List<Lane> lanes = lanes(threadCount, plan.mix(), held);
        threads = generators(
                "generator",
                threadCount,
                plan.configuration().connections(),
                plan.mix(),
                plan.schedule(),
                plan.distribution(),
                plan.loop(),
                lanes);
        connect(threads);
        System.gc(); // now, and not while measuring: the sets fill a part of the young generation
        long originNs = System.nanoTime() + LEAD_NS + plan.loop().warmUpNs();
        long startedAtEpochMs = System.currentTimeMillis() + (originNs - System.nanoTime()) / 1_000_000;
        Measurement measurement = new Measurement(originNs);
        List<Disturbance> disturbances = new ArrayList<>();
        Collector collector;
        try (IntervalLogWriter log = folder.intervalWriter(startedAtEpochMs, comment())) {
            collector = new Collector(
                    lanes,
                    plan.mix().templates(),
                    held,
                    log,
                    progress,
                    server::usage,
                    Collector.PAUSE_NS,
                    hiccups,
                    serverHiccups);
            List<Thread> disturbers = disturbers(originNs, disturbances);
            threads.forEach(thread -> thread.go(originNs));
            if (stopAsked.getCount() == 0) {
                stop();
            }
            Thread marker = new Thread(() -> measurement.mark(server), "marker");
            marker.setDaemon(true);
            marker.start();
            collect(collector);
            measurement.end();
            marker.join();
            for (Thread disturber : disturbers) {
                disturber.interrupt();
                disturber.join();
            }
            collector.finish();
        }
        for (GeneratorThread thread : threads) {
            thread.join();
        }
        progress.closeLine();
        return write(
                control,
                server,
                hiccups,
                serverHiccups,
                environment,
                clock,
                measurement,
                startedAtEpochMs,
                collector,
                disturbances);
    }

    /** Collects until the end, off the generator's processors, since that takes milliseconds a second. */
    private void collect(Collector collector) throws InterruptedException {
        BitSet before = Affinity.getAffinity();
        BitSet others = (BitSet) before.clone();
        if (plan.pinTo() != null) {
            others.andNot(plan.pinTo());
        }
        if (others.isEmpty() || others.equals(before)) {
            collector.run();
            return;
        }
        Affinity.setAffinity(others);
        try {
            collector.run();
        } finally {
            Affinity.setAffinity(before);
        }
    }

    /** Takes the usage of server and generator at both ends of the measured part. */
    private final class Measurement {
        final long originNs;
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile @Nullable GeneratorUsage start;
        private volatile @Nullable GeneratorUsage end;
        private volatile long endNs;
        private final CompilerThreads compilers = new CompilerThreads();

        Measurement(long originNs) {
            this.originNs = originNs;
        }

        void mark(ServerWatch server) {
            try {
                ended.await(originNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                compilers.makeWay(); // what is hot has been compiled in the warm-up
                server.markStart();
                start = GeneratorUsage.of(threads);
                boolean early =
                        ended.await(originNs + plan.loop().durationNs() - System.nanoTime(), TimeUnit.NANOSECONDS);
                endNs = early ? System.nanoTime() - originNs : plan.loop().durationNs();
                end = GeneratorUsage.of(threads);
                server.markEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void end() {
            ended.countDown();
        }

        GeneratorUsage usage() {
            GeneratorUsage from = start;
            GeneratorUsage to = end;
            return from == null || to == null ? new GeneratorUsage(-1, -1, -1, -1) : to.since(from);
        }

        long measuredNs() {
            return Math.max(0, endNs);
        }
    }

    private String comment() {
        return "Redistill latency harness, " + plan.configuration().loop() + ", arrivals "
                + plan.configuration().arrivals() + ", target "
                + plan.configuration().target() + "\nresponse times"
                + " (from the intended send time) of all commands have no tag; the others are tagged";
    }

    private static List<Lane> lanes(int count, CommandMix mix, int held) {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lanes.add(new Lane(mix.templates().size(), held));
        }
        return lanes;
    }

    private List<GeneratorThread> generators(
            String name,
            int threadCount,
            int connectionCount,
            CommandMix mix,
            IntFunction<ArrivalSchedule> schedule,
            IntFunction<KeyDistribution> distribution,
            LoopSettings settings,
            List<Lane> lanes)
            throws IOException {
        ByteBuffer values = Draw.valuePool(plan.longestValueBytes(), plan.seed());
        boolean precise = !(settings.spinToSend() && settings.spinToReceive());
        List<GeneratorThread> made = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < threadCount; i++) {
            int count = connectionCount / threadCount + (i < connectionCount % threadCount ? 1 : 0);
            List<Draw> draws = new ArrayList<>();
            for (int j = first; j < first + count; j++) {
                draws.add(new Draw(
                        new RandomStream(plan.seed(), j),
                        distribution.apply(j),
                        plan.valueLengths(),
                        plan.ttlsMs(),
                        values));
            }
            NioTransport transport = plan.target().transport(count, precise);
            if (precise && i == 0 && !transport.sleepsPrecisely()) {
                progress.say("note: waits below a millisecond are spun, since this system cannot sleep so briefly");
            }
            GeneratorLoop loop = new GeneratorLoop(
                    HarnessClock.SYSTEM,
                    transport,
                    schedule.apply(i),
                    mix,
                    draws,
                    first,
                    plan.longestValueBytes(),
                    settings,
                    new IntervalSet(mix.templates().size()),
                    lanes.get(i));
            made.add(new GeneratorThread(name + "-" + i, loop, transport, lanes.get(i), plan.pinTo()));
            first += count;
        }
        return made;
    }

    private void connect(List<GeneratorThread> all) throws IOException, InterruptedException {
        all.forEach(GeneratorThread::start);
        String trouble = null;
        for (GeneratorThread thread : all) {
            String one = thread.awaitConnected();
            trouble = one == null ? trouble : one;
        }
        if (trouble != null) {
            all.forEach(GeneratorThread::cancel);
            throw new IOException("cannot use " + plan.target().text() + ": " + trouble);
        }
    }

    /** Writes every key once, in order, over a few connections with many requests under way. */
    private void prefill() throws IOException, InterruptedException {
        CommandMix mix = plan.prefillMix();
        for (int command = 0; command < mix.templates().size(); command++) {
            CommandMix only = CommandMix.only(mix.templates().get(command));
            int connections = (int) Math.min(PREFILL_CONNECTIONS, plan.keys());
            KeyDistribution shared = KeyDistribution.sequential(plan.keys(), 0); // one thread draws for all
            LoopSettings settings = new LoopSettings(
                    false,
                    PREFILL_DEPTH,
                    false,
                    false,
                    0,
                    DAY_NS,
                    plan.loop().drainNs() + TimeUnit.SECONDS.toNanos(5),
                    0,
                    plan.keys(),
                    PREFILL_DEPTH,
                    plan.target().handshake());
            List<Lane> lanes = lanes(1, only, 0);
            List<GeneratorThread> filling = generators(
                    "prefill", 1, connections, only, i -> ArrivalSchedule.constant(1), i -> shared, settings, lanes);
            threads = filling;
            connect(filling);
            GeneratorThread thread = filling.get(0);
            thread.go(System.nanoTime());
            long done = 0;
            long errors = 0;
            Lane lane = lanes.get(0);
            while (!lane.finished()) {
                IntervalSet set = lane.poll();
                if (set == null) {
                    Thread.sleep(10);
                    continue;
                }
                done += set.replies;
                errors += set.errors;
                lane.giveBack(set);
                progress.prefill(done, plan.keys());
            }
            thread.join();
            progress.closeLine();
            if (stopAsked.getCount() == 0) {
                throw new IOException("stopped while prefilling, nothing was measured");
            }
            if (thread.failure() != null) {
                throw new IOException("prefill ended after " + done + " keys: " + thread.failure());
            }
            if (errors > 0) {
                progress.say("prefill: " + errors + " of " + done + " replies are errors, the first: "
                        + thread.loop().firstError());
            }
        }
    }

    private List<Thread> disturbers(long originNs, List<Disturbance> done) {
        List<Thread> made = new ArrayList<>();
        for (Disturber disturber : plan.disturbances()) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            Disturbance disturbance = disturber.run(plan.target(), originNs);
                            synchronized (done) {
                                done.add(disturbance);
                            }
                        } catch (InterruptedException e) {
                            // The run ended before its time came, or while it went on: then it lasted to the end.
                            long nowNs = System.nanoTime() - originNs;
                            if (nowNs >= disturber.startNs()) {
                                synchronized (done) {
                                    done.add(new Disturbance(
                                            disturber.kind().name().toLowerCase(Locale.ROOT),
                                            disturber.startNs(),
                                            nowNs,
                                            "to the end"));
                                }
                            }
                        }
                    },
                    "disturber-" + disturber.kind());
            thread.setDaemon(true);
            thread.start();
            made.add(thread);
        }
        return made;
    }

    // ---- writing ----------------------------------------------------------------------------------------------------

    private RunRecord write(
            ControlConnection control,
            ServerWatch server,
            HiccupRecorder hiccups,
            @Nullable HiccupRecorder serverHiccups,
            Environment environment,
            ClockProbe clock,
            Measurement measurement,
            long startedAtEpochMs,
            Collector collector,
            List<Disturbance> done)
            throws IOException {
        Totals totals = collector.totals();
        List<Disturbance> disturbances = new ArrayList<>(done);
        disturbances.addAll(Marks.seen(collector.rows()));
        List<SecondRow> rows = Marks.on(collector.rows(), disturbances);
        List<Series> series = new ArrayList<>(totals.series());
        series.add(Series.of(Series.GENERATOR_HICCUP, collector.hiccupTotal(), 0));
        if (serverHiccups != null) {
            series.add(Series.of(Series.SERVER_HICCUP, collector.serverHiccupTotal(), 0));
            folder.writeDistribution(Series.SERVER_HICCUP, collector.serverHiccupTotal());
        }
        RunRecord.Counts counts = counts(totals, measurement, collector);
        List<SlowRequest> slowest = new SlowNotes(
                        disturbances, hiccups, serverHiccups, measurement.originNs, startedAtEpochMs, control)
                .of(
                        threads.stream().map(thread -> thread.loop().slowest()).toList(),
                        plan.mix().templates());
        RunRecord record = new RunRecord(
                RunRecord.FORMAT_VERSION,
                HarnessVersion.read(),
                startedAtEpochMs,
                end(),
                plan.configuration(),
                Verdict.judge(plan.configuration(), counts, series, rows, totals.blocked),
                counts,
                series,
                disturbances,
                slowest,
                generator(measurement, totals, collector, clock),
                server.record(counts.replies(), counts.hitRatio()),
                environment);
        folder.writeSummary(record);
        folder.writeSeconds(rows);
        folder.writeSlowest(slowest);
        for (Map.Entry<String, Histogram> one : totals.histograms().entrySet()) {
            folder.writeDistribution(one.getKey(), one.getValue());
        }
        folder.writeDistribution(Series.GENERATOR_HICCUP, collector.hiccupTotal());
        folder.annotate(
                plan.configuration().loop() + ", " + plan.configuration().arrivals() + " arrivals, "
                        + plan.configuration().target());
        for (String reason : record.validity().reasons()) {
            folder.annotate("INVALID: " + reason);
        }
        RunReport.write(folder);
        return record;
    }

    private String end() {
        for (GeneratorThread thread : threads) {
            String failure = thread.failure();
            if (failure != null) {
                return failure;
            }
        }
        return stopAsked.getCount() == 0 ? RunRecord.INTERRUPTED : RunRecord.COMPLETE;
    }

    private RunRecord.Counts counts(Totals totals, Measurement measurement, Collector collector) {
        String firstError = threads.stream()
                .map(thread -> thread.loop().firstError())
                .filter(error -> error != null)
                .findFirst()
                .orElse("");
        return new RunRecord.Counts(
                totals.due,
                totals.sent,
                totals.replies,
                totals.errors,
                totals.lost,
                totals.hits,
                totals.misses,
                totals.reconnects,
                collector.warmUpRequests(),
                measurement.measuredNs(),
                Math.max(0, collector.endNs() - measurement.measuredNs()),
                totals.bytesSent,
                totals.bytesReceived,
                firstError);
    }

    private GeneratorRecord generator(Measurement measurement, Totals totals, Collector collector, ClockProbe clock) {
        GeneratorUsage usage = measurement.usage();
        return new GeneratorRecord(
                clock.source(),
                clock.costNs(),
                clock.resolutionNs(),
                usage.cpuNs(),
                totals.replies == 0 ? Double.NaN : (double) totals.busyNs / totals.replies,
                (double) totals.busyNs / Math.max(1, measurement.measuredNs()) / threads.size(),
                usage.allocatedBytes(),
                usage.involuntarySwitches(),
                usage.stealNs(),
                collector.hiccupTotal().getMaxValue(),
                plan.pinTo() == null ? "not pinned" : plan.pinTo().toString());
    }
}
