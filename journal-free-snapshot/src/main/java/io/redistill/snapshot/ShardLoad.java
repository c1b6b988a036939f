// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.shard.ShardDatabases;
import io.redistill.engine.shard.ShardTask;
import io.redistill.engine.store.Database;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of loading: takes its records out of batches and puts them into its databases.
 *
 * <p>Threading: {@link #offer} the reader; {@link #run} and {@link #hasWork} the shard's thread; the counts any.
 */
final class ShardLoad implements ShardTask {
    private static final int MAX_RECORDS_PER_SLICE = 256;
    private static final int QUEUE_CAPACITY = 64;

    private final int shard;
    private final SnapshotLoader loader;
    private final OneToOneConcurrentArrayQueue<LoadBatch> queue = new OneToOneConcurrentArrayQueue<>(QUEUE_CAPACITY);
    private final RecordCursor cursor = new RecordCursor();
    private final EntryInserter inserter = new EntryInserter();
    private @Nullable LoadBatch current;
    private int next;
    private long touched;
    private volatile long loaded;
    private volatile long expired;

    ShardLoad(int shard, SnapshotLoader loader) {
        this.shard = shard;
        this.loader = loader;
    }

    /** Gives the shard a batch; there are never more batches than the queue takes. */
    void offer(LoadBatch batch) {
        if (!queue.offer(batch)) {
            throw new IllegalStateException("more batches than there can be");
        }
    }

    @Override
    public boolean hasWork() {
        return current != null || !queue.isEmpty();
    }

    @Override
    public void run(ShardDatabases databases) {
        LoadBatch batch = current;
        if (batch == null) {
            batch = queue.poll();
            if (batch == null) {
                return;
            }
            current = batch;
            next = batch.firstOf(shard);
        }
        int end = Math.min(batch.endOf(shard), next + MAX_RECORDS_PER_SLICE);
        databases.get(0).loading(true);
        try {
            insert(batch, next, end, databases);
        } catch (RuntimeException e) {
            loader.fail(e.toString());
        } finally {
            databases.get(0).loading(false);
        }
        next = end;
        if (end == batch.endOf(shard)) {
            current = null;
            if (batch.done()) {
                loader.recycle(batch);
            }
        }
    }

    private void insert(LoadBatch batch, int from, int end, ShardDatabases databases) {
        long sum = 0;
        for (int i = from; i < end; i++) {
            sum += Memory.touch(databases.get(0).indexLine(batch.hashAt(i)));
        }
        touched += sum; // keeps the loads from being optimised away
        long added = 0;
        long past = 0;
        for (int i = from; i < end && !loader.hasFailed(); i++) {
            cursor.wrap(batch.addressAt(i), Integer.MAX_VALUE).next(); // the reader has been over it
            if (cursor.database() >= databases.count()) {
                loader.fail("it has keys in database " + cursor.database() + ", and there are only " + databases.count()
                        + " databases here");
                return;
            }
            Database database = databases.get(cursor.database());
            if (cursor.expiresAtMs() != EntryVisitor.NO_EXPIRY && cursor.expiresAtMs() < database.nowMs()) {
                past++;
            } else if (inserter.insert(database, batch.hashAt(i), cursor, batch.takeLargeValue())) {
                added += EntryVisitor.isPart(cursor.type()) ? 0 : 1;
            } else {
                loader.fail("its keys need more memory than there is (max_memory)");
            }
        }
        loaded += added; // one writer
        expired += past;
    }

    long loaded() {
        return loaded;
    }

    long expired() {
        return expired;
    }

    /** Here only so that the prefetch's loads have a reader. */
    long touched() {
        return touched;
    }
}
