// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The command line of the harness: {@code ./harness SUBCOMMAND}. */
@NullMarked
package io.redistill.harness.cli;

import org.jspecify.annotations.NullMarked;
