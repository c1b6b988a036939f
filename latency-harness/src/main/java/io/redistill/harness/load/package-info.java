// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** What is sent and when: arrival schedules, keys, values and command templates. No clock and no socket. */
@NullMarked
package io.redistill.harness.load;

import org.jspecify.annotations.NullMarked;
