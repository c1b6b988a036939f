// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.util.SplittableRandom;

/**
 * When requests are due, whatever the server does: the times of an open loop, in ns from the start of the run.
 *
 * <p>Threading: one thread.
 */
public abstract sealed class ArrivalSchedule {
    private static final long SECOND_NS = 1_000_000_000L;

    private ArrivalSchedule() {}

    /** What {@link #nextNs} answers when there are no more requests. */
    public static final long NONE = Long.MAX_VALUE;

    /** The time of the next request, never before the last one, or {@link #NONE}. */
    public abstract long nextNs();

    /** Evenly spaced requests, the first at 0; the rate is exact over any number of seconds. */
    public static ArrivalSchedule constant(long perSecond) {
        return new Constant(positive(perSecond));
    }

    /** Independent requests, as many users make them: exponentially distributed gaps, the same for the same seed. */
    public static ArrivalSchedule poisson(double perSecond, long seed) {
        if (!(perSecond > 0 && perSecond <= SECOND_NS)) {
            throw new IllegalArgumentException("perSecond=" + perSecond + " is not above 0 and at most " + SECOND_NS);
        }
        return new Poisson(perSecond, seed);
    }

    /** Bursts of requests that are due at the same time, the first at 0. */
    public static ArrivalSchedule burst(int size, long everyNs) {
        if (size < 1 || everyNs < 1) {
            throw new IllegalArgumentException("size=" + size + " and everyNs=" + everyNs + " must be at least 1");
        }
        return new Burst(size, everyNs);
    }

    /** Times that were recorded, ascending; borrowed. */
    public static ArrivalSchedule replay(long[] timesNs) {
        return new Replay(timesNs);
    }

    /** So many requests at each time of another schedule, all over one connection: a client that pipelines. */
    public static ArrivalSchedule batches(ArrivalSchedule times, int size) {
        return size == 1 ? times : new Batches(times, size);
    }

    /** How many requests in a row are for one connection. */
    public int inARow() {
        return 1;
    }

    /** One in so many requests of another schedule: the share of one of several threads. */
    public static ArrivalSchedule share(ArrivalSchedule whole, int number, int of) {
        return of == 1 ? whole : new Share(whole, number, of);
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

        Poisson(double perSecond, long seed) {
            random = new SplittableRandom(seed);
            meanGapNs = SECOND_NS / perSecond;
        }

        @Override
        public long nextNs() {
            // 1 - [0, 1) is never 0, whose logarithm would be infinite.
            lastNs -= Math.log(1 - random.nextDouble()) * meanGapNs;
            return (long) lastNs;
        }
    }

    private static final class Burst extends ArrivalSchedule {
        private final int size;
        private final long everyNs;
        private long burstNs;
        private int inBurst;

        Burst(int size, long everyNs) {
            this.size = size;
            this.everyNs = everyNs;
        }

        @Override
        public long nextNs() {
            if (inBurst == size) {
                inBurst = 0;
                burstNs += everyNs;
            }
            inBurst++;
            return burstNs;
        }
    }

    private static final class Replay extends ArrivalSchedule {
        private final long[] timesNs;
        private int next;

        Replay(long[] timesNs) {
            this.timesNs = timesNs;
        }

        @Override
        public long nextNs() {
            return next == timesNs.length ? NONE : timesNs[next++];
        }
    }

    private static final class Batches extends ArrivalSchedule {
        private final ArrivalSchedule times;
        private final int size;
        private int left;
        private long batchNs;

        Batches(ArrivalSchedule times, int size) {
            this.times = times;
            this.size = size;
        }

        @Override
        public int inARow() {
            return size;
        }

        @Override
        public long nextNs() {
            if (left == 0) {
                batchNs = times.nextNs();
                left = size;
            }
            left--;
            return batchNs;
        }
    }

    private static final class Share extends ArrivalSchedule {
        private final ArrivalSchedule whole;
        private final int of;
        private int skip;

        Share(ArrivalSchedule whole, int number, int of) {
            this.whole = whole;
            this.of = of;
            this.skip = number;
        }

        @Override
        public long nextNs() {
            for (int i = 0; i < skip; i++) {
                whole.nextNs();
            }
            skip = of - 1;
            return whole.nextNs();
        }
    }
}
