// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** A run from its options to its folder: prefill, generator threads, collecting, disturbing, the verdict, the outputs. */
@NullMarked
package io.redistill.harness.run;

import org.jspecify.annotations.NullMarked;
