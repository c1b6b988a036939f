// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Replies: the port through which the engine speaks, and RESP values for replies off the hot path. */
@NullMarked
package io.redistill.engine.reply;

import org.jspecify.annotations.NullMarked;
