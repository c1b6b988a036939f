// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The highest rate at which a server keeps a bound. */
@NullMarked
package io.redistill.harness.sweep;

import org.jspecify.annotations.NullMarked;
