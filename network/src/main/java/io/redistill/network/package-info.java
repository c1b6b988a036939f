// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The network front: event loops, listeners, and the threads that drive them together with their shards. */
@NullMarked
package io.redistill.network;

import org.jspecify.annotations.NullMarked;
