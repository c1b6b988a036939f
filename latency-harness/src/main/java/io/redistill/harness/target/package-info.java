// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The server that is measured: where it is, a connection to ask it things, what is watched and what disturbs it. */
@NullMarked
package io.redistill.harness.target;

import org.jspecify.annotations.NullMarked;
