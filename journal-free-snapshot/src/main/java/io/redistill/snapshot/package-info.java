// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The file format of snapshots: the only package that uses Chronicle Wire. */
@NullMarked
package io.redistill.snapshot;

import org.jspecify.annotations.NullMarked;
