// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.SplittableRandom;

/**
 * How recently or how often an entry was used, in the {@link #BITS} bits that an index slot has for it, so that a hit
 * writes the line that was just loaded, and only when something changes.
 *
 * <pre>
 *   slot:            | tag 12 | stamp 12 | reference 40 |
 *   by recency:      tick of the last use, modulo 4096
 *   by frequency:    | decay period 4 | logarithmic counter 8 |
 *   by queues:       see {@link S3FifoQueues}
 * </pre>
 *
 * <p><b>Recency.</b> A tick ends after a 1024th of the keys has been added, or after a second (on a long run: a 1024th of
 * what the ticks span) if nothing is. So the order in which keys of a full cache leave is known to a thousandth, whether
 * it turns over in a second or in a week, which time alone could not do in twelve bits. Ticks older than 3072 are made
 * to be 3072 old by {@link #refreshed}, before they come round again.
 *
 * <p><b>Frequency</b> as in Redis 7.0: a Morris counter that begins at 5, whose chance to grow falls with its value and
 * {@code lfu-log-factor}, and that falls by 1 for every {@code lfu-decay-time} minutes without use. Periods advance no
 * faster than {@link #refreshed} goes through the index.
 *
 * <p><b>In a snapshot</b> stands what does not depend on this process: the age in ticks at the cut, or the counter, see
 * {@link #saved}. Of keys that were loaded the order of their last uses is known, and not the times.
 *
 * <p>Threading: confined to the shard thread; one for all databases of a shard.
 */
public final class AccessStamps {
    static final int BITS = 12;

    /** Most slots that one {@link KeyIndex#sample} gives. */
    static final int MAX_SAMPLE = 8;

    private static final int SHIFT = 40;
    private static final int MASK = (1 << BITS) - 1;
    private static final long SLOT_MASK = (long) MASK << SHIFT;

    private static final int OLDEST_TICKS = 3072;

    /** What Redis's clock of 24 bits goes up to. */
    private static final long LONGEST_IDLE_SECONDS = (1 << 24) - 1;

    /** Set in what {@link #saved} gives for a counter of uses. */
    private static final int SAVED_COUNT = 0x8000;

    private static final int TICKS_PER_TURNOVER_SHIFT = 10;
    private static final long SHORTEST_TICK_MS = 1000;

    private static final int COUNTER_MASK = 0xff;
    private static final int PERIOD_SHIFT = 8;
    private static final int PERIOD_MASK = 0xf;

    /** Periods that may pass between two refreshes of a slot, so that the difference of two is not ambiguous. */
    private static final int PERIODS_PER_PASS = 7;

    private static final int INITIAL_COUNT = 5;
    private static final long MINUTE_MS = 60_000;

    private final SplittableRandom random;
    private final int[] tickSeconds = new int[MASK + 1];

    private boolean byRecency = true;
    private boolean byFrequency;
    private boolean byQueues;
    private int logFactor = 10;
    private int decayMinutes = 1;

    private int tick;
    private int ticks = 1;
    private long tickStartMs;
    private long tickMs = SHORTEST_TICK_MS;
    private long added;
    private long nowMs;

    private int period;
    private long periodStartMs;

    private boolean loading;
    private int loadedTick = -1;

    /** Nothing has been used yet. */
    public AccessStamps(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The stamp in a slot. */
    static int of(long slot) {
        return (int) (slot >>> SHIFT) & MASK;
    }

    /** A slot with another stamp. */
    static long with(long slot, int stamp) {
        return slot & ~SLOT_MASK | (long) stamp << SHIFT;
    }

    /** Chooses what stamps mean from now on; those that are there are taken for what they are not, as in Redis. */
    void configure(EvictionSettings settings) {
        byFrequency = settings.policy().byFrequency();
        byQueues = settings.policy().byQueues();
        byRecency = !byFrequency && !byQueues;
        logFactor = settings.lfuLogFactor();
        decayMinutes = settings.lfuDecayMinutes();
    }

    boolean byRecency() {
        return byRecency;
    }

    boolean byQueues() {
        return byQueues;
    }

    boolean byFrequency() {
        return byFrequency;
    }

    // ---- use

    /** The stamp of an entry that is being added to {@code keys} others. */
    int added(long keys) {
        if (byFrequency) {
            return period << PERIOD_SHIFT | INITIAL_COUNT;
        }
        if (!loading && added++ >= keys >> TICKS_PER_TURNOVER_SHIFT) {
            nextTick();
        }
        return tick;
    }

    /** The stamp of an entry that is being used, from the one that it has. */
    int used(int stamp) {
        if (byRecency) {
            return tick;
        }
        return byFrequency ? counted(decayed(stamp)) : S3FifoQueues.used(stamp);
    }

    private int counted(int stamp) {
        int count = stamp & COUNTER_MASK;
        if (count == COUNTER_MASK) {
            return stamp;
        }
        int above = Math.max(0, count - INITIAL_COUNT);
        return random.nextInt(1 << 24) * (1.0 + (double) above * logFactor) < 1 << 24 ? stamp + 1 : stamp;
    }

    private int decayed(int stamp) {
        int periods = period - (stamp >>> PERIOD_SHIFT) & PERIOD_MASK;
        int count = Math.max(0, (stamp & COUNTER_MASK) - periods);
        return period << PERIOD_SHIFT | count;
    }

    // ---- order and what clients are told

    /** How much rather an entry should go than others: more is sooner. */
    int rank(int stamp) {
        return byFrequency ? COUNTER_MASK - (decayed(stamp) & COUNTER_MASK) : tick - stamp & MASK;
    }

    /** Seconds since the last use, as far as the tick of it tells. */
    long idleSeconds(int stamp) {
        int age = Math.min(tick - stamp & MASK, ticks - 1);
        return Math.max(0, nowMs / 1000 - Integer.toUnsignedLong(tickSeconds[tick - age & MASK]));
    }

    /** The counter of uses, logarithmic and decayed. */
    int frequency(int stamp) {
        return decayed(stamp) & COUNTER_MASK;
    }

    /** By recency, the stamp of an entry that was last used so many seconds ago, or as long ago as ticks tell. */
    int ofIdle(long seconds) {
        long second = nowMs / 1000 - seconds;
        int age = 0;
        while (age < ticks - 1 && Integer.toUnsignedLong(tickSeconds[tick - age & MASK]) > second) {
            age++;
        }
        return tick - age & MASK;
    }

    /** By frequency, the stamp of an entry with this counter. */
    int ofFrequency(int count) {
        return period << PERIOD_SHIFT | count;
    }

    // ---- in snapshots

    /**
     * What a stamp says in 16 bits that another process understands: by recency the ticks from the last use to the cut, at
     * most {@link #OLDEST_TICKS}, by frequency {@link #SAVED_COUNT} and the counter, by queues what a new entry has.
     *
     * @param cutTick {@link #tick} when the cut was made
     */
    int saved(int stamp, int cutTick) {
        if (byFrequency) {
            return SAVED_COUNT | frequency(stamp);
        }
        if (byQueues) {
            return SAVED_COUNT | INITIAL_COUNT;
        }
        int age = rank(stamp) - (tick - cutTick & MASK);
        return Math.min(Math.max(0, age), OLDEST_TICKS);
    }

    /**
     * What {@link #saved} would give for a key that was last used so many seconds ago, where seconds are all that is
     * known: as many ticks as keep the order, of a second as well as of half a year.
     */
    public static int savedOfIdle(long seconds) {
        double share = Math.log1p(Math.max(0, seconds)) / Math.log1p(LONGEST_IDLE_SECONDS);
        return (int) Math.min(Math.round(OLDEST_TICKS * share), OLDEST_TICKS);
    }

    /** What {@link #saved} would give for a key with this counter of uses, 0 to 255. */
    public static int savedOfFrequency(int count) {
        return SAVED_COUNT | count & COUNTER_MASK;
    }

    /** The stamp that {@link #saved} was asked for, or that of a new entry when it was by the other kind of policy. */
    int restored(int saved) {
        boolean count = (saved & SAVED_COUNT) != 0;
        if (byFrequency) {
            return period << PERIOD_SHIFT | (count ? saved & COUNTER_MASK : INITIAL_COUNT);
        }
        if (loadedTick < 0) {
            loadedTick = tick; // of all, however long loading takes
        }
        return count ? tick : loadedTick - Math.min(saved, OLDEST_TICKS) & MASK;
    }

    /** Whether what is added from now on was there before: then it does not make others older. */
    void loading(boolean on) {
        loading = on;
    }

    /** The stamp as it must be now, so that it does not become ambiguous; not by queues. */
    int refreshed(int stamp) {
        if (byFrequency) {
            return decayed(stamp);
        }
        return (tick - stamp & MASK) > OLDEST_TICKS ? tick - OLDEST_TICKS & MASK : stamp;
    }

    // ---- time

    /** The time of this turn. */
    void clock(long ms) {
        nowMs = ms;
        if (tickStartMs == 0) {
            begin(ms);
        } else if (ms - tickStartMs >= tickMs) {
            nextTick();
        }
    }

    private void begin(long ms) {
        tickStartMs = ms;
        periodStartMs = ms;
        tickSeconds[tick] = (int) (ms / 1000);
    }

    private void nextTick() {
        tick = tick + 1 & MASK;
        ticks = Math.min(ticks + 1, OLDEST_TICKS);
        added = 0;
        tickStartMs = nowMs;
        tickSeconds[tick] = (int) (nowMs / 1000);
        long spanMs = nowMs - 1000 * Integer.toUnsignedLong(tickSeconds[tick - ticks + 1 & MASK]);
        tickMs = Math.max(SHORTEST_TICK_MS, spanMs >> TICKS_PER_TURNOVER_SHIFT);
    }

    /** Ticks so far, modulo 4096: what the pace of refreshing follows. */
    int tick() {
        return tick;
    }

    /** Called when all slots have been refreshed since the last call: lets decay periods pass that have passed. */
    void refreshedAll() {
        if (decayMinutes == 0) {
            return;
        }
        long passed = (nowMs - periodStartMs) / (decayMinutes * MINUTE_MS);
        if (passed < 0) {
            periodStartMs = nowMs;
        } else if (passed > 0) {
            // What is more was idle time of the whole server, in which nothing could be used.
            period = period + (int) Math.min(passed, PERIODS_PER_PASS) & PERIOD_MASK;
            periodStartMs += passed * decayMinutes * MINUTE_MS;
        }
    }
}
