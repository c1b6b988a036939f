// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.Engine;
import io.redistill.engine.shard.CutSource;
import io.redistill.engine.store.CutSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Saves snapshots of an engine, one at a time: asked for, by rule, or at the end.
 *
 * <p><b>A snapshot's life.</b> Whoever wants one claims it ({@link #tryBegin}) and publishes the event of the cut; each
 * shard that comes to the event begins its part ({@link #begin}) and walks through what it held at that instant, giving
 * blocks to a {@link BlockRing}; this service's one thread writes them to a {@link SnapshotFile}. When the disk fails, or
 * changes come faster than it writes, the snapshot fails: the shards finish their walks into nothing, the old file stays,
 * the failure is told by {@link #status} and logged once, and the rules try again after a while. Nothing here makes a
 * command wait.
 *
 * <p>Threading: {@link #begin} shards; {@link #start}, {@link #stop} and {@link #saveWhileStopped} the owner of the
 * server; the rest any thread.
 */
public final class SnapshotService implements CutSource {
    /** How often rules are looked at, and what is written is looked for. */
    private static final long RULE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long DRAIN_INTERVAL_NS = TimeUnit.MICROSECONDS.toNanos(200);

    /** After a failure rules do not try again for so long, as in Redis. */
    private static final long RETRY_MS = 5_000;

    private static final long BUDGET_BYTES = 64 << 20;
    private static final int BUDGET_DIVISOR = 50; // 2 %

    /** Is told once how a snapshot ended. */
    @FunctionalInterface
    public interface Completion {
        /** Called on the service's thread. */
        void ended(boolean ok);
    }

    /** Where lines for the log go. */
    public interface Events {
        /** Something went as it should. */
        void info(String message);

        /** Something did not. */
        void warn(String message);
    }

    /**
     * How snapshots are written; may be changed at any time and then counts from the next one on.
     *
     * @param target the file
     * @param codec how its blocks are written
     * @param rules when to save without being asked
     */
    public record Config(Path target, Codec codec, List<SaveRule> rules) {
        public Config {
            rules = List.copyOf(rules);
        }
    }

    private final Engine engine;
    private final SnapshotStorage storage;
    private final String product;
    private final Runnable publishCut;
    private final Events events;
    private final Thread thread = new Thread(this::run, "snapshot");
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Queue<Completion> waiting = new ConcurrentLinkedQueue<>();
    private final long[] changesAtCut;

    private volatile Config config;
    private volatile boolean stopped;

    /** Only {@link #saveWhileStopped} may begin another one. */
    private volatile boolean closing;

    private volatile @Nullable Job job;
    private volatile long lastSaveMs = System.currentTimeMillis();
    private volatile long lastTryMs;
    private volatile long lastSeconds = -1;
    private volatile long saves;
    private volatile long changesSaved;
    private volatile long fileBytes;
    private volatile @Nullable String lastFailure;
    private volatile @Nullable Job lastJob;

    /** One snapshot being saved. */
    private static final class Job {
        private final BlockRing ring;
        private final ShardCut[] shards;
        private final long startedNs = System.nanoTime();
        private final long startedMs = System.currentTimeMillis();
        private final long totalEntries;
        private final @Nullable Completion completion;

        Job(BlockRing ring, int shardCount, long totalEntries, @Nullable Completion completion) {
            this.ring = ring;
            this.totalEntries = totalEntries;
            this.completion = completion;
            shards = new ShardCut[shardCount];
            for (int i = 0; i < shardCount; i++) {
                shards[i] = new ShardCut(ring);
            }
        }

        boolean hasEnded() {
            for (ShardCut shard : shards) {
                if (!shard.hasEnded()) {
                    return false;
                }
            }
            return true;
        }

        boolean isWalking() {
            return !hasEnded() && ring.hasRoom();
        }

        long entries() {
            long sum = 0;
            for (ShardCut shard : shards) {
                sum += shard.entries();
            }
            return sum;
        }

        long entriesAhead() {
            long sum = 0;
            for (ShardCut shard : shards) {
                sum += shard.entriesAhead();
            }
            return sum;
        }

        long seconds() {
            return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNs);
        }
    }

    /**
     * A service that does not run yet.
     *
     * @param product what writes the files, for people
     * @param publishCut publishes the event of a cut that was claimed here, without waiting; any thread
     */
    public SnapshotService(
            Engine engine, SnapshotStorage storage, String product, Config config, Runnable publishCut, Events events) {
        this.engine = engine;
        this.storage = storage;
        this.product = product;
        this.config = config;
        this.publishCut = publishCut;
        this.events = events;
        changesAtCut = new long[engine.shardCount()];
        thread.setDaemon(true);
        engine.cutSource(this);
    }

    /** Starts the thread, when what there was at the start is loaded. */
    public void start() {
        changesSaved = changes();
        lastSaveMs = System.currentTimeMillis();
        thread.start();
    }

    /** Ends the thread; a snapshot under way is given up. */
    public void stop() throws InterruptedException {
        stopped = true;
        wake();
        thread.join();
    }

    /** Gives a snapshot under way up, waits until the shards, which must still be running, are done with it, and begins
     * no further one. */
    public void giveUp() {
        closing = true;
        Job current = job;
        if (current != null) {
            current.ring.fail("the server stops");
        }
        while (busy.get() && thread.isAlive()) {
            LockSupport.parkNanos(this, DRAIN_INTERVAL_NS);
        }
    }

    /** Whether a file was saved here, or there was one at the start. */
    public boolean hasFile() {
        return saves > 0 || java.nio.file.Files.exists(config.target());
    }

    public Config config() {
        return config;
    }

    public void config(Config newConfig) {
        config = newConfig;
        wake();
    }

    // ---- asking for one

    /**
     * Claims the next snapshot; the caller must then publish the event of its cut.
     *
     * @param completion is told how it ended, or null
     * @return false when one is being saved
     */
    public boolean tryBegin(@Nullable Completion completion) {
        return !closing && claim(completion);
    }

    private boolean claim(@Nullable Completion completion) {
        if (stopped || !busy.compareAndSet(false, true)) {
            return false;
        }
        BlockRing ring = new BlockRing(BUDGET_BYTES + engine.usedBytes() / BUDGET_DIVISOR, this::wakeShards);
        job = new Job(ring, engine.shardCount(), keys(), completion);
        wake();
        return true;
    }

    /** Saves a snapshot as soon as none is being saved; its cut is after this call. */
    public void saveNext(Completion completion) {
        waiting.add(completion);
        wake();
    }

    @Override
    public CutSink begin(int shard, long changes) {
        Job current = job;
        if (current == null || current.shards[shard].hasBegun()) {
            throw new IllegalStateException("a cut that nobody claimed");
        }
        changesAtCut[shard] = changes;
        current.shards[shard].begin();
        return current.shards[shard];
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void wakeShards() {
        for (int i = 0; i < engine.shardCount(); i++) {
            engine.shard(i).wake();
        }
    }

    // ---- the thread

    private void run() {
        while (!stopped) {
            Job claimed = job;
            if (claimed != null) {
                save(claimed);
                continue;
            }
            Completion next = waiting.peek();
            if (next != null && tryBegin(next)) {
                waiting.remove();
                publishCut.run();
            } else if (isRuleDue() && tryBegin(null)) {
                publishCut.run();
            } else if (config.rules().isEmpty()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, RULE_INTERVAL_NS);
            }
        }
    }

    private boolean isRuleDue() {
        List<SaveRule> rules = config.rules();
        if (rules.isEmpty()) {
            return false;
        }
        long now = System.currentTimeMillis();
        if (lastFailure != null && now - lastTryMs < RETRY_MS) {
            return false;
        }
        long changed = changes() - changesSaved;
        long seconds = TimeUnit.MILLISECONDS.toSeconds(now - lastSaveMs);
        for (SaveRule rule : rules) {
            if (rule.isDue(seconds, changed)) {
                if (lastFailure == null) { // the failure has been told, and a try every few seconds is not news
                    events.info(changed + " changes in " + rule.seconds() + " seconds. Saving...");
                }
                return true;
            }
        }
        return false;
    }

    private void save(Job current) {
        Config how = config;
        lastTryMs = System.currentTimeMillis();
        String failure = null;
        Runnable giveWay = () -> giveWay(current.ring);
        try (SnapshotFile file =
                new SnapshotFile(storage, how.target(), how.codec(), current.startedMs, product, giveWay)) {
            current.ring.prepare(giveWay);
            drain(current, block -> write(file.writer(), block));
            failure = current.ring.failure();
            if (failure == null) {
                file.complete();
                fileBytes = file.writer().bytesWritten();
            }
        } catch (IOException e) {
            failure = FileFault.textOf(e);
            current.ring.fail(failure);
        } catch (RuntimeException
                | OutOfMemoryError e) { // what is missing is memory for a copy, and commands need none
            failure = e.toString();
            current.ring.fail(failure);
        }
        finishWalks(current);
        ended(current, how.target(), failure);
    }

    private static void write(SnapshotWriter writer, Block block) throws IOException {
        writer.records(block.address(), block.length(), block.count());
        if (block.largeValue() != 0) {
            writer.value(block.largeValue(), block.largeLength());
        }
    }

    /**
     * Lets whoever wants this processor have it after each piece, so that nobody waits a whole slice of the scheduler for
     * it. Not when what had to be copied before it changed takes half of its budget: then the writer must not fall behind.
     */
    private static void giveWay(BlockRing ring) {
        if (ring.heldBytes() < ring.budgetBytes() / 2) {
            Thread.yield();
        }
    }

    /** Takes blocks until the shards have given all, or the snapshot failed. */
    private void drain(Job current, BlockRing.Sink sink) throws IOException {
        while (current.ring.failure() == null) {
            boolean last = current.hasEnded(); // before the look into the ring: what came before the end is there
            if (current.ring.drain(sink)) {
                continue;
            }
            if (last) {
                return;
            }
            if (stopped) {
                current.ring.fail("the server stops");
            }
            LockSupport.parkNanos(this, DRAIN_INTERVAL_NS);
        }
    }

    /** After a failure: lets the walks come to their ends, so that the next cut finds all entries in order. */
    private void finishWalks(Job current) {
        try {
            while (!current.hasEnded()) {
                current.ring.drain(block -> {});
                if (stopped && !current.shards[0].hasBegun()) {
                    return; // the event of the cut will not come any more
                }
                LockSupport.parkNanos(this, DRAIN_INTERVAL_NS);
            }
            current.ring.close();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible); // nothing is written any more
        }
    }

    private void ended(Job current, Path target, @Nullable String failure) {
        lastSeconds = current.seconds();
        if (failure == null) {
            long saved = 0;
            for (long changes : changesAtCut) {
                saved += changes;
            }
            changesSaved = saved;
            lastSaveMs = System.currentTimeMillis();
            saves++;
            events.info("snapshot saved: " + target + ", " + current.entries() + " keys, " + fileBytes + " bytes, "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - current.startedNs) + " ms");
        } else {
            String before = lastFailure;
            if (!failure.equals(before)) {
                events.warn("snapshot failed: " + target + ": " + failure + "; the file of before is as it was");
            }
        }
        lastFailure = failure;
        lastJob = current;
        job = null;
        busy.set(false);
        Completion completion = current.completion;
        if (completion != null) {
            completion.ended(failure == null);
        }
    }

    // ---- the end

    /**
     * Saves what there is when no shard's thread runs any more; the caller takes their place.
     *
     * @return whether it went well
     */
    public boolean saveWhileStopped() {
        if (!claim(null)) {
            return false;
        }
        for (int i = 0; i < engine.shardCount(); i++) {
            engine.shard(i).bindToCurrentThread();
            engine.shard(i).beginCut();
        }
        Job current = job;
        while (current != null && busy.get() && thread.isAlive()) {
            for (int i = 0; i < engine.shardCount(); i++) {
                engine.shard(i).turn();
            }
            if (!current.isWalking()) {
                LockSupport.parkNanos(DRAIN_INTERVAL_NS);
            }
        }
        return lastFailure == null;
    }

    // ---- what there is to tell

    /** Changes since the cut of the last snapshot that went well. */
    public long changesSinceLast() {
        return changes() - changesSaved;
    }

    public SnapshotStatus status() {
        Job current = job;
        Job shown = current != null ? current : lastJob;
        return new SnapshotStatus(
                current != null,
                lastSaveMs,
                lastFailure == null,
                lastSeconds,
                current != null ? current.seconds() : -1,
                saves,
                changesSinceLast(),
                current != null ? current.entries() : 0,
                current != null ? current.totalEntries : 0,
                current != null ? current.ring.heldBytes() : 0,
                shown != null ? shown.ring.peakBytes() : 0,
                shown != null ? shown.ring.budgetBytes() : BUDGET_BYTES,
                shown != null ? shown.entriesAhead() : 0,
                shown != null ? shown.ring.pauses() : 0,
                fileBytes,
                lastFailure);
    }

    private long changes() {
        long sum = 0;
        for (int i = 0; i < engine.shardCount(); i++) {
            sum += engine.shard(i).changes();
        }
        return sum;
    }

    private long keys() {
        long sum = 0;
        for (int i = 0; i < engine.shardCount(); i++) {
            sum += engine.shard(i).keys();
        }
        return sum;
    }
}
