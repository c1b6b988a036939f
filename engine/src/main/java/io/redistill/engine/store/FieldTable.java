// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.util.SplittableRandom;

/**
 * The indexed form of hashes: fields in blocks of their own, found by linear hashing, all of it in arena memory.
 *
 * <pre>
 *   entry ─▶ root:   0        8          12         16              24            28           32      40      48
 *                   | fields | buckets  | capacity | heads          | directory's | generation | timed | entry | giving |
 *                   |        |          |          | or directory   | length      |            |       |       |        |
 *
 *   directory ─▶ segments of 512 heads        head: reference of the first field of a bucket, 0 for none
 *
 *   field:   63      40 39                 0
 *           | hash bits | next in bucket    |   then an entry as {@link EntryLayout} says: key the field, value its value
 *
 *   a field with a deadline has the address of the root before that
 * </pre>
 *
 * A table has a head for each field. Each addition splits one bucket, the next in order, and each removal from a sparse
 * table joins the last two to where they came from, so no change ever costs more than a handful of fields; heads come in
 * segments, the first of which grows by doubling. The low 24 bits of a field's hash stand beside its link: they tell most
 * other fields apart without a look at them, and say where it goes when its bucket splits.
 *
 * <p><b>Deadlines</b> of fields are kept as those of keys are, in {@link Deadlines} of their own.
 *
 * <p>Tables that were let go of are freed by {@link #reclaim} in slices. A table of an earlier generation than the current
 * one was there when {@link #forgetDeadlines} emptied the wheel: its fields have no records there any more.
 *
 * <p><b>Cuts.</b> Fields carry the number of the last cut that is done with them, as entries do. A table that a cut goes
 * through in slices is kept from being freed meanwhile ({@link #giving}).
 *
 * <p>After W. Litwin, <i>Linear Hashing: A New Tool for File and Table Addressing</i>, VLDB 1980; P.-Å. Larson,
 * <i>Dynamic Hash Tables</i>, CACM 31 (4), 1988, for segments and directory. The order of {@link #nextCursor} is that of
 * Redis's {@code dictScan}, by P. Noordhuis.
 *
 * <p>Threading: confined to the shard thread.
 */
final class FieldTable {
    /** No field, no table. */
    static final long NONE = 0;

    private static final int FIELDS = 0;
    private static final int BUCKETS = 8;
    private static final int CAPACITY = 12;
    private static final int HEADS = 16;
    private static final int DIRECTORY_LENGTH = 24;
    private static final int GENERATION = 28;
    private static final int TIMED = 32;
    private static final int OWNER = 40;
    private static final int GIVING = 48;
    private static final int ROOT_BYTES = 56;

    /** What GIVING says of a table that a cut goes through, and of one that was let go of meanwhile. */
    private static final int GIVING_TABLE = 1;

    private static final int GIVING_GARBAGE = 2;

    private static final int LINK_BYTES = Long.BYTES;
    private static final int ROOT_ADDRESS_BYTES = Long.BYTES;
    private static final int HEAD_BYTES = Long.BYTES;
    private static final int MIN_HEADS = 4;
    private static final int SEGMENT_SHIFT = 9;
    private static final int SEGMENT_HEADS = 1 << SEGMENT_SHIFT;
    private static final int MIN_DIRECTORY = 8;
    private static final int MAX_BUCKETS = 1 << 30;

    private static final int HASH_SHIFT = Long.SIZE - 24;
    private static final int HASH_BITS = 24;

    /** Buckets of a table that is freed at once. */
    private static final int SMALL_BUCKETS = 64;

    /** Fields and buckets freed in one slice. */
    private static final int SLICE = 256;

    /** Buckets are much shorter: with one field to a bucket one in 10^14 has so many, a power of two. */
    private static final int LONGEST_SAMPLED = 16;

    private static final int SAMPLE_TRIES = 4096;

    private final Arena arena;
    private final long base;
    private final EntryHash fieldHash;
    private final EntryView view = new EntryView();
    private final EntryView copied = new EntryView();
    private final Deadlines deadlines;
    private int generation;
    private int stamp;
    private long garbage;
    private long place;

    /**
     * No tables yet.
     *
     * @param base address of reference 0
     * @param fieldHash seeded, so that nobody outside can choose fields that collide
     */
    FieldTable(Arena arena, long base, EntryHash fieldHash) {
        this.arena = arena;
        this.base = base;
        this.fieldHash = fieldHash;
        deadlines = new Deadlines(base);
    }

    /** The root of an empty table, or {@link #NONE} when there is no memory. */
    long create() {
        long root = arena.allocate(ROOT_BYTES);
        if (root == NONE) {
            return NONE;
        }
        long heads = arena.allocate(MIN_HEADS * HEAD_BYTES);
        if (heads == 0) {
            arena.free(root);
            return NONE;
        }
        Memory.fill(root, ROOT_BYTES, (byte) 0);
        Memory.fill(heads, MIN_HEADS * HEAD_BYTES, (byte) 0);
        Memory.putInt(root + BUCKETS, MIN_HEADS);
        Memory.putInt(root + CAPACITY, MIN_HEADS);
        Memory.putLong(root + HEADS, heads);
        Memory.putInt(root + GENERATION, generation);
        return root;
    }

    /** Fields, those whose deadline has passed included until they are removed. */
    static long size(long root) {
        return Memory.getLong(root + FIELDS);
    }

    static int bucketCount(long root) {
        return Memory.getInt(root + BUCKETS);
    }

    /** Fields with a deadline. */
    static long timedCount(long root) {
        return Memory.getLong(root + TIMED);
    }

    /** Tells a table that its key's entry is at another address. */
    static void owner(long root, long entry) {
        Memory.putLong(root + OWNER, entry);
    }

    // ---- deadlines

    /** Sets the time. */
    void clock(long ms) {
        deadlines.wheel().clock(ms);
    }

    /** The time, ms since the epoch, from which {@link #collectDue} has something to do; {@link Long#MAX_VALUE} for never. */
    long nextExpiryMs() {
        return deadlines.wheel().nextWorkMs();
    }

    /** Bytes of the wheel on the heap. */
    long heapBytes() {
        return deadlines.wheel().heapBytes();
    }

    /**
     * Collects fields whose deadlines have passed; the caller removes each before the next call.
     *
     * @param due takes the entries of the fields
     * @return how many; 0 does not mean that none is left, see {@link #nextExpiryMs}
     */
    int collectDue(long nowMs, long[] due, int maxMoves) {
        int found = deadlines.wheel().collectDue(nowMs, due, maxMoves);
        int count = 0;
        for (int i = 0; i < found; i++) {
            long field = Deadlines.entry(due[i]);
            if (ownerOf(field) != 0) {
                due[count++] = field;
            } else {
                // Of a table that is being freed: only its record goes.
                EntryView entry = view.wrap(field);
                long expiresAtMs = entry.expiresAtMs();
                deadlines.remove(field, entry.flags());
                Memory.putLong(field + EntryLayout.EXPIRY_OFFSET, expiresAtMs);
                long far = (long) EntryLayout.FAR_EXPIRY << EntryLayout.FLAGS_SHIFT;
                Memory.putLong(field, Memory.getLong(field) | far);
            }
        }
        return count;
    }

    /** The entry of the key to which a field with a deadline belongs, 0 when its table was let go of. */
    long ownerOf(long field) {
        return Memory.getLong(Memory.getLong(field - LINK_BYTES - ROOT_ADDRESS_BYTES) + OWNER);
    }

    /** Forgets the deadlines of all tables that there are, which must all be let go of. */
    void forgetDeadlines() {
        deadlines.clear();
        generation++;
    }

    // ---- cuts

    /** Sets the number that new fields carry. */
    void stamp(int cut) {
        stamp = cut;
    }

    /** Whether the current cut is done with a field. */
    boolean isStamped(long field) {
        return (Memory.getByte(field + EntryLayout.STAMP_OFFSET) & 0xff) == stamp;
    }

    /** The current cut is done with a field. */
    void markStamped(long field) {
        Memory.putByte(field + EntryLayout.STAMP_OFFSET, (byte) stamp);
    }

    /** The current cut is done with all fields of a table. */
    void markAllStamped(long root) {
        for (int bucket = bucketCount(root) - 1; bucket >= 0; bucket--) {
            for (long field = first(root, bucket); field != NONE; field = next(field)) {
                markStamped(field);
            }
        }
    }

    /** From now on a cut goes through the table, which is not freed until {@link #given}. */
    static void giving(long root) {
        Memory.putInt(root + GIVING, GIVING_TABLE);
    }

    static boolean isGiving(long root) {
        return Memory.getInt(root + GIVING) != 0;
    }

    /** The cut has been through the table: if it was let go of, it is freed. */
    void given(long root) {
        boolean letGo = Memory.getInt(root + GIVING) == GIVING_GARBAGE;
        Memory.putInt(root + GIVING, 0);
        if (letGo) {
            discard(root);
        }
    }

    // ---- look-up

    /** The hash of a field's bytes. */
    long hashOf(long field, int length) {
        return fieldHash.of(field, length);
    }

    /** The entry of a field, or {@link #NONE}. */
    long find(long root, long hash, long field, int length) {
        long from = headAddress(root, bucketOf(root, hash));
        long block;
        while ((block = follow(from)) != NONE) {
            if (Memory.getLong(block) >>> HASH_SHIFT == hash << HASH_SHIFT >>> HASH_SHIFT
                    && view.wrap(block + LINK_BYTES).hasKey(field, length)) {
                place = from;
                return block + LINK_BYTES;
            }
            from = block;
        }
        return NONE;
    }

    private static int bucketOf(long root, long hash) {
        int count = bucketCount(root);
        int full = Integer.highestOneBit(count);
        int bucket = (int) hash & 2 * full - 1;
        return bucket < count ? bucket : bucket & full - 1;
    }

    private static long headAddress(long root, int bucket) {
        long heads = Memory.getLong(root + HEADS);
        if (Memory.getInt(root + DIRECTORY_LENGTH) != 0) {
            heads = Memory.getLong(heads + (long) (bucket >>> SEGMENT_SHIFT) * Long.BYTES);
            return heads + (long) (bucket & SEGMENT_HEADS - 1) * HEAD_BYTES;
        }
        return heads + (long) bucket * HEAD_BYTES;
    }

    /** The block that a head or the link of a block points to, or NONE. */
    private long follow(long link) {
        long reference = Memory.getLong(link) & EntryReferences.MASK;
        return reference == 0 ? NONE : EntryReferences.address(base, reference);
    }

    private void point(long link, long block) {
        long reference = block == NONE ? 0 : EntryReferences.of(base, block);
        Memory.putLong(link, Memory.getLong(link) & ~EntryReferences.MASK | reference);
    }

    // ---- walk

    /** The first field of a bucket, or {@link #NONE}. */
    long first(long root, int bucket) {
        return entryOf(follow(headAddress(root, bucket)));
    }

    /** The field behind another in its bucket, or {@link #NONE}. */
    long next(long field) {
        return entryOf(follow(field - LINK_BYTES));
    }

    private static long entryOf(long block) {
        return block == NONE ? NONE : block + LINK_BYTES;
    }

    /** The bucket where a walk with a cursor is. */
    static int bucketAt(long root, long cursor) {
        return bucketOf(root, cursor);
    }

    /**
     * The cursor of the bucket that follows, 0 at the end. Buckets are walked in the order of their numbers read
     * backwards: those into which one splits are neighbours, so a walk misses nothing through growth and shrinking.
     */
    static long nextCursor(long root, long cursor) {
        int count = bucketCount(root);
        int full = Integer.highestOneBit(count);
        int wide = (int) cursor & 2 * full - 1;
        // A bucket that was split, or is the upper half of one, has a bit more than those that were not.
        boolean split = (wide & full - 1) < count - full;
        int mask = split ? 2 * full - 1 : full - 1;
        int reversed = Integer.reverse((int) cursor | ~mask) + 1;
        return Integer.reverse(reversed) & 0xffff_ffffL;
    }

    /** A field, all with the same chance, those whose deadline has passed left out; {@link #NONE} if there is none. */
    long random(long root, SplittableRandom random, long nowMs) {
        int count = bucketCount(root);
        for (int i = 0; i < SAMPLE_TRIES; i++) {
            long bits = random.nextLong();
            long field = first(root, (int) ((bits >>> 32) * count >>> 32));
            for (int skip = (int) bits & LONGEST_SAMPLED - 1; skip > 0 && field != NONE; skip--) {
                field = next(field);
            }
            if (field != NONE && !isExpired(field, nowMs)) {
                return field;
            }
        }
        return anySlowPath(root, random.nextInt(count), nowMs);
    }

    /** The first live field from a bucket on: where nearly all fields have expired. */
    private long anySlowPath(long root, int start, long nowMs) {
        int count = bucketCount(root);
        for (int i = 0; i < count; i++) {
            int bucket = start + i < count ? start + i : start + i - count;
            for (long field = first(root, bucket); field != NONE; field = next(field)) {
                if (!isExpired(field, nowMs)) {
                    return field;
                }
            }
        }
        return NONE;
    }

    boolean isExpired(long field, long nowMs) {
        EntryView entry = view.wrap(field);
        return entry.hasExpiry() && entry.expiresAtMs() < nowMs;
    }

    /**
     * Bytes that a table takes, by the mean of its first fields.
     *
     * @param samples how many fields to look at, from 1
     */
    long bytes(long root, long samples) {
        long fieldBytes = 0;
        long seen = 0;
        for (int bucket = 0; bucket < bucketCount(root) && seen < samples; bucket++) {
            for (long field = first(root, bucket); field != NONE && seen < samples; field = next(field)) {
                EntryView entry = view.wrap(field);
                fieldBytes += Arena.blockLength(prefix(entry.flags()) + entry.lengthBytes());
                fieldBytes += entry.isLargeKey() ? LargeBlock.lengthBytes(entry.keyAddress()) : 0;
                fieldBytes += entry.isLargeValue() ? LargeBlock.lengthBytes(entry.valueAddress()) : 0;
                seen++;
            }
        }
        long heads = (long) Memory.getInt(root + CAPACITY) * HEAD_BYTES;
        long directory = (long) Memory.getInt(root + DIRECTORY_LENGTH) * Long.BYTES;
        return ROOT_BYTES + heads + directory + (seen == 0 ? 0 : (long) ((double) fieldBytes / seen * size(root)));
    }

    // ---- changes

    /**
     * Gives a field a value, to be written by the caller at the returned address before anything else is called here.
     *
     * @param existing the field's entry from the last {@link #find}, or {@link #NONE} where there is none
     * @param kind the kind of the value
     * @param valueFlag {@link EntryLayout#LARGE_VALUE} or 0
     * @param valueLength bytes of the value
     * @param valueBytes bytes of it in the field's block
     * @param expiresAtMs a deadline or {@link Database#NO_EXPIRY}
     * @return where the value goes, or 0 when there is no memory and nothing was changed
     */
    long write(
            long root,
            long existing,
            long hash,
            long field,
            int fieldLength,
            int kind,
            int valueFlag,
            int valueLength,
            int valueBytes,
            long expiresAtMs) {
        int flags = EntryWriter.flags(valueFlag, fieldLength, expiresAtMs);
        int length = EntryWriter.length(flags, fieldLength, valueBytes);
        long header =
                EntryWriter.header(kind, flags, fieldLength, valueLength) | (long) stamp << EntryLayout.STAMP_SHIFT;
        if (existing == NONE) {
            long link = allocate(root, flags, length);
            if (link == NONE) {
                return 0;
            }
            long entry = link + LINK_BYTES;
            EntryWriter.fill(entry, header, flags, expiresAtMs, field, fieldLength, 0);
            deadlines.add(entry, flags, expiresAtMs);
            long head = headAddress(root, bucketOf(root, hash));
            Memory.putLong(link, hash << HASH_SHIFT | Memory.getLong(head));
            point(head, link);
            countTimed(root, 0, flags);
            Memory.putLong(root + FIELDS, size(root) + 1);
            growSlowPath(root);
            return entry + length - valueBytes;
        }
        EntryView old = view.wrap(existing);
        int oldFlags = old.flags();
        long valueBlock = old.isLargeValue() ? old.valueAddress() : 0;
        long fieldBlock = old.isLargeKey() ? old.keyAddress() : 0;
        long entry = existing;
        if (oldFlags == flags && Arena.sameBlockLength(prefix(flags) + old.lengthBytes(), prefix(flags) + length)) {
            Memory.putLong(entry, header);
            deadlines.replace(entry, flags, expiresAtMs);
        } else {
            long link = allocate(root, flags, length);
            if (link == NONE) {
                return 0;
            }
            entry = link + LINK_BYTES;
            deadlines.remove(existing, oldFlags);
            EntryWriter.fill(entry, header, flags, expiresAtMs, field, fieldLength, fieldBlock);
            deadlines.add(entry, flags, expiresAtMs);
            relink(existing, oldFlags, link);
            countTimed(root, oldFlags, flags);
        }
        if (valueBlock != 0) {
            LargeBlock.release(valueBlock);
        }
        return entry + length - valueBytes;
    }

    /** Bytes of a field's block before its entry. */
    private static int prefix(int flags) {
        return (flags & EntryLayout.HAS_EXPIRY) == 0 ? LINK_BYTES : LINK_BYTES + ROOT_ADDRESS_BYTES;
    }

    /** The link of a new block for an entry, or {@link #NONE}. */
    private long allocate(long root, int flags, int length) {
        int prefix = prefix(flags);
        long block = arena.allocate(prefix + length);
        if (block == 0) {
            return NONE;
        }
        if (prefix != LINK_BYTES) {
            Memory.putLong(block, root);
        }
        return block + prefix - LINK_BYTES;
    }

    /** Puts another block in place of the one that the last {@link #find} found, which is freed. */
    private void relink(long existing, int oldFlags, long link) {
        Memory.putLong(link, Memory.getLong(existing - LINK_BYTES));
        point(place, link);
        arena.free(existing - prefix(oldFlags));
    }

    /**
     * Sets or removes the deadline of the field that the last {@link #find} found.
     *
     * @return the field's entry, moved perhaps, or {@link #NONE} when there is no memory and nothing was changed
     */
    long expireAt(long root, long existing, long expiresAtMs) {
        EntryView old = view.wrap(existing);
        int oldFlags = old.flags();
        int length = old.lengthBytes();
        long header = Deadlines.withFlags(Memory.getLong(existing), expiresAtMs);
        int flags = (int) (header >>> EntryLayout.FLAGS_SHIFT) & EntryLayout.FLAGS_MASK;
        if (flags == oldFlags) {
            deadlines.replace(existing, flags, expiresAtMs);
            return existing;
        }
        int oldBody = bodyOffset(oldFlags);
        int body = bodyOffset(flags);
        long link = allocate(root, flags, length - oldBody + body);
        if (link == NONE) {
            return NONE;
        }
        long entry = link + LINK_BYTES;
        deadlines.remove(existing, oldFlags);
        Memory.putLong(entry, header);
        Memory.copy(existing + oldBody, entry + body, length - oldBody);
        deadlines.add(entry, flags, expiresAtMs);
        relink(existing, oldFlags, link);
        countTimed(root, oldFlags, flags);
        return entry;
    }

    private static int bodyOffset(int flags) {
        return EntryLayout.HEADER_BYTES + ((flags & EntryLayout.HAS_EXPIRY) == 0 ? 0 : EntryLayout.EXPIRY_BYTES);
    }

    private static void countTimed(long root, int oldFlags, int flags) {
        int change = (flags & EntryLayout.HAS_EXPIRY) - (oldFlags & EntryLayout.HAS_EXPIRY);
        if (change != 0) {
            Memory.putLong(root + TIMED, timedCount(root) + change);
        }
    }

    /** Removes the field that the last {@link #find} found. */
    void remove(long root, long existing) {
        point(place, follow(existing - LINK_BYTES));
        countTimed(root, view.wrap(existing).flags(), 0);
        Memory.putLong(root + FIELDS, size(root) - 1);
        freeField(existing, true);
        shrinkSlowPath(root);
    }

    /**
     * Frees a field.
     *
     * @param hasRecord whether a deadline that it has is in the wheel
     */
    private void freeField(long field, boolean hasRecord) {
        EntryView entry = view.wrap(field);
        int flags = entry.flags();
        if (hasRecord) {
            deadlines.remove(field, flags);
        }
        if (entry.isLargeValue()) {
            LargeBlock.release(entry.valueAddress());
        }
        if (entry.isLargeKey()) {
            LargeBlock.release(entry.keyAddress());
        }
        arena.free(field - prefix(flags));
    }

    // ---- growth

    /** Splits the next bucket when there are more fields than buckets. Without memory the table gets denser instead. */
    private void growSlowPath(long root) {
        int count = bucketCount(root);
        if (size(root) <= count || count == MAX_BUCKETS || !ensureHeads(root, count + 1)) {
            return;
        }
        int full = Integer.highestOneBit(count);
        Memory.putInt(root + BUCKETS, count + 1);
        long lower = headAddress(root, count & full - 1);
        long upper = headAddress(root, count);
        Memory.putLong(upper, 0);
        long from = lower;
        long block;
        while ((block = follow(from)) != NONE) {
            if ((hashBits(block, full) & full) == 0) {
                from = block;
            } else {
                point(from, follow(block));
                point(block, follow(upper));
                point(upper, block);
            }
        }
    }

    /** As many low bits of a block's hash as tell about {@code bit}. */
    private long hashBits(long block, int bit) {
        if (bit < 1 << HASH_BITS) {
            return Memory.getLong(block) >>> HASH_SHIFT;
        }
        EntryView entry = view.wrap(block + LINK_BYTES);
        return fieldHash.of(entry.keyAddress(), entry.keyLength());
    }

    /** Joins the last two buckets to those they were split from, where half of the buckets would do. */
    private void shrinkSlowPath(long root) {
        for (int i = 0; i < 2; i++) {
            int last = bucketCount(root) - 1;
            if (last < MIN_HEADS || size(root) * 2 > last) {
                return;
            }
            long from = headAddress(root, last);
            long to = headAddress(root, last & Integer.highestOneBit(last) - 1);
            long end = to;
            long block;
            while ((block = follow(end)) != NONE) {
                end = block;
            }
            point(end, follow(from));
            Memory.putInt(root + BUCKETS, last);
            releaseHeads(root);
        }
    }

    private boolean ensureHeads(long root, int wanted) {
        int capacity = Memory.getInt(root + CAPACITY);
        if (wanted <= capacity) {
            return true;
        }
        if (capacity < SEGMENT_HEADS) {
            return resizeHeads(root, capacity * 2);
        }
        int segments = capacity >>> SEGMENT_SHIFT;
        int length = Memory.getInt(root + DIRECTORY_LENGTH);
        if ((length == 0 || length == segments) && !widenDirectory(root, segments)) {
            return false;
        }
        long segment = arena.allocate(SEGMENT_HEADS * HEAD_BYTES);
        if (segment == 0) {
            return false;
        }
        Memory.putLong(Memory.getLong(root + HEADS) + (long) segments * Long.BYTES, segment);
        Memory.putInt(root + CAPACITY, capacity + SEGMENT_HEADS);
        return true;
    }

    private boolean resizeHeads(long root, int heads) {
        long old = Memory.getLong(root + HEADS);
        long resized = arena.allocate(heads * HEAD_BYTES);
        if (resized == 0) {
            return false;
        }
        Memory.copy(old, resized, (long) Math.min(heads, Memory.getInt(root + CAPACITY)) * HEAD_BYTES);
        arena.free(old);
        Memory.putLong(root + HEADS, resized);
        Memory.putInt(root + CAPACITY, heads);
        return true;
    }

    /** Makes a directory, or one of twice the length. */
    private boolean widenDirectory(long root, int segments) {
        int oldLength = Memory.getInt(root + DIRECTORY_LENGTH);
        int length = Math.max(MIN_DIRECTORY, oldLength * 2);
        long directory = isLarge(length) ? LargeBlock.allocate((long) length * Long.BYTES) : arena.allocate(length * 8);
        if (directory == 0) {
            return false;
        }
        long old = Memory.getLong(root + HEADS);
        if (oldLength == 0) {
            Memory.putLong(directory, old);
        } else {
            Memory.copy(old, directory, (long) segments * Long.BYTES);
            freeDirectory(old, oldLength);
        }
        Memory.putLong(root + HEADS, directory);
        Memory.putInt(root + DIRECTORY_LENGTH, length);
        return true;
    }

    private static boolean isLarge(int directoryLength) {
        return (long) directoryLength * Long.BYTES > Database.LARGE_VALUE_BYTES;
    }

    private void freeDirectory(long directory, int length) {
        if (isLarge(length)) {
            LargeBlock.release(directory);
        } else {
            arena.free(directory);
        }
    }

    /** Gives back heads behind the last bucket, with some room left so that nothing swings. */
    private void releaseHeads(long root) {
        int count = bucketCount(root);
        int capacity = Memory.getInt(root + CAPACITY);
        int length = Memory.getInt(root + DIRECTORY_LENGTH);
        if (length == 0) {
            if (count <= capacity / 4 && capacity > MIN_HEADS) {
                resizeHeads(root, capacity / 2);
            }
            return;
        }
        if (count > capacity - SEGMENT_HEADS - SEGMENT_HEADS / 2) {
            return;
        }
        int segments = (capacity >>> SEGMENT_SHIFT) - 1;
        long directory = Memory.getLong(root + HEADS);
        arena.free(Memory.getLong(directory + (long) segments * Long.BYTES));
        Memory.putInt(root + CAPACITY, capacity - SEGMENT_HEADS);
        if (segments == 1) {
            Memory.putLong(root + HEADS, Memory.getLong(directory));
            Memory.putInt(root + DIRECTORY_LENGTH, 0);
            freeDirectory(directory, length);
        }
    }

    // ---- transfers

    /**
     * A copy of another table, which may be of another shard; fields whose deadline has passed are copied as well.
     *
     * @return {@link #NONE} when there is no memory
     */
    long copyOf(long original) {
        long root = create();
        if (root == NONE) {
            return NONE;
        }
        int count = bucketCount(original);
        for (int bucket = 0; bucket < count; bucket++) {
            for (long field = first(original, bucket); field != NONE; field = next(field)) {
                if (!addCopy(root, field)) {
                    discard(root);
                    return NONE;
                }
            }
        }
        return root;
    }

    private boolean addCopy(long root, long original) {
        EntryView field = copied.wrap(original);
        boolean large = field.isLargeValue();
        int valueBytes = large ? EntryLayout.FIELD_BYTES : field.valueLength();
        long target = write(
                root,
                NONE,
                hashOf(field.keyAddress(), field.keyLength()),
                field.keyAddress(),
                field.keyLength(),
                field.kind(),
                large ? EntryLayout.LARGE_VALUE : 0,
                field.valueLength(),
                valueBytes,
                field.hasExpiry() ? field.expiresAtMs() : Database.NO_EXPIRY);
        if (target == 0) {
            return false;
        }
        if (large) {
            long block = field.valueAddress();
            LargeBlock.retain(block);
            Memory.putLong(target, block);
        } else {
            Memory.copy(field.valueAddress(), target, valueBytes);
        }
        return true;
    }

    /** Takes a table over from another database of the same shard: deadlines of its fields go to this one's wheel. */
    void adopt(FieldTable from, long root) {
        if (from == this) {
            return;
        }
        Memory.putInt(root + GENERATION, generation);
        long left = timedCount(root);
        for (int bucket = 0; left > 0; bucket++) {
            for (long field = first(root, bucket); field != NONE; field = next(field)) {
                EntryView entry = view.wrap(field);
                if (entry.hasExpiry()) {
                    long expiresAtMs = entry.expiresAtMs();
                    from.deadlines.remove(field, entry.flags());
                    deadlines.add(field, entry.flags(), expiresAtMs);
                    left--;
                }
            }
        }
    }

    // ---- the end

    /** {@link #discard}s a table that nothing has come to belong to, if it is one. */
    void letGo(long root) {
        if (root != NONE) {
            discard(root);
        }
    }

    /** Lets go of a table: a small one is freed at once, others by {@link #reclaim}. */
    void discard(long root) {
        if (isGiving(root)) {
            Memory.putLong(root + OWNER, 0);
            Memory.putInt(root + GIVING, GIVING_GARBAGE);
        } else if (bucketCount(root) <= SMALL_BUCKETS) {
            while (!freeSlice(root)) {
                // until it is gone
            }
        } else {
            Memory.putLong(root + OWNER, 0);
            Memory.putLong(root + FIELDS, garbage);
            garbage = root;
        }
    }

    /** Whether {@link #reclaim} has something to do. */
    boolean hasGarbage() {
        return garbage != NONE;
    }

    /** Frees one slice of what was let go of; there must be something. */
    void reclaim() {
        long root = garbage;
        long next = Memory.getLong(root + FIELDS);
        if (freeSlice(root)) {
            garbage = next;
        }
    }

    /** Frees some buckets from the last on, and the root when none are left: then true. */
    private boolean freeSlice(long root) {
        int count = bucketCount(root);
        int budget = SLICE;
        boolean hasRecords = Memory.getInt(root + GENERATION) == generation;
        while (count > 0 && budget > 0) {
            count--;
            budget--;
            long block = follow(headAddress(root, count));
            while (block != NONE) {
                long next = follow(block);
                freeField(block + LINK_BYTES, hasRecords);
                block = next;
                budget--;
            }
        }
        Memory.putInt(root + BUCKETS, count);
        if (count > 0) {
            while (Memory.getInt(root + DIRECTORY_LENGTH) != 0
                    && count <= Memory.getInt(root + CAPACITY) - 2 * SEGMENT_HEADS) {
                releaseHeads(root);
            }
            return false;
        }
        freeHeads(root);
        arena.free(root);
        return true;
    }

    private void freeHeads(long root) {
        long heads = Memory.getLong(root + HEADS);
        int length = Memory.getInt(root + DIRECTORY_LENGTH);
        if (length == 0) {
            arena.free(heads);
            return;
        }
        int segments = Memory.getInt(root + CAPACITY) >>> SEGMENT_SHIFT;
        for (int i = 0; i < segments; i++) {
            arena.free(Memory.getLong(heads + (long) i * Long.BYTES));
        }
        freeDirectory(heads, length);
    }
}
