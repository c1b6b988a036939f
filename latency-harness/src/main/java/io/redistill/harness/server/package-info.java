// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Servers that the harness itself starts, measures and stops. */
@NullMarked
package io.redistill.harness.server;

import org.jspecify.annotations.NullMarked;
