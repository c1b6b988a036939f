// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.unix.Socket;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import io.redistill.engine.reply.ReplyMemoryException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection's replies to its socket: past the channel's outbound buffer where nothing waits there, as chunks
 * that are sent as they are, as copies where a chunk must not wait for a slow client, and large values by reference. Knows
 * how much a client has left unread.
 *
 * <p>Threading: confined to the event loop.
 */
final class ReplyWriter {
    /** What a client may leave unread when memory is used up. */
    private static final int MAX_UNSENT_COPY_BYTES = 1 << 20;

    /** What a copy takes beyond its bytes: the least that a block takes, and what Netty keeps of it on the heap. */
    private static final int UNSENT_COPY_OVERHEAD_BYTES = 1536;

    /** Replies written in this turn and not flushed yet count as well. */
    private static final int MAX_BACKLOG_IN_CHUNKS = 32 << 10;

    /** In place of a time: the soft limit is not passed. */
    private static final long NOT_OVER = Long.MIN_VALUE;

    private final ConnectionLoop loop;
    private final ChannelHandlerContext context;
    private final @Nullable Socket directSocket;
    private boolean flushNeeded;
    private boolean refused;
    private long unsentCopyBytes;
    private long overSoftLimitSinceNs = NOT_OVER;

    ReplyWriter(ConnectionLoop loop, ChannelHandlerContext context) {
        this.loop = loop;
        this.context = context;
        directSocket = directSocket(context);
    }

    /**
     * Only where the connection is the last before the socket: an encrypting handler must see what is sent. With io_uring
     * all sends of a turn are one system call.
     */
    private static @Nullable Socket directSocket(ChannelHandlerContext context) {
        return context.channel() instanceof AbstractEpollStreamChannel channel
                        && channel.fd() instanceof Socket socket
                        && context.pipeline().first() == context.handler()
                ? socket
                : null;
    }

    /**
     * Writes the replies of a batch behind those written before; what could not be sent at once waits for {@link #flush}.
     *
     * @return false when there was no memory for them: the client is to be disconnected
     */
    boolean write(InFlightBatch done) {
        ReplyBuffer replies = joined(done);
        if (replies == null) {
            return false;
        }
        if (replies.spliceCount() > 0) {
            writeSpliced(replies);
        } else {
            writeChunks(done, replies);
        }
        return !refused;
    }

    /** The replies of a batch in one buffer, or null when there was no memory for them. */
    private @Nullable ReplyBuffer joined(InFlightBatch done) {
        RequestBatch batch = done.batch();
        if (batch.isReplyLost()) {
            return null;
        }
        if (!batch.isStitched()) {
            batch.onlyReply().finish();
            return batch.onlyReply();
        }
        try {
            loop.stitcher().stitch(batch, done.stitched());
            return done.stitched();
        } catch (ReplyMemoryException e) {
            return null;
        }
    }

    private void writeChunks(InFlightBatch done, ReplyBuffer replies) {
        for (int i = 0; i < replies.chunkCount(); i++) {
            NettyReplyChunk chunk = (NettyReplyChunk) replies.chunk(i);
            loop.sent(chunk.length());
            int sent = sendNow(chunk);
            if (sent == chunk.length()) {
                continue;
            }
            if (hasBacklog() || loop.areChunksScarce()) {
                writeCopy(chunk.address() + sent, chunk.length() - sent);
            } else {
                done.chunkQueued();
                flushNeeded = true;
                context.write(chunk.toSend(done, sent), context.voidPromise());
            }
        }
    }

    /**
     * Sends a chunk past the channel's outbound buffer, whose bookkeeping costs as much as encoding a reply does, when
     * nothing waits there and the transport lets us.
     *
     * @return bytes sent; the rest goes the ordinary way, which also finds and reports what is wrong with the socket
     */
    private int sendNow(NettyReplyChunk chunk) {
        Socket socket = directSocket;
        if (socket == null || flushNeeded) {
            return 0;
        }
        ChannelOutboundBuffer outbound = outbound();
        if (outbound == null || !outbound.isEmpty() || outbound.totalPendingWriteBytes() > 0) {
            return 0;
        }
        try {
            return Math.max(0, socket.sendAddress(chunk.address(), 0, chunk.length()));
        } catch (IOException e) {
            return 0;
        }
    }

    /** Whether earlier replies are still unsent: then a whole chunk must not wait for a few bytes of reply. */
    private boolean hasBacklog() {
        return unreadBytes() > MAX_BACKLOG_IN_CHUNKS;
    }

    /**
     * Queues a copy of its exact size, which counts as used memory like data. Once that is used up, clients that leave
     * their replies unread are the first to go.
     */
    private void writeCopy(long address, int length) {
        if (length == 0 || refused) {
            return;
        }
        if (unsentCopyBytes > MAX_UNSENT_COPY_BYTES && loop.isOutOfMemoryNow()) {
            refused = true;
            return;
        }
        long copy = LargeBlock.hold(address, length, false);
        unsentCopyBytes += length + UNSENT_COPY_OVERHEAD_BYTES;
        flushNeeded = true;
        context.write(Unpooled.wrappedBuffer(copy, length, false)).addListener(ignored -> {
            unsentCopyBytes -= length + UNSENT_COPY_OVERHEAD_BYTES;
            LargeBlock.release(copy);
        });
    }

    /** Copies the bytes between large values, which are sent as they are. */
    private void writeSpliced(ReplyBuffer replies) {
        long position = 0;
        int splice = 0;
        for (int i = 0; i < replies.chunkCount(); i++) {
            ReplyChunk chunk = replies.chunk(i);
            int offset = 0;
            while (splice < replies.spliceCount() && replies.splicePosition(splice) <= position + chunk.length()) {
                int until = (int) (replies.splicePosition(splice) - position);
                loop.sent(until - offset);
                writeCopy(chunk.address() + offset, until - offset);
                offset = until;
                loop.sent(replies.spliceLength(splice));
                writeBlock(replies.takeSplice(splice), replies.spliceLength(splice));
                splice++;
            }
            loop.sent(chunk.length() - offset);
            writeCopy(chunk.address() + offset, chunk.length() - offset);
            position += chunk.length();
        }
    }

    private void writeBlock(long block, int length) {
        flushNeeded = true;
        context.write(Unpooled.wrappedBuffer(block, length, false)).addListener(ignored -> LargeBlock.release(block));
    }

    /**
     * Sends what was written, as far as the socket takes it.
     *
     * @return false when the client has left more unread than the limits allow: it is to be disconnected
     */
    boolean flush() {
        if (!flushNeeded) {
            return true;
        }
        flushNeeded = false;
        context.flush();
        return !loop.limits().limitsOutput() || !isOverLimit();
    }

    /** Whether the client has left too many replies unread, or many for too long. */
    boolean isOverLimit() {
        ClientLimits limits = loop.limits();
        long unread = unreadBytes();
        if (limits.outputHardBytes() != 0 && unread > limits.outputHardBytes()) {
            return true;
        }
        if (limits.outputSoftBytes() == 0 || unread <= limits.outputSoftBytes()) {
            overSoftLimitSinceNs = NOT_OVER;
            return false;
        }
        if (overSoftLimitSinceNs == NOT_OVER) {
            overSoftLimitSinceNs = loop.nowNs();
        }
        return loop.nowNs() - overSoftLimitSinceNs > TimeUnit.SECONDS.toNanos(limits.outputSoftSeconds());
    }

    private long unreadBytes() {
        ChannelOutboundBuffer outbound = outbound();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    private @Nullable ChannelOutboundBuffer outbound() {
        return context.channel().unsafe().outboundBuffer();
    }
}
