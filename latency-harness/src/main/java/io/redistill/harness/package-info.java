// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Measuring how late replies are: requests on a schedule, recorded from the time when they were due. */
@NullMarked
package io.redistill.harness;

import org.jspecify.annotations.NullMarked;
