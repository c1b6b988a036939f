// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.function.LongConsumer;

/**
 * Key hash to slot: the index of one database of one shard.
 *
 * <p>A slot is an entry reference (see {@link io.redistill.engine.memory.AddressSpace}) in its low bits; the bits above
 * belong to whoever keeps recency or frequency, so that a hit's bookkeeping writes the line just loaded. A hash has at
 * most one slot here; {@link Database} resolves keys whose whole 64-bit hashes are equal.
 *
 * <p>Threading: confined to the shard thread.
 */
interface KeyIndex {
    /** Returned for a hash without a slot. No slot has this value. */
    long ABSENT = 0;

    /** The slot of a hash, or {@link #ABSENT}. */
    long get(long hash);

    /**
     * Loads the line where the look-up of a hash begins, without looking at what is in it: a branch on a value that is
     * still on its way from memory stops the loads behind it when it is mispredicted. The result means nothing.
     */
    long touch(long hash);

    /** Sets the slot of a hash, whether it had one or not. */
    void put(long hash, long slot);

    /** Removes the slot of a hash; nothing happens where there is none. */
    void remove(long hash);

    /** Slots held. */
    long size();

    /** Bytes that the tables take. */
    long usedBytes();

    /** Independent parts, for work in slices. */
    int stripeCount();

    /** Calls back with every slot of one part, in no particular order; the index must not change meanwhile. */
    void forEachSlot(int stripe, LongConsumer consumer);

    /** Empties one part and gives its memory back. */
    void clear(int stripe);
}
