// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Whether two series of latencies differ: ratios of percentiles with confidence intervals, and a verdict. */
@NullMarked
package io.redistill.harness.statistics;

import org.jspecify.annotations.NullMarked;
