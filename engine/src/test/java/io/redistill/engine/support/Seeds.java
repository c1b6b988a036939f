// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

/** Seeds of random tests: new in each run, printed, and given back by {@code -Dredistill.seed=…}. */
public final class Seeds {
    private Seeds() {}

    /** The seed of a test, which is printed. */
    public static long next(String test) {
        long seed = Long.getLong("redistill.seed", System.nanoTime());
        System.out.println(test + ": -Dredistill.seed=" + seed);
        return seed;
    }
}
