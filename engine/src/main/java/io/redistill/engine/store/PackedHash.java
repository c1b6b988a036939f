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
 *
 *    0          2         4           12                              timed
 *   +----------+---------+-----------+-------+-------+----------+---------------+--
 *   | fields   | used    | earliest  | field | value | deadline | field | …     |
 *   +----------+---------+-----------+-------+-------+----------+---------------+--
 * </pre>
 *
 * Fields and values are {@link PackedItem}s. In the timed form each pair has a deadline behind it, {@link
 * Database#NO_EXPIRY} for none, and <i>earliest</i> is no later than any of them. The room is what the entry's block is
 * longer, so that most additions need no other.
 *
 * <p>Threading: stateless; on the shard thread.
 */
final class PackedHash {
    static final int COUNT_OFFSET = 0;
    static final int USED_OFFSET = 2;
    static final int HEAD_BYTES = 4;
    static final int EARLIEST_OFFSET = 4;
    static final int TIMED_HEAD_BYTES = 12;
    static final int DEADLINE_BYTES = 8;

    /** Longest packed hash; longer ones become tables, whatever the limits say: looking is linear here. */
    static final int MAX_BYTES = Database.LARGE_VALUE_BYTES;

    private PackedHash() {}

    static int headBytes(boolean timed) {
        return timed ? TIMED_HEAD_BYTES : HEAD_BYTES;
    }

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

    static void clear(long packed, boolean timed) {
        count(packed, 0);
        used(packed, headBytes(timed));
        if (timed) {
            Memory.putLong(packed + EARLIEST_OFFSET, Long.MAX_VALUE);
        }
    }

    /** The pair whose field is the sought one, or 0. */
    static long find(long packed, boolean timed, PackedItem field) {
        long end = packed + used(packed);
        long pair = packed + headBytes(timed);
        int deadlineBytes = timed ? DEADLINE_BYTES : 0;
        while (pair < end) {
            if (field.isAt(pair)) {
                return pair;
            }
            long value = pair + PackedItem.lengthAt(pair);
            pair = value + PackedItem.lengthAt(value) + deadlineBytes;
        }
        return 0;
    }

    /** The value of a pair. */
    static long valueOf(long pair) {
        return pair + PackedItem.lengthAt(pair);
    }

    /** The address behind the value of a pair: of its deadline in the timed form. */
    static long endOfValue(long pair) {
        long value = valueOf(pair);
        return value + PackedItem.lengthAt(value);
    }

    /** The address behind a pair. */
    static long next(long pair, boolean timed) {
        return endOfValue(pair) + (timed ? DEADLINE_BYTES : 0);
    }

    /** A pair's deadline or {@link Database#NO_EXPIRY}. */
    static long deadline(long pair, boolean timed) {
        return timed ? Memory.getLong(endOfValue(pair)) : Database.NO_EXPIRY;
    }

    /** No later than any deadline; {@link Long#MAX_VALUE} where there is none. */
    static long earliest(long packed) {
        return Memory.getLong(packed + EARLIEST_OFFSET);
    }

    /** Sets a pair's deadline, which must have room. */
    static void deadline(long packed, long pair, long expiresAtMs) {
        Memory.putLong(endOfValue(pair), expiresAtMs);
        if (expiresAtMs != Database.NO_EXPIRY && expiresAtMs < earliest(packed)) {
            Memory.putLong(packed + EARLIEST_OFFSET, expiresAtMs);
        }
    }

    /** Recomputes the earliest deadline. */
    static void refreshEarliest(long packed) {
        long earliest = Long.MAX_VALUE;
        long end = packed + used(packed);
        for (long pair = packed + TIMED_HEAD_BYTES; pair < end; pair = next(pair, true)) {
            long deadline = deadline(pair, true);
            if (deadline != Database.NO_EXPIRY && deadline < earliest) {
                earliest = deadline;
            }
        }
        Memory.putLong(packed + EARLIEST_OFFSET, earliest);
    }
}
