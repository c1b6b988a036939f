// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import org.HdrHistogram.Histogram;

/**
 * One line of an {@code .hlog}: the samples of one tag in one interval.
 *
 * @param tag as in {@link Series}
 * @param startNs offset of the interval's beginning
 * @param endNs offset of its end
 * @param histogram samples in nanoseconds, owned by whoever holds the record
 */
public record IntervalHistogram(String tag, long startNs, long endNs, Histogram histogram) {}
