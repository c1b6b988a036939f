// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/** The Redis serialization protocol: bytes in, commands out; knows no channel. */
@NullMarked
package io.redistill.network.resp;

import org.jspecify.annotations.NullMarked;
