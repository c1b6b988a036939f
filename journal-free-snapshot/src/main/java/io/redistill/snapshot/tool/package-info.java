// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** What can be done with snapshot files without a server. */
@NullMarked
package io.redistill.snapshot.tool;

import org.jspecify.annotations.NullMarked;
