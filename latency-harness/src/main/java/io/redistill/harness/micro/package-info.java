// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Micro-benchmarks of single steps of a request; run by the profile {@code micro} of this module. */
@NullMarked
package io.redistill.harness.micro;

import org.jspecify.annotations.NullMarked;
