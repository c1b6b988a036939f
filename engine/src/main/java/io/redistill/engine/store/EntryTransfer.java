// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * Moves and copies the value of one key to another: of the same database, of another one, of another shard's.
 *
 * <p>What an entry refers to is handed over where that is sound: a large block always, since blocks belong to no shard and
 * are shared by counted holders; the table of a hash within a shard, whose arena it is part of. Everything else, and a
 * table on its way into another shard, is copied.
 *
 * <p><b>One change point.</b> Both entries pass {@link Database#beforeChange} with what they were before anything is changed.
 *
 * <p>Threading: confined to the thread that owns the shards concerned, or to which they are lent.
 */
public final class EntryTransfer {
    private final EntryView source = new EntryView();
    private Database from;
    private long hash;
    private int accessStamp;

    /** Nothing is taken yet. */
    @SuppressWarnings("NullAway") // take comes before everything else
    public EntryTransfer() {}

    /**
     * Takes the value of a key, for as long as nothing but {@link Database#find} is called on its database.
     *
     * @return false when there is no such key
     */
    public boolean take(Database database, long keyHash, long keyAddress, int keyLength) {
        EntryView found = database.find(keyHash, keyAddress, keyLength);
        if (found == null) {
            return false;
        }
        from = database;
        hash = keyHash;
        accessStamp = database.accessStamp();
        source.wrap(found.address());
        return true;
    }

    /**
     * Gives another key what was taken, deadline included, and removes the key that had it.
     *
     * @param existing the other key's entry from {@link Database#find}, or null where there is none
     * @return false when there is no memory and nothing was changed
     */
    public boolean moveTo(
            Database to, long newHash, long newKeyAddress, int newKeyLength, @Nullable EntryView existing) {
        return moveTo(to, newHash, newKeyAddress, newKeyLength, existing, expiresAtMs());
    }

    /** The same with another deadline, or {@link Database#NO_EXPIRY}. */
    public boolean moveTo(
            Database to,
            long newHash,
            long newKeyAddress,
            int newKeyLength,
            @Nullable EntryView existing,
            long expiresAtMs) {
        from.beforeChange(source);
        // A table that a cut goes through stays with the database that it goes through it for.
        boolean handOver =
                !source.isFieldTable() || from == to || from.sharesArenaWith(to) && !FieldTable.isGiving(content());
        long content = handOver ? content() : to.fieldTables().copyOf(content());
        if (!write(to, newHash, newKeyAddress, newKeyLength, existing, content, expiresAtMs)) {
            if (!handOver) {
                to.fieldTables().letGo(content);
            }
            return false;
        }
        if (handOver && source.isFieldTable()) {
            to.fieldTables().adopt(from.fieldTables(), content);
        }
        from.removeTaken(hash, source, handOver);
        return true;
    }

    /**
     * Gives another key a copy of what was taken, deadline included.
     *
     * @param existing the other key's entry from {@link Database#find}, or null where there is none
     * @return false when there is no memory and nothing was changed
     */
    public boolean copyTo(
            Database to, long newHash, long newKeyAddress, int newKeyLength, @Nullable EntryView existing) {
        boolean isTable = source.isFieldTable();
        long content = isTable ? to.fieldTables().copyOf(content()) : content();
        if (!write(to, newHash, newKeyAddress, newKeyLength, existing, content, expiresAtMs())) {
            if (isTable) {
                to.fieldTables().letGo(content);
            }
            return false;
        }
        if (source.isLargeValue()) {
            LargeBlock.retain(content);
        }
        return true;
    }

    private long expiresAtMs() {
        return source.hasExpiry() ? source.expiresAtMs() : Database.NO_EXPIRY;
    }

    /** What the entry refers to: a block or a table; where it is a table's copy, NONE is for no memory. */
    private long content() {
        return source.isFieldTable() ? Memory.getLong(source.valueAddress()) : source.valueAddress();
    }

    private boolean write(
            Database to,
            long newHash,
            long newKeyAddress,
            int newKeyLength,
            @Nullable EntryView existing,
            long content,
            long expiresAtMs) {
        boolean refers = source.isFieldTable() || source.isLargeValue();
        if (content == FieldTable.NONE) {
            return false;
        }
        long target = to.writeTaken(existing, newHash, newKeyAddress, newKeyLength, source, expiresAtMs);
        if (target == 0) {
            return false;
        }
        if (refers) {
            Memory.putLong(target, content);
        } else {
            Memory.copy(content, target, source.valueLength());
        }
        to.placed(newHash, newKeyAddress, newKeyLength, from.sharesArenaWith(to) ? accessStamp : Database.NO_STAMP);
        return true;
    }
}
