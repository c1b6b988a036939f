// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Replaying traces of keys through the store of the engine, to see which eviction policy misses least. */
@NullMarked
package io.redistill.harness.trace;

import org.jspecify.annotations.NullMarked;
