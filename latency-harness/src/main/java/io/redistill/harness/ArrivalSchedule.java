// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import java.util.SplittableRandom;

/**
 * When requests are due, whatever the server does: the times of an open loop, in ns from the start of the run.
 *
 * <p>Threading: one thread.
 */
public abstract sealed class ArrivalSchedule {
    private static final long SECOND_NS = 1_000_000_000L;

    private ArrivalSchedule() {}

    /** The time of the next request; never before the last one. */
    public abstract long nextNs();

    /** Evenly spaced requests, the first at 0; the rate is exact over any number of seconds. */
    public static ArrivalSchedule constant(long perSecond) {
        return new Constant(positive(perSecond));
    }

    /** Independent requests, as many users make them: exponentially distributed gaps, the same for the same seed. */
    public static ArrivalSchedule poisson(long perSecond, long seed) {
        return new Poisson(positive(perSecond), seed);
    }

    private static long positive(long perSecond) {
        if (perSecond < 1 || perSecond > SECOND_NS) {
            throw new IllegalArgumentException("perSecond=" + perSecond + " is not in 1 to " + SECOND_NS);
        }
        return perSecond;
    }

    private static final class Constant extends ArrivalSchedule {
        private final long perSecond;
        private long secondNs;
        private long inSecond;

        Constant(long perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public long nextNs() {
            long next = secondNs + inSecond * SECOND_NS / perSecond;
            if (++inSecond == perSecond) {
                inSecond = 0;
                secondNs += SECOND_NS;
            }
            return next;
        }
    }

    private static final class Poisson extends ArrivalSchedule {
        private final SplittableRandom random;
        private final double meanGapNs;
        private double lastNs;

        Poisson(long perSecond, long seed) {
            random = new SplittableRandom(seed);
            meanGapNs = (double) SECOND_NS / perSecond;
        }

        @Override
        public long nextNs() {
            // 1 - [0, 1) is never 0, whose logarithm would be infinite.
            lastNs -= Math.log(1 - random.nextDouble()) * meanGapNs;
            return (long) lastNs;
        }
    }
}
