// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

/** Seeds of random tests: printed, and set again with {@code -Dredistill.seed=N} (with Surefire and Failsafe as well). */
public final class Seeds {
    private Seeds() {}

    /** The seed for one test. */
    public static long next(String test) {
        Long given = Long.getLong("redistill.seed");
        long seed = given != null ? given : System.nanoTime();
        System.out.println(test + ": -Dredistill.seed=" + seed);
        return seed;
    }
}
