// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.AddressSpace;

/**
 * How an index slot names an entry: granules from the base of the address space, in the low bits.
 *
 * <p>Threading: immutable.
 */
final class EntryReferences {
    /** The bits of a slot that are a reference. */
    static final long MASK = (1L << AddressSpace.REFERENCE_BITS) - 1;

    private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(AddressSpace.GRANULE_BYTES);

    private EntryReferences() {}

    static long address(long base, long slot) {
        return base + ((slot & MASK) << GRANULE_SHIFT);
    }

    static long of(long base, long entry) {
        return (entry - base) >>> GRANULE_SHIFT;
    }
}
