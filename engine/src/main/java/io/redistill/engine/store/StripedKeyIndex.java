// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.function.LongConsumer;

/**
 * A {@link KeyIndex} of many small Koloboke tables on the Java heap, so that growth rebuilds one of them at a time.
 *
 * <p>Look-ups probe the tables directly ({@link StripeTables}), changes go through the maps. Hash 0 is the tables' free
 * key and is never passed here ({@link io.redistill.engine.command.KeyHash}).
 *
 * <p>Threading: confined to the shard thread.
 */
final class StripedKeyIndex implements KeyIndex {
    private static final int INITIAL_STRIPE_KEYS = 4;

    /** Bits that choose the stripe lie above those that choose the slot and below those that choose the shard. */
    private static final int STRIPE_SHIFT = 20;

    private final StripeMap[] maps;
    private final long[][] tables;
    private final int mask;
    private long size;
    private long usedBytes;

    /** Empty; {@code stripes} is a power of two. */
    StripedKeyIndex(int stripes) {
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
    public long get(long hash) {
        return StripeTables.get(tables[stripeOf(hash)], hash, ABSENT);
    }

    @Override
    public long touch(long hash) {
        long[] table = tables[stripeOf(hash)];
        return table[StripeTables.firstIndex(table, hash)];
    }

    @Override
    public void put(long hash, long slot) {
        int stripe = stripeOf(hash);
        StripeMap map = maps[stripe];
        int before = map.size();
        map.justPut(hash, slot);
        if (map.size() != before) {
            size++;
            refresh(stripe);
        }
    }

    @Override
    public void remove(long hash) {
        if (maps[stripeOf(hash)].justRemove(hash)) {
            size--;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    @Override
    public int stripeCount() {
        return maps.length;
    }

    @Override
    public void forEachSlot(int stripe, LongConsumer consumer) {
        maps[stripe].forEach((key, slot) -> consumer.accept(slot));
    }

    @Override
    public void clear(int stripe) {
        size -= maps[stripe].size();
        open(stripe);
    }

    private void open(int stripe) {
        maps[stripe] = StripeMap.sized(INITIAL_STRIPE_KEYS);
        refresh(stripe);
    }

    private void refresh(int stripe) {
        long[] old = tables[stripe];
        long[] now = StripeTables.table(maps[stripe]);
        if (old != now) {
            usedBytes += (long) (now.length - (old == null ? 0 : old.length)) * Long.BYTES;
            tables[stripe] = now;
        }
    }

    private int stripeOf(long hash) {
        return (int) (hash >>> STRIPE_SHIFT) & mask;
    }
}
