// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.UncheckedBooleanSupplier;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyMemoryException;
import io.redistill.network.resp.PartialCommand;
import io.redistill.network.resp.RespDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket: decoder state, batches in flight, and replies in request order.
 *
 * <p><b>Input.</b> The socket is read into the loop's shared {@link InputChunk}, behind what was left of the last read;
 * an idle connection owns no buffer. Commands are decoded in place into batches. What is left at the end, if short, is
 * copied to its exact size; a long or large command is taken over by a {@link PartialCommand}, into whose large argument
 * the socket is then read directly.
 *
 * <p><b>Order.</b> Batches are published in order and their replies are written in order, whichever shard finishes first.
 * A command of the class SERVER is held, with everything behind it, until all before it have finished.
 *
 * <p><b>Back pressure.</b> Reads stop while a batch waits for room in a ring and while a command is held, and so does
 * decoding while the loop is crowded. They do not stop because replies pile up: a client may write its whole pipeline
 * before it reads. A client for whose replies there is no memory is disconnected.
 *
 * <p><b>End.</b> On end of input all that was received is executed and answered, then the connection closes. What a
 * closed connection has in flight completes, and its replies are dropped.
 *
 * <p>Threading: confined to the event loop, except for the accessors that say otherwise.
 */
public final class Connection extends ChannelInboundHandlerAdapter {
    /** Room for one read: enough for a pipeline of everyday commands. */
    private static final int READ_BYTES = 64 << 10;

    /** From here on an incomplete command is no longer decoded afresh with every read. */
    private static final int MAX_LEFTOVER_BYTES = 16 << 10;

    private static final int MAX_READS_PER_TURN = 4;

    private final ConnectionLoop loop;
    private final ClientState client;
    private final ReceiveHandle receiveHandle = new ReceiveHandle();
    private final ArrayDeque<InFlightBatch> inFlight = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext context;
    private @Nullable ReplyWriter writer;

    private long leftover;
    private int leftoverLength;
    private @Nullable PartialCommand partial;
    private @Nullable ByteBuf partialTarget;
    private @Nullable InFlightBatch open;
    private byte @Nullable [] @Nullable [] heldCommand;
    private int heldOpcode;
    private int heldFlags;

    private boolean paused;

    /** Whether what is left of the input was not decoded, since the loop is crowded. */
    private boolean inputWaiting;

    private boolean resuming;
    private boolean flushQueued;
    private boolean closeAfterReplies;
    private boolean inputEnded;
    private boolean disconnected;
    private boolean closed;

    Connection(ConnectionLoop loop, ClientState client) {
        this.loop = loop;
        this.client = client;
    }

    /** The connection of an accepted channel, to be added to its pipeline on {@code loop}'s thread. */
    public static Connection create(ConnectionLoop loop, String remote, String local, boolean authenticated) {
        return new Connection(loop, new ClientState(loop.nextClientId(), remote, local, authenticated));
    }

    /** Immutable after construction. */
    long id() {
        return client.id();
    }

    /** What CLIENT LIST shows; any thread may read it and sees values of some moment ago. */
    public ClientState client() {
        return client;
    }

    /** Makes the channel read into the loop's memory. */
    public RecvByteBufAllocator receiveAllocator() {
        return () -> receiveHandle;
    }

    /** Whether the client is on this machine. */
    boolean isLocal() {
        return isLocal(context().channel());
    }

    /** Whether a channel's client is on this machine. */
    public static boolean isLocal(Channel channel) {
        return !(channel.remoteAddress() instanceof InetSocketAddress remote)
                || remote.getAddress().isLoopbackAddress();
    }

    // ---- channel events

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        writer = new ReplyWriter(loop, ctx);
        loop.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        if (received == partialTarget) {
            partialTarget = null;
            int bytes = received.readableBytes();
            received.release();
            loop.received(bytes);
            onPartialFilled(bytes);
            return;
        }
        InputChunk chunk = receiveHandle.chunk;
        if (chunk != null && received == chunk.buffer()) {
            receiveHandle.chunk = null;
            long from = chunk.address() + chunk.position();
            long end = chunk.address() + received.writerIndex();
            received.release();
            loop.received(end - from - leftoverLength);
            process(chunk, from, end);
        } else {
            copyIn(received);
        }
    }

    /** Input that was read elsewhere: by a transport or a handler that does not use our memory. */
    private void copyIn(ByteBuf received) {
        loop.received(received.readableBytes());
        copyInUncounted(received);
    }

    private void copyInUncounted(ByteBuf received) {
        while (received.isReadable()) {
            int bytes = Math.min(received.readableBytes(), READ_BYTES);
            if (heldCommand != null || inputWaiting || closeAfterReplies) {
                keepBehindHeld(received, bytes);
                continue;
            }
            InputChunk chunk = loop.input(leftoverLength + bytes);
            long from = chunk.address() + chunk.position();
            Memory.copy(leftover, from, leftoverLength);
            received.readBytes(chunk.buffer().internalNioBuffer(chunk.position() + leftoverLength, bytes));
            process(chunk, from, from + leftoverLength + bytes);
        }
        received.release();
    }

    private void keepBehindHeld(ByteBuf received, int bytes) {
        if (closeAfterReplies) {
            received.skipBytes(bytes);
            return;
        }
        long joined = Memory.allocate((long) leftoverLength + bytes);
        Memory.copy(leftover, joined, leftoverLength);
        ByteBuf target =
                Unpooled.wrappedBuffer(joined + leftoverLength, bytes, false).setIndex(0, 0);
        target.writeBytes(received, bytes);
        int length = leftoverLength + bytes;
        freeLeftover();
        leftover = joined;
        leftoverLength = length;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            closeIfDone();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        loop.remove(this);
        freeLeftover();
        PartialCommand unfinished = partial;
        if (unfinished != null) {
            unfinished.free();
            partial = null;
        }
        heldCommand = null;
        inputWaiting = false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset or a failed write: nobody is there to be told, and channelInactive cleans up.
        if (!(cause instanceof IOException)) {
            loop.recordFault(cause);
        }
        ctx.close();
    }

    // ---- input

    private void process(InputChunk chunk, long from, long end) {
        freeLeftover();
        if (closeAfterReplies || closed) {
            return;
        }
        // All of it is taken until decoding is through: an eager turn must not let others read into the rest.
        chunk.position((int) (end - chunk.address()));
        client.touch(loop.nowNs());
        inputWaiting = false;
        boolean served = false;
        long at = from;
        while (at < end && heldCommand == null && !closeAfterReplies && !closed) {
            if (open == null && (loop.isCrowded() || served && loop.isAnyWaitingForRoom())) {
                waitForRoom();
                break;
            }
            served = true;
            long next = partial != null ? feed(at, end) : decode(chunk, at, end);
            if (next == at) {
                break;
            }
            at = next;
        }
        if (at < end && !closeAfterReplies && !closed) {
            leftoverLength = (int) (end - at);
            leftover = Memory.allocate(leftoverLength);
            Memory.copy(at, leftover, leftoverLength);
        }
        chunk.position((int) (at - chunk.address()));
        submit();
        if (!chunk.isBorrowed()) {
            chunk.position(0);
        }
        updateReading();
    }

    private void waitForRoom() {
        inputWaiting = true;
        if (!resuming) {
            resuming = true;
            loop.resumeWithRoom(this);
        }
    }

    /** Decodes one request; returns the address after it, or {@code at} when it is incomplete. */
    private long decode(InputChunk chunk, long at, long end) {
        RequestBatch batch = openBatch(chunk);
        RespDecoder decoder = loop.decoder();
        switch (decoder.decode(batch, at, end, client.isAuthenticated())) {
            case RespDecoder.COMMAND -> {
                long next = decoder.next();
                dispatch(batch);
                return next;
            }
            case RespDecoder.NOTHING -> {
                client.emptyRequest();
                return decoder.next();
            }
            case RespDecoder.ERROR -> {
                protocolError(batch, decoder.error());
                return end;
            }
            default -> {
                if (end - at > MAX_LEFTOVER_BYTES || decoder.incompleteBulkBytes() >= PartialCommand.LARGE_BYTES) {
                    PartialCommand taken = PartialCommand.open(at, end, client.isAuthenticated());
                    if (taken != null) {
                        partial = taken;
                        return taken.next();
                    }
                }
                return at;
            }
        }
    }

    private long feed(long at, long end) {
        PartialCommand command = requirePartial();
        int status = command.feed(at, end);
        if (status == RespDecoder.ERROR) {
            byte[] error = command.error();
            command.free();
            partial = null;
            protocolError(openBatch(null), error);
            return end;
        }
        long next = command.next();
        if (status == RespDecoder.COMMAND) {
            onPartialComplete(command);
        } else if (isOverQueryLimit(command)) {
            disconnect(false);
        }
        return next;
    }

    private void onPartialFilled(int bytes) {
        PartialCommand command = requirePartial();
        client.touch(loop.nowNs());
        if (command.filled(bytes)) {
            onPartialComplete(command);
            submit();
            updateReading();
        } else if (isOverQueryLimit(command)) {
            disconnect(false);
        }
    }

    private boolean isOverQueryLimit(PartialCommand command) {
        long limit = loop.limits().queryBufferBytes();
        return limit != 0 && command.receivedBytes() > limit;
    }

    private void onPartialComplete(PartialCommand command) {
        partial = null;
        RequestBatch batch = openBatch(null);
        command.moveTo(batch);
        dispatch(batch);
    }

    private PartialCommand requirePartial() {
        PartialCommand command = partial;
        if (command == null) {
            throw new IllegalStateException("no command is being received");
        }
        return command;
    }

    private void dispatch(RequestBatch batch) {
        try {
            loop.dispatcher().dispatch(this, batch, loop.isOutOfMemory());
        } catch (ReplyMemoryException e) {
            batch.dropOpenArguments();
            disconnect(true);
        }
        if (batch.isFull()) {
            submit();
        }
    }

    private void protocolError(RequestBatch batch, byte[] error) {
        loop.dispatcher().protocolError(this, batch, error);
        closeAfterReplies = true;
    }

    private RequestBatch openBatch(@Nullable InputChunk chunk) {
        InFlightBatch batch = open;
        if (batch == null) {
            batch = loop.newBatch();
            batch.open(this, chunk);
            open = batch;
            loop.checkMemory();
        } else if (chunk != null) {
            batch.borrow(chunk);
        }
        return batch.batch();
    }

    /** Publishes the open batch. */
    private void submit() {
        InFlightBatch batch = open;
        if (batch == null) {
            return;
        }
        open = null;
        if (batch.batch().commandCount() == 0) {
            batch.executed();
            batch.written();
            return;
        }
        inFlight.add(batch);
        loop.inFlight(1);
        batch.submitted();
        if (batch.batch().seal()) {
            loop.finishedAtOnce(batch.batch());
        } else if (!loop.publish(batch.batch()) && !batch.isExecuted()) {
            paused = true;
        }
    }

    // ---- held commands

    /** Keeps a command of the class SERVER until all before it have finished. */
    void hold(int opcode, int flags, byte[][] arguments) {
        heldOpcode = opcode;
        heldFlags = flags;
        heldCommand = arguments;
    }

    /** Whether a SERVER command can run at once: nothing is in flight and nothing stands before it in its batch. */
    boolean isQuiet(RequestBatch batch) {
        return inFlight.isEmpty() && batch.commandCount() == 0;
    }

    /** Goes on with a held command and what came behind it, or with input that had to wait. */
    void resume() {
        resuming = false;
        byte[][] arguments = heldCommand;
        if (closed || arguments == null && !inputWaiting || arguments != null && !inFlight.isEmpty()) {
            return;
        }
        inputWaiting = false;
        if (arguments != null) {
            heldCommand = null;
            executeHeld(openBatch(null), arguments);
            submit();
        }
        long behind = leftover;
        if (behind != 0) {
            ByteBuf rest = Unpooled.wrappedBuffer(behind, leftoverLength, false);
            leftover = 0;
            leftoverLength = 0;
            copyInUncounted(rest);
            Memory.free(behind);
        }
        updateReading();
        closeIfDone();
    }

    private void executeHeld(RequestBatch batch, byte[][] arguments) {
        try {
            loop.dispatcher().executeHeld(this, batch, heldOpcode, heldFlags, arguments);
        } catch (ReplyMemoryException e) {
            batch.dropOpenArguments();
            disconnect(true);
        }
    }

    // ---- replies

    /** Takes replies that are ready, in order. */
    void onExecuted() {
        InFlightBatch head;
        while ((head = inFlight.peek()) != null && head.isExecuted()) {
            inFlight.remove();
            loop.inFlight(-1);
            if (!closed && !disconnected && !writer().write(head)) {
                disconnect(true);
            }
            head.written();
        }
        if (inFlight.isEmpty()) {
            paused = false;
            if (heldCommand != null && !resuming) {
                resuming = true;
                loop.resumeLater(this);
            }
            updateReading();
        }
        if (!flushQueued) {
            flushQueued = true;
            loop.flushLater(this);
        }
    }

    void flushNow() {
        flushQueued = false;
        if (!closed) {
            if (!writer().flush()) {
                disconnect(true);
                return;
            }
            closeIfDone();
        }
    }

    /** Ends the connection because of a limit: nothing more is said, as in Redis. */
    private void disconnect(boolean forItsOutput) {
        if (disconnected) {
            // A transport may take its time to close.
            return;
        }
        disconnected = true;
        loop.disconnected(forItsOutput);
        closeAfterReplies = true;
        context().close();
    }

    /** Ends the connection if its client has left too much unread for too long, although nothing new was added. */
    void checkOutputLimit() {
        if (!closed && writer().isOverLimit()) {
            disconnect(true);
        }
    }

    private void closeIfDone() {
        if ((closeAfterReplies || inputEnded)
                && inFlight.isEmpty()
                && open == null
                && heldCommand == null
                && !inputWaiting
                && !flushQueued
                && !closed) {
            // Behind what was written: the channel closes when that is sent.
            context()
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(ignored -> context().close());
        }
    }

    /** Ends the connection once all that was asked is answered; input is ignored from now on. */
    void closeAfterReplies() {
        closeAfterReplies = true;
    }

    /** Closes the connection if it waits for nothing of ours. */
    void closeIdle() {
        if (!isBusy()) {
            context().close();
        }
    }

    /** Whether anything received waits to be executed. */
    boolean isBusy() {
        return !inFlight.isEmpty() || heldCommand != null || inputWaiting;
    }

    /** The same from outside, at an orderly stop: what was received is answered first. */
    public void drainAndClose() {
        inputEnded = true;
        closeIfDone();
    }

    private void updateReading() {
        if (closed || inputEnded) {
            // After its end nothing is to be read, and epoll may not know the socket any more.
            return;
        }
        boolean read = !paused && heldCommand == null && !inputWaiting;
        ChannelConfig config = context().channel().config();
        if (config.isAutoRead() != read) {
            config.setAutoRead(read);
        }
    }

    private void freeLeftover() {
        if (leftover != 0) {
            Memory.free(leftover);
            leftover = 0;
            leftoverLength = 0;
        }
    }

    private ReplyWriter writer() {
        ReplyWriter writer = this.writer;
        if (writer == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return writer;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    /** Tells the channel where to read to. */
    private final class ReceiveHandle implements RecvByteBufAllocator.ExtendedHandle {
        private @Nullable InputChunk chunk;
        private int attempted;
        private int last;
        private int reads;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (heldCommand != null || inputWaiting) {
                // The other side has ended and the transport reads on: that goes behind what waits, however long that
                // is.
                partialTarget = null;
                return allocator.directBuffer(READ_BYTES);
            }
            PartialCommand receiving = partial;
            if (receiving != null && receiving.wanted() > 0 && leftoverLength == 0) {
                ByteBuf target = Unpooled.wrappedBuffer(receiving.target(), receiving.wanted(), false)
                        .setIndex(0, 0);
                partialTarget = target;
                return target;
            }
            partialTarget = null;
            InputChunk into = loop.input(Math.min(leftoverLength + READ_BYTES, InputChunk.CAPACITY_BYTES));
            Memory.copy(leftover, into.address() + into.position(), leftoverLength);
            chunk = into;
            return into.buffer().retain().setIndex(into.position() + leftoverLength, into.position() + leftoverLength);
        }

        @Override
        public int guess() {
            return READ_BYTES;
        }

        @Override
        public void reset(ChannelConfig config) {
            reads = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            reads += count;
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return last == attempted
                    && last > 0
                    && reads < MAX_READS_PER_TURN
                    && !paused
                    && heldCommand == null
                    && !inputWaiting;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier ignored) {
            return continueReading();
        }

        @Override
        public void readComplete() {}
    }
}
