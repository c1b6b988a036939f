// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.CommandEvent;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.Rendezvous;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyMemoryException;
import io.redistill.engine.store.Compactor;
import io.redistill.engine.store.CutWalk;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.Evictor;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One disjoint part of the keyspace with all that belongs to it: command ring, databases, arena, clock, statistics. It
 * has one writer, the thread that calls {@link #turn}, and therefore no locks.
 *
 * <p><b>A turn</b> takes at most {@link #MAX_EVENTS_PER_TURN} events from the ring and does, over all of them, three
 * passes: probe the index, touch the entries found, execute in order. The first two load what the third will need, so
 * that the cache misses of independent commands overlap instead of queueing; their results are thrown away and execution
 * looks up again, so no outcome depends on them. Then it frees the slots, counts down the batches (handing finished ones
 * back, once per batch and turn), and does one slice of background work. The wall clock is read once per turn: all its
 * commands happen at the same instant.
 *
 * <p><b>Several shards.</b> Multi-shard commands stand in all rings concerned in the same order
 * ({@link PublicationTicket}). Those whose parts are independent are executed part by part. One whose parts depend on each
 * other is a {@link Rendezvous}: this shard then executes nothing until it is over, while its thread goes on.
 *
 * <p><b>Failures.</b> An exception inside a command is our bug: that command gets an error reply, it is counted, and the
 * shard goes on. Where there is no memory for a reply, its batch says so and the client is disconnected. Errors of the
 * machine ({@link VirtualMachineError}) pass through.
 *
 * <p>Threading: confined to the shard thread (asserted), except for {@link #ring} and the statistics, which any thread may
 * read. During a rendezvous the shard is lent to the thread that executes it.
 */
public final class Shard {
    /** Most events of one turn. */
    public static final int MAX_EVENTS_PER_TURN = 64;

    /** From so many events on their cache misses are worth overlapping. */
    private static final int PREFETCH_MIN_EVENTS = 2;

    /** Under load one slice of background work is done every so many turns; every turn when idle. */
    private static final int TURNS_PER_SLICE = 8;

    /** Longest that a turn goes on removing expired keys, but for the last few of them. */
    private static final long EXPIRY_SLICE_NS = 60_000;

    /** The same for eviction, and when so much is overdrawn that it comes first. */
    private static final long EVICTION_SLICE_NS = 60_000;

    private static final long URGENT_EVICTION_SLICE_NS = 500_000;

    /** The same for moving entries together. */
    private static final long COMPACTION_SLICE_NS = 30_000;

    /** Longest sleep while there are deadlines. */
    private static final long MAX_SLEEP_MS = 100;

    private final int number;
    private final CommandRing ring;
    private final ShardClock clock;
    private final Arena arena;
    private final ShardDatabases databases;
    private final Evictor evictor;
    private final ToLongFunction<Database> candidates;
    private final Compactor compactor;
    private final LongSupplier usedBytesNow = this::usedBytesNow;
    private final CommandStatistics statistics = new CommandStatistics();
    private final Invocation call = new Invocation(this);
    private final int[] opcodesOfTurn = new int[MAX_EVENTS_PER_TURN];
    private final long[] addressesOfTurn = new long[MAX_EVENTS_PER_TURN];
    private final long[] hashesOfTurn = new long[MAX_EVENTS_PER_TURN];
    private Shard[] peers = new Shard[0];

    private @Nullable Thread owner;
    private @Nullable Rendezvous stoppedAt;
    private long touched;
    private long internalErrors;
    private @Nullable Throwable lastInternalError;
    private long turns;

    private final LongSupplier monotonicNs;
    private @Nullable CutSource cutSource;
    private @Nullable CutWalk cut;
    private CutPacing cutPacing = new CutPacing();
    private long longestCutSliceNs;
    private long executionNs;
    private volatile @Nullable ShardTask task;

    /** Whether what was flushed is still being freed, or memory is short and entries can be moved together. */
    private volatile boolean freeing;

    Shard(int number, CommandRing ring, ShardClock clock, Arena arena, ShardDatabases databases, Evictor evictor) {
        this.number = number;
        this.ring = ring;
        this.clock = clock;
        monotonicNs = clock::monotonicNs;
        this.arena = arena;
        this.databases = databases;
        this.evictor = evictor;
        candidates = evictor::candidates;
        compactor = new Compactor(arena);
        databases.clock(clock.epochMs());
        evictor.clock(clock.epochMs());
    }

    /** All shards of the engine, this one included, by number. */
    void peers(Shard[] all) {
        peers = all;
    }

    public int number() {
        return number;
    }

    /** The ring in front of this shard. Any thread. */
    public CommandRing ring() {
        return ring;
    }

    /** The numbered databases. */
    public ShardDatabases databases() {
        return databases;
    }

    /** Whether the owner of a key hash is this shard. */
    boolean owns(long hash) {
        return ShardRouting.shardOf(hash, peers.length) == number;
    }

    /** All shards of the engine, this one included, by number; to be used at a rendezvous only. */
    Shard[] all() {
        return peers;
    }

    /** The shard that owns a key hash. */
    Shard ownerOf(long hash) {
        return peers[ShardRouting.shardOf(hash, peers.length)];
    }

    // ---- the duty cycle

    /**
     * Executes what the ring holds, at most {@link #MAX_EVENTS_PER_TURN} events, then one slice of background work.
     *
     * @return events executed; 0 when there were none or the shard is stopped at a rendezvous
     */
    public int turn() {
        assert isOwner() : "shard " + number + " belongs to " + owner;
        Rendezvous stop = stoppedAt;
        if (stop != null) {
            if (!stop.isOver()) {
                return 0;
            }
            stoppedAt = null;
        }
        if (freeing && evictor.isShort()) {
            reclaimSlowPath(evictor.isOverdrawn() ? URGENT_EVICTION_SLICE_NS : EVICTION_SLICE_NS);
            if (freeing && evictor.isOverdrawn()) {
                return 0; // whatever the policy: commands are not refused meanwhile, so they wait
            }
        }
        if (evictor.isUrgent()) {
            evictSlowPath(URGENT_EVICTION_SLICE_NS);
            if (evictor.isUrgent()) {
                return 0;
            }
        }
        long first = ring.consumed() + 1;
        long available = ring.available(first);
        int executed = 0;
        if (available >= first) {
            executed = execute(first, (int) Math.min(MAX_EVENTS_PER_TURN, available - first + 1));
            ring.wakeWaiting();
        }
        // Not when this turn ended at a rendezvous: from then on the shard is lent.
        if (stoppedAt == null) {
            expire(executed);
            evictor.settle(usedBytesNow());
            if (evictor.isNeeded() && !freeing) {
                evictSlowPath(EVICTION_SLICE_NS);
            }
            evictor.tend(databases.existing());
            if (databases.hasGarbage() && (executed == 0 || ++turns % TURNS_PER_SLICE == 0)) {
                databases.reclaim();
                evictor.settle(usedBytesNow());
                noteRoomToCome();
            }
            if (isCompactionWanted()) {
                compactSlowPath();
            }
            if (cut != null) {
                walkSlowPath(executed);
            }
            if (task != null) {
                runTaskSlowPath();
            }
        }
        return executed;
    }

    private void evictSlowPath(long sliceNs) {
        evictor.evict(databases.existing(), compactor, usedBytesNow, monotonicNs, clock.monotonicNs() + sliceNs);
        if (evictor.isExhausted()) {
            // Others may have what can go.
            for (Shard peer : peers) {
                peer.ring.wakeConsumer();
            }
        }
    }

    /** Memory that can be freed comes before keys that would have to go and before refusing to take more. */
    private void reclaimSlowPath(long sliceNs) {
        long endNs = clock.monotonicNs() + sliceNs;
        do {
            if (databases.hasGarbage()) {
                databases.reclaim();
            } else {
                compactor.step(databases.existing());
            }
            evictor.settle(usedBytesNow());
        } while (isRoomToCome() && clock.monotonicNs() < endNs);
        noteRoomToCome(); // once what was freed counts as free
    }

    private boolean isRoomToCome() {
        return databases.hasGarbage() || arena.hasExcess() && evictor.isShort() && compactor.isWanted(true);
    }

    private void noteRoomToCome() {
        boolean now = isRoomToCome();
        if (now != freeing) {
            freeing = now;
        }
    }

    private long usedBytesNow() {
        return arena.chargedBytes() + databases.indexHeapBytes();
    }

    private boolean isCompactionWanted() {
        return arena.hasExcess() && compactor.isWanted(evictor.isShort()) && !databases.hasGarbage();
    }

    private void compactSlowPath() {
        long endNs = clock.monotonicNs() + COMPACTION_SLICE_NS;
        boolean goesOn;
        do {
            goesOn = compactor.step(databases.existing()) && isCompactionWanted();
        } while (goesOn && clock.monotonicNs() < endNs);
        evictor.settle(usedBytesNow());
    }

    private void expire(int executed) {
        if (databases.nextExpiryMs() != Long.MAX_VALUE) {
            if (executed == 0) {
                databases.clock(clock.epochMs());
            }
            if (databases.nextExpiryMs() <= databases.nowMs()) {
                expireSlowPath();
            }
        }
    }

    /** Many keys may be due at once: slices until time is up, and the rest in the next turn. */
    private void expireSlowPath() {
        long endNs = clock.monotonicNs() + EXPIRY_SLICE_NS;
        do {
            databases.expireDue();
        } while (databases.nextExpiryMs() <= databases.nowMs() && clock.monotonicNs() < endNs);
    }

    private void walkSlowPath(int executed) {
        CutWalk walk = cut;
        if (walk == null || !walk.canGoOn()) {
            return;
        }
        long sliceNs = cutPacing.sliceNs(executed, executionNs);
        if (sliceNs == 0) {
            return;
        }
        long startNs = clock.monotonicNs();
        if (!walk.slice(monotonicNs, startNs + sliceNs)) {
            cut = null;
        }
        long tookNs = clock.monotonicNs() - startNs;
        longestCutSliceNs = Math.max(longestCutSliceNs, tookNs);
        if (executed > 0) {
            cutPacing.took(tookNs);
        }
    }

    private void runTaskSlowPath() {
        ShardTask task = this.task;
        if (task != null && task.hasWork()) {
            long epochMs = clock.epochMs();
            databases.clock(epochMs);
            evictor.clock(epochMs);
            task.run(databases);
        }
    }

    /** Whether a turn would have something to do; called by the shard's thread before it sleeps. */
    public boolean hasWork() {
        Rendezvous stop = stoppedAt;
        return stop != null
                ? stop.isOver()
                : ring.hasWork()
                        || databases.hasGarbage()
                        || isExpiryDue()
                        || evictor.isNeeded()
                        || isCompactionWanted()
                        || hasBackgroundWork();
    }

    private boolean isExpiryDue() {
        return databases.nextExpiryMs() <= databases.nowMs();
    }

    /**
     * How long the shard's thread may sleep at most before the next {@link #turn}, ns; {@link Long#MAX_VALUE} for as long
     * as nobody wakes it. Called by the shard's thread before it sleeps.
     */
    public long sleepNs() {
        long next = databases.nextExpiryMs();
        if (next == Long.MAX_VALUE || stoppedAt != null) {
            return Long.MAX_VALUE;
        }
        // Not longer than this, since the wall clock may be set.
        long ms = Math.min(MAX_SLEEP_MS, next - databases.nowMs());
        return Math.max(1, ms) * 1_000_000;
    }

    private boolean hasBackgroundWork() {
        CutWalk walk = cut;
        ShardTask task = this.task;
        return walk != null && walk.canGoOn() || task != null && task.hasWork();
    }

    private int execute(long first, int count) {
        long epochMs = clock.epochMs();
        databases.clock(epochMs);
        evictor.clock(epochMs);
        long startNs = clock.monotonicNs();
        if (count >= PREFETCH_MIN_EVENTS) {
            prefetch(first, count);
        }
        RequestBatch current = null;
        int parts = 0;
        int executed = 0;
        while (executed < count && stoppedAt == null) {
            CommandEvent event = ring.slot(first + executed);
            RequestBatch batch = event.batch();
            if (batch != current) {
                if (current != null) {
                    handBack(current, parts);
                }
                current = batch;
                parts = 0;
            }
            int opcode = event.opcode();
            opcodesOfTurn[executed] = opcode;
            // Before hand-back, so that an INFO behind the reply knows of the call; what it took is known later.
            statistics.called(opcode);
            executeGuarded(event, batch);
            event.clear();
            parts++;
            executed++;
        }
        ring.consumed(first + executed - 1);
        if (current != null) {
            handBack(current, parts);
        }
        executionNs = clock.monotonicNs() - startNs;
        accountTime(executed, executionNs);
        return executed;
    }

    private void handBack(RequestBatch batch, int parts) {
        noteRoomToCome(); // before anybody can know of a flush and count on its memory
        batch.executed(parts);
    }

    private void prefetch(long first, int count) {
        long sum = 0;
        long[] addresses = addressesOfTurn;
        long[] hashes = hashesOfTurn;
        for (int i = 0; i < count; i++) {
            CommandEvent event = ring.slot(first + i);
            long hash = event.hash();
            hashes[i] = hash;
            addresses[i] = databases.get(event.database()).indexLine(hash);
        }
        for (int i = 0; i < count; i++) {
            sum += Memory.touch(addresses[i]);
        }
        for (int i = 0; i < count; i++) {
            addresses[i] = databases.get(ring.slot(first + i).database()).peek(hashes[i]);
        }
        for (int i = 0; i < count; i++) {
            sum += Memory.touch(addresses[i]);
        }
        for (int i = 0; i < count; i++) {
            sum += Database.touchValue(addresses[i]);
        }
        touched = sum; // keeps the loads from being optimised away
    }

    private void accountTime(int count, long elapsedNs) {
        long share = elapsedNs / count;
        for (int i = 0; i < count; i++) {
            statistics.took(opcodesOfTurn[i], share);
        }
    }

    private void executeGuarded(CommandEvent event, RequestBatch batch) {
        ReplyBuffer reply = batch.reply(number);
        int index = event.index();
        int route = batch.route(index);
        Rendezvous rendezvous = route == RequestBatch.RENDEZVOUS ? batch.rendezvous(index) : null;
        if (rendezvous != null && !rendezvous.arrive()) {
            stoppedAt = rendezvous;
            return;
        }
        long mark = reply.position();
        call.wrap(event, batch, databases.get(event.database()), reply);
        try {
            ShardCommands.execute(call, route == RequestBatch.FAN_OUT);
        } catch (ReplyMemoryException e) {
            reply.rewind(mark);
            batch.loseReply();
        } catch (RuntimeException | AssertionError e) {
            recordInternalError(e, batch, index, reply, mark);
        }
        if (call.failed()) {
            statistics.failed(event.opcode());
        }
        if ((batch.flags(index) & RequestBatch.SILENT) != 0) {
            silence(batch, index, reply, mark);
        }
        if (batch.isStitched() && route != RequestBatch.FAN_OUT) {
            batch.pieceEnd(batch.firstArgument(index), reply.position());
        }
        if (rendezvous != null) {
            batch.addResult(index, number);
            rendezvous.release();
            for (Shard peer : peers) {
                peer.ring.wakeConsumer();
            }
        }
    }

    private void silence(RequestBatch batch, int index, ReplyBuffer reply, long mark) {
        reply.rewind(mark);
        int end = batch.firstArgument(index) + batch.argumentCount(index);
        if (batch.route(index) == RequestBatch.FAN_OUT && batch.opcode(index) == Opcode.MGET) {
            for (int key = batch.firstArgument(index) + 1; key < end; key++) {
                if (owns(batch.keyHash(key))) {
                    batch.pieceEnd(key, mark);
                }
            }
        }
    }

    private void recordInternalError(Throwable error, RequestBatch batch, int index, ReplyBuffer reply, long mark) {
        internalErrors++;
        lastInternalError = error;
        reply.rewind(mark);
        call.error(Errors.INTERNAL);
        if (batch.route(index) != RequestBatch.FAN_OUT) {
            return;
        }
        // A part: an error in place of each value, or in place of the number that the parts make together.
        reply.rewind(mark);
        if (batch.opcode(index) != Opcode.MGET) {
            batch.addResult(index, ReplyStitcher.INTERNAL_ERROR);
            return;
        }
        int end = batch.firstArgument(index) + batch.argumentCount(index);
        for (int key = batch.firstArgument(index) + 1; key < end; key++) {
            if (owns(batch.keyHash(key))) {
                reply.raw(Errors.INTERNAL);
                batch.pieceEnd(key, reply.position());
            }
        }
    }

    /**
     * Begins this shard's part of a cut; on behalf of the event, or, when no shard's thread runs, of whoever stands in for
     * them.
     */
    public void beginCut() {
        CutSource source = cutSource;
        if (source == null || cut != null) {
            throw new IllegalStateException("a cut that nobody asked for, or before the end of another");
        }
        databases.clock(clock.epochMs());
        cut = new CutWalk(databases.all(), source.begin(number, changes()));
        cutPacing = new CutPacing();
        longestCutSliceNs = 0;
    }

    /** Gives back what is not in the arena; nobody turns the shard any more. */
    void close() {
        databases.close();
        call.free();
    }

    // ---- ownership and statistics

    /** Binds the shard to the calling thread, which alone may call {@link #turn} from now on. */
    public void bindToCurrentThread() {
        owner = Thread.currentThread();
    }

    private boolean isOwner() {
        return owner == null || owner == Thread.currentThread();
    }

    /** Who is asked at a cut; before the shard first turns. */
    void cutSource(CutSource source) {
        cutSource = source;
    }

    /** Gives the shard a task, or takes it away with null; {@link #wake} it when there is something to do. Any thread. */
    public void task(@Nullable ShardTask newTask) {
        task = newTask;
    }

    /** Wakes the shard's thread if it sleeps, after room or work was made for it. Any thread. */
    public void wake() {
        ring.wakeConsumer();
    }

    /** Changes of keys since the start. Any thread: a value of some moment ago. */
    public long changes() {
        return databases.sum(Database::changes);
    }

    /** Keys in all databases. Any thread: a value of some moment ago. */
    public long keys() {
        return databases.sum(Database::size);
    }

    /** Longest slice of the last cut's walk so far. Any thread: a value of some moment ago. */
    public long longestCutSliceNs() {
        return longestCutSliceNs;
    }

    public CommandStatistics statistics() {
        return statistics;
    }

    /**
     * Bytes that count against the limit here: entries, index, and what is held beyond the spare reserve. Any thread: a
     * value of some moment ago.
     */
    public long usedBytes() {
        return arena.chargedBytes() + databases.sum(Database::indexHeapBytes);
    }

    /** Bytes of blocks in use, tables of the index included. Any thread: a value of some moment ago. */
    public long blockBytes() {
        return arena.usedBytes();
    }

    /** Bytes of the runs that blocks are in. Any thread: a value of some moment ago. */
    public long activeBytes() {
        return arena.usedBytes() + arena.sparseBytes();
    }

    /** Bytes of memory that the arena can have. Any thread: a value of some moment ago. */
    public long residentBytes() {
        return arena.residentBytes();
    }

    /** Whether entries are being moved together, and how many were. Any thread: a value of some moment ago. */
    public Compactor compactor() {
        return compactor;
    }

    /** Gives back what no entry is in. */
    void purge() {
        arena.purge();
    }

    /** Bytes of address space that the arena holds. Any thread: a value of some moment ago. */
    public long heldBytes() {
        return arena.heldBytes();
    }

    /** Keys that had to go to make room. Any thread: a value of some moment ago. */
    public long evictedCount() {
        return evictor.evictedCount();
    }

    /**
     * Whether there is memory that FLUSHDB, FLUSHALL or the end of a large hash has left to be freed, or that moving entries
     * together would free where it is short. Any thread.
     */
    public boolean isFreeing() {
        return freeing;
    }

    /** Whether memory is short and nothing here may be evicted, not even what was just added. Any thread. */
    public boolean isEvictionExhausted() {
        return evictor.isExhausted() && databases.sum(candidates) == 0;
    }

    /** Commands that ended in an exception. */
    public long internalErrors() {
        return internalErrors;
    }

    /** The last exception inside a command, or null. */
    public @Nullable Throwable lastInternalError() {
        return lastInternalError;
    }

    /** Look-ups by reading commands that found their key. */
    public long hits() {
        return call.hits();
    }

    /** Look-ups by reading commands that did not. */
    public long misses() {
        return call.misses();
    }

    /** Takes what a prefetch loaded. */
    void touched(long sum) {
        touched = sum;
    }

    /** Here only so that the prefetch's loads have a reader. */
    long touched() {
        return touched;
    }
}
