// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Connections: input memory, dispatch of decoded commands, replies in order. */
@NullMarked
package io.redistill.network.connection;

import org.jspecify.annotations.NullMarked;
