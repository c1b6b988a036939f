// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Values as Redis's RDB files and its DUMP command write them. */
@NullMarked
package io.redistill.engine.rdb;

import org.jspecify.annotations.NullMarked;
