// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

/** Student's t distribution. */
final class StudentT {
    /** Even; the error of the quantile is below one part in a million with the degrees of freedom that are met here. */
    private static final int STEPS = 20_000;

    private StudentT() {}

    /**
     * The value that is exceeded with a given probability. With {@code x = sqrt(v) tan(u)} the density becomes
     * {@code cos(u)^(v-1)}, which is integrated up to where the rest is the probability asked for.
     *
     * @param upperTail above 0, at most 0.5
     * @param degreesOfFreedom from 1
     */
    static double quantile(double upperTail, double degreesOfFreedom) {
        if (!(upperTail > 0 && upperTail <= 0.5) || !(degreesOfFreedom >= 1)) {
            throw new IllegalArgumentException("upperTail=" + upperTail + ", degreesOfFreedom=" + degreesOfFreedom);
        }
        double step = Math.PI / 2 / STEPS;
        double[] density = new double[STEPS + 1];
        double whole = 0;
        for (int i = 0; i <= STEPS; i++) {
            // From the far end, so that a small tail is a sum of small numbers: cos(pi/2 - w) is sin(w).
            density[i] = Math.pow(Math.sin(i * step), degreesOfFreedom - 1);
            if (i > 0) {
                whole += (density[i] + density[i - 1]) / 2;
            }
        }
        // The whole is the upper half of the distribution, probability 0.5.
        double tail = 2 * upperTail * whole;
        double sum = 0;
        for (int i = 1; i <= STEPS; i++) {
            double slice = (density[i] + density[i - 1]) / 2;
            if (sum + slice >= tail) {
                double angle = (i - 1 + (tail - sum) / slice) * step;
                return Math.sqrt(degreesOfFreedom) / Math.tan(angle);
            }
            sum += slice;
        }
        return 0;
    }
}
