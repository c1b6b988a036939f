// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/** The implementations of the key index. */
public enum IndexKind {
    /** {@link ExtendibleKeyIndex}: small tables in arena memory that split one at a time. */
    EXTENDIBLE,

    /** {@link StripedKeyIndex}: Koloboke tables on the Java heap. */
    STRIPED
}
