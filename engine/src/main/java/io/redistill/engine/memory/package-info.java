// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** Off-heap memory: the only package that touches raw addresses' owners: address space, arena, large blocks. */
@NullMarked
package io.redistill.engine.memory;

import org.jspecify.annotations.NullMarked;
