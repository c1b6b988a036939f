// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Two servers in turns on one machine. */
@NullMarked
package io.redistill.harness.duel;

import org.jspecify.annotations.NullMarked;
