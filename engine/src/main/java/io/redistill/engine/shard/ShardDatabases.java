// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.store.Database;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A shard's parts of the numbered databases. One that no command has come for does not exist and costs nothing.
 *
 * <p>Threading: confined to the shard thread, except for {@link #used} and {@link #sum}, which any thread may call.
 */
public final class ShardDatabases {
    private final AtomicReferenceArray<Database> databases;
    private final Supplier<Database> factory;
    private Database[] existing = new Database[0];
    private int existingCount;
    private long nowMs;
    private boolean expiresActively = true;

    ShardDatabases(int count, Supplier<Database> factory) {
        databases = new AtomicReferenceArray<>(count);
        this.factory = factory;
    }

    /** Databases that clients may select: the numbers from 0 below this. */
    public int count() {
        return databases.length();
    }

    /** A numbered database, which exists from now on. */
    public Database get(int number) {
        Database database = databases.getPlain(number);
        return database != null ? database : openSlowPath(number);
    }

    private Database openSlowPath(int number) {
        Database database = factory.get();
        database.clock(nowMs);
        if (existingCount > 0) {
            database.joinCuts(existing[0].lastCut());
        }
        databases.setRelease(number, database);
        existing = Arrays.copyOf(existing, existingCount + 1);
        existing[existingCount++] = database;
        return database;
    }

    /** A numbered database, or null when it does not exist. Any thread. */
    public @Nullable Database used(int number) {
        return databases.getAcquire(number);
    }

    /** All by number, null where one does not exist. */
    @Nullable
    Database[] all() {
        @Nullable Database[] all = new @Nullable Database[count()];
        for (int i = 0; i < all.length; i++) {
            all[i] = databases.getPlain(i);
        }
        return all;
    }

    /** Calls back with every database that exists. Any thread. */
    public void forEachUsed(Consumer<Database> consumer) {
        for (int i = 0; i < databases.length(); i++) {
            Database database = used(i);
            if (database != null) {
                consumer.accept(database);
            }
        }
    }

    /** What all databases count together. Any thread: values of some moment ago. */
    public long sum(ToLongFunction<Database> count) {
        long sum = 0;
        for (int i = 0; i < databases.length(); i++) {
            Database database = used(i);
            if (database != null) {
                sum += count.applyAsLong(database);
            }
        }
        return sum;
    }

    /** Lets two databases change places. */
    void swap(int one, int other) {
        Database first = databases.getPlain(one);
        databases.setRelease(one, databases.getPlain(other));
        databases.setRelease(other, first);
    }

    // ---- every turn: loops over those that exist, without their numbers

    /** Those that exist, in no particular order; not to be written. */
    Database[] existing() {
        return existing;
    }

    /** Bytes that their indexes take outside the arena. */
    long indexHeapBytes() {
        long bytes = 0;
        for (int i = 0; i < existingCount; i++) {
            bytes += existing[i].indexHeapBytes();
        }
        return bytes;
    }

    /** Sets the time that look-ups compare deadlines with; once a turn. */
    void clock(long ms) {
        nowMs = ms;
        for (int i = 0; i < existingCount; i++) {
            existing[i].clock(ms);
        }
    }

    /** The time of this turn, ms since the epoch. */
    long nowMs() {
        return nowMs;
    }

    /** Whether keys past their deadlines are removed unasked; otherwise only where they are looked up. */
    void expiresActively(boolean active) {
        expiresActively = active;
    }

    /** The time, ms since the epoch, from which {@link #expireDue} has something to do; {@link Long#MAX_VALUE} for never. */
    long nextExpiryMs() {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < existingCount && expiresActively; i++) {
            next = Math.min(next, existing[i].nextExpiryMs());
        }
        return next;
    }

    /** Removes a slice of what is past its deadline. */
    void expireDue() {
        for (int i = 0; i < existingCount; i++) {
            if (existing[i].nextExpiryMs() <= nowMs) {
                existing[i].expireDue();
            }
        }
    }

    /** Whether {@link #reclaim} has something to do. */
    boolean hasGarbage() {
        for (int i = 0; i < existingCount; i++) {
            if (existing[i].hasGarbage()) {
                return true;
            }
        }
        return false;
    }

    /** Gives back what is not in the arena; nobody turns the shard any more. */
    void close() {
        for (int i = 0; i < existingCount; i++) {
            existing[i].close();
        }
    }

    /** Frees one slice of what FLUSHDB and FLUSHALL left. */
    void reclaim() {
        for (int i = 0; i < existingCount; i++) {
            if (existing[i].hasGarbage()) {
                existing[i].reclaim();
                return;
            }
        }
    }
}
