// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import net.openhft.hashing.LongHashFunction;

/**
 * The 64-bit hash of a key: XXH3 with a seed of this process, so that nobody outside can choose keys that collide.
 *
 * <p>Never 0, which index tables use for "free". Threading: immutable.
 */
public final class KeyHash {
    private static final long IN_PLACE_OF_ZERO = 0x9e3779b97f4a7c15L;

    private final LongHashFunction function;

    public KeyHash(long seed) {
        function = LongHashFunction.xx3(seed);
    }

    /** The hash of {@code length} bytes at an absolute address. */
    public long of(long address, int length) {
        long hash = function.hashMemory(address, length);
        return hash == 0 ? IN_PLACE_OF_ZERO : hash;
    }
}
