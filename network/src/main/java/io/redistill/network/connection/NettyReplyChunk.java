// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.internal.OutOfDirectMemoryError;
import io.netty.util.internal.PlatformDependent;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ReplyChunk} that Netty can send as it is, again and again: when Netty releases the buffer after sending, the
 * chunk tells the batch that waits for it instead of being freed.
 *
 * <p>Long replies may take three quarters of Netty's direct memory, so that short ones find some.
 *
 * <p>Threading: as {@link ReplyChunk}; sending is confined to the event loop.
 */
final class NettyReplyChunk extends ReplyChunk {
    private final Buffer buffer;

    private NettyReplyChunk(Buffer buffer) {
        super(buffer.memoryAddress(), ReplyBuffer.CHUNK_BYTES);
        this.buffer = buffer;
    }

    /** A {@link ReplyChunk.Factory}. */
    static @Nullable NettyReplyChunk create(boolean isFirst) {
        long maxBytes = PlatformDependent.maxDirectMemory();
        if (!isFirst && PlatformDependent.usedDirectMemory() > maxBytes - maxBytes / 4) {
            return null;
        }
        try {
            return new NettyReplyChunk(new Buffer());
        } catch (OutOfDirectMemoryError e) {
            return null; // Counted in advance by Netty: nothing else has failed.
        }
    }

    /** The written bytes from an offset on as a buffer whose release is reported to {@code sender}. */
    ByteBuf toSend(InFlightBatch sender, int from) {
        buffer.sender = sender;
        buffer.setIndex(from, length());
        return buffer;
    }

    @Override
    public void free() {
        buffer.sender = null;
        buffer.release();
    }

    private static final class Buffer extends UnpooledUnsafeDirectByteBuf {
        private @Nullable InFlightBatch sender;

        Buffer() {
            super(UnpooledByteBufAllocator.DEFAULT, ReplyBuffer.CHUNK_BYTES, ReplyBuffer.CHUNK_BYTES);
        }

        @Override
        protected void deallocate() {
            InFlightBatch sender = this.sender;
            if (sender == null) {
                super.deallocate();
            } else {
                this.sender = null;
                resetRefCnt();
                sender.chunkSent();
            }
        }
    }
}
