// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.machine.ProcessUsage;
import io.redistill.harness.record.IntervalLogWriter;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;

/**
 * Does the collector's work of many seconds over made-up intervals before the run, so that the JVM has compiled it. It
 * is called once a second only: without this it would still be interpreted, and compiled, while the run goes on, both on
 * processors of the server where there are no others.
 *
 * <p>Threading: the coordinator's thread, which is the only one that uses what is made here.
 */
final class Rehearsal {
    /** Enough for the compiler to be through on one processor. */
    private static final long LENGTH_NS = TimeUnit.MILLISECONDS.toNanos(700);

    private static final int REQUESTS = 2_000;
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private Rehearsal() {}

    /** Rehearses, unless this process has. */
    static void once(List<CommandTemplate> commands) {
        if (DONE.getAndSet(true)) {
            return;
        }
        Lane lane = new Lane(commands.size(), 0);
        long pid = ProcessHandle.current().pid();
        long endNs = System.nanoTime() + LENGTH_NS;
        try (HiccupRecorder hiccups = new HiccupRecorder("rehearsal-hiccups", null, HiccupRecorder.SLEEP_NS);
                IntervalLogWriter log = new IntervalLogWriter(OutputStream.nullOutputStream(), 0, "rehearsal")) {
            Progress progress = new Progress(new PrintWriter(Writer.nullWriter()), false);
            Collector collector = new Collector(
                    List.of(lane), commands, 0, log, progress, () -> ProcessUsage.of(pid), 0, hiccups, null);
            IntervalSet set = new IntervalSet(commands.size());
            SplittableRandom random = new SplittableRandom(1);
            for (long second = 0; System.nanoTime() - endNs < 0; second++) {
                fill(set, commands.size(), random);
                set.startNs = TimeUnit.SECONDS.toNanos(second);
                set.endNs = TimeUnit.SECONDS.toNanos(second + 1);
                set = lane.exchange(set);
                collector.look();
            }
        }
    }

    private static void fill(IntervalSet set, int commands, SplittableRandom random) {
        for (int command = 0; command < commands; command++) {
            fill(set.response(command), random);
            fill(set.service(command), random);
        }
        fill(set.lateness(), random);
    }

    /** Times around 50 us with a tail to 50 ms. */
    private static void fill(Histogram histogram, SplittableRandom random) {
        for (int i = 0; i < REQUESTS; i++) {
            histogram.recordValue((long) (50_000 / Math.max(0.001, random.nextDouble())));
        }
    }
}
