// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The keyspace of one shard: index, entries, databases. */
@NullMarked
package io.redistill.engine.store;

import org.jspecify.annotations.NullMarked;
