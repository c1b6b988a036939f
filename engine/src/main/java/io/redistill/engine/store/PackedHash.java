// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Memory;

/**
 * The compact form of a hash: its fields and values one after the other in the value of an entry, in the order in which
 * the fields came.
 *
 * <pre>
 *    0          2         4                                            used       value length of the entry
 *   +----------+---------+-------+-------+-------+-------+-------------+----------+
 *   | fields   | used    | field | value | field | value | …           | room     |
 *   +----------+---------+-------+-------+-------+-------+-------------+----------+
 * </pre>
 *
 * Fields and values are {@link PackedItem}s. The room is what the entry's block is longer, so that most additions need no
 * other. There are no deadlines of fields here: a hash that has some is a {@link FieldTable}.
 *
 * <p>Threading: stateless; on the shard thread.
 */
final class PackedHash {
    static final int COUNT_OFFSET = 0;
    static final int USED_OFFSET = 2;
    static final int HEAD_BYTES = 4;
    /** Longest packed hash; longer ones become tables, whatever the limits say: looking is linear here. */
    static final int MAX_BYTES = Database.LARGE_VALUE_BYTES;

    private PackedHash() {}

    static int count(long packed) {
        return Memory.getShort(packed + COUNT_OFFSET) & 0xffff;
    }

    static void count(long packed, int count) {
        Memory.putShort(packed + COUNT_OFFSET, (short) count);
    }

    /** Bytes in use, the head included. */
    static int used(long packed) {
        return Memory.getShort(packed + USED_OFFSET) & 0xffff;
    }

    static void used(long packed, int used) {
        Memory.putShort(packed + USED_OFFSET, (short) used);
    }

    static void clear(long packed) {
        count(packed, 0);
        used(packed, HEAD_BYTES);
    }

    /** The pair whose field is the sought one, or 0. */
    static long find(long packed, PackedItem field) {
        long end = packed + used(packed);
        long pair = packed + HEAD_BYTES;
        while (pair < end) {
            if (field.isAt(pair)) {
                return pair;
            }
            pair = next(pair);
        }
        return 0;
    }

    /** The value of a pair. */
    static long valueOf(long pair) {
        return pair + PackedItem.lengthAt(pair);
    }

    /** The address behind a pair. */
    static long next(long pair) {
        long value = valueOf(pair);
        return value + PackedItem.lengthAt(value);
    }
}
