// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Pages for people: one HTML file each, with its plots in it, that needs nothing from elsewhere. */
@NullMarked
package io.redistill.harness.report;

import org.jspecify.annotations.NullMarked;
