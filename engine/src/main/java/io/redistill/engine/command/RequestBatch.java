// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import io.redistill.engine.reply.ReplySink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All complete commands of one read of one connection: where their arguments lie, which shard each belongs to, the
 * replies, and the countdown of parts still to be executed.
 *
 * <p>Pooled by its event loop. Life: the loop appends commands and {@link #seal}s the batch; it is published into command
 * rings, from where shards read arguments and write replies, each into its own {@link ReplyBuffer}; the shard that
 * finishes the last part hands it to the {@link ReplySink}; the loop sends the replies, and {@link #reset}s it.
 *
 * <p>Arguments are borrowed from input memory, which must stay as it is until the batch is handed back. Large arguments
 * stand in {@link LargeBlock}s, of each of which the batch holds one until {@link #releaseInput}.
 *
 * <p>Threading: confined to the event loop until published and after it was handed back; between, read by shards, which
 * write only {@link #result}s, piece ends of their own commands and their own reply buffer. The ring's publication
 * orders the loop's writes before the shards' reads; the countdown's read-modify-write orders the shards' writes before
 * the loop's reads.
 */
public final class RequestBatch {
    /** Most commands of one batch. */
    public static final int MAX_COMMANDS = 256;

    /** Route of a command answered by the event loop. */
    public static final int LOCAL = -1;

    /** Route of a command with parts on several shards, each of which can execute its own. */
    public static final int FAN_OUT = -2;

    /** Route of a command that one shard executes for several that are stopped. */
    public static final int RENDEZVOUS = -3;

    /** Flag: reply in RESP3. */
    public static final int RESP3 = 1;

    /** Flag: execute but do not reply. */
    public static final int SILENT = 2;

    private static final int INITIAL_ARGUMENTS = 1024;
    private static final int MAX_KEPT_ARGUMENTS = 16 * 1024;

    private static final VarHandle PENDING;
    private static final VarHandle RESULTS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            PENDING = MethodHandles.lookup().findVarHandle(RequestBatch.class, "pending", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReplySink<RequestBatch> sink;
    private final ReplyBuffer[] replies;
    private final int shardCount;

    private final int[] opcodes = new int[MAX_COMMANDS];
    private final int[] routes = new int[MAX_COMMANDS];
    private final int[] flags = new int[MAX_COMMANDS];
    private final int[] databases = new int[MAX_COMMANDS];
    private final int[] firstArguments = new int[MAX_COMMANDS + 1];
    private final long[] results = new long[MAX_COMMANDS];
    private int commandCount;

    private long[] argumentAddresses = new long[INITIAL_ARGUMENTS];
    private int[] argumentLengths = new int[INITIAL_ARGUMENTS];
    private long[] keyHashes = new long[INITIAL_ARGUMENTS];
    private long[] pieceEnds = new long[INITIAL_ARGUMENTS];
    private int argumentCount;
    private int[] blockArguments = new int[4];
    private int blockCount;
    private long[] memory = new long[0];
    private int memoryCount;

    private int sources;
    private boolean stitched;
    private int partCount;
    private boolean outsideParts;
    private boolean replyLost;

    @SuppressWarnings("unused") // through PENDING
    private int pending;

    /** The publisher's progress; see {@code CommandPublisher}. */
    private int published;

    private int @Nullable [] nextOfShard;
    private int @Nullable [] headOfShard;

    /** By command; made when the first rendezvous comes by, kept. */
    private Rendezvous @Nullable [] rendezvous;

    private @Nullable Object attachment;
    private @Nullable RequestBatch next;

    /**
     * An empty batch.
     *
     * @param sink where it is handed back
     * @param shardCount shards of the engine
     * @param chunks where reply memory comes from
     */
    public RequestBatch(ReplySink<RequestBatch> sink, int shardCount, ReplyChunk.Factory chunks) {
        this.sink = sink;
        this.shardCount = shardCount;
        replies = new ReplyBuffer[shardCount + 1];
        for (int i = 0; i <= shardCount; i++) {
            replies[i] = new ReplyBuffer(chunks);
        }
    }

    // ---- filling, by the event loop

    /** Whether no further command fits. */
    public boolean isFull() {
        return commandCount == MAX_COMMANDS;
    }

    /** Adds an argument of the command that {@link #commit} will close. */
    public void addArgument(long address, int length) {
        if (argumentCount == argumentAddresses.length) {
            growArguments();
        }
        argumentAddresses[argumentCount] = address;
        argumentLengths[argumentCount++] = length;
    }

    /** Adds an argument that fills a {@link LargeBlock}; one holding passes to the batch. */
    public void addBlockArgument(long block, int length) {
        if (blockCount == blockArguments.length) {
            blockArguments = Arrays.copyOf(blockArguments, blockCount * 2);
        }
        blockArguments[blockCount++] = argumentCount;
        addArgument(block, length);
    }

    /** Adds memory from {@link Memory#allocate} that arguments lie in; freed with the input. */
    public void addMemory(long address) {
        if (memoryCount == memory.length) {
            memory = Arrays.copyOf(memory, Math.max(4, memoryCount * 2));
        }
        memory[memoryCount++] = address;
    }

    /** Forgets the arguments of the open command; blocks among them are let go. */
    public void dropOpenArguments() {
        int first = firstArguments[commandCount];
        while (blockCount > 0 && blockArguments[blockCount - 1] >= first) {
            LargeBlock.release(argumentAddresses[blockArguments[--blockCount]]);
        }
        argumentCount = first;
    }

    private void growArguments() {
        int capacity = argumentAddresses.length * 2;
        argumentAddresses = Arrays.copyOf(argumentAddresses, capacity);
        argumentLengths = Arrays.copyOf(argumentLengths, capacity);
        keyHashes = Arrays.copyOf(keyHashes, capacity);
        pieceEnds = Arrays.copyOf(pieceEnds, capacity);
    }

    /** First argument of the command being added. */
    public int openArgument() {
        return firstArguments[commandCount];
    }

    /** Arguments added so far, those of the open command included. */
    public int argumentCount() {
        return argumentCount;
    }

    /** Records the hash of a key argument. */
    public void keyHash(int argument, long hash) {
        keyHashes[argument] = hash;
    }

    /**
     * Closes the open command.
     *
     * @param route a shard, {@link #LOCAL}, {@link #FAN_OUT} or {@link #RENDEZVOUS}
     * @param parts ring slots that it will take
     */
    public void commit(int opcode, int route, int parts, int database, int commandFlags) {
        int command = commandCount++;
        opcodes[command] = opcode;
        routes[command] = route;
        databases[command] = database;
        flags[command] = commandFlags;
        firstArguments[commandCount] = argumentCount;
        partCount += parts;
        if (route >= LOCAL) {
            addSource(route == LOCAL ? shardCount : route);
        } else {
            results[command] = 0;
            stitched = true;
        }
    }

    /** Says that some of the parts are counted down by others than shards, perhaps before the batch is sealed. */
    public void hasOutsideParts() {
        outsideParts = true;
    }

    private void addSource(int source) {
        if (sources == 0) {
            sources = source + 1;
        } else if (sources != source + 1) {
            stitched = true;
        }
    }

    /** Ends filling and sets the countdown; true when nothing has to be published. */
    public boolean seal() {
        if (outsideParts) {
            // Whoever counts those down may have done so already.
            PENDING.getAndAdd(this, partCount);
        } else {
            PENDING.set(this, partCount);
        }
        return partCount == 0;
    }

    // ---- reading, by shards and the event loop

    public int commandCount() {
        return commandCount;
    }

    public int opcode(int command) {
        return opcodes[command];
    }

    public int route(int command) {
        return routes[command];
    }

    public int database(int command) {
        return databases[command];
    }

    public int flags(int command) {
        return flags[command];
    }

    /** The command's name is its argument 0, at this position. */
    public int firstArgument(int command) {
        return firstArguments[command];
    }

    /** Arguments of a command, its name included. */
    public int argumentCount(int command) {
        return firstArguments[command + 1] - firstArguments[command];
    }

    public long argumentAddress(int argument) {
        return argumentAddresses[argument];
    }

    public int argumentLength(int argument) {
        return argumentLengths[argument];
    }

    /** Hash of a key argument. */
    public long keyHash(int argument) {
        return keyHashes[argument];
    }

    /** Whether an argument fills a {@link LargeBlock} of its own. */
    public boolean isBlock(int argument) {
        for (int i = 0; i < blockCount; i++) {
            if (blockArguments[i] == argument) {
                return true;
            }
        }
        return false;
    }

    /** A heap copy of an argument; for cold paths. */
    public byte[] argumentBytes(int argument) {
        return Memory.toArray(argumentAddresses[argument], argumentLengths[argument]);
    }

    // ---- replies

    /** The buffer that shard {@code shard} writes, in the order in which it executes. */
    public ReplyBuffer reply(int shard) {
        return replies[shard];
    }

    /** The buffer of replies that the event loop gives itself. */
    public ReplyBuffer localReply() {
        return replies[shardCount];
    }

    /** Whether replies come from more than one buffer, so that piece ends must be noted. */
    public boolean isStitched() {
        return stitched;
    }

    /** The one buffer of a batch that is not {@link #isStitched}. */
    public ReplyBuffer onlyReply() {
        return replies[Math.max(sources - 1, 0)];
    }

    /** Notes where, in the buffer of the one who wrote it, the reply piece of an argument ends. */
    public void pieceEnd(int argument, long position) {
        pieceEnds[argument] = position;
    }

    public long pieceEnd(int argument) {
        return pieceEnds[argument];
    }

    /** Adds to the number that the parts of a command make together. Any shard. */
    public long addResult(int command, long delta) {
        return (long) RESULTS.getAndAdd(results, command, delta) + delta;
    }

    /** The sum of {@link #addResult}, for a rendezvous the shard that executed; after hand-back. */
    public long result(int command) {
        return results[command];
    }

    /** Makes the meeting of a {@link #RENDEZVOUS} command. The event loop, before publication. */
    public void openRendezvous(int command, int shardCount) {
        Rendezvous[] all = rendezvous;
        if (all == null) {
            all = new Rendezvous[MAX_COMMANDS];
            rendezvous = all;
        }
        all[command] = new Rendezvous(shardCount);
    }

    /** The meeting of a {@link #RENDEZVOUS} command. Any shard concerned. */
    public Rendezvous rendezvous(int command) {
        Rendezvous[] all = rendezvous;
        if (all == null) {
            throw new IllegalStateException("no command of this batch is a rendezvous");
        }
        return all[command];
    }

    /** Says that there was no memory for a reply: the client cannot be answered any more. Any shard, or the event loop. */
    public void loseReply() {
        replyLost = true;
    }

    /** Whether {@link #loseReply} was called; after hand-back. */
    public boolean isReplyLost() {
        return replyLost;
    }

    // ---- countdown

    /**
     * Counts executed parts; the last one's caller has handed the batch back when this returns, and must not touch it
     * again. Any shard.
     */
    public void executed(int parts) {
        if ((int) PENDING.getAndAdd(this, -parts) == parts) {
            sink.finished(this);
        }
    }

    /** Whether all parts are executed. */
    public boolean isExecuted() {
        return (int) PENDING.getAcquire(this) == 0;
    }

    // ---- the publisher's and the loop's own fields

    /** Commands published so far, in order. */
    public int published() {
        return published;
    }

    public void published(int commands) {
        published = commands;
    }

    /** Chains of a run's commands by shard: the next command of the same shard, -1 at the end. */
    public int[] nextOfShard() {
        int[] chain = nextOfShard;
        return chain != null ? chain : (nextOfShard = new int[MAX_COMMANDS]);
    }

    /** First unpublished command of each shard in the current run, -1 where there is none. */
    public int[] headOfShard() {
        int[] heads = headOfShard;
        if (heads == null) {
            heads = new int[shardCount];
            Arrays.fill(heads, -1);
            headOfShard = heads;
        }
        return heads;
    }

    /** The loop's own record of the batch; stays when the batch is reset. */
    public @Nullable Object attachment() {
        return attachment;
    }

    public void attachment(@Nullable Object owner) {
        attachment = owner;
    }

    /** Link for whatever list of the loop holds the batch. */
    public @Nullable RequestBatch next() {
        return next;
    }

    public void next(@Nullable RequestBatch batch) {
        next = batch;
    }

    // ---- the end

    /** Bytes of the large arguments that it holds. */
    public long largeBytes() {
        long sum = 0;
        for (int i = 0; i < blockCount; i++) {
            sum += argumentLengths[blockArguments[i]];
        }
        return sum;
    }

    /** Lets go of large arguments; after hand-back. */
    public void releaseInput() {
        for (int i = 0; i < blockCount; i++) {
            LargeBlock.release(argumentAddresses[blockArguments[i]]);
        }
        blockCount = 0;
        while (memoryCount > 0) {
            Memory.free(memory[--memoryCount]);
        }
    }

    /** Makes the batch empty again; input must have been released and replies sent. */
    public void reset() {
        assert blockCount == 0 : "input not released";
        if (argumentAddresses.length > MAX_KEPT_ARGUMENTS) {
            argumentAddresses = new long[INITIAL_ARGUMENTS];
            argumentLengths = new int[INITIAL_ARGUMENTS];
            keyHashes = new long[INITIAL_ARGUMENTS];
            pieceEnds = new long[INITIAL_ARGUMENTS];
        }
        for (ReplyBuffer reply : replies) {
            reply.reset();
        }
        commandCount = 0;
        argumentCount = 0;
        firstArguments[0] = 0;
        sources = 0;
        stitched = false;
        partCount = 0;
        outsideParts = false;
        replyLost = false;
        published = 0;
        next = null;
    }
}
