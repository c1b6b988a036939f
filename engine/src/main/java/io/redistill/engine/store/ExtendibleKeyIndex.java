// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * A {@link KeyIndex} in arena memory: extendible hashing over small tables that split, and merge, one at a time.
 *
 * <pre>
 *   hash:  63     56 55                  28 27      16 15       0
 *         | shards | directory, from above |   tag    |  bucket  |
 *
 *   directory (Java heap): 2^depth addresses of tables; a table of depth d stands in 2^(depth-d) neighbours
 *
 *   table:   0        4        8             16             64        128
 *           | count  | depth  | arena block | version …   | bucket 0 | bucket 1 | …      one cache line each
 *
 *   slot:   63    52 51      40 39                0
 *           |  tag  |  recency | entry reference   |      0 is free
 * </pre>
 *
 * <p>A key has two buckets of a table and lives in the first unless that was full, so that most hits look at one line
 * and a miss at two; nothing else ever has to be moved, and removal leaves no trace. When both buckets are full the
 * table splits by the next bit of the directory: hashes are not kept, so its entries' keys are hashed again, after
 * one pass that loads them all. Both halves use the same buckets, so a slot that moves finds its place free, and
 * merging takes no hashes at all. A table splits when it is about three quarters full: 17 to 22 bytes a key.
 *
 * <p>After R. Fagin et al., <i>Extendible Hashing</i>, ACM TODS 4 (3), 1979; buckets of one cache line and two choices
 * with preference for the first as in M. Mitzenmacher, <i>The Power of Two Choices</i>, 2001, without relocation.
 *
 * <p>Threading: confined to the shard thread; {@link #size} and {@link #heapBytes} may be read by any thread.
 */
final class ExtendibleKeyIndex implements KeyIndex {
    private static final int LINE_BYTES = 64;
    private static final int LINE_SHIFT = 6;
    private static final int SLOT_BYTES = Long.BYTES;

    /** A block of fifteen to a run; what aligning it to a line leaves is cut into buckets. */
    private static final int BLOCK_BYTES = Arena.blockLength(4200);

    static final int BUCKETS = (BLOCK_BYTES - (LINE_BYTES - SLOT_BYTES)) / LINE_BYTES - 1;
    static final int TABLE_SLOTS = BUCKETS * LINE_BYTES / SLOT_BYTES;
    private static final int TABLE_BYTES = (BUCKETS + 1) * LINE_BYTES;

    private static final int COUNT = 0;
    private static final int DEPTH = 4;
    private static final int BLOCK = 8;

    /** Another one after each split and merge, and never the same in two tables: slots may have moved. */
    private static final int VERSION = 16;

    private static final int SLOTS = LINE_BYTES;

    /** The shard's bits, which are alike for all keys here. */
    private static final int SKIPPED_BITS = 8;

    private static final int MAX_DEPTH = 27;
    private static final int TAG_TO_SLOT_SHIFT = 36;
    private static final int SLOT_TO_TAG_SHIFT = 52;
    private static final int TAGS = 1 << 12;

    /** Positions of a scan: 27 bits of prefix, 12 of tag, 5 of depth. */
    private static final int PREFIX_SHIFT = 17;

    private static final int TAG_SHIFT = 5;
    private static final int MAX_DEPTH_BITS = 31;
    private static final long TAG_MASK = -1L << 52;

    /** Two tables are merged when they hold no more together: far from a split, so that nothing swings. */
    private static final int MERGE_SLOTS = TABLE_SLOTS / 4;

    /** Merging is tried at every so many removals from a sparse table. */
    private static final int MERGE_STEP = 8;

    /** Slots of one step of a walk: enough for their entries' cache misses to overlap. */
    private static final int WALK_SLOTS = 32;

    /** Look-ups ahead that are remembered, a power of two: several times those of a turn, so that few replace another. */
    private static final int PEEKED = 256;

    /** Keys that agree in so many more bits than the table asks for are not parted by splitting. */
    private static final int HOPELESS_BITS = 8;

    /** In place of tables that do not exist yet; never written. Process-wide and never freed. */
    private static final long EMPTY = emptyTable();

    private final Arena arena;
    private final long base;
    private final EntryHash entryHash;
    private final EntryView view = new EntryView();
    private final TwinList twins = new TwinList();
    private final long[] hashesOfSplit = new long[TABLE_SLOTS];
    private final int[] tablesOfDepth = new int[MAX_DEPTH + 1];

    /** A hash and the place that {@link #peek} found for it, by turns: {@link #find} looks there first. */
    private final long[] peeked = new long[2 * PEEKED];

    private long[] directory = {EMPTY, EMPTY};
    private int shift = Long.SIZE - 1;
    private int depth = 1;
    private int tableCount;
    private long size;
    private long touched;
    private long lastVersion;

    /** Address of the slot last found or filled, or NONE. */
    private long lastPlace;

    ExtendibleKeyIndex(Arena arena, long base, EntryHash entryHash) {
        this.arena = arena;
        this.base = base;
        this.entryHash = entryHash;
        forgetPeeked();
    }

    private static long emptyTable() {
        long block = Memory.allocate(TABLE_BYTES + LINE_BYTES);
        long table = align(block);
        Memory.fill(table, TABLE_BYTES, (byte) 0);
        return table;
    }

    // ---- look-up

    @Override
    public long find(long hash, long keyAddress, int keyLength) {
        int remembered = peekedOf(hash);
        if (peeked[remembered] == hash) {
            // Whatever has become of the place meanwhile: an entry of the index that has this key is the key's.
            long place = peeked[remembered + 1];
            long slot = Memory.getLong(place);
            if (slot != 0) {
                long entry = EntryReferences.address(base, slot);
                if (view.wrap(entry).hasKey(keyAddress, keyLength)) {
                    lastPlace = place;
                    return entry;
                }
            }
        }
        return findFromTheStart(hash, keyAddress, keyLength);
    }

    private long findFromTheStart(long hash, long keyAddress, int keyLength) {
        long table = directory[directoryIndex(hash)];
        int first = firstBucket(hash);
        long entry = findIn(bucketAddress(table, first), hash, keyAddress, keyLength);
        if (entry == NONE) {
            entry = findIn(bucketAddress(table, secondBucket(hash, first)), hash, keyAddress, keyLength);
            if (entry == NONE && twins.size() != 0) {
                entry = twins.find(hash, keyAddress, keyLength);
                lastPlace = NONE;
            }
        }
        return entry;
    }

    private long findIn(long bucket, long hash, long keyAddress, int keyLength) {
        int start = startOf(hash);
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long place = bucket + ((start + i) & (LINE_BYTES - SLOT_BYTES));
            long slot = Memory.getLong(place);
            if (hasTag(slot, hash)) {
                long entry = EntryReferences.address(base, slot);
                if (view.wrap(entry).hasKey(keyAddress, keyLength)) {
                    lastPlace = place;
                    return entry;
                }
            }
        }
        return NONE;
    }

    @Override
    public long line(long hash) {
        return bucketAddress(directory[directoryIndex(hash)], firstBucket(hash));
    }

    @Override
    public long peek(long hash) {
        long table = directory[directoryIndex(hash)];
        int first = firstBucket(hash);
        long entry = peekIn(bucketAddress(table, first), hash);
        return entry != NONE ? entry : peekIn(bucketAddress(table, secondBucket(hash, first)), hash);
    }

    private long peekIn(long bucket, long hash) {
        int start = startOf(hash);
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long place = bucket + ((start + i) & (LINE_BYTES - SLOT_BYTES));
            long slot = Memory.getLong(place);
            if (hasTag(slot, hash)) {
                int remembered = peekedOf(hash);
                peeked[remembered] = hash;
                peeked[remembered + 1] = place;
                return EntryReferences.address(base, slot);
            }
        }
        return NONE;
    }

    private static int peekedOf(long hash) {
        return ((int) hash & PEEKED - 1) << 1;
    }

    /** Before a place can belong to something else than a table of this index. */
    private void forgetPeeked() {
        for (int i = 0; i < PEEKED; i++) {
            peeked[2 * i] = 0;
            peeked[2 * i + 1] = EMPTY + SLOTS;
        }
    }

    // ---- changes

    @Override
    public boolean insert(long hash, long entry) {
        while (true) {
            int index = directoryIndex(hash);
            long table = directory[index];
            if (table == EMPTY) {
                table = openFirstTable();
                if (table == NONE) {
                    return false;
                }
            }
            long place = placeFor(table, hash);
            if (place != NONE) {
                Memory.putLong(place, slotOf(hash, entry));
                lastPlace = place;
                addToCount(table, 1);
                size++;
                return true;
            }
            if (isHopeless(table, hash)) {
                twins.add(hash, entry);
                lastPlace = NONE;
                size++;
                return true;
            }
            if (!split(index)) {
                return false;
            }
        }
    }

    @Override
    public int accessStamp() {
        return lastPlace == NONE ? 0 : AccessStamps.of(Memory.getLong(lastPlace));
    }

    @Override
    public void accessStamp(int stamp) {
        if (lastPlace != NONE) {
            Memory.putLong(lastPlace, AccessStamps.with(Memory.getLong(lastPlace), stamp));
        }
    }

    @Override
    public long findNoted(long hash, int mask, int bits) {
        long table = directory[directoryIndex(hash)];
        int first = firstBucket(hash);
        long entry = findNotedIn(bucketAddress(table, first), hash, mask, bits);
        return entry != NONE ? entry : findNotedIn(bucketAddress(table, secondBucket(hash, first)), hash, mask, bits);
    }

    private long findNotedIn(long bucket, long hash, int mask, int bits) {
        int start = startOf(hash);
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long place = bucket + ((start + i) & (LINE_BYTES - SLOT_BYTES));
            long slot = Memory.getLong(place);
            if (hasTag(slot, hash) && (AccessStamps.of(slot) & mask) == bits) {
                long entry = EntryReferences.address(base, slot);
                if (hashOf(entry) == hash) {
                    lastPlace = place;
                    return entry;
                }
            }
        }
        return NONE;
    }

    @Override
    public int sample(long random, long[] slots, int from) {
        long bucket = sampledBucket(random);
        int next = from;
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long slot = Memory.getLong(bucket + i);
            slots[next] = slot;
            next += slot == 0 ? 0 : 1;
        }
        return next;
    }

    @Override
    public long touchSample(long random) {
        return Memory.getLong(sampledBucket(random));
    }

    private long sampledBucket(long random) {
        long table = directory[directoryIndex(random)];
        // Bits below those that chose the table.
        return bucketAddress(table, (int) ((random & 0xfff_ffff) * BUCKETS >>> 28));
    }

    @Override
    public void refresh(int part, AccessStamps stamps) {
        long table = directory[part];
        if (table == EMPTY || !isFirstOf(table, part)) {
            return;
        }
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long place = table + SLOTS + (long) i * SLOT_BYTES;
            long slot = Memory.getLong(place);
            if (slot != 0) {
                int stamp = AccessStamps.of(slot);
                int refreshed = stamps.refreshed(stamp);
                if (refreshed != stamp) {
                    Memory.putLong(place, AccessStamps.with(slot, refreshed));
                }
            }
        }
    }

    @Override
    public boolean holds(long hash, long entry) {
        return placeOf(directory[directoryIndex(hash)], hash, entry) != NONE || twins.holds(entry);
    }

    @Override
    public void move(long hash, long from, long to) {
        long place = placeOf(directory[directoryIndex(hash)], hash, from);
        if (place != NONE) {
            Memory.putLong(place, Memory.getLong(place) & ~EntryReferences.MASK | EntryReferences.of(base, to));
        } else if (!twins.move(from, to)) {
            throw missing();
        }
    }

    @Override
    public void remove(long hash, long entry) {
        int index = directoryIndex(hash);
        long table = directory[index];
        long place = placeOf(table, hash, entry);
        int count = -1;
        if (place != NONE) {
            Memory.putLong(place, 0);
            count = addToCount(table, -1);
        } else if (!twins.remove(entry)) {
            throw missing();
        }
        if (--size == 0) {
            reset();
        } else if (count <= MERGE_SLOTS && count % MERGE_STEP == 0) {
            mergeSlowPath(index);
        }
    }

    private static IllegalStateException missing() {
        return new IllegalStateException("an entry is neither in the index nor in the side list");
    }

    /** A free slot for a hash, or NONE. */
    private static long placeFor(long table, long hash) {
        int first = firstBucket(hash);
        long place = freeSlot(bucketAddress(table, first), hash);
        return place != NONE ? place : freeSlot(bucketAddress(table, secondBucket(hash, first)), hash);
    }

    private static long freeSlot(long bucket, long hash) {
        int start = startOf(hash);
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long place = bucket + ((start + i) & (LINE_BYTES - SLOT_BYTES));
            if (Memory.getLong(place) == 0) {
                return place;
            }
        }
        return NONE;
    }

    /** The slot that holds an entry, or NONE. */
    private long placeOf(long table, long hash, long entry) {
        int first = firstBucket(hash);
        long reference = EntryReferences.of(base, entry);
        long place = placeIn(bucketAddress(table, first), hash, reference);
        return place != NONE ? place : placeIn(bucketAddress(table, secondBucket(hash, first)), hash, reference);
    }

    private static long placeIn(long bucket, long hash, long reference) {
        int start = startOf(hash);
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long place = bucket + ((start + i) & (LINE_BYTES - SLOT_BYTES));
            if ((Memory.getLong(place) & EntryReferences.MASK) == reference) {
                return place;
            }
        }
        return NONE;
    }

    // ---- tables

    private long openFirstTable() {
        long table = openTable(0);
        if (table != NONE) {
            Arrays.fill(directory, table);
        }
        return table;
    }

    private long openTable(int tableDepth) {
        long block = arena.allocate(BLOCK_BYTES);
        if (block == 0) {
            return NONE;
        }
        long table = align(block);
        Memory.fill(table, TABLE_BYTES, (byte) 0);
        Memory.putInt(table + DEPTH, tableDepth);
        Memory.putLong(table + BLOCK, block);
        Memory.putLong(table + VERSION, ++lastVersion);
        tablesOfDepth[tableDepth]++;
        tableCount++;
        return table;
    }

    private void closeTable(long table) {
        forgetPeeked();
        tablesOfDepth[depthOf(table)]--;
        tableCount--;
        arena.free(Memory.getLong(table + BLOCK));
    }

    /** Whether all that fills both buckets of a hash would follow it through any reasonable number of splits. */
    private boolean isHopeless(long table, long hash) {
        int bits = Math.min(depthOf(table) + HOPELESS_BITS, MAX_DEPTH);
        if (depthOf(table) == MAX_DEPTH) {
            return true;
        }
        int first = firstBucket(hash);
        return allShare(bucketAddress(table, first), hash, bits)
                && allShare(bucketAddress(table, secondBucket(hash, first)), hash, bits);
    }

    private boolean allShare(long bucket, long hash, int bits) {
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long other = hashOf(EntryReferences.address(base, Memory.getLong(bucket + i)));
            if ((other ^ hash) << SKIPPED_BITS >>> (Long.SIZE - bits) != 0) {
                return false;
            }
        }
        return true;
    }

    private long hashOf(long entry) {
        EntryView view = this.view.wrap(entry);
        return entryHash.of(view.keyAddress(), view.keyLength());
    }

    /** Splits the table at a directory index; false when there is no memory and nothing was changed. */
    private boolean split(int index) {
        long table = directory[index];
        int tableDepth = depthOf(table);
        long upper = openTable(tableDepth + 1);
        if (upper == NONE) {
            return false;
        }
        int at = index;
        if (tableDepth == depth) {
            doubleDirectory();
            at *= 2;
        }
        tablesOfDepth[tableDepth]--;
        tablesOfDepth[tableDepth + 1]++;
        Memory.putInt(table + DEPTH, tableDepth + 1);
        Memory.putLong(table + VERSION, ++lastVersion);
        hashAll(table);
        int moved = 0;
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long offset = SLOTS + (long) i * SLOT_BYTES;
            long slot = Memory.getLong(table + offset);
            if (slot != 0 && directoryBit(hashesOfSplit[i], tableDepth + 1)) {
                Memory.putLong(upper + offset, slot);
                Memory.putLong(table + offset, 0);
                moved++;
            }
        }
        Memory.putInt(upper + COUNT, moved);
        addToCount(table, -moved);
        settle(table, upper, tableDepth + 1);
        int copies = 1 << (depth - tableDepth);
        int start = at & -copies;
        Arrays.fill(directory, start + copies / 2, start + copies, upper);
        return true;
    }

    /** Hashes the keys of a table, after their entries were all loaded, so that the misses overlap. */
    private void hashAll(long table) {
        touchEntries(table, 0, TABLE_SLOTS);
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long slot = Memory.getLong(table + SLOTS + (long) i * SLOT_BYTES);
            hashesOfSplit[i] = slot == 0 ? 0 : hashOf(EntryReferences.address(base, slot));
        }
    }

    private void touchEntries(long table, int first, int end) {
        long sum = 0;
        for (int i = first; i < end; i++) {
            long slot = Memory.getLong(table + SLOTS + (long) i * SLOT_BYTES);
            if (slot != 0) {
                sum += Memory.getLong(EntryReferences.address(base, slot));
            }
        }
        touched = sum; // keeps the loads from being optimised away
    }

    /** Moves slots from second to first buckets where there is room again. */
    private void settle(long lower, long upper, int halfDepth) {
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long hash = hashesOfSplit[i];
            int first = firstBucket(hash);
            if (hash != 0 && first != i * SLOT_BYTES / LINE_BYTES) {
                long table = directoryBit(hash, halfDepth) ? upper : lower;
                long place = freeSlot(bucketAddress(table, first), hash);
                if (place != NONE) {
                    long from = table + SLOTS + (long) i * SLOT_BYTES;
                    Memory.putLong(place, Memory.getLong(from));
                    Memory.putLong(from, 0);
                }
            }
        }
    }

    private void doubleDirectory() {
        long[] old = directory;
        long[] wider = new long[old.length * 2];
        for (int i = 0; i < old.length; i++) {
            wider[2 * i] = old[i];
            wider[2 * i + 1] = old[i];
        }
        setDirectory(wider, depth + 1);
    }

    private void halveDirectory() {
        long[] old = directory;
        long[] narrower = new long[old.length / 2];
        for (int i = 0; i < narrower.length; i++) {
            narrower[i] = old[2 * i];
        }
        setDirectory(narrower, depth - 1);
    }

    private void setDirectory(long[] now, int nowDepth) {
        directory = now;
        depth = nowDepth;
        shift = Long.SIZE - nowDepth;
    }

    private void mergeSlowPath(int index) {
        int at = index;
        while (merge(at)) {
            while (depth > 1 && tablesOfDepth[depth] == 0) {
                halveDirectory();
                at >>>= 1;
            }
        }
    }

    /** Merges the table at a directory index with its other half; false when that is too full or split further. */
    private boolean merge(int index) {
        long table = directory[index];
        int tableDepth = depthOf(table);
        if (tableDepth == 0) {
            return false;
        }
        int copies = 1 << (depth - tableDepth);
        int start = index & -copies;
        long other = directory[start ^ copies];
        if (depthOf(other) != tableDepth
                || countOf(table) + countOf(other) > MERGE_SLOTS
                || !everyBucketFits(table, other)) {
            return false;
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            moveBucket(bucketAddress(other, bucket), bucketAddress(table, bucket));
        }
        addToCount(table, countOf(other));
        tablesOfDepth[tableDepth]--;
        tablesOfDepth[tableDepth - 1]++;
        Memory.putInt(table + DEPTH, tableDepth - 1);
        Memory.putLong(table + VERSION, ++lastVersion);
        Arrays.fill(directory, start & -2 * copies, (start & -2 * copies) + 2 * copies, table);
        closeTable(other);
        return true;
    }

    private static boolean everyBucketFits(long table, long other) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (used(bucketAddress(table, bucket)) + used(bucketAddress(other, bucket)) > LINE_BYTES / SLOT_BYTES) {
                return false;
            }
        }
        return true;
    }

    private static int used(long bucket) {
        int used = 0;
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            if (Memory.getLong(bucket + i) != 0) {
                used++;
            }
        }
        return used;
    }

    private static void moveBucket(long from, long to) {
        for (int i = 0; i < LINE_BYTES; i += SLOT_BYTES) {
            long slot = Memory.getLong(from + i);
            if (slot != 0) {
                Memory.putLong(freeSlot(to, 0), slot);
            }
        }
    }

    /** Back to no tables at all. */
    private void reset() {
        for (int part = 0; part < directory.length; part++) {
            discard(part);
        }
        if (depth > 1) {
            setDirectory(new long[] {EMPTY, EMPTY}, 1);
        }
    }

    // ---- parts

    @Override
    public long size() {
        return size;
    }

    @Override
    public long heapBytes() {
        return (long) directory.length * Long.BYTES;
    }

    @Override
    public long arenaBytes() {
        return (long) tableCount * BLOCK_BYTES;
    }

    @Override
    public int partCount() {
        return directory.length;
    }

    @Override
    public void forEach(int part, LongConsumer consumer) {
        if (part == 0) {
            twins.forEach(consumer);
        }
        long table = directory[part];
        if (!isFirstOf(table, part)) {
            return;
        }
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long slot = Memory.getLong(table + SLOTS + (long) i * SLOT_BYTES);
            if (slot != 0) {
                consumer.accept(EntryReferences.address(base, slot));
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Tables come in the order of the hash bits that choose them. Splits and merges keep that order, so that the
     * position, a prefix of a hash, says what has been walked; a table that was split or merged since the last call is
     * walked from its beginning.
     */
    @Override
    public boolean walk(IndexCursor cursor, EntryConsumer consumer) {
        if (!cursor.begun) {
            cursor.begun = true;
            twins.forEach(entry -> consumer.accept(entry, 0));
        }
        long table = directory[(int) (cursor.position >>> shift)];
        if (table == EMPTY) {
            return false; // there are no tables at all
        }
        if (cursor.table != table || cursor.version != Memory.getLong(table + VERSION)) {
            cursor.table = table;
            cursor.version = Memory.getLong(table + VERSION);
            cursor.bucket = 0;
        }
        int first = cursor.bucket * LINE_BYTES / SLOT_BYTES;
        int end = Math.min(first + WALK_SLOTS, TABLE_SLOTS);
        touchEntries(table, first, end);
        for (int i = first; i < end; i++) {
            long slot = Memory.getLong(table + SLOTS + (long) i * SLOT_BYTES);
            if (slot != 0) {
                consumer.accept(EntryReferences.address(base, slot), AccessStamps.of(slot));
            }
        }
        if (end < TABLE_SLOTS) {
            cursor.bucket = end * SLOT_BYTES / LINE_BYTES;
            return true;
        }
        int tableDepth = depthOf(table);
        if (tableDepth == 0) {
            return false;
        }
        long length = 1L << (Long.SIZE - tableDepth);
        cursor.position = (cursor.position & -length) + length;
        cursor.table = NONE;
        return cursor.position != 0;
    }

    /**
     * A position is a prefix of hashes, a tag and a depth. What has a lower prefix has been called back with; so has what
     * has a lower tag in the block of the depth that the prefix lies in. Tags order the entries of a table, since they
     * stay what they are wherever an entry goes. A table that was split is gone on with at its lower half; of one that was
     * merged the block of old is finished first.
     */
    @Override
    public long scan(long position, long count, LongConsumer consumer) {
        long prefix = position >>> PREFIX_SHIFT & (1 << MAX_DEPTH) - 1;
        int tag = (int) (position >>> TAG_SHIFT) & TAGS - 1;
        long table = directory[(int) (prefix >>> (MAX_DEPTH - depth))];
        int knownDepth = Math.min((int) position & MAX_DEPTH_BITS, MAX_DEPTH);
        int blockDepth = tag == 0 ? depthOf(table) : Math.max(depthOf(table), knownDepth);
        long width = Math.max(1, Math.min(count, TAGS) * TAGS / Math.max(1, countOf(table)));
        int from = tag;
        int to = (int) Math.min(TAGS, tag + width);
        for (int i = 0; i < TABLE_SLOTS; i++) {
            long slot = Memory.getLong(table + SLOTS + (long) i * SLOT_BYTES);
            int slotTag = (int) (slot >>> SLOT_TO_TAG_SHIFT);
            if (slot != 0 && slotTag >= from && slotTag < to) {
                consumer.accept(EntryReferences.address(base, slot));
            }
        }
        long next = (prefix | (1L << (MAX_DEPTH - blockDepth)) - 1) + 1;
        if (twins.size() != 0) {
            twins.forEach(
                    hash -> prefixOf(hash) >= prefix && prefixOf(hash) < next && isIn(tagOf(hash), from, to), consumer);
        }
        if (to < TAGS) {
            return prefix << PREFIX_SHIFT | (long) to << TAG_SHIFT | blockDepth;
        }
        return next == 1 << MAX_DEPTH ? 0 : next << PREFIX_SHIFT;
    }

    private static boolean isIn(int tag, int from, int to) {
        return tag >= from && tag < to;
    }

    private static long prefixOf(long hash) {
        return hash << SKIPPED_BITS >>> (Long.SIZE - MAX_DEPTH);
    }

    private static int tagOf(long hash) {
        return (int) (hash << TAG_TO_SLOT_SHIFT >>> SLOT_TO_TAG_SHIFT);
    }

    /** A table by chance, each as likely, then a slot of it; again, until there is an entry in the slot. */
    @Override
    public long any(SplittableRandom random) {
        if (size == twins.size()) {
            return twins.first();
        }
        while (true) {
            int part = random.nextInt(directory.length);
            long table = directory[part];
            if (isFirstOf(table, part)) {
                long slot = Memory.getLong(table + SLOTS + (long) random.nextInt(TABLE_SLOTS) * SLOT_BYTES);
                if (slot != 0) {
                    return EntryReferences.address(base, slot);
                }
            }
        }
    }

    @Override
    public void discard(int part) {
        if (part == 0) {
            size -= twins.size();
            twins.clear();
        }
        long table = directory[part];
        if (table != EMPTY && isFirstOf(table, part)) {
            Arrays.fill(directory, part, part + (1 << (depth - depthOf(table))), EMPTY);
            size -= countOf(table);
            closeTable(table);
        }
    }

    private boolean isFirstOf(long table, int part) {
        return (part & ((1 << (depth - depthOf(table))) - 1)) == 0;
    }

    // ---- bits

    private int directoryIndex(long hash) {
        return (int) (hash << SKIPPED_BITS >>> shift);
    }

    /** The bit of a hash that decides at a depth from 1. */
    private static boolean directoryBit(long hash, int atDepth) {
        return hash << (SKIPPED_BITS + atDepth - 1) < 0;
    }

    private static int firstBucket(long hash) {
        return (int) ((hash & 0xffff) * BUCKETS >>> 16);
    }

    private static int secondBucket(long hash, int first) {
        int second = first + 1 + (int) ((hash >>> 16 & 0xfff) * (BUCKETS - 1) >>> 12);
        return second < BUCKETS ? second : second - BUCKETS;
    }

    /** Where in a bucket looking begins, in bytes: spread out, so that the first slot looked at is often the right one. */
    private static int startOf(long hash) {
        return ((int) hash & 7) * SLOT_BYTES;
    }

    private static boolean hasTag(long slot, long hash) {
        return ((slot ^ hash << TAG_TO_SLOT_SHIFT) & TAG_MASK) == 0 && slot != 0;
    }

    private long slotOf(long hash, long entry) {
        return hash << TAG_TO_SLOT_SHIFT & TAG_MASK | EntryReferences.of(base, entry);
    }

    private static long bucketAddress(long table, int bucket) {
        return table + SLOTS + ((long) bucket << LINE_SHIFT);
    }

    private static int countOf(long table) {
        return Memory.getInt(table + COUNT);
    }

    private static int addToCount(long table, int change) {
        int count = countOf(table) + change;
        Memory.putInt(table + COUNT, count);
        return count;
    }

    private static int depthOf(long table) {
        return Memory.getInt(table + DEPTH);
    }

    private static long align(long block) {
        return block + LINE_BYTES - 1 & -LINE_BYTES;
    }
}
