// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/**
 * The raw table of a {@link StripeMap}, for look-ups that first touch many slots and then read them.
 *
 * <pre>
 *   table.length = 2 * capacity, a power of two (at least 4)
 *
 *   index     0      1      2      3      4      5    ...
 *          +------+------+------+------+------+------+
 *          | key  | value| key  | value| key  | value|
 *          +------+------+------+------+------+------+
 *
 *   first index of a key = mix(key) &amp; (table.length - 2)      always even
 *   next index           = (index - 2) &amp; (table.length - 2)   downwards, wrapping
 *   free slot            = key equals the free key, which is 0 while 0 is never stored; its value is undefined
 * </pre>
 *
 * <p>One slot at least is free, so a probe ends. A table reference is good until the next {@code justPut},
 * {@code ensureCapacity} or {@code shrink} of its map.
 *
 * <p>Threading: as the map, confined to the shard thread.
 */
final class StripeTables {
    /** The free key of every table of a map that never stored it. */
    static final long FREE_KEY = 0L;

    /** 2^64 divided by the golden ratio; the factor of the library's own {@code LHash.ParallelKVLongKeyMixing}. */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private StripeTables() {}

    /** The array that {@code map} uses now. */
    static long[] table(StripeMap map) {
        return ((KolobokeStripeMap) map).table;
    }

    /** The key that marks a free slot of {@code map}: {@link #FREE_KEY} unless that key was stored at some time. */
    static long freeKey(StripeMap map) {
        return ((KolobokeStripeMap) map).freeValue;
    }

    /** Where {@code key} is looked for first; also the element to touch ahead of the look-up. */
    static int firstIndex(long[] table, long key) {
        return mix(key) & (table.length - 2);
    }

    /** The value of {@code key}, which is not {@link #FREE_KEY}, in the table of a map that never stored that key. */
    static long get(long[] table, long key, long absent) {
        return probe(table, FREE_KEY, key, absent);
    }

    /** The value of {@code key}, or {@code absent}. */
    static long probe(long[] table, long freeKey, long key, long absent) {
        int index = indexOf(table, freeKey, key);
        return index < 0 ? absent : table[index + 1];
    }

    /** Index of {@code key} in {@code table}, its value being the next element; -1 if it is not there. */
    static int indexOf(long[] table, long freeKey, long key) {
        if (key == freeKey) {
            return -1;
        }
        int mask = table.length - 2;
        int index = mix(key) & mask;
        while (true) {
            long found = table[index];
            if (found == key) {
                return index;
            }
            if (found == freeKey) {
                return -1;
            }
            index = (index - 2) & mask;
        }
    }

    /** Written out rather than called, so that the hot path does not depend on the inlining of a library class. */
    static int mix(long key) {
        long hash = key * GOLDEN_RATIO;
        hash ^= hash >> 32;
        hash ^= hash >> 16;
        return (int) hash;
    }
}
