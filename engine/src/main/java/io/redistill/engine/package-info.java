// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The engine: build, start and stop a set of shards without any network. */
@NullMarked
package io.redistill.engine;

import org.jspecify.annotations.NullMarked;
