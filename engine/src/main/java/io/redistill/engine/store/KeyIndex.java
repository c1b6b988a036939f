// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * Which entry a key has: the index of one database of one shard.
 *
 * <p>Entries are named by their absolute addresses. A slot keeps an entry's reference (see {@link
 * io.redistill.engine.memory.AddressSpace}) in its low bits, and an index may compare keys with the entries themselves,
 * so that it need not hold whole hashes. Keys with equal 64-bit hashes are the index's own affair.
 *
 * <p>Threading: confined to the shard thread; {@link #size} and {@link #heapBytes} may be read by any thread.
 */
interface KeyIndex {
    /** Returned where there is no entry; no entry has this address. */
    long NONE = 0;

    /** The entry of a key, or {@link #NONE}. */
    long find(long hash, long keyAddress, int keyLength);

    /**
     * Where the look-up of a hash begins: the address of a line that the caller loads ahead, with {@link
     * io.redistill.engine.memory.Memory#touch}. An index on the Java heap loads it here and now and answers {@link #NONE}.
     *
     * <p>An address, and not the line itself, so that many can be loaded in a loop that does nothing else: what leads to
     * an address takes some forty instructions, of which a processor has no more than five or six under way. What is in
     * the line is not looked at: a branch on a value that is still on its way from memory stops the loads behind it when
     * it is mispredicted.
     */
    long line(long hash);

    /**
     * An entry that a look-up of this hash would have to look at, or {@link #NONE}; entries are not looked at here. Where it
     * stands may be remembered, for a {@link #find} soon after to look there first; what that finds is the same.
     */
    long peek(long hash);

    /**
     * What was noted with the entry that the last {@link #find} found or the last {@link #insert} added: {@link
     * AccessStamps#BITS} bits. 0 where the index has no room for them.
     */
    int accessStamp();

    /** Notes so many bits with that entry; nothing else may have been asked of the index meanwhile. */
    void accessStamp(int stamp);

    /**
     * The entry whose key has this hash and with which so much is noted, for {@link #accessStamp}; {@link #NONE} when
     * there is none in a slot.
     *
     * @param mask the bits that count
     * @param bits what they are
     */
    long findNoted(long hash, int mask, int bits);

    /**
     * Copies the slots around a random place, each key being as likely as any other.
     *
     * @param random 64 random bits
     * @param slots takes the slots, references with access stamps (see {@link AccessStamps#of}), from {@code from} on;
     *     has room for {@link AccessStamps#MAX_SAMPLE} more
     * @return where the next slot goes
     */
    int sample(long random, long[] slots, int from);

    /** Loads the line that {@link #sample} would copy. The result means nothing. */
    long touchSample(long random);

    /** Rewrites the access stamps of one part, from 0 to {@link #partCount}, that are about to become ambiguous. */
    void refresh(int part, AccessStamps stamps);

    /**
     * Adds an entry, complete with its key, whose key is not there yet.
     *
     * @return false when there is no memory and nothing was changed
     */
    boolean insert(long hash, long entry);

    /** Whether an entry is there, by its address. */
    boolean holds(long hash, long entry);

    /** Lets what points to entry {@code from}, which is there, point to {@code to}. */
    void move(long hash, long from, long to);

    /** Removes an entry that is there; its memory is still as it was. */
    void remove(long hash, long entry);

    /** Entries held. */
    long size();

    /** Bytes that the index takes outside the arena. */
    long heapBytes();

    /** Bytes that it takes in the arena. */
    long arenaBytes();

    /** Independent parts, for work in slices; may change with any insertion or removal. */
    int partCount();

    /** Calls back with every entry of one part, in no particular order; the index must not change meanwhile. */
    void forEach(int part, LongConsumer consumer);

    /**
     * Goes on with a walk, by a few slots, from which it calls back with every entry. Between calls the index may change
     * in any way, entries may move and tables be rebuilt: an entry that is there from the first call to the last comes at
     * least once. Some come twice, and of those that came or went meanwhile some come and some do not.
     *
     * @param consumer must not change the index
     * @return false when the walk is at its end
     */
    boolean walk(IndexCursor cursor, EntryConsumer consumer);

    /** Takes entries on a walk. */
    @FunctionalInterface
    interface EntryConsumer {
        /** Takes an entry and what {@link #accessStamp} would say of it. */
        void accept(long entry, int accessStamp);
    }

    /**
     * One step of a scan whose progress is nothing but a number: calls back with about {@code count} entries, or with none
     * where few are left. What is there from the first step to the last comes at least once, whatever changes between.
     *
     * @param position 0 to begin, then what the last step returned; any other number does no harm
     * @param consumer must not change the index
     * @return where to go on, below 2^47; 0 at the end
     */
    long scan(long position, long count, LongConsumer consumer);

    /** An entry chosen by chance, each as likely as any other; the index is not empty. */
    long any(SplittableRandom random);

    /** Gives the memory of one part back, in an index of which nothing else but this is asked any more. */
    void discard(int part);
}
