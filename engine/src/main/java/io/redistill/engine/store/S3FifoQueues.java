// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The queues by which {@code allkeys-s3fifo} chooses, of one database of a shard: keys enter a small queue; those that
 * are used at least twice before its end pass into the main queue, the others go and are remembered for a while, and
 * enter the main queue at once when they come back. In the main queue a key that has been used goes round again, once for
 * each use, three at most. A use is nothing but a count in two bits of the index slot.
 *
 * <pre>
 *   stamp (of {@link AccessStamps#BITS} bits):  | number of the queue's block, modulo 1024 | uses 2 |
 * </pre>
 *
 * <p><b>Share.</b> The main queue gives way when it weighs more than nine tenths of both; so the small queue is as long
 * as it likes until a cache is first full. Keys that have gone are remembered as far as they weigh as much as nine tenths
 * of both. Nothing else of a limit is known here: shards that share one need not divide it. A key weighs what its entry
 * took when it entered a queue; a hash beyond its compact form is its entry alone.
 *
 * <p><b>The newest key</b> waits outside until the next one comes: what makes room for it goes first, and those of the main
 * queue that go round at that are before it, as in the reference code.
 *
 * <p><b>Keys that leave otherwise</b> (DEL, expiry) leave their records behind. The number in the stamp tells such a
 * record from that of a key of the same name that came later; they are skipped, and sifted out once they are as many as
 * the others.
 *
 * <p><b>Bounds.</b> The way round of a used key was paid for by its use, but many may have to go round before one goes. So
 * a choice is made in calls of {@link #STEPS_PER_CALL} records, and after {@link #MAX_STEPS} the next key goes, used or
 * not.
 *
 * <p>After J. Yang, Y. Zhang, Z. Qiu, Y. Yue and K. V. Rashmi, <i>FIFO Queues are All You Need for Cache Eviction</i>,
 * SOSP 2023, and its reference code in libCacheSim; the remembered keys in a table with times, as section 4.2 of the paper
 * suggests.
 *
 * <p>Threading: confined to the shard thread; {@link #arenaBytes} may be read by any thread.
 */
final class S3FifoQueues {
    private static final int USES_MASK = 3;
    private static final int NUMBER_SHIFT = 2;
    private static final int NUMBER_MASK = (1 << AccessStamps.BITS - NUMBER_SHIFT) - 1;

    /** Uses in the small queue that earn a place in the main one. */
    private static final int PROMOTING_USES = 2;

    /** Of both queues' weight: what the small one is left with, and what the remembered keys may not weigh. */
    private static final int SMALL_SHARE = 10;

    /** Answered in place of an entry: the choice takes more calls. */
    static final long NOT_YET = -1;

    private static final int STEPS_PER_CALL = 128;
    private static final int MAX_STEPS = 1 << 14;
    private static final int BLOCKS_PER_STEP = 8;

    private final HashQueue small;
    private final HashQueue main;
    private final GhostTable ghosts;
    private final EntryHash entryHash;
    private final EntryView view = new EntryView();

    /** The queue that the newest key is about to enter; null when there is none that waits. */
    private @Nullable HashQueue newestQueue;

    private long newestHash;
    private int newestWeight;

    /** Number of the block as the stamp has it. */
    private int newestNumber;

    /** Keys that have gone round, or passed into the main queue, since the last that went. */
    private int stepsOfChoice;

    /** The queue of a choice that takes another call. */
    private boolean choosesFromMain;

    /** How far the keys that were there before have been taken in; null when all have. */
    private @Nullable IndexCursor adopted;

    /**
     * Empty queues.
     *
     * @param adopt whether there are keys already, to be taken in by {@link #tend}
     */
    S3FifoQueues(Arena arena, EntryHash entryHash, boolean adopt) {
        // Odd and even numbers, so that a record of one queue is never taken for one of the other.
        small = new HashQueue(arena, 0, 2);
        main = new HashQueue(arena, 1, 2);
        ghosts = new GhostTable(arena);
        this.entryHash = entryHash;
        adopted = adopt ? new IndexCursor() : null;
    }

    /** The stamp of an entry that is being used, from the one that it has. */
    static int used(int stamp) {
        return (stamp & USES_MASK) == USES_MASK ? stamp : stamp + 1;
    }

    private static int unusedIn(int number) {
        return (number & NUMBER_MASK) << NUMBER_SHIFT;
    }

    /** Takes a new entry in, after {@link #admitNewest}; returns its stamp. */
    int added(long hash, long entry) {
        int weight = weightOf(entry);
        HashQueue queue = ghosts.remove(hash, weight) ? main : small;
        newestQueue = queue;
        newestHash = hash;
        newestWeight = weight;
        newestNumber = queue.nextNumber();
        return unusedIn(newestNumber);
    }

    /** Lets the newest key into its queue; to be called before another one is added. */
    void admitNewest(KeyIndex index) {
        HashQueue queue = newestQueue;
        if (queue == null) {
            return;
        }
        newestQueue = null;
        int stamp = enter(queue, newestHash, newestWeight);
        int noted = unusedIn(newestNumber);
        if (stamp != noted && index.findNoted(newestHash, NUMBER_MASK << NUMBER_SHIFT, noted) != KeyIndex.NONE) {
            index.accessStamp(stamp | index.accessStamp() & USES_MASK);
        }
    }

    private int enter(HashQueue queue, long hash, int weight) {
        if (!queue.add(hash, weight)) {
            // No memory: it is found later, with those that were there before.
            adopted = new IndexCursor();
            return 0;
        }
        return unusedIn(queue.lastAddedNumber());
    }

    private int weightOf(long entry) {
        view.wrap(entry);
        long weight = Arena.blockLength(view.lengthBytes());
        weight += view.isLargeKey() ? view.keyLength() : 0;
        weight += view.isLargeValue() ? view.valueLength() : 0;
        return (int) Math.min(weight, Integer.MAX_VALUE);
    }

    /**
     * The entry that has to go; it leaves its queue.
     *
     * @return {@link KeyIndex#NONE} when there is none in the queues, {@link #NOT_YET} when it takes another call
     */
    long takeVictim(KeyIndex index) {
        if (small.count() + main.count() == 0) {
            admitNewest(index);
        }
        long weight = small.weight() + main.weight();
        long mainCapacity = weight - weight / SMALL_SHARE;
        // A choice that takes several calls stays with its queue.
        boolean fromMain = stepsOfChoice == 0 ? isMainOver(mainCapacity) : choosesFromMain;
        for (int step = 0; step < STEPS_PER_CALL; step++) {
            fromMain |= small.count() == 0;
            if (fromMain ? !main.take() : !small.take()) {
                stepsOfChoice = 0;
                return KeyIndex.NONE;
            }
            HashQueue queue = fromMain ? main : small;
            long hash = queue.takenHash();
            long entry = find(index, queue);
            if (entry == KeyIndex.NONE) {
                continue;
            }
            int uses = index.accessStamp() & USES_MASK;
            boolean stays = fromMain ? uses > 0 : uses >= PROMOTING_USES;
            int entryWeight = weightOf(entry);
            if (stays && ++stepsOfChoice < MAX_STEPS && main.add(hash, entryWeight)) {
                index.accessStamp(unusedIn(main.lastAddedNumber()) | (fromMain ? uses - 1 : 0));
                continue;
            }
            if (!fromMain) {
                ghosts.add(hash, entryWeight, mainCapacity, index.size());
            }
            stepsOfChoice = 0;
            return entry;
        }
        choosesFromMain = fromMain;
        return NOT_YET;
    }

    /** Whether the main queue is over its capacity by a key, and not by a part of one. */
    private boolean isMainOver(long mainCapacity) {
        long over = main.weight() - mainCapacity;
        return over > 0 && over >= (small.weight() + main.weight()) / (small.count() + main.count());
    }

    private static long find(KeyIndex index, HashQueue queue) {
        return index.findNoted(queue.takenHash(), NUMBER_MASK << NUMBER_SHIFT, unusedIn(queue.takenNumber()));
    }

    // ---- upkeep

    /** A step of what there is to do besides; a few microseconds. */
    void tend(KeyIndex index) {
        if (adopted != null) {
            adopt(index);
        }
        ghosts.reclaim(BLOCKS_PER_STEP);
        sift(small, index);
        sift(main, index);
    }

    /** Takes some keys in that were there before; false when all have been. */
    boolean adopt(KeyIndex index) {
        IndexCursor cursor = adopted;
        if (cursor == null) {
            return false;
        }
        adopted = null;
        boolean more = index.walk(cursor, (entry, stamp) -> adopt(index, entry));
        // Without memory it begins anew.
        if (more && adopted == null) {
            adopted = cursor;
        }
        return more;
    }

    private void adopt(KeyIndex index, long entry) {
        view.wrap(entry);
        long hash = entryHash.of(view.keyAddress(), view.keyLength());
        if (index.find(hash, view.keyAddress(), view.keyLength()) == entry) {
            index.accessStamp(enter(small, hash, weightOf(entry)));
        }
    }

    private void sift(HashQueue queue, KeyIndex index) {
        if (!queue.isSifting()) {
            if (small.count() + main.count() <= 2 * index.size() + 2 * HashQueue.RECORDS_PER_BLOCK) {
                return;
            }
            queue.beginToSift();
        }
        for (int step = 0; step < STEPS_PER_CALL && queue.takeToSift(); step++) {
            if (find(index, queue) != KeyIndex.NONE) {
                int uses = index.accessStamp() & USES_MASK;
                if (queue.keep()) {
                    index.accessStamp(unusedIn(queue.lastKeptNumber()) | uses);
                } else {
                    adopted = new IndexCursor();
                }
            }
        }
    }

    /** Forgets all, in steps; false when nothing is left and all memory has been given back. */
    boolean clear() {
        boolean more = ghosts.clear(BLOCKS_PER_STEP);
        for (int i = 0; i < BLOCKS_PER_STEP; i++) {
            more |= small.dropBlock() | main.dropBlock();
        }
        return more;
    }

    /** Whether there is memory that {@link #clear} would give back. */
    boolean holdsMemory() {
        return arenaBytes() != 0;
    }

    /** Bytes taken in the arena. */
    long arenaBytes() {
        return small.arenaBytes() + main.arenaBytes() + ghosts.arenaBytes();
    }
}
