// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

/**
 * Makes requests when they are due and records how late their replies are. One request is under way at a time: one that
 * is due meanwhile is sent late, and the time that it waited is part of its response time.
 *
 * <p>A loop that sent the next request a fixed time after the last reply, or counted from sending, would leave out all
 * requests that should have been made during a stall ("coordinated omission").
 *
 * <p>Threading: one thread.
 */
public final class OpenLoop {
    private final ArrivalSchedule schedule;
    private final HarnessClock clock;
    private final LatencyRecorder recorder;

    public OpenLoop(ArrivalSchedule schedule, HarnessClock clock, LatencyRecorder recorder) {
        this.schedule = schedule;
        this.clock = clock;
        this.recorder = recorder;
    }

    /**
     * Makes all requests that are due before the end of a run and returns when the last is answered.
     *
     * @param warmUpNs how long from the start requests are made and not recorded
     * @param durationNs length of the run, warm-up included
     * @param request sends one request and returns when its reply is there
     */
    public void run(long warmUpNs, long durationNs, Runnable request) {
        long startNs = clock.nowNs();
        long dueNs;
        while ((dueNs = schedule.nextNs()) < durationNs) {
            clock.awaitNs(startNs + dueNs);
            long sentNs = clock.nowNs();
            request.run();
            if (dueNs >= warmUpNs) {
                recorder.record(startNs + dueNs, sentNs, clock.nowNs());
            }
        }
    }
}
