// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.reply.ReplyBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop's view of one pooled {@link RequestBatch}: whose it is, which input it borrows, and which of its reply
 * chunks are still being sent.
 *
 * <p>Threading: confined to the event loop.
 */
final class InFlightBatch {
    private final ConnectionLoop loop;
    private final RequestBatch batch;
    private final ReplyBuffer stitched;
    private @Nullable Connection connection;
    private @Nullable InputChunk input;
    private long largeBytes;
    private boolean executed;
    private boolean written;
    private int unsentChunks;

    InFlightBatch(ConnectionLoop loop, int shardCount) {
        this.loop = loop;
        batch = new RequestBatch(loop, shardCount, NettyReplyChunk::create);
        batch.attachment(this);
        stitched = new ReplyBuffer(NettyReplyChunk::create);
    }

    static InFlightBatch of(RequestBatch batch) {
        Object attachment = batch.attachment();
        if (attachment == null) {
            throw new IllegalStateException("a batch of another owner");
        }
        return (InFlightBatch) attachment;
    }

    RequestBatch batch() {
        return batch;
    }

    /** Where replies of several shards are joined. */
    ReplyBuffer stitched() {
        return stitched;
    }

    @SuppressWarnings("NullAway") // set from open to recycle
    Connection connection() {
        return connection;
    }

    void open(Connection owner, @Nullable InputChunk borrowed) {
        connection = owner;
        if (borrowed != null) {
            borrow(borrowed);
        }
    }

    /** Borrows input, if none is borrowed yet. */
    void borrow(InputChunk chunk) {
        if (input == null) {
            input = chunk;
            chunk.borrow();
        } else if (input != chunk) {
            throw new IllegalStateException("a batch borrows one chunk");
        }
    }

    /** It is about to be published: its large arguments count as on their way. */
    void submitted() {
        largeBytes = batch.largeBytes();
        loop.largeInFlight(largeBytes);
    }

    boolean isExecuted() {
        return executed;
    }

    /** All parts are executed: input is given back. */
    void executed() {
        executed = true;
        loop.largeInFlight(-largeBytes);
        largeBytes = 0;
        batch.releaseInput();
        InputChunk chunk = input;
        if (chunk != null) {
            input = null;
            if (chunk.giveBack()) {
                loop.inputFree(chunk);
            }
        }
    }

    void chunkQueued() {
        unsentChunks++;
    }

    void chunkSent() {
        unsentChunks--;
        recycleIfDone();
    }

    /** All replies are in the channel's hands, or copied, or dropped. */
    void written() {
        written = true;
        recycleIfDone();
    }

    private void recycleIfDone() {
        if (written && unsentChunks == 0) {
            written = false;
            executed = false;
            connection = null;
            batch.reset();
            stitched.reset();
            loop.recycle(this);
        }
    }

    /** Gives all memory back; the batch is not used again. */
    void free() {
        for (int i = 0; i < loop.shardCount(); i++) {
            batch.reply(i).release();
        }
        batch.localReply().release();
        stitched.release();
    }
}
