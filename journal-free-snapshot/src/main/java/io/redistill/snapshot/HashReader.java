// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of an entry that is a hash, as an {@link EntryVisitor} is given it, for cold paths.
 *
 * <p>Threading: confined to its user.
 */
public final class HashReader {
    private final HashRecord record = new HashRecord();
    private List<Deadline> deadlines = new ArrayList<>();

    /**
     * When a field ends.
     *
     * @param name of the field
     * @param expiresAtMs ms since the epoch
     */
    public record Deadline(byte[] name, long expiresAtMs) {}

    /** Stands before the first field of a hash that was read from a file. */
    public HashReader wrap(int type, long valueAddress, int valueLength) {
        record.wrap(valueAddress, valueLength, EntryVisitor.isTimed(type));
        deadlines = new ArrayList<>();
        return this;
    }

    /** Fields that are to come. */
    public int left() {
        return record.left();
    }

    /** Goes to the next field; false when there is none, or one that cannot be read. */
    public boolean next() {
        boolean more = record.next();
        if (more && record.deadline() != EntryVisitor.NO_EXPIRY) {
            deadlines.add(new Deadline(name(), record.deadline()));
        }
        return more;
    }

    public byte[] name() {
        return Memory.toArray(record.fieldAddress(), record.fieldLength());
    }

    public byte[] value() {
        return Memory.toArray(record.valueAddress(), record.valueLength());
    }

    /** Those of the fields so far that have one. */
    public List<Deadline> deadlines() {
        return deadlines;
    }
}
