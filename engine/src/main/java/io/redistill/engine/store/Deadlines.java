// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Memory;

/**
 * The deadlines of one database's entries: kept in the entries themselves, in order by a {@link TimingWheel}.
 *
 * <p>Deadlines that the wheel does not reach ({@link EntryLayout#FAR_EXPIRY}) are only remembered.
 *
 * <p>Threading: confined to the shard thread; {@link #count} may be read by any thread.
 */
final class Deadlines {
    private final TimingWheel wheel;
    private long count;

    Deadlines(long base) {
        wheel = new TimingWheel(base);
    }

    TimingWheel wheel() {
        return wheel;
    }

    /** Entries that have a deadline. */
    long count() {
        return count;
    }

    /** The flags of an entry with this deadline, or with none. */
    static int flags(long expiresAtMs) {
        if (expiresAtMs == Database.NO_EXPIRY) {
            return 0;
        }
        return expiresAtMs < TimingWheel.DEADLINE_LIMIT_MS
                ? EntryLayout.HAS_EXPIRY
                : EntryLayout.HAS_EXPIRY | EntryLayout.FAR_EXPIRY;
    }

    /** The header of an entry with the flags that go with a deadline, or with none. */
    static long withFlags(long header, long expiresAtMs) {
        long both = (long) (EntryLayout.HAS_EXPIRY | EntryLayout.FAR_EXPIRY) << EntryLayout.FLAGS_SHIFT;
        return header & ~both | (long) flags(expiresAtMs) << EntryLayout.FLAGS_SHIFT;
    }

    /** Gives an entry its deadline, if its flags say that it has one; the field is as it came from the arena. */
    void add(long entry, int flags, long expiresAtMs) {
        if ((flags & EntryLayout.HAS_EXPIRY) != 0) {
            count++;
            if (EntryView.isTimed(flags)) {
                wheel.schedule(record(entry), Math.max(0, expiresAtMs));
            } else {
                Memory.putLong(record(entry), expiresAtMs);
            }
        }
    }

    /** Takes an entry's deadline away, if it has one; the field is still readable. */
    void remove(long entry, int flags) {
        if ((flags & EntryLayout.HAS_EXPIRY) != 0) {
            count--;
            if (EntryView.isTimed(flags)) {
                wheel.cancel(record(entry));
            }
        }
    }

    /** Sets the deadline of an entry whose flags stay as they are. */
    void replace(long entry, int flags, long expiresAtMs) {
        if (EntryView.isTimed(flags)) {
            long record = record(entry);
            long deadlineMs = Math.max(0, expiresAtMs);
            if (TimingWheel.deadline(record) != deadlineMs) {
                wheel.reschedule(record, deadlineMs);
            }
        } else if ((flags & EntryLayout.HAS_EXPIRY) != 0) {
            Memory.putLong(record(entry), expiresAtMs);
        }
    }

    /** Follows an entry whose bytes were copied to another address. */
    void moved(long to, int flags) {
        if (EntryView.isTimed(flags)) {
            wheel.moved(record(to));
        }
    }

    /** Forgets all entries. */
    void clear() {
        count = 0;
        wheel.clear();
    }

    /** The entry of a record in the wheel. */
    static long entry(long record) {
        return record - EntryLayout.EXPIRY_OFFSET;
    }

    private static long record(long entry) {
        return entry + EntryLayout.EXPIRY_OFFSET;
    }
}
