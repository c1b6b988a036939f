// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KeyIndex} of many small Koloboke tables on the Java heap, so that growth rebuilds one of them at a time.
 *
 * <p>Look-ups probe the tables directly ({@link StripeTables}), changes go through the maps. Hash 0 is the tables' free
 * key and never that of a key. A table keeps whole hashes and one slot for each; the second and later keys of a hash
 * stand in a {@link TwinList}, which is looked at only when the slot's key is another.
 *
 * <p>Threading: confined to the shard thread.
 */
final class StripedKeyIndex implements KeyIndex {
    private static final int INITIAL_STRIPE_KEYS = 4;
    private static final int SAMPLED_SLOTS = 16;

    /** As {@link StripeMap} has it. */
    private static final double MAX_LOAD = 0.8;

    /** Bits that choose the stripe lie above those that choose the slot and below those that choose the shard. */
    private static final int STRIPE_SHIFT = 20;

    /** Bits of a scan's position that are a slot of a stripe. */
    private static final int SLOT_BITS = 27;

    /** No slot has this value. */
    private static final long ABSENT = 0;

    private final long base;
    private final TableHeap heap;
    private final EntryView view = new EntryView();
    private final TwinList twins = new TwinList();
    private final StripeMap[] maps;
    private final long[][] tables;
    private final int mask;
    private long size;
    private long touched; // keeps loads from being optimised away
    private long heapBytes;

    /** Where the slot last found or filled is; null when it has none. */
    private long @Nullable [] lastTable;

    private int lastIndex;

    /**
     * Empty.
     *
     * @param base address of reference 0
     * @param stripes tables, a power of two
     * @param heap has room for the tables, or not
     */
    StripedKeyIndex(long base, int stripes, TableHeap heap) {
        this.base = base;
        this.heap = heap;
        if (Integer.bitCount(stripes) != 1) {
            throw new IllegalArgumentException("stripes=" + stripes + " is not a power of two");
        }
        maps = new StripeMap[stripes];
        tables = new long[stripes][];
        mask = stripes - 1;
        for (int i = 0; i < stripes; i++) {
            open(i);
        }
    }

    @Override
    public long find(long hash, long keyAddress, int keyLength) {
        long[] table = tables[stripeOf(hash)];
        int index = StripeTables.indexOf(table, StripeTables.FREE_KEY, hash);
        if (index < 0) {
            return NONE;
        }
        long entry = EntryReferences.address(base, table[index + 1]);
        if (view.wrap(entry).hasKey(keyAddress, keyLength)) {
            lastTable = table;
            lastIndex = index + 1;
            return entry;
        }
        lastTable = null;
        return twins.find(hash, keyAddress, keyLength);
    }

    @Override
    public long peek(long hash) {
        long slot = slotOf(hash);
        return slot == ABSENT ? NONE : EntryReferences.address(base, slot);
    }

    @Override
    public long line(long hash) {
        long[] table = tables[stripeOf(hash)];
        touched = table[StripeTables.firstIndex(table, hash)];
        return NONE;
    }

    @Override
    public boolean insert(long hash, long entry) {
        int stripe = stripeOf(hash);
        if (StripeTables.get(tables[stripe], hash, ABSENT) == ABSENT) {
            if (isNearlyFull(stripe) && !heap.hasRoom(2L * tables[stripe].length * Long.BYTES)) {
                return false;
            }
            maps[stripe].justPut(hash, EntryReferences.of(base, entry));
            refresh(stripe);
            lastTable = tables[stripe];
            lastIndex = StripeTables.indexOf(tables[stripe], StripeTables.FREE_KEY, hash) + 1;
        } else {
            twins.add(hash, entry);
            lastTable = null;
        }
        size++;
        return true;
    }

    @Override
    public int accessStamp() {
        long[] table = lastTable;
        return table == null ? 0 : AccessStamps.of(table[lastIndex]);
    }

    @Override
    public void accessStamp(int stamp) {
        long[] table = lastTable;
        if (table != null) {
            table[lastIndex] = AccessStamps.with(table[lastIndex], stamp);
        }
    }

    @Override
    public long findNoted(long hash, int mask, int bits) {
        long[] table = tables[stripeOf(hash)];
        int index = StripeTables.indexOf(table, StripeTables.FREE_KEY, hash);
        if (index < 0 || (AccessStamps.of(table[index + 1]) & mask) != bits) {
            return NONE;
        }
        lastTable = table;
        lastIndex = index + 1;
        return EntryReferences.address(base, table[index + 1]);
    }

    @Override
    public int sample(long random, long[] slots, int from) {
        long[] table = tables[(int) (random >>> STRIPE_SHIFT) & mask];
        int last = table.length - 2;
        int index = (int) (random >>> Integer.SIZE) & last;
        int next = from;
        for (int i = 0; i < SAMPLED_SLOTS && i < table.length; i += 2) {
            slots[next] = table[index + 1];
            next += table[index] == StripeTables.FREE_KEY ? 0 : 1;
            index = index + 2 & last;
        }
        return next;
    }

    @Override
    public long touchSample(long random) {
        long[] table = tables[(int) (random >>> STRIPE_SHIFT) & mask];
        return table[(int) (random >>> Integer.SIZE) & table.length - 2];
    }

    @Override
    public void refresh(int part, AccessStamps stamps) {
        long[] table = tables[part];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i] != StripeTables.FREE_KEY) {
                int stamp = AccessStamps.of(table[i + 1]);
                table[i + 1] = AccessStamps.with(table[i + 1], stamps.refreshed(stamp));
            }
        }
    }

    @Override
    public boolean holds(long hash, long entry) {
        return EntryReferences.address(base, slotOf(hash)) == entry || twins.holds(entry);
    }

    @Override
    public void move(long hash, long from, long to) {
        int stripe = stripeOf(hash);
        long slot = StripeTables.get(tables[stripe], hash, ABSENT);
        if (EntryReferences.address(base, slot) == from) {
            maps[stripe].justPut(hash, slot & ~EntryReferences.MASK | EntryReferences.of(base, to));
        } else if (!twins.move(from, to)) {
            throw new IllegalStateException("an entry is neither in the index nor in the side list");
        }
    }

    @Override
    public void remove(long hash, long entry) {
        int stripe = stripeOf(hash);
        if (EntryReferences.address(base, slotOf(hash)) == entry) {
            long twin = twins.size() == 0 ? NONE : twins.removeAny(hash);
            if (twin == NONE) {
                maps[stripe].justRemove(hash);
            } else {
                maps[stripe].justPut(hash, EntryReferences.of(base, twin));
            }
        } else if (!twins.remove(entry)) {
            throw new IllegalStateException("an entry is neither in the index nor in the side list");
        }
        size--;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long heapBytes() {
        return heapBytes;
    }

    @Override
    public long arenaBytes() {
        return 0;
    }

    @Override
    public int partCount() {
        return maps.length;
    }

    @Override
    public void forEach(int part, LongConsumer consumer) {
        if (part == 0) {
            twins.forEach(consumer);
        }
        maps[part].forEach((key, slot) -> consumer.accept(EntryReferences.address(base, slot)));
    }

    /**
     * {@inheritDoc}
     *
     * <p>A stripe at a time, whole: removal moves slots within one.
     */
    @Override
    public boolean walk(IndexCursor cursor, EntryConsumer consumer) {
        if (!cursor.begun) {
            cursor.begun = true;
            twins.forEach(entry -> consumer.accept(entry, 0));
        }
        int stripe = (int) cursor.position++;
        maps[stripe].forEach(
                (key, slot) -> consumer.accept(EntryReferences.address(base, slot), AccessStamps.of(slot)));
        return stripe + 1 < maps.length;
    }

    /**
     * A position is a stripe and, below it, a slot whose bits are counted from the highest: after P. Noordhuis's cursor of
     * Redis's dictionaries, which is good for tables that double or halve. A step takes the entries that belong to a slot,
     * wherever probing has put them.
     */
    @Override
    public long scan(long position, long count, LongConsumer consumer) {
        int stripe = (int) (position >>> SLOT_BITS) & mask;
        long slot = position & (1L << SLOT_BITS) - 1;
        long[] table = tables[stripe];
        long slotMask = table.length / 2 - 1;
        if (slot == 0 && twins.size() != 0) {
            twins.forEach(hash -> stripeOf(hash) == stripe, consumer);
        }
        for (long steps = 0; steps < count; steps++) {
            int home = (int) (slot & slotMask) * 2;
            for (int i = home; table[i] != StripeTables.FREE_KEY; i = (i - 2) & (table.length - 2)) {
                if (StripeTables.firstIndex(table, table[i]) == home) {
                    consumer.accept(EntryReferences.address(base, table[i + 1]));
                }
            }
            slot = Long.reverse(Long.reverse(slot | ~slotMask) + 1);
            if (slot == 0) {
                return stripe == mask ? 0 : (stripe + 1L) << SLOT_BITS;
            }
        }
        return (long) stripe << SLOT_BITS | slot;
    }

    /** A stripe and a slot by chance; shorter tables are missed as often as they are shorter than the longest. */
    @Override
    public long any(SplittableRandom random) {
        int longest = 0;
        for (long[] table : tables) {
            longest = Math.max(longest, table.length / 2);
        }
        while (true) {
            long[] table = tables[random.nextInt(tables.length)];
            int index = random.nextInt(longest) * 2;
            if (index < table.length && table[index] != StripeTables.FREE_KEY) {
                return EntryReferences.address(base, table[index + 1]);
            }
        }
    }

    @Override
    public void discard(int part) {
        if (part == 0) {
            size -= twins.size();
            twins.clear();
        }
        size -= maps[part].size();
        open(part);
    }

    private long slotOf(long hash) {
        return StripeTables.get(tables[stripeOf(hash)], hash, ABSENT);
    }

    private void open(int stripe) {
        maps[stripe] = StripeMap.sized(INITIAL_STRIPE_KEYS);
        refresh(stripe);
    }

    private void refresh(int stripe) {
        long[] old = tables[stripe];
        long[] now = StripeTables.table(maps[stripe]);
        if (old != now) {
            long more = (long) (now.length - (old == null ? 0 : old.length)) * Long.BYTES;
            heapBytes += more;
            heap.add(more);
            tables[stripe] = now;
        }
    }

    /** Whether the table may be replaced by one of twice its length for one of the next two keys. */
    private boolean isNearlyFull(int stripe) {
        return maps[stripe].size() + 2 > (long) (tables[stripe].length / 2 * MAX_LOAD);
    }

    private int stripeOf(long hash) {
        return (int) (hash >>> STRIPE_SHIFT) & mask;
    }
}
