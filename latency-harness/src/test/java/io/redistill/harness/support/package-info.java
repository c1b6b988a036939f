// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** What several tests need. */
@NullMarked
package io.redistill.harness.support;

import org.jspecify.annotations.NullMarked;
