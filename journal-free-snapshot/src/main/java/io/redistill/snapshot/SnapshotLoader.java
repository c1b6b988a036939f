// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.Engine;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Loads a snapshot into a running engine that serves nobody yet: the caller's thread reads, checks and hashes, and each
 * shard's own thread puts in what belongs to it, whatever the number of shards was when the file was written.
 *
 * <p>Threading: {@link #load} the caller's thread; {@link #recycle} and {@link #fail} shards.
 */
public final class SnapshotLoader implements SnapshotReader.BlockVisitor {
    private static final int BATCHES = 16;
    private static final long WAIT_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Engine engine;
    private final LoadProgress progress;
    private final ShardLoad[] shards;
    private final ManyToOneConcurrentArrayQueue<LoadBatch> free = new ManyToOneConcurrentArrayQueue<>(BATCHES);
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final RecordCursor cursor = new RecordCursor();
    private final ValueCheck check = new ValueCheck();

    /** The batch of a large record whose value is not complete. */
    private @Nullable LoadBatch largeBatch;

    private int largeType;
    private long largeHash;
    private long largeValue;
    private int largeLength;
    private int largeReceived;

    private SnapshotLoader(Engine engine, LoadProgress progress) {
        this.engine = engine;
        this.progress = progress;
        shards = new ShardLoad[engine.shardCount()];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new ShardLoad(i, this);
        }
        for (int i = 0; i < BATCHES; i++) {
            free.add(new LoadBatch(shards.length));
        }
    }

    /**
     * Loads a file. When it throws, the engine holds a part of it and is of no use any more.
     *
     * @param progress is told how it goes on
     * @throws SnapshotDamagedException when it is not a whole snapshot of a known version
     * @throws IOException when it cannot be read, or not be held
     */
    public static SnapshotReader.Contents load(Engine engine, Path file, LoadProgress progress) throws IOException {
        SnapshotLoader loader = new SnapshotLoader(engine, progress);
        for (int i = 0; i < loader.shards.length; i++) {
            engine.shard(i).task(loader.shards[i]);
        }
        try (FileChannel channel = open(file)) {
            progress.total(channel.size());
            SnapshotReader.Contents contents = SnapshotReader.readBlocks(file.toString(), channel, loader);
            loader.awaitBatches();
            loader.report(channel.size());
            return contents;
        } catch (SnapshotDamagedException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + " cannot be loaded: " + FileFault.textOf(e), e);
        } finally {
            loader.close();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (Files.isDirectory(file)) { // which the system would open, and not read
            throw new IOException("it is a directory");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    private void close() {
        for (int i = 0; i < shards.length; i++) {
            engine.shard(i).task(null);
        }
        LoadBatch batch;
        while ((batch = free.poll()) != null) {
            batch.free();
        }
        if (largeValue != 0) {
            LargeBlock.release(largeValue);
        }
        if (largeBatch != null) {
            largeBatch.free();
        }
    }

    private void awaitBatches() throws IOException {
        while (free.size() < BATCHES && failure.get() == null) {
            LockSupport.parkNanos(this, WAIT_NS);
        }
        String reason = failure.get();
        if (reason != null) {
            throw new IOException(reason);
        }
    }

    // ---- blocks

    @Override
    public void records(long address, int length, int count, long position) throws IOException {
        checkComplete();
        LoadBatch batch = nextBatch();
        long copy = batch.fill(address, length);
        cursor.wrap(copy, length);
        for (int i = 0; i < count; i++) {
            long record = cursor.position();
            if (!cursor.next()) {
                throw bad(batch, "a record that cannot be read");
            }
            String fault = check.faultOf(cursor);
            if (fault != null) {
                throw bad(batch, fault);
            }
            long hash = engine.hash(cursor.keyAddress(), cursor.keyLength());
            if (!cursor.isLarge()) {
                batch.add(record, hash, engine.shardOf(hash));
            } else if (i + 1 < count) {
                throw bad(batch, "a large record that is not the last of its block");
            } else {
                beginLarge(record, hash);
            }
        }
        if (!cursor.isAtEnd()) {
            throw bad(batch, "a block whose count and length disagree");
        }
        give(batch);
        report(position);
    }

    private SnapshotReader.BadBlockException bad(LoadBatch batch, String reason) {
        free.offer(batch);
        return new SnapshotReader.BadBlockException(reason);
    }

    private void beginLarge(long record, long hash) throws IOException {
        largeLength = cursor.valueLength();
        largeType = cursor.type();
        LoadBatch own = nextBatch();
        int recordLength = (int) (cursor.position() - record);
        own.fill(record, recordLength);
        largeBatch = own;
        largeHash = hash;
        largeReceived = 0;
        largeValue = LargeBlock.allocate(largeLength); // address space only, until bytes arrive
    }

    @Override
    public void value(long address, int length) throws IOException {
        LoadBatch batch = largeBatch;
        if (batch == null || length == 0 || length > largeLength - largeReceived) {
            throw new SnapshotReader.BadBlockException("a part of a value that belongs to no record");
        }
        Memory.copy(address, largeValue + largeReceived, length);
        largeReceived += length;
        if (largeReceived == largeLength) {
            String fault = check.faultOf(largeType, largeValue, largeLength);
            if (fault != null) {
                throw new SnapshotReader.BadBlockException(fault);
            }
            batch.add(batch.start(), largeHash, engine.shardOf(largeHash));
            batch.largeValue(largeValue);
            largeValue = 0;
            largeBatch = null;
            give(batch);
        }
    }

    @Override
    public void end() throws IOException {
        checkComplete();
    }

    private void checkComplete() throws IOException {
        if (largeBatch != null) {
            throw new SnapshotReader.BadBlockException("a value that is not complete");
        }
    }

    private LoadBatch nextBatch() throws IOException {
        LoadBatch batch = free.poll();
        while (batch == null) {
            LockSupport.parkNanos(this, WAIT_NS);
            batch = free.poll();
        }
        if (failure.get() != null) {
            throw bad(batch, "its keys cannot be loaded: " + failure.get());
        }
        return batch;
    }

    private void give(LoadBatch batch) {
        long concerned = batch.sort();
        if (concerned == 0) {
            recycle(batch);
        }
        for (long rest = concerned; rest != 0; rest &= rest - 1) {
            int shard = Long.numberOfTrailingZeros(rest);
            shards[shard].offer(batch);
            engine.shard(shard).wake();
        }
    }

    private void report(long position) {
        long loaded = 0;
        long expired = 0;
        for (ShardLoad shard : shards) {
            loaded += shard.loaded();
            expired += shard.expired();
        }
        progress.loaded(position, loaded, expired);
    }

    // ---- shards

    void recycle(LoadBatch batch) {
        free.offer(batch);
    }

    void fail(String reason) {
        failure.compareAndSet(null, reason);
    }

    boolean hasFailed() {
        return failure.get() != null;
    }
}
