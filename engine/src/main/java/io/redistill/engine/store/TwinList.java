// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Entries that an index has no slot for, because others with the same hash have taken all that there are.
 *
 * <p>With a seeded 64-bit hash that happens once in some 10^12 pairs of keys; the list is linear because it is never long.
 *
 * <p>Threading: confined to the shard thread.
 */
final class TwinList {
    private final EntryView view = new EntryView();
    private long[] hashes = new long[0];
    private long[] entries = new long[0];
    private int size;

    int size() {
        return size;
    }

    /** The entry of a key, or {@link KeyIndex#NONE}. */
    long find(long hash, long keyAddress, int keyLength) {
        for (int i = 0; i < size; i++) {
            if (hashes[i] == hash && view.wrap(entries[i]).hasKey(keyAddress, keyLength)) {
                return entries[i];
            }
        }
        return KeyIndex.NONE;
    }

    void add(long hash, long entry) {
        if (size == entries.length) {
            int capacity = Math.max(4, size * 2);
            hashes = Arrays.copyOf(hashes, capacity);
            entries = Arrays.copyOf(entries, capacity);
        }
        hashes[size] = hash;
        entries[size++] = entry;
    }

    boolean holds(long entry) {
        return positionOf(entry) >= 0;
    }

    /** Replaces an entry; false when it is not here. */
    boolean move(long from, long to) {
        int position = positionOf(from);
        if (position >= 0) {
            entries[position] = to;
        }
        return position >= 0;
    }

    /** Removes an entry; false when it is not here. */
    boolean remove(long entry) {
        int position = positionOf(entry);
        if (position >= 0) {
            removeAt(position);
        }
        return position >= 0;
    }

    /** Removes any entry with this hash and returns it, or {@link KeyIndex#NONE}. */
    long removeAny(long hash) {
        for (int i = 0; i < size; i++) {
            if (hashes[i] == hash) {
                long entry = entries[i];
                removeAt(i);
                return entry;
            }
        }
        return KeyIndex.NONE;
    }

    void forEach(LongConsumer consumer) {
        for (int i = 0; i < size; i++) {
            consumer.accept(entries[i]);
        }
    }

    /** Calls back with the entries whose hash is accepted. */
    void forEach(LongPredicate hash, LongConsumer consumer) {
        for (int i = 0; i < size; i++) {
            if (hash.test(hashes[i])) {
                consumer.accept(entries[i]);
            }
        }
    }

    /** Any entry; there is one. */
    long first() {
        return entries[0];
    }

    void clear() {
        size = 0;
    }

    private void removeAt(int position) {
        size--;
        hashes[position] = hashes[size];
        entries[position] = entries[size];
    }

    private int positionOf(long entry) {
        for (int i = 0; i < size; i++) {
            if (entries[i] == entry) {
                return i;
            }
        }
        return -1;
    }
}
