// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import com.koloboke.collect.hash.HashConfig;
import com.koloboke.compile.KolobokeMap;
import com.koloboke.function.LongLongConsumer;
import com.koloboke.function.LongLongPredicate;

/**
 * One stripe: a {@code long → long} hash table that Koloboke Compile implements at build time as
 * {@code KolobokeStripeMap}.
 *
 * <p>The generated class keeps keys and values interleaved in one array, in its package-private fields
 * {@code long[] table} and {@code long freeValue}, and is final; {@link StripeTables} reads them by a cast, and states
 * the layout there. This file is compiled alone by a Java 8 compiler: Java 8 syntax, and no reference to other classes
 * of the project, not even from Javadoc imports.
 *
 * <p>Loads: a table doubles when it passes 0.8, to 0.4. The target of 0.5 counts only when a size is asked for (building,
 * ensureCapacity, shrink); a higher one trips an assertion inside the library, which wants the lesser of the two powers
 * of two to choose from to hold all keys. {@link #clear} keeps the capacity, {@link #shrink} gives it back.
 *
 * <p>Rules that the generated code does not enforce:
 *
 * <ul>
 *   <li>Key 0 must never be stored. It is the free key, and storing it makes the table choose another by rewriting
 *       itself, after which everything that reads the raw table is wrong.
 *   <li>{@link #justPut}, {@link #ensureCapacity} and {@link #shrink} may replace the array.
 *   <li>The callbacks of {@link #forEach}, {@link #forEachWhile} and {@link #removeIf} must not change the map.
 * </ul>
 *
 * <p>Threading: confined to the shard thread.
 */
@KolobokeMap
abstract class StripeMap {
    private static final HashConfig LOADS = HashConfig.fromLoads(0.4, 0.5, 0.8);

    StripeMap() {}

    /** Empty, with room for {@code expectedSize} keys before it grows. */
    static StripeMap sized(int expectedSize) {
        return new KolobokeStripeMap(LOADS, expectedSize);
    }

    abstract long getOrDefault(long key, long absent);

    abstract void justPut(long key, long value);

    /** Says whether the key was there. Later keys of the same run shift back: there are no tombstones. */
    abstract boolean justRemove(long key);

    abstract int size();

    abstract void clear();

    abstract void forEach(LongLongConsumer consumer);

    /** Stops at the first {@code false} and returns false then. */
    abstract boolean forEachWhile(LongLongPredicate predicate);

    /** The only way to remove while walking. */
    abstract boolean removeIf(LongLongPredicate predicate);

    abstract boolean ensureCapacity(long minimumSize);

    abstract boolean shrink();
}
