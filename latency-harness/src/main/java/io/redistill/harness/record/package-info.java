// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/**
 * What a run leaves behind: the record of a run ({@code summary.json}), its interval histograms ({@code .hlog}), its
 * seconds and its slowest requests (CSV), and the folder they lie in. Written by the generator, read by everything that
 * looks at finished runs.
 */
@NullMarked
package io.redistill.harness.record;

import org.jspecify.annotations.NullMarked;
