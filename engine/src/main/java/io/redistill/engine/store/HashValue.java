// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hash under a key, opened for one command: whatever form it has, it is read and changed here. A hash begins as a
 * {@link PackedHash} and becomes a {@link FieldTable} for good when it passes a limit of {@link HashLimits} or {@link
 * PackedHash#MAX_BYTES}, or when a field gets a deadline; it begins to be with its first field and its key goes with the last.
 *
 * <p>It stands at one field, found by {@link #find} or reached by {@link #next}, which {@link #field} and {@link #value}
 * show and {@link #remove} and {@link #expireAt} change.
 *
 * <p><b>Deadlines</b> of fields make a table of a hash. A field whose deadline has passed is removed when it is looked up,
 * or by {@link #expireDue}; until then others pass it over.
 *
 * <p><b>Memory</b>: a change that finds none leaves the hash as it was, except that it may have become a table.
 *
 * <p>Threading: confined to the shard thread.
 */
public final class HashValue {
    /** What {@link #put} answers when there is no memory: nothing was changed. */
    public static final int NO_MEMORY = -1;

    /** The field was there and has another value now. */
    public static final int REPLACED = 0;

    /** The field was not there. */
    public static final int ADDED = 1;

    private static final int POINTER_BYTES = Long.BYTES;

    /** The time of the turn. */
    private static final long NOW = Long.MIN_VALUE;

    /** A scan that is asked for so many fields looks at so many times as many buckets, as Redis does. */
    private static final int BUCKETS_PER_FIELD = 10;

    /** A block is exchanged for a shorter one when that is three quarters as long. */
    private static final int SHRINK_NUMERATOR = 3;

    private static final int SHRINK_DENOMINATOR = 4;

    private final Database database;
    private final FieldTable tables;
    private final HashLimits limits;
    private final EntryView entry = new EntryView();
    private final EntryView fieldEntry = new EntryView();
    private final HashItem field = new HashItem();
    private final HashItem value = new HashItem();
    private final PackedItem sought = new PackedItem();
    private final PackedItem given = new PackedItem();

    private long keyHash;
    private long keyAddress;
    private int keyLength;

    private boolean exists;
    private boolean table;

    /** Of a part: its fields, instead of all; else null. */
    private long @Nullable [] part;

    private int partCount;
    private boolean continuation;

    /** The time by which fields are there, or {@link #NOW}. */
    private long asOfMs = NOW;

    /** The packed bytes or the root of the table. */
    private long content;

    /** The pair or the field entry where it stands, 0 for none. */
    private long position;

    /** Of a walk: what comes next, and in a table the bucket behind it. */
    private long upcoming;

    private int bucket;

    /** Of a walk with a cursor: where it is, and the fields and buckets that are still to come. */
    private boolean scanning;

    private boolean scanStarted;
    private long cursor;
    private long scanLeft;
    private long bucketsLeft;

    HashValue(Database database, FieldTable tables, HashLimits limits) {
        this.database = database;
        this.tables = tables;
        this.limits = limits;
    }

    /**
     * Opens the hash under a key, for as long as nothing else changes the database.
     *
     * @param existing the key's entry from {@link Database#find}, which must be a hash, or null: then the hash has no
     *     fields, and its key is there as soon as one is put
     */
    public HashValue open(long keyHash, long keyAddress, int keyLength, @Nullable EntryView existing) {
        this.keyHash = keyHash;
        this.keyAddress = keyAddress;
        this.keyLength = keyLength;
        position = 0;
        exists = existing != null;
        table = false;
        if (existing != null) {
            reopen(existing.address());
        }
        return this;
    }

    /**
     * Opens the hash of an entry to be read only, before its first field, as it was at a time since which it has not been
     * changed; nothing is dropped.
     *
     * @param ms the time, ms since the epoch: fields whose deadline had passed then do not come
     */
    HashValue openAsOf(EntryView existing, long ms) {
        asOfMs = ms;
        part = null;
        continuation = false;
        exists = true;
        reopen(existing.address());
        rewind();
        return this;
    }

    /**
     * Opens some fields of a table to be read only, before the first of them.
     *
     * @param more whether other fields of the same hash came before
     */
    HashValue openPart(long root, long[] fields, int count, boolean more) {
        exists = true;
        table = true;
        content = root;
        part = fields;
        partCount = count;
        continuation = more;
        rewind();
        return this;
    }

    /** Whether other fields of this hash came before: {@link CutSink} is given large hashes in parts. */
    public boolean isContinuation() {
        return continuation;
    }

    private void reopen(long entryAddress) {
        entry.wrap(entryAddress);
        table = entry.isFieldTable();
        content = table ? Memory.getLong(entry.valueAddress()) : entry.valueAddress();
    }

    /** Whether there is a key. */
    public boolean exists() {
        return exists;
    }

    /** Whether it is in the compact form. */
    public boolean isPacked() {
        return !table;
    }

    /** Whether a field may have a deadline. */
    public boolean isTimed() {
        return exists && table && FieldTable.timedCount(content) != 0;
    }

    /** Fields; in a table with those whose deadline has passed and that nobody has looked up. */
    public long length() {
        if (!exists) {
            return 0;
        }
        return table ? FieldTable.size(content) : PackedHash.count(content);
    }

    /** Fields that a walk will find. */
    public long liveLength() {
        if (!isTimed()) {
            return length();
        }
        long live = 0;
        rewind();
        while (next()) {
            live++;
        }
        return live;
    }

    // ---- one field

    /** Stands at a field, if it is there. */
    public boolean find(long fieldAddress, int fieldLength) {
        if (!exists) {
            position = 0;
        } else if (table) {
            findInTable(tables.hashOf(fieldAddress, fieldLength), fieldAddress, fieldLength);
        } else {
            position = PackedHash.find(content, sought.bytes(fieldAddress, fieldLength));
        }
        return position != 0;
    }

    private long findInTable(long hash, long fieldAddress, int fieldLength) {
        position = tables.find(content, hash, fieldAddress, fieldLength);
        if (position != FieldTable.NONE && tables.isExpired(position, database.nowMs())) {
            expireSlowPath();
        }
        return position;
    }

    /**
     * Removes a field whose deadline has passed.
     *
     * @param due the field's entry, as {@link FieldTable#collectDue} gave it
     */
    void expireDue(long due, EntryHash keyHash) {
        EntryView owner = entry.wrap(tables.ownerOf(due));
        open(keyHash.of(owner.keyAddress(), owner.keyLength()), owner.keyAddress(), owner.keyLength(), owner);
        EntryView expired = fieldEntry.wrap(due);
        find(expired.keyAddress(), expired.keyLength());
    }

    private void expireSlowPath() {
        remove();
        position = 0;
    }

    /** Stands at a field of what is or becomes a table, if it is there; false without memory. */
    private boolean findToWrite(long hash, long fieldAddress, int fieldLength) {
        position = exists ? findInTable(hash, fieldAddress, fieldLength) : FieldTable.NONE;
        return exists || makeTable();
    }

    /** The field where it stands. */
    public HashItem field() {
        return table ? field.keyOf(fieldEntry.wrap(position)) : field.packed(position);
    }

    /** The value of the field where it stands. */
    public HashItem value() {
        return table ? value.valueOf(fieldEntry.wrap(position)) : value.packed(PackedHash.valueOf(position));
    }

    /** The deadline of the field where it stands, ms since the epoch, or {@link Database#NO_EXPIRY}. */
    public long deadline() {
        if (!table) {
            return Database.NO_EXPIRY;
        }
        EntryView found = fieldEntry.wrap(position);
        return found.hasExpiry() ? found.expiresAtMs() : Database.NO_EXPIRY;
    }

    // ---- changes

    /**
     * Gives a field a value.
     *
     * @param isBlock whether the value is a {@link LargeBlock}: then one more holding of it is taken
     * @param expiresAtMs a deadline, {@link Database#NO_EXPIRY} or {@link Database#KEEP_EXPIRY}
     * @param bytesToCome how many bytes more are going to be put, in fields and values of how many pairs: a hint
     * @return {@link #ADDED}, {@link #REPLACED} or {@link #NO_MEMORY}
     */
    public int put(
            long fieldAddress,
            int fieldLength,
            long valueAddress,
            int valueLength,
            boolean isBlock,
            long expiresAtMs,
            long bytesToCome) {
        if (!table) {
            if (fieldLength <= limits.valueBytes()
                    && valueLength <= limits.valueBytes()
                    && !setsDeadline(expiresAtMs)) {
                int result = putPacked(fieldAddress, fieldLength, given.bytes(valueAddress, valueLength), bytesToCome);
                if (!table) {
                    return result;
                }
            } else if (!makeTable()) {
                return NO_MEMORY;
            }
        }
        return putBytes(fieldAddress, fieldLength, valueAddress, valueLength, isBlock, expiresAtMs);
    }

    /** Gives a field a number; the arguments and results of {@link #put}. */
    public int putInteger(long fieldAddress, int fieldLength, long number, long expiresAtMs) {
        if (!table) {
            if (fieldLength <= limits.valueBytes() && !setsDeadline(expiresAtMs)) {
                int result = putPacked(fieldAddress, fieldLength, given.integer(number), 0);
                if (!table) {
                    return result;
                }
            } else if (!makeTable()) {
                return NO_MEMORY;
            }
        }
        long hash = tables.hashOf(fieldAddress, fieldLength);
        if (!findToWrite(hash, fieldAddress, fieldLength)) {
            return NO_MEMORY;
        }
        long existing = position;
        beforeChange();
        long target = tables.write(
                content,
                existing,
                hash,
                fieldAddress,
                fieldLength,
                EntryLayout.KIND_INTEGER,
                0,
                Long.BYTES,
                Long.BYTES,
                expiry(existing, expiresAtMs));
        if (target == 0) {
            return noMemory();
        }
        Memory.putLong(target, number);
        return written(existing);
    }

    private int putBytes(
            long fieldAddress, int fieldLength, long valueAddress, int valueLength, boolean isBlock, long expiresAtMs) {
        long hash = tables.hashOf(fieldAddress, fieldLength);
        if (!findToWrite(hash, fieldAddress, fieldLength)) {
            return NO_MEMORY;
        }
        long existing = position;
        boolean large = valueLength >= Database.LARGE_VALUE_BYTES;
        beforeChange();
        long target = tables.write(
                content,
                existing,
                hash,
                fieldAddress,
                fieldLength,
                EntryLayout.KIND_RAW,
                large ? EntryLayout.LARGE_VALUE : 0,
                valueLength,
                large ? POINTER_BYTES : valueLength,
                expiry(existing, expiresAtMs));
        if (target == 0) {
            return noMemory();
        }
        if (large) {
            Memory.putLong(target, LargeBlock.hold(valueAddress, valueLength, isBlock));
        } else {
            Memory.copy(valueAddress, target, valueLength);
        }
        return written(existing);
    }

    /** Before the field of a table where it stands is changed, or one is added. */
    private void beforeChange() {
        database.beforeChange(entry);
        database.beforeFieldChange(content, position);
    }

    private static boolean setsDeadline(long expiresAtMs) {
        return expiresAtMs != Database.NO_EXPIRY && expiresAtMs != Database.KEEP_EXPIRY;
    }

    private int noMemory() {
        removeIfEmpty();
        return NO_MEMORY;
    }

    private int written(long existing) {
        position = 0;
        database.afterChange();
        return existing == FieldTable.NONE ? ADDED : REPLACED;
    }

    private long expiry(long existing, long expiresAtMs) {
        if (expiresAtMs != Database.KEEP_EXPIRY) {
            return expiresAtMs;
        }
        return existing == FieldTable.NONE ? Database.NO_EXPIRY : deadline();
    }

    /** Removes the field where it stands, and the key with the last one. */
    public void remove() {
        if (length() == 1) {
            removeKey();
            return;
        }
        if (table) {
            beforeChange();
            tables.remove(content, position);
        } else {
            int offset = (int) (position - content);
            int length = (int) (PackedHash.next(position) - position);
            long edited = edit(offset, length, 0);
            PackedHash.count(edited, PackedHash.count(edited) - 1);
            shrink();
        }
        position = 0;
        database.afterChange();
    }

    private void removeIfEmpty() {
        if (exists && length() == 0) {
            removeKey();
        }
    }

    private void removeKey() {
        database.remove(keyHash, entry);
        exists = false;
        table = false;
        position = 0;
    }

    /**
     * Sets or removes the deadline of a field that is there.
     *
     * @param expiresAtMs a deadline or {@link Database#NO_EXPIRY}
     * @return false when there is no memory and nothing was changed
     */
    public boolean expireAt(long fieldAddress, int fieldLength, long expiresAtMs) {
        if (!table) {
            if (expiresAtMs == Database.NO_EXPIRY) {
                return true;
            }
            if (!makeTable()) {
                return false;
            }
        }
        find(fieldAddress, fieldLength);
        beforeChange();
        position = tables.expireAt(content, position, expiresAtMs);
        if (position == FieldTable.NONE) {
            return false;
        }
        database.afterChange();
        return true;
    }

    // ---- packed

    /** The arguments and results of {@link #put}; the hash may be a table afterwards, and then nothing was put. */
    private int putPacked(long fieldAddress, int fieldLength, PackedItem item, long bytesToCome) {
        if (!exists && !createPacked(bytesToCome)) {
            return NO_MEMORY;
        }
        long pair = PackedHash.find(content, sought.bytes(fieldAddress, fieldLength));
        return pair != 0 ? replacePacked(pair, item) : addPacked(item);
    }

    private boolean createPacked(long bytesToCome) {
        int wanted = (int) Math.min(PackedHash.HEAD_BYTES + bytesToCome, PackedHash.MAX_BYTES);
        int overhead = EntryWriter.length(EntryWriter.flags(0, keyLength, Database.NO_EXPIRY), keyLength, 0);
        int room = Arena.blockLength(overhead + wanted) - overhead;
        long target = database.writeHash(
                null, keyHash, keyAddress, keyLength, EntryLayout.KIND_PACKED_HASH, room, Database.NO_EXPIRY);
        if (target == 0) {
            return false;
        }
        exists = true;
        reopenByKey();
        PackedHash.clear(content);
        return true;
    }

    private int replacePacked(long pair, PackedItem item) {
        long old = PackedHash.valueOf(pair);
        int oldLength = PackedItem.lengthAt(old);
        int offset = (int) (old - content);
        if (oldLength == item.encodedLength()) {
            database.beforeChange(entry);
        } else if (edit(offset, oldLength, item.encodedLength()) == 0) {
            return isTooLong(item.encodedLength() - oldLength) ? becomeTable() : NO_MEMORY;
        }
        item.write(content + offset);
        shrink();
        database.afterChange();
        return REPLACED;
    }

    private int addPacked(PackedItem item) {
        int length = sought.encodedLength() + item.encodedLength();
        int offset = PackedHash.used(content);
        if (PackedHash.count(content) >= limits.entries() || isTooLong(length)) {
            return becomeTable();
        }
        if (edit(offset, 0, length) == 0) {
            return noMemory();
        }
        item.write(sought.write(content + offset));
        PackedHash.count(content, PackedHash.count(content) + 1);
        database.afterChange();
        return ADDED;
    }

    private boolean isTooLong(int added) {
        return PackedHash.used(content) + added > PackedHash.MAX_BYTES;
    }

    private int becomeTable() {
        return makeTable() ? REPLACED : noMemory();
    }

    /**
     * Begins a change of the packed bytes: {@code removed} of them at an offset give way to {@code added}, undefined ones.
     *
     * @return where the packed bytes are now, or 0 when they would be too long or there is no memory: nothing was changed
     */
    private long edit(int offset, int removed, int added) {
        int used = PackedHash.used(content);
        int newUsed = used - removed + added;
        if (newUsed > PackedHash.MAX_BYTES) {
            return 0;
        }
        if (newUsed <= entry.valueLength()) {
            database.beforeChange(entry);
        } else if (!resize(newUsed)) {
            return 0;
        }
        int tail = used - offset - removed;
        if (tail > 0 && removed != added) {
            Memory.move(content + offset + removed, content + offset + added, tail);
        }
        PackedHash.used(content, newUsed);
        return content;
    }

    private boolean resize(int bytes) {
        int overhead = entry.lengthBytes() - entry.valueLength();
        int room = Arena.blockLength(overhead + bytes) - overhead;
        long moved = database.resize(entry, keyHash, room);
        if (moved == 0) {
            return false;
        }
        reopen(moved);
        return true;
    }

    /** Takes a shorter block where much is unused. A move more is no change. */
    private void shrink() {
        int length = entry.lengthBytes();
        int wanted = length - entry.valueLength() + PackedHash.used(content);
        if (Arena.blockLength(wanted) * SHRINK_DENOMINATOR <= length * SHRINK_NUMERATOR) {
            resize(PackedHash.used(content));
        }
    }

    /** Gives back the room that was asked for and not used. */
    public void trim() {
        if (exists && !table) {
            shrink();
        }
    }

    private void reopenByKey() {
        EntryView found = database.find(keyHash, keyAddress, keyLength);
        if (found == null) {
            throw new IllegalStateException("a key that was written is not there");
        }
        reopen(found.address());
    }

    // ---- table

    /** Makes a table of what is there, or an empty one; false without memory, with nothing changed. */
    private boolean makeTable() {
        long root = tables.create();
        if (root == FieldTable.NONE) {
            return false;
        }
        if (exists && !copyTo(root)) {
            tables.discard(root);
            return false;
        }
        long target = database.writeHash(
                exists ? entry : null,
                keyHash,
                keyAddress,
                keyLength,
                EntryLayout.KIND_HASH_TABLE,
                POINTER_BYTES,
                Database.KEEP_EXPIRY);
        if (target == 0) {
            tables.discard(root);
            return false;
        }
        Memory.putLong(target, root);
        exists = true;
        position = 0;
        reopenByKey();
        FieldTable.owner(root, entry.address());
        return true;
    }

    private boolean copyTo(long root) {
        rewind();
        while (next()) {
            HashItem from = field().toBytes();
            HashItem item = value();
            long hash = tables.hashOf(from.address(), from.length());
            boolean integer = item.isInteger();
            long target = tables.write(
                    root,
                    FieldTable.NONE,
                    hash,
                    from.address(),
                    from.length(),
                    integer ? EntryLayout.KIND_INTEGER : EntryLayout.KIND_RAW,
                    0,
                    integer ? Long.BYTES : item.length(),
                    integer ? Long.BYTES : item.length(),
                    deadline());
            if (target == 0) {
                return false;
            }
            if (integer) {
                Memory.putLong(target, item.integer());
            } else {
                Memory.copy(item.address(), target, item.length());
            }
        }
        return true;
    }

    // ---- walk

    /** Back before the first field. A packed hash is walked in the order in which its fields came. */
    public void rewind() {
        scanning = false;
        bucket = 0;
        position = 0;
        upcoming = !exists ? 0 : table ? FieldTable.NONE : content + PackedHash.HEAD_BYTES;
    }

    /**
     * Before the fields of which a cursor of {@link #scanCursor} tells: all of a packed hash, or whole buckets of a table
     * until there are {@code count} fields or ten times as many buckets.
     */
    public void scan(long from, long count) {
        rewind();
        scanning = exists && table;
        cursor = from;
        scanLeft = count;
        if (scanning) {
            bucketsLeft = count > Long.MAX_VALUE / BUCKETS_PER_FIELD ? Long.MAX_VALUE : count * BUCKETS_PER_FIELD;
            scanStarted = false;
        }
    }

    /** Where the next {@link #scan} goes on, after {@link #next} has said false; 0 for the end. */
    public long scanCursor() {
        return scanning ? cursor : 0;
    }

    /** Goes on to the next field; false at the end. The hash must not be changed meanwhile. */
    public boolean next() {
        if (!exists) {
            return false;
        }
        if (table) {
            return nextInTable();
        }
        if (upcoming >= content + PackedHash.used(content)) {
            return false;
        }
        position = upcoming;
        upcoming = PackedHash.next(upcoming);
        return true;
    }

    private boolean nextInTable() {
        long[] fields = part;
        if (fields != null) {
            position = bucket < partCount ? fields[bucket++] : FieldTable.NONE;
            return position != FieldTable.NONE;
        }
        long nowMs = asOfMs == NOW ? database.nowMs() : asOfMs;
        while (true) {
            while (upcoming == FieldTable.NONE) {
                if (!nextBucket()) {
                    return false;
                }
            }
            position = upcoming;
            upcoming = tables.next(upcoming);
            scanLeft--;
            if (!tables.isExpired(position, nowMs)) {
                return true;
            }
        }
    }

    private boolean nextBucket() {
        if (!scanning) {
            if (bucket == FieldTable.bucketCount(content)) {
                return false;
            }
            upcoming = tables.first(content, bucket++);
            return true;
        }
        if (scanStarted && (cursor == 0 || scanLeft <= 0 || bucketsLeft <= 0)) {
            return false;
        }
        scanStarted = true;
        bucketsLeft--;
        upcoming = tables.first(content, FieldTable.bucketAt(content, cursor));
        cursor = FieldTable.nextCursor(content, cursor);
        return true;
    }

    /** Stands at a field, each with the same chance; false if there is none. Of a packed hash it costs a walk. */
    public boolean random(SplittableRandom random) {
        if (!exists) {
            return false;
        }
        if (table) {
            position = tables.random(content, random, database.nowMs());
            return position != FieldTable.NONE;
        }
        rewind();
        for (int skip = random.nextInt(PackedHash.count(content)); skip >= 0; skip--) {
            next();
        }
        return true;
    }

    /** Names the field where it stands, until the hash is changed. */
    public long position() {
        return position;
    }

    /** Goes back to a field by its name. */
    public void position(long named) {
        position = named;
    }
}
