// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Finished runs side by side, and joined into one. */
@NullMarked
package io.redistill.harness.compare;

import org.jspecify.annotations.NullMarked;
