// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Memory;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One database's part of a {@link CutWalk}: the walk through the index that the database had at the cut, and the stamp
 * that tells what is still to be given.
 *
 * <p>Threading: confined to the shard thread.
 */
final class DatabaseCut {
    /** Hashes of up to so many fields are given whole: what copying them takes is no longer than a slice. */
    static final int MAX_FIELDS_AT_ONCE = 128;

    private final FieldTable fieldTables;
    private final HashValue hash;
    private final AccessStamps stamps;
    private final EntryView view = new EntryView();
    private final KeyIndex.EntryConsumer walking = this::giveOnTheWay;

    /** Number of the last cut. */
    private int stamp;

    /** Where entries of an unfinished cut go, or null; with it what the walk needs. */
    private @Nullable CutSink sink;

    private @Nullable KeyIndex walked;
    private IndexCursor cursor = new IndexCursor();
    private int database;
    private long cutMs;
    private int cutTick;

    /** Large hashes that the walk, or a command that is about to change them, has come to. */
    private final ArrayDeque<HashGiving> givings = new ArrayDeque<>();

    /**
     * No cut yet.
     *
     * @param hash opened for what is given, and for nothing else
     * @param stamps when and how often keys are used
     */
    DatabaseCut(FieldTable fieldTables, HashValue hash, AccessStamps stamps) {
        this.fieldTables = fieldTables;
        this.hash = hash;
        this.stamps = stamps;
    }

    /**
     * Makes the cut: what {@code index} holds now is to be given.
     *
     * @param number that the database has now
     * @param nowMs what has expired by then is not given
     */
    void begin(int number, CutSink to, KeyIndex index, long nowMs) {
        if (sink != null) {
            throw new IllegalStateException("the walk of the cut before is not at its end");
        }
        join(stamp % EntryLayout.STAMP_MASK + 1);
        database = number;
        cutMs = nowMs;
        cutTick = stamps.tick();
        walked = index;
        cursor = new IndexCursor();
        sink = to;
    }

    /** What new entries are stamped with. */
    int stamp() {
        return stamp;
    }

    /** Takes another database's stamp. */
    void join(int otherStamp) {
        stamp = otherStamp;
        fieldTables.stamp(otherStamp);
    }

    /** One step of the walk; false when it is at its end. */
    boolean step() {
        HashGiving giving = givings.peek();
        if (giving != null) {
            if (!giving.step()) {
                givings.remove();
                giving.close();
            }
            return true;
        }
        KeyIndex index = walked;
        if (index != null && index.walk(cursor, walking)) {
            return true;
        }
        walked = null;
        return false;
    }

    /** After the last step of all databases of the shard. */
    void end() {
        sink = null;
    }

    /** Whether the walk still needs an index, and the entries in it. */
    boolean isWalking(KeyIndex index) {
        return index == walked;
    }

    /** Whether an entry that is about to change is to be given first. */
    boolean isWaitingFor(EntryView entry) {
        return sink != null && entry.stamp() != stamp;
    }

    /** The same of a field of a table whose key was given. */
    boolean isWaitingFor(long field) {
        return sink != null && field != FieldTable.NONE && !fieldTables.isStamped(field);
    }

    /** Gives an entry that {@link #isWaitingFor}. */
    void giveAhead(EntryView entry, int accessStamp) {
        give(entry, accessStamp, true);
    }

    /** Gives a field that {@link #isWaitingFor}, of the table with this root. */
    void giveAhead(long root, long field) {
        for (HashGiving giving : givings) {
            if (giving.root() == root) {
                giving.giveAhead(field);
                return;
            }
        }
        fieldTables.markStamped(field); // of a key that had expired at the cut, before the clock was set back
    }

    private void giveOnTheWay(long address, int accessStamp) {
        EntryView entry = view.wrap(address);
        if (entry.stamp() != stamp) {
            give(entry, accessStamp, false);
        }
    }

    private void give(EntryView entry, int accessStamp, boolean ahead) {
        CutSink to = sink;
        if (to != null && (!entry.hasExpiry() || entry.expiresAtMs() >= cutMs)) {
            give(to, entry, stamps.saved(accessStamp, cutTick), ahead);
        }
        Memory.putByte(entry.address() + EntryLayout.STAMP_OFFSET, (byte) stamp);
    }

    private void give(CutSink to, EntryView entry, int recency, boolean ahead) {
        long root = entry.isFieldTable() ? Memory.getLong(entry.valueAddress()) : FieldTable.NONE;
        if (root != FieldTable.NONE && FieldTable.size(root) > MAX_FIELDS_AT_ONCE) {
            givings.add(new HashGiving(fieldTables, hash, to, database, cutMs, entry, recency));
            return;
        }
        HashValue fields = entry.isHash() ? hash.openAsOf(entry, cutMs) : null;
        // With no field left that had not expired it was as good as gone.
        if (fields == null || !fields.isTimed() || fields.next()) {
            to.entry(database, entry, fields, recency, ahead);
        }
        if (root != FieldTable.NONE) {
            fieldTables.markAllStamped(root);
        }
    }

    /** Lets go of what unfinished givings hold; the last call. */
    void close() {
        HashGiving giving;
        while ((giving = givings.poll()) != null) {
            giving.close();
        }
    }
}
