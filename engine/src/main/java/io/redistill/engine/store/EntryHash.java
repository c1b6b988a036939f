// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/** The hash of a key, for an index that does not keep it. Any thread. */
@FunctionalInterface
public interface EntryHash {
    /** The hash of {@code length} bytes at an absolute address: the one that look-ups of this key come with. */
    long of(long keyAddress, int keyLength);
}
