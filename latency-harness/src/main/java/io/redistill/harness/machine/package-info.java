// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** What is learned from the machine: hiccups, processor time, steal time, and what it is. */
@NullMarked
package io.redistill.harness.machine;

import org.jspecify.annotations.NullMarked;
