// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one shard within the {@link MemoryBudget}: takes and returns credit, and evicts while the pool is overdrawn.
 *
 * <p><b>Choice.</b> For one eviction {@code maxmemory-samples} random places of the index are looked at, a cache line with
 * up to eight keys each, and the key that ranks first by its {@link AccessStamps} goes; the keys themselves are not
 * touched. Several victims are chosen before the first goes: the lines of all places are loaded in one loop, then those of
 * all victims, so that cache misses overlap. Policies of volatile keys have to look at the keys; where such keys are too
 * rare to be met, and for {@code volatile-ttl} always, the timing wheel names one that is due next.
 * {@code allkeys-s3fifo} asks the {@link S3FifoQueues} of a database.
 *
 * <p><b>Whose turn.</b> A shard with clearly less than an even share leaves it to the others, as long as no more is
 * overdrawn than half of what may be: they come to it in their next turns. Otherwise shares would drift, since who evicts
 * a large key for a small one leaves room that the next to write takes, and a shard with too little misses what it needs.
 *
 * <p><b>Bounds.</b> A call evicts until the pool is in balance or its time is up, one entry at least.
 *
 * <p>Threading: confined to the shard thread; {@link #evictedCount}, {@link #isExhausted} and {@link #candidates} any
 * thread.
 */
public final class Evictor {
    /** Answer of {@link #evictOne}: there is no key that may go. */
    public static final long NONE_MAY_GO = -1;

    /** Answer of {@link #evictOne}: it takes another call to find the key that has to go. */
    public static final long NOT_YET = -2;

    /** Evictions between two looks at the clock and the pool. */
    private static final int EVICTIONS_PER_LOOK = 8;

    /** A shard may have a 16th less than others before they evict in its stead. */
    private static final int UNEVENNESS_SHIFT = 4;

    /** Places whose cache misses overlap. */
    private static final int PLACES_AT_ONCE = 8;

    /** Places that are looked at for a volatile key. */
    private static final int MAX_PLACES = 64;

    /** Passes over the index take so many ticks by recency, and by frequency. */
    private static final int TICKS_PER_PASS = 512;

    private static final int TICKS_PER_FREQUENCY_PASS = 32;

    private final MemoryBudget budget;
    private final AccessStamps stamps;
    private final SplittableRandom random;
    private final long[] victims = new long[EVICTIONS_PER_LOOK];
    private final long[] draws = new long[MAX_PLACES];
    private final long[] slots = new long[PLACES_AT_ONCE * AccessStamps.MAX_SAMPLE];

    private EvictionSettings settings;
    private long creditBytes;
    private long evictedCount;
    private volatile boolean exhausted;
    private boolean worthAnotherTry;
    private int drawn;
    private long touched;

    private int refreshTick;
    private long refreshDebt;
    private int refreshDatabase;
    private long refreshCursor;

    public Evictor(MemoryBudget budget, AccessStamps stamps, long seed) {
        this.budget = budget;
        this.stamps = stamps;
        random = new SplittableRandom(seed);
        settings = budget.settings();
        stamps.configure(settings);
        budget.join();
    }

    /** Sets the time of this turn and follows changed settings. */
    public void clock(long ms) {
        stamps.clock(ms);
        worthAnotherTry = true;
        followSettings();
    }

    private void followSettings() {
        EvictionSettings now = budget.settings();
        if (now != settings) {
            settings = now;
            stamps.configure(settings);
            exhausted = false;
        }
    }

    /** Takes or gives back credit, so that it is no less than what is used and not much more. */
    public void settle(long usedBytes) {
        long missing = usedBytes - creditBytes;
        if (missing > 0 || missing < -2 * MemoryBudget.CREDIT_BYTES) {
            long wanted = (usedBytes + MemoryBudget.CREDIT_BYTES - 1) & -MemoryBudget.CREDIT_BYTES;
            budget.grant(wanted - creditBytes);
            creditBytes = wanted;
        }
    }

    /** Whether more is used than there is, whatever the policy. */
    public boolean isShort() {
        return budget.overBytes() > 0;
    }

    /** Whether more is overdrawn than may be, whatever the policy. */
    public boolean isOverdrawn() {
        return budget.overBytes() > budget.allowedOvershootBytes();
    }

    /** Whether {@link #evict} has something to do, as far as one can tell. */
    public boolean isNeeded() {
        long over = budget.overBytes();
        if (over <= 0) {
            if (exhausted) {
                exhausted = false;
            }
            return false;
        }
        return budget.settings().policy() != EvictionPolicy.NOEVICTION
                && (!exhausted || worthAnotherTry)
                && (!isShortOfShare() || over > budget.allowedOvershootBytes() / 2);
    }

    /** Whether the shard has so much less than others that they should evict rather than it. */
    public boolean isShortOfShare() {
        long even = budget.evenShareBytes();
        return creditBytes < even - (even >> UNEVENNESS_SHIFT);
    }

    /** Whether so much is overdrawn that evicting comes before executing. */
    public boolean isUrgent() {
        return isNeeded() && isOverdrawn();
    }

    /** Whether nothing here may be evicted though the pool is overdrawn. */
    public boolean isExhausted() {
        return exhausted;
    }

    /** Keys evicted so far. */
    public long evictedCount() {
        return evictedCount;
    }

    /**
     * Makes room until the pool is in balance, nothing is left to evict, or time is up: by moving entries together where
     * what is missing is lost between them, else by evicting.
     *
     * @param databases all databases of the shard
     * @param compactor moves entries
     * @param usedBytes asked for what the shard uses
     * @param clockNs asked for the time
     * @param endNs when time is up
     */
    public void evict(
            Database[] databases, Compactor compactor, LongSupplier usedBytes, LongSupplier clockNs, long endNs) {
        followSettings();
        do {
            boolean some = compactor.isWanted(true) && compactor.step(databases);
            if (!some) {
                worthAnotherTry = false;
                some = evictSome(databases);
            }
            settle(usedBytes.getAsLong());
            exhausted = !some && isShort();
        } while (isNeeded() && clockNs.getAsLong() < endNs);
    }

    /** Evicts some keys; false when there is none left that may go. */
    private boolean evictSome(Database[] databases) {
        Database database = choose(databases);
        if (database == null) {
            return false;
        }
        EvictionPolicy policy = settings.policy();
        if (!policy.byQueues() && policy != EvictionPolicy.VOLATILE_TTL) {
            draw(database);
        }
        int count = 0;
        long victim = choose(database);
        while (victim > 0 && !isChosen(victim, count)) {
            victims[count] = victim;
            count++;
            victim = count < victims.length ? choose(database) : KeyIndex.NONE;
        }
        drawn = 0;
        for (int i = 0; i < count; i++) {
            touched += database.touchVictim(victims[i]);
        }
        // Enough is enough where values are large; but what was taken from a queue has to go.
        long over = policy.byQueues() ? Long.MAX_VALUE : budget.overBytes();
        long freed = 0;
        for (int i = 0; i < count && freed <= over; i++) {
            freed += evict(database, victims[i]);
        }
        return count > 0 ? candidates(databases) > 0 : victim == S3FifoQueues.NOT_YET;
    }

    private boolean isChosen(long victim, int count) {
        for (int i = 0; i < count; i++) {
            if (victims[i] == victim) {
                return true;
            }
        }
        return false;
    }

    /** Draws the places that some evictions take, and loads their lines. */
    private void draw(Database database) {
        int places = Math.min(EVICTIONS_PER_LOOK * placesPerEviction(), draws.length);
        for (int i = 0; i < places; i++) {
            draws[i] = random.nextLong();
        }
        for (int i = 0; i < places; i++) {
            touched += database.touchSample(draws[i]); // keeps the load from being optimised away
        }
        drawn = places;
    }

    private long nextPlace() {
        if (drawn == 0) {
            return random.nextLong();
        }
        drawn--;
        return draws[drawn];
    }

    /**
     * Evicts one key.
     *
     * @param databases all databases of the shard
     * @return length of its value, bytes; {@link #NONE_MAY_GO} or {@link #NOT_YET} when none was evicted
     */
    public long evictOne(Database[] databases) {
        Database database = choose(databases);
        if (database == null) {
            return NONE_MAY_GO;
        }
        long victim = choose(database);
        return victim > 0 ? evict(database, victim) : victim == KeyIndex.NONE ? NONE_MAY_GO : NOT_YET;
    }

    private int evict(Database database, long victim) {
        evictedCount++;
        return database.evict(victim);
    }

    /** A database, by the number of keys that may go; null when there are none. */
    private @Nullable Database choose(Database[] databases) {
        long keys = candidates(databases);
        if (keys == 0) {
            return null;
        }
        long at = databases.length == 1 ? 0 : random.nextLong(keys);
        for (Database database : databases) {
            at -= candidates(database);
            if (at < 0) {
                return database;
            }
        }
        return null;
    }

    private long candidates(Database[] databases) {
        long keys = 0;
        for (Database database : databases) {
            keys += candidates(database);
        }
        return keys;
    }

    /** Keys of a database that may go. Any thread: a value of some moment ago. */
    public long candidates(Database database) {
        return settings.policy().onlyVolatile() ? database.volatileCount() : database.size();
    }

    private long choose(Database database) {
        EvictionPolicy policy = settings.policy();
        if (policy == EvictionPolicy.VOLATILE_TTL) {
            long first = database.firstDue();
            if (first != KeyIndex.NONE) {
                return first;
            }
        }
        if (policy.byQueues()) {
            long first = database.takeQueued();
            if (first != KeyIndex.NONE) {
                return first;
            }
        }
        boolean anyWillDo = anyWillDo();
        boolean onlyVolatile = policy.onlyVolatile();
        int places = placesPerEviction();
        long best = KeyIndex.NONE;
        int bestRank = -1;
        int place = 0;
        while (place < places || best == KeyIndex.NONE && place < MAX_PLACES) {
            int end = Math.min(place + PLACES_AT_ONCE, Math.max(places, place + 1));
            int count = 0;
            for (; place < end; place++) {
                count = database.sample(nextPlace(), slots, count);
            }
            // Among equals any, and not the first of a line, where the newest key takes the place of the last victim.
            int at = count > 1 ? random.nextInt(count) : 0;
            for (int i = 0; i < count; i++) {
                long slot = slots[at];
                at = at + 1 < count ? at + 1 : 0;
                if (onlyVolatile && !database.isVolatile(slot)) {
                    continue;
                }
                int rank = anyWillDo ? 0 : stamps.rank(AccessStamps.of(slot));
                if (rank > bestRank) {
                    bestRank = rank;
                    best = database.entry(slot);
                }
            }
        }
        return best == KeyIndex.NONE ? database.anyVictim(onlyVolatile) : best;
    }

    private int placesPerEviction() {
        return anyWillDo() ? 1 : settings.samples();
    }

    private boolean anyWillDo() {
        EvictionPolicy policy = settings.policy();
        return policy == EvictionPolicy.ALLKEYS_RANDOM || policy == EvictionPolicy.VOLATILE_RANDOM || policy.byQueues();
    }

    // ---- stamps

    /**
     * One step of rewriting stamps before they become ambiguous, which keeps pace with their ticks, or of the upkeep of
     * queues.
     */
    public void tend(Database[] databases) {
        if (stamps.byQueues()) {
            for (Database database : databases) {
                database.tendQueues();
            }
        } else {
            refreshStamps(databases);
        }
    }

    private void refreshStamps(Database[] databases) {
        int tick = stamps.tick();
        if (tick == refreshTick || databases.length == 0) {
            return;
        }
        int passed = tick - refreshTick & (1 << AccessStamps.BITS) - 1;
        refreshTick = tick;
        refreshDebt += (long) passed * databases[refreshDatabase].partCount() * databases.length;
        int ticksPerPass = stamps.byFrequency() ? TICKS_PER_FREQUENCY_PASS : TICKS_PER_PASS;
        while (refreshDebt >= ticksPerPass) {
            refreshDebt -= ticksPerPass;
            refreshPart(databases);
        }
    }

    private void refreshPart(Database[] databases) {
        Database database = databases[refreshDatabase];
        // As a fraction of all parts, whose number may have changed.
        int parts = database.partCount();
        int part = (int) (refreshCursor * parts >>> Integer.SIZE);
        database.refreshStamps(part);
        refreshCursor += (1L << Integer.SIZE) / parts + 1;
        if (refreshCursor >>> Integer.SIZE != 0) {
            refreshCursor = 0;
            refreshDatabase++;
            if (refreshDatabase == databases.length) {
                refreshDatabase = 0;
                stamps.refreshedAll();
            }
        }
    }
}
