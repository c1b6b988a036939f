// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Shards, their rings, publication into them and command execution. */
@NullMarked
package io.redistill.engine.shard;

import org.jspecify.annotations.NullMarked;
