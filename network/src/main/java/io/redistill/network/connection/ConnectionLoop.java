// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.netty.util.internal.PlatformDependent;
import io.redistill.engine.Engine;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplySink;
import io.redistill.engine.shard.CommandPublisher;
import io.redistill.engine.shard.CommandStatistics;
import io.redistill.engine.shard.ReplyStitcher;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.shard.SleepGate;
import io.redistill.network.resp.RespDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share: input memory, pooled batches, the door into the shards, and the queue in
 * which shards hand finished batches back.
 *
 * <p><b>Eager turns.</b> In fused placement the loop's thread also owns a shard. Once that shard's ring holds a full turn,
 * the turn is executed at once, between two reads, so that input, entries and replies are still in the cache, and so that
 * input memory is used again from its start. Its replies are sent once the loop has read from all connections that were
 * ready, or from {@value #MAX_FINISHED_BEFORE_DELIVERY} of them: a client on another processor is then woken once for all
 * of its connections, and not by each of them (measured: 8 to 17 % less CPU per command with 30 commands in a pipeline
 * for 16 connections at once, and 2 to 7 % less than that for {@value #MAX_FINISHED_BEFORE_DELIVERY}). Waiting for 1024
 * events instead of a turn's 64 gained 2 % at 30 commands and lost 8 % at 16.
 *
 * <p>Threading: confined to the event loop, except for {@link #finished}.
 */
public final class ConnectionLoop implements ReplySink<RequestBatch> {
    private static final int MAX_POOLED_BATCHES = 64;
    private static final int MAX_FINISHED_BEFORE_DELIVERY = 64;
    private static final int MAX_POOLED_CHUNKS = 8;

    /** Bounds of {@link #maxInFlight}. */
    private static final int MOST_IN_FLIGHT = 256;

    private static final int LEAST_IN_FLIGHT = 8;

    /** Connections with room that are resumed before others are looked after. */
    private static final int MAX_RESUMED_AT_ONCE = 16;

    private static final int QUEUE_CHUNK = 1024;

    private final Engine engine;
    private final ClientRegistry clients;
    private final ClientLimits limits;
    private final CommandPublisher publisher;
    private final CommandDispatcher dispatcher;
    private final ServerCommands serverCommands;
    private final RespDecoder decoder = new RespDecoder();
    private final ReplyStitcher stitcher;
    private final CommandStatistics statistics = new CommandStatistics();
    private final SleepGate gate;
    private final @Nullable Shard ownShard;
    private final Thread thread;

    private final ArrayDeque<RequestBatch> finishedHere = new ArrayDeque<>(256);
    private final MpscUnboundedArrayQueue<RequestBatch> finishedElsewhere = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final ArrayDeque<Connection> toFlush = new ArrayDeque<>(256);
    private final ArrayDeque<Connection> toResume = new ArrayDeque<>();
    private final ArrayDeque<Connection> waitingForRoom = new ArrayDeque<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final ArrayDeque<InFlightBatch> pool = new ArrayDeque<>(MAX_POOLED_BATCHES);
    private final ArrayDeque<InputChunk> freeChunks = new ArrayDeque<>(MAX_POOLED_CHUNKS);
    private InputChunk input = new InputChunk();

    private long faults;
    private @Nullable Throwable lastFault;
    private long nowNs = System.nanoTime();
    private final int maxInFlight;
    private int inFlight;
    private long largeBytesInFlight;
    private boolean delivering;
    private boolean outOfMemory;
    private long netInputBytes;
    private long netOutputBytes;
    private long outputLimitDisconnections;
    private long queryLimitDisconnections;

    /**
     * A loop without connections.
     *
     * @param number of the loop, which is also its publisher's
     * @param gate where the thread sleeps
     * @param thread the loop's thread
     * @param ownShard the shard that the same thread drains, or null
     */
    public ConnectionLoop(
            Engine engine,
            int number,
            SleepGate gate,
            Thread thread,
            @Nullable Shard ownShard,
            ClientRegistry clients,
            ServerCommands serverCommands,
            Authentication authentication,
            ClientLimits limits) {
        this.limits = limits;
        this.engine = engine;
        this.clients = clients;
        this.publisher = engine.publisher(number);
        this.gate = gate;
        this.thread = thread;
        this.ownShard = ownShard;
        stitcher = new ReplyStitcher(engine.shardCount());
        long shareBytes =
                PlatformDependent.maxDirectMemory() / 2 / engine.config().publishers();
        long batchBytes = InputChunk.CAPACITY_BYTES + (engine.shardCount() + 2L) * ReplyBuffer.CHUNK_BYTES;
        maxInFlight = (int) Math.max(LEAST_IN_FLIGHT, Math.min(MOST_IN_FLIGHT, shareBytes / batchBytes));
        this.serverCommands = serverCommands;
        dispatcher = new CommandDispatcher(publisher, statistics, serverCommands, authentication);
    }

    // ---- the duty cycle

    /** Hands finished batches to their connections, writes and flushes; true when there were any. */
    public boolean deliver() {
        if (delivering) {
            return false;
        }
        delivering = true;
        boolean any = false;
        RequestBatch batch;
        while ((batch = finishedHere.poll()) != null || (batch = finishedElsewhere.poll()) != null) {
            any = true;
            InFlightBatch done = InFlightBatch.of(batch);
            done.executed();
            done.connection().onExecuted();
        }
        Connection connection;
        while ((connection = toFlush.poll()) != null) {
            connection.flushNow();
        }
        delivering = false;
        return any;
    }

    /** Goes on with connections that were held; true when there were any. */
    public boolean resume() {
        boolean any = false;
        Connection connection;
        while ((connection = toResume.poll()) != null) {
            any = true;
            connection.resume();
        }
        for (int i = 0; i < MAX_RESUMED_AT_ONCE && !isFull(); i++) {
            connection = waitingForRoom.poll();
            if (connection == null) {
                break;
            }
            any = true;
            connection.resume();
        }
        return any;
    }

    /** Whether {@link #deliver} or {@link #resume} would have something to do. */
    public boolean hasWork() {
        return !finishedHere.isEmpty()
                || !toResume.isEmpty()
                || !finishedElsewhere.isEmpty()
                || !waitingForRoom.isEmpty() && !isFull();
    }

    @Override
    public void finished(RequestBatch batch) {
        if (Thread.currentThread() == thread) {
            finishedHere.add(batch);
        } else {
            finishedElsewhere.offer(batch);
            gate.wake();
        }
    }

    // ---- for connections

    void flushLater(Connection connection) {
        toFlush.add(connection);
    }

    void resumeLater(Connection connection) {
        toResume.add(connection);
    }

    void add(Connection connection) {
        connections.add(connection);
        clients.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
        clients.remove(connection);
    }

    /** Connections of this loop. */
    public int connectionCount() {
        return connections.size();
    }

    /** Closes the connections from which nothing has come for so long. */
    public void closeIdle(long idleNs) {
        long now = System.nanoTime();
        for (Connection connection : new ArrayList<>(connections)) {
            if (now - connection.client().lastActiveNs() > idleNs) {
                connection.closeIdle();
            }
        }
    }

    /** Ends the connections whose clients have left replies unread for longer than the soft limit allows. */
    public void checkOutputLimits() {
        for (Connection connection : new ArrayList<>(connections)) {
            connection.checkOutputLimit();
        }
    }

    /** Whether any connection waits for a shard, perhaps with its reads stopped. */
    public boolean isBusy() {
        for (Connection connection : connections) {
            if (connection.isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Makes each connection close once all that it received is answered. */
    public void drainConnections() {
        for (Connection connection : new ArrayList<>(connections)) {
            connection.drainAndClose();
        }
    }

    /** Publishes a sealed batch; true when all of it is in the rings. */
    boolean publish(RequestBatch batch) {
        boolean complete = publisher.publish(batch);
        Shard shard = ownShard;
        if (shard != null && shard.ring().depth() >= Shard.MAX_EVENTS_PER_TURN && !delivering) {
            shard.turn();
            if (finishedHere.size() >= MAX_FINISHED_BEFORE_DELIVERY) {
                deliver();
            }
        }
        return complete;
    }

    /** Takes a batch that needs no shard. */
    void finishedAtOnce(RequestBatch batch) {
        finishedHere.add(batch);
        if (finishedHere.size() >= MAX_FINISHED_BEFORE_DELIVERY) {
            deliver();
        }
    }

    /** Counts batches of connections that are on their way through the shards. */
    void inFlight(int more) {
        inFlight += more;
    }

    /** Counts bytes of large arguments that are on their way to the shards. */
    void largeInFlight(long more) {
        largeBytesInFlight += more;
    }

    /**
     * Whether so many batches are under way that no further one is to be opened; what had finished was delivered then.
     * Batches of short requests take ten times their memory, and thousands of connections may have something to say at
     * once: those under way get no more than half of Netty's direct memory. Large values count as used while they wait
     * for a shard that is making room for them: where memory is short, a quarter of what may be overshot has to do for a
     * loop.
     */
    boolean isCrowded() {
        if (isFull()) {
            deliver();
        }
        return isFull();
    }

    private boolean isFull() {
        return inFlight >= maxInFlight
                || largeBytesInFlight != 0
                        && largeBytesInFlight >= engine.budget().allowedOvershootBytes() / 4
                        && engine.budget().overBytes() > 0;
    }

    /** Whether there are connections that had to wait: then no other gets more than a batch at a time. */
    boolean isAnyWaitingForRoom() {
        return !waitingForRoom.isEmpty();
    }

    /** Resumes a connection in its turn once the loop is no longer {@linkplain #isCrowded crowded}. */
    void resumeWithRoom(Connection connection) {
        waitingForRoom.add(connection);
    }

    InFlightBatch newBatch() {
        InFlightBatch pooled = pool.pollLast();
        return pooled != null ? pooled : new InFlightBatch(this, engine.shardCount());
    }

    void recycle(InFlightBatch batch) {
        if (pool.size() < MAX_POOLED_BATCHES) {
            pool.addLast(batch);
        } else {
            batch.free();
        }
    }

    /** The chunk to read into, with room for at least {@code bytes}, at most {@link InputChunk#CAPACITY_BYTES}. */
    InputChunk input(int bytes) {
        if (!input.isBorrowed()) {
            input.position(0);
        }
        if (input.room() < bytes) {
            InputChunk free = freeChunks.pollLast();
            input = free != null ? free : new InputChunk();
            input.position(0);
        }
        return input;
    }

    /** Takes back a chunk of which nothing is borrowed any more. */
    void inputFree(InputChunk chunk) {
        if (chunk != input) {
            if (freeChunks.size() < MAX_POOLED_CHUNKS) {
                freeChunks.addLast(chunk);
            } else {
                chunk.free();
            }
        }
    }

    /** Gives input memory and pooled batches back, when the thread has ended and no connection is left. */
    public void close() {
        input.free();
        InputChunk chunk;
        while ((chunk = freeChunks.poll()) != null) {
            chunk.free();
        }
        InFlightBatch batch;
        while ((batch = pool.poll()) != null) {
            batch.free();
        }
    }

    int shardCount() {
        return engine.shardCount();
    }

    /** Publishes the event of a cut that was claimed; its shards are woken with those of the turn. */
    public void publishCut() {
        dispatcher.publishCut(new RequestBatch(ignored -> {}, engine.shardCount(), NettyReplyChunk::create));
    }

    /** Decides, for the batch being opened, whether commands that need memory, or the data, are refused. */
    void checkMemory() {
        outOfMemory = engine.isOutOfMemory();
        dispatcher.loading(serverCommands.isLoading());
    }

    /** Whether Netty's direct memory, from which reply chunks come, is half used up: none may wait for slow clients then. */
    boolean areChunksScarce() {
        return PlatformDependent.usedDirectMemory() > PlatformDependent.maxDirectMemory() / 2;
    }

    /** What {@link #checkMemory} would find. */
    boolean isOutOfMemoryNow() {
        return engine.isOutOfMemory();
    }

    boolean isOutOfMemory() {
        return outOfMemory;
    }

    RespDecoder decoder() {
        return decoder;
    }

    CommandDispatcher dispatcher() {
        return dispatcher;
    }

    ReplyStitcher stitcher() {
        return stitcher;
    }

    ClientLimits limits() {
        return limits;
    }

    /** Counts a client that was disconnected because of a limit. */
    void disconnected(boolean forItsOutput) {
        if (forItsOutput) {
            outputLimitDisconnections++;
        } else {
            queryLimitDisconnections++;
        }
    }

    long nextClientId() {
        return clients.nextId();
    }

    /** Reads the clock that connections note their last activity with; once a turn of the thread. */
    public void readClock() {
        nowNs = System.nanoTime();
    }

    long nowNs() {
        return nowNs;
    }

    /** Records an exception that is a bug of ours: the connection closes, the loop goes on. */
    void recordFault(Throwable fault) {
        faults++;
        lastFault = fault;
    }

    void received(long bytes) {
        netInputBytes += bytes;
    }

    void sent(long bytes) {
        netOutputBytes += bytes;
    }

    // ---- statistics, any thread: values of some moment ago

    /** The loop's own publisher. */
    public CommandPublisher publisher() {
        return publisher;
    }

    /** Commands answered or refused without a shard. */
    public CommandStatistics statistics() {
        return statistics;
    }

    /** Connections closed because of an exception of ours. */
    public long faults() {
        return faults;
    }

    /** The last such exception, or null. */
    public @Nullable Throwable lastFault() {
        return lastFault;
    }

    /** Clients disconnected for replies that they did not read. */
    public long outputLimitDisconnections() {
        return outputLimitDisconnections;
    }

    /** Clients disconnected for requests that did not end. */
    public long queryLimitDisconnections() {
        return queryLimitDisconnections;
    }

    public long netInputBytes() {
        return netInputBytes;
    }

    public long netOutputBytes() {
        return netOutputBytes;
    }
}
