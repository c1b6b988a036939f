// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The composition root: main, wiring, shutdown order, and the commands that look at the whole server. */
@NullMarked
package io.redistill.network.server;

import org.jspecify.annotations.NullMarked;
