// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

/** Takes finished intervals from a generator thread. */
public interface IntervalSink {
    /**
     * Hands over an interval.
     *
     * @param full the finished one; transferred when another is answered
     * @return an empty set to go on with, or {@code full} itself when none is free, which then goes on
     */
    IntervalSet exchange(IntervalSet full);

    /** Hands over the last interval; transferred. */
    void last(IntervalSet full);
}
