// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The command table, command names to opcodes, and what a command carries on its way to a shard. */
@NullMarked
package io.redistill.engine.command;

import org.jspecify.annotations.NullMarked;
