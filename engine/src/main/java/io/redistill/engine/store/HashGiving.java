// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;

/**
 * A large hash on its way into a cut: given in parts, some fields at a time, while commands go on changing it.
 *
 * <p>Its key was given when this was made: the key's entry carries the cut's number from then on. The fields carry numbers
 * of their own: one with another number was there at the cut, and comes with a part of the walk, or alone before a command
 * changes it. The walk is that of {@link FieldTable#nextCursor}, which misses nothing through growth and shrinking. A
 * table that its key lets go of meanwhile is freed only at the end.
 *
 * <p>Threading: confined to the shard thread.
 */
final class HashGiving {
    /** Fields of one part of the walk, unless buckets are longer: no longer than a slice. */
    private static final int PART_FIELDS = 32;

    /** Buckets of one part: most fields may have been given already. */
    private static final int PART_BUCKETS = 128;

    private final FieldTable tables;
    private final HashValue part;
    private final CutSink sink;
    private final int database;
    private final long cutMs;
    private final int recency;
    private final long root;
    private final long[] fields = new long[PART_FIELDS];
    private final EntryView key = new EntryView();
    private long cursor;
    private boolean begun;
    private boolean isContinuation;

    /**
     * Begins.
     *
     * @param part opened for what is given
     * @param database the number that the database had at the cut
     * @param cutMs the time of the cut: what had expired then is not given
     * @param entry the key's entry, with a table
     */
    HashGiving(
            FieldTable tables, HashValue part, CutSink sink, int database, long cutMs, EntryView entry, int recency) {
        this.tables = tables;
        this.part = part;
        this.sink = sink;
        this.database = database;
        this.cutMs = cutMs;
        this.recency = recency;
        root = Memory.getLong(entry.valueAddress());
        int length = entry.lengthBytes();
        long copy = Memory.allocate(length);
        Memory.copy(entry.address(), copy, length);
        key.wrap(copy);
        if (key.isLargeKey()) {
            LargeBlock.retain(key.keyAddress());
        }
        FieldTable.giving(root);
    }

    long root() {
        return root;
    }

    /** Gives a field that is about to change. */
    void giveAhead(long field) {
        tables.markStamped(field);
        if (!tables.isExpired(field, cutMs)) {
            fields[0] = field;
            give(1, true);
        }
    }

    /** Gives the next part; false when there is none. */
    boolean step() {
        int count = 0;
        for (int buckets = 0; buckets < PART_BUCKETS && count < PART_FIELDS; buckets++) {
            if (begun && cursor == 0) {
                break;
            }
            begun = true;
            long field = tables.first(root, FieldTable.bucketAt(root, cursor));
            for (; field != FieldTable.NONE; field = tables.next(field)) {
                if (tables.isStamped(field)) {
                    continue;
                }
                tables.markStamped(field);
                if (!tables.isExpired(field, cutMs)) {
                    if (count == PART_FIELDS) {
                        give(count, false);
                        count = 0;
                    }
                    fields[count++] = field;
                }
            }
            cursor = FieldTable.nextCursor(root, cursor);
        }
        if (count > 0) {
            give(count, false);
        }
        return cursor != 0;
    }

    private void give(int count, boolean ahead) {
        sink.entry(database, key, part.openPart(root, fields, count, isContinuation), recency, ahead);
        isContinuation = true;
    }

    /** Gives the memory back, and the table if it was let go of. */
    void close() {
        if (key.isLargeKey()) {
            LargeBlock.release(key.keyAddress());
        }
        Memory.free(key.address());
        tables.given(root);
    }
}
