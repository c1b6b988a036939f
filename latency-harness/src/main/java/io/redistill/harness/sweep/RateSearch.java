// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the highest rate that keeps a bound: doubles the rate until one misses, then halves the gap, on a logarithmic
 * scale, between the highest kept and the lowest missed. A rate that misses is tried again, since one disturbance of the
 * machine must not end the search; it ends after a given number of runs at the latest.
 *
 * <p>Threading: one thread.
 */
final class RateSearch {
    /** One run at a rate. */
    interface Trial {
        Outcome at(long rate) throws IOException;
    }

    enum Outcome {
        KEPT,
        MISSED,
        /** The generator could not make the schedule: it says nothing of the server. */
        INVALID
    }

    /** Why a search ended. */
    enum End {
        /** The gap is as narrow as asked for. */
        FOUND,
        /** The highest rate allowed was kept. */
        ALL_KEPT,
        /** The lowest rate allowed was missed. */
        NONE_KEPT,
        /** No run was left. */
        MOST_RUNS
    }

    /**
     * What was found.
     *
     * @param highestKept 0 when none was
     * @param lowestMissed 0 when none was
     * @param generatorLimited whether that one was invalid: the server may keep more
     */
    record Result(long highestKept, long lowestMissed, boolean generatorLimited, End end) {}

    private final long from;
    private final long to;
    private final double resolution;
    private final int mostRuns;
    private final int tries;

    /**
     * Prepares a search.
     *
     * @param from lowest rate, from 1
     * @param to highest rate, at least the lowest
     * @param resolution gap at which to stop, as a share of the rate, above 0
     * @param mostRuns from 1
     * @param tries runs at a rate, of which one must keep the bound, from 1
     */
    RateSearch(long from, long to, double resolution, int mostRuns, int tries) {
        this.from = from;
        this.to = to;
        this.resolution = resolution;
        this.mostRuns = mostRuns;
        this.tries = tries;
    }

    Result run(Trial trial) throws IOException {
        long kept = 0;
        long missed = 0;
        boolean generatorLimited = false;
        int runs = 0;
        long rate = from;
        while (true) {
            List<Outcome> outcomes = new ArrayList<>();
            do {
                if (runs == mostRuns) {
                    return new Result(kept, missed, generatorLimited, End.MOST_RUNS);
                }
                runs++;
                outcomes.add(trial.at(rate));
            } while (!outcomes.contains(Outcome.KEPT) && outcomes.size() < tries);
            if (outcomes.contains(Outcome.KEPT)) {
                kept = rate;
            } else {
                missed = rate;
                generatorLimited = !outcomes.contains(Outcome.MISSED);
            }
            if (kept == 0) {
                return new Result(kept, missed, generatorLimited, End.NONE_KEPT);
            }
            if (kept == to) {
                return new Result(kept, missed, generatorLimited, End.ALL_KEPT);
            }
            if (missed == 0) {
                rate = Math.min(2 * kept, to);
                continue;
            }
            rate = Math.round(Math.sqrt((double) kept * missed));
            if (missed <= kept * (1 + resolution) || rate == kept || rate == missed) {
                return new Result(kept, missed, generatorLimited, End.FOUND);
            }
        }
    }
}
