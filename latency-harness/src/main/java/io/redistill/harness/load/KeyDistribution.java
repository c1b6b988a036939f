// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

/**
 * Which of a number of keys the next request is for. Immutable but for {@link #sequential}, whose place belongs to the
 * connection that draws.
 *
 * <p>Threading: one thread.
 */
public abstract sealed class KeyDistribution {
    private KeyDistribution() {}

    /** Number of the next key, 0 to below the number of keys. */
    public abstract long next(RandomStream random);

    /** All keys alike. */
    public static KeyDistribution uniform(long keys) {
        return new Uniform(atLeastOne(keys));
    }

    /** Key k with a weight of 1 / (k + 1)^exponent. */
    public static KeyDistribution zipf(long keys, double exponent) {
        if (!(exponent > 0 && exponent <= 10)) {
            throw new IllegalArgumentException("exponent=" + exponent + " is not above 0 and at most 10");
        }
        return new Zipf(atLeastOne(keys), exponent);
    }

    /** A share of the requests for the first few keys, the others for the rest. */
    public static KeyDistribution hotSet(long keys, long hotKeys, double hotShare) {
        if (hotKeys < 1 || hotKeys >= keys || !(hotShare >= 0 && hotShare <= 1)) {
            throw new IllegalArgumentException("hotKeys=" + hotKeys + " must be in 1 to below keys=" + keys
                    + ", hotShare=" + hotShare + " in 0 to 1");
        }
        return new HotSet(keys, hotKeys, hotShare);
    }

    /** One key after the other from a place on, and again from the beginning. */
    public static KeyDistribution sequential(long keys, long from) {
        return new Sequential(atLeastOne(keys), from);
    }

    private static long atLeastOne(long keys) {
        if (keys < 1) {
            throw new IllegalArgumentException("keys=" + keys + " is less than 1");
        }
        return keys;
    }

    private static final class Uniform extends KeyDistribution {
        private final long keys;

        Uniform(long keys) {
            this.keys = keys;
        }

        @Override
        public long next(RandomStream random) {
            return random.below(keys);
        }
    }

    private static final class HotSet extends KeyDistribution {
        private final long keys;
        private final long hotKeys;
        private final double hotShare;

        HotSet(long keys, long hotKeys, double hotShare) {
            this.keys = keys;
            this.hotKeys = hotKeys;
            this.hotShare = hotShare;
        }

        @Override
        public long next(RandomStream random) {
            return random.unit() < hotShare ? random.below(hotKeys) : hotKeys + random.below(keys - hotKeys);
        }
    }

    private static final class Sequential extends KeyDistribution {
        private final long keys;
        private long next;

        Sequential(long keys, long from) {
            this.keys = keys;
            this.next = Math.floorMod(from, keys);
        }

        @Override
        public long next(RandomStream random) {
            long key = next;
            next = key + 1 == keys ? 0 : key + 1;
            return key;
        }
    }

    /**
     * Rejection-inversion (Hörmann, Derflinger: Rejection-inversion to generate variates from monotone discrete
     * distributions, 1996): exact, no table, on average less than two tries.
     */
    private static final class Zipf extends KeyDistribution {
        private final long keys;
        private final double exponent;
        private final double integralOfFirst;
        private final double integralOfLast;
        private final double alwaysWithin;

        Zipf(long keys, double exponent) {
            this.keys = keys;
            this.exponent = exponent;
            integralOfFirst = integral(1.5) - 1;
            integralOfLast = integral(keys + 0.5);
            alwaysWithin = 2 - inverseOfIntegral(integral(2.5) - weight(2));
        }

        @Override
        public long next(RandomStream random) {
            while (true) {
                double u = integralOfLast + random.unit() * (integralOfFirst - integralOfLast);
                double x = inverseOfIntegral(u);
                long rank = Math.min(Math.max((long) (x + 0.5), 1), keys);
                if (rank - x <= alwaysWithin || u >= integral(rank + 0.5) - weight(rank)) {
                    return rank - 1;
                }
            }
        }

        private double weight(double x) {
            return Math.exp(-exponent * Math.log(x));
        }

        /** Integral of the weight from 1 to x; the form holds for an exponent of 1 as well. */
        private double integral(double x) {
            double logarithm = Math.log(x);
            return expm1OverX((1 - exponent) * logarithm) * logarithm;
        }

        private double inverseOfIntegral(double integral) {
            double t = Math.max(integral * (1 - exponent), -1);
            return Math.exp(log1pOverX(t) * integral);
        }

        private static double log1pOverX(double x) {
            return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x * (0.5 - x / 3);
        }

        private static double expm1OverX(double x) {
            return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x * 0.5 * (1 + x / 3);
        }
    }
}
