// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.CommandClass;
import io.redistill.engine.command.CommandEvent;
import io.redistill.engine.command.CommandFlags;
import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.KeyHash;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event loop's door into the shards: decides which shard each command belongs to and publishes batches into the
 * command rings, in the order of each connection, without ever waiting.
 *
 * <p>A batch goes out in <em>runs</em>: commands that each concern one shard are grouped by shard and published in
 * pieces of at most half a ring; a command that concerns several shards ends the run, takes the
 * {@link PublicationTicket}, claims a slot in each ring concerned (keeping its claims while another ring is full) and
 * publishes all of them before it lets the ticket go. What does not fit now stays in the waiting list, which is first
 * in, first out for each ring, and is tried again by {@link #retryWaiting}.
 * What waits there keeps its turn in every ring that it has commands for, in the open run or behind it: no later batch
 * publishes to those, so that nothing overtakes a command of its own connection, nor follows a kept claim in its ring (a
 * ring with one publisher could not bear that: publishing moves its cursor over the claim).
 *
 * <p>A published batch may be executed at once, but comes back only through the loop's own queue, so that it is safe to
 * read here until the call that published it returns.
 *
 * <p>A multi-shard command is never abandoned: its claims would stop the rings. A closed connection's batches complete
 * and their replies are dropped.
 *
 * <p>Threading: confined to the event loop.
 */
public final class CommandPublisher {
    /** Position of a command's first key among its arguments, by opcode; 0 where it has none. */
    private static final byte[] FIRST_KEYS = firstKeys();

    private final int number;
    private final KeyHash keyHash;
    private final Shard[] shards;
    private final CommandRing[] rings;
    private final PublicationTicket ticket;

    /** Rings published to since {@link #wakeShards}. */
    private long published;

    /** Rings that an earlier batch of the waiting list still has something for: none behind it may use them. */
    private long blocked;

    private @Nullable RequestBatch firstWaiting;
    private @Nullable RequestBatch lastWaiting;
    private long waitingCount;
    private long refusedClaims;

    /** The batch on whose behalf the ticket is held, the shards it concerns, and those where a slot is claimed. */
    private @Nullable RequestBatch ticketBatch;

    private long ticketShards;
    private long claimedShards;
    private final long[] claims;

    CommandPublisher(int number, KeyHash keyHash, Shard[] shards, PublicationTicket ticket) {
        this.number = number;
        this.keyHash = keyHash;
        this.shards = shards;
        this.rings = Arrays.stream(shards).map(Shard::ring).toArray(CommandRing[]::new);
        this.ticket = ticket;
        claims = new long[shards.length];
    }

    private static byte[] firstKeys() {
        byte[] positions = new byte[Opcode.COUNT];
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            positions[opcode] = (byte) CommandTable.spec(opcode).firstKey();
        }
        return positions;
    }

    /** Databases that clients may select: the numbers from 0 below this. */
    public int databaseCount() {
        return shards[0].databases().count();
    }

    // ---- routing, while a batch is filled

    /**
     * Closes the batch's open command, whose arguments are valid for {@code spec}, with the route that its keys give.
     *
     * @param spec a command that {@link CommandClass#isForShards}
     */
    public void commit(RequestBatch batch, CommandSpec spec, int database, int flags) {
        int first = batch.openArgument();
        int opcode = spec.opcode();
        if (spec.commandClass() == CommandClass.KEYED) {
            int key = first + FIRST_KEYS[opcode];
            long hash = keyHash.of(batch.argumentAddress(key), batch.argumentLength(key));
            batch.keyHash(key, hash);
            batch.commit(opcode, ShardRouting.shardOf(hash, shards.length), 1, database, flags);
            return;
        }
        if (spec.commandClass() == CommandClass.CURSOR) {
            int cursor = first + 1;
            int shard =
                    KeyspaceScan.shardOf(batch.argumentAddress(cursor), batch.argumentLength(cursor), shards.length);
            batch.commit(opcode, shard, 1, database, flags);
            return;
        }
        long concerned = concernedShards(batch, spec, first);
        int parts = Long.bitCount(concerned);
        int route = parts == 1
                ? Long.numberOfTrailingZeros(concerned)
                : spec.commandClass() == CommandClass.RENDEZVOUS ? RequestBatch.RENDEZVOUS : RequestBatch.FAN_OUT;
        if (route == RequestBatch.RENDEZVOUS) {
            batch.openRendezvous(batch.commandCount(), parts);
        }
        batch.commit(opcode, route, parts, database, flags);
    }

    /**
     * Closes the batch's open command as one that all shards see at one instant and whose reply is that of its result,
     * after {@code extraParts} parts that others count down.
     *
     * @param opcode SAVE, BGSAVE or SHUTDOWN
     */
    public void commitCut(RequestBatch batch, int opcode, int flags, int extraParts) {
        if (extraParts > 0) {
            batch.hasOutsideParts();
        }
        batch.commit(opcode, RequestBatch.FAN_OUT, shards.length + extraParts, 0, flags);
    }

    private long concernedShards(RequestBatch batch, CommandSpec spec, int first) {
        if (spec.firstKey() == 0) {
            return ShardRouting.all(shards.length);
        }
        long concerned = 0;
        int last = lastKey(spec, first, batch.argumentCount());
        for (int key = first + spec.firstKey(); key <= last; key += spec.keyStep()) {
            long hash = keyHash.of(batch.argumentAddress(key), batch.argumentLength(key));
            batch.keyHash(key, hash);
            concerned |= 1L << ShardRouting.shardOf(hash, shards.length);
        }
        return concerned;
    }

    /**
     * Position of a command's last key in the batch, or of the argument at which it must be past. Where a key stands
     * behind an option, every argument counts as one.
     */
    private static int lastKey(CommandSpec spec, int first, int end) {
        if (spec.hasFlag(CommandFlags.MOVABLEKEYS)) {
            return end - 1;
        }
        return spec.lastKey() < 0 ? end + spec.lastKey() : first + spec.lastKey();
    }

    // ---- publication

    /**
     * Publishes a sealed batch as far as the rings have room and keeps the rest in the waiting list.
     *
     * @return whether all of it is published
     */
    public boolean publish(RequestBatch batch) {
        if (firstWaiting == null) {
            blocked = 0;
            if (advance(batch)) {
                return true;
            }
        }
        batch.next(null);
        if (lastWaiting == null) {
            firstWaiting = batch;
        } else {
            lastWaiting.next(batch);
        }
        lastWaiting = batch;
        waitingCount++;
        return false;
    }

    /** Tries the waiting list once, oldest first; true when anything was published. */
    public boolean retryWaiting() {
        blocked = 0;
        boolean progress = false;
        RequestBatch previous = null;
        RequestBatch batch = firstWaiting;
        while (batch != null) {
            RequestBatch next = batch.next();
            long before = published;
            published = 0;
            if (advance(batch)) {
                progress = true;
                waitingCount--;
                if (previous == null) {
                    firstWaiting = next;
                } else {
                    previous.next(next);
                }
                if (next == null) {
                    lastWaiting = previous;
                }
            } else {
                progress |= published != 0;
                previous = batch;
                blocked |= unpublishedShards(batch);
            }
            published |= before;
            batch = next;
        }
        return progress;
    }

    /**
     * The shards of the commands that come after a batch's open run, which may find room where the run does not: a later
     * batch of the same connection must not overtake them. Those of the run itself are noted as they are found full.
     */
    private long unpublishedShards(RequestBatch batch) {
        long concerned = 0;
        for (int command = batch.published(); command < batch.commandCount(); command++) {
            int route = batch.route(command);
            if (route >= 0) {
                concerned |= 1L << route;
            } else if (route != RequestBatch.LOCAL) {
                concerned |= concernedShards(batch, command);
            }
        }
        return concerned;
    }

    /** Whether batches wait for room or for the ticket. */
    public boolean hasWaiting() {
        return firstWaiting != null;
    }

    /** Wakes the shards published to since the last call. */
    public void wakeShards() {
        long rest = published;
        published = 0;
        while (rest != 0) {
            rings[Long.numberOfTrailingZeros(rest)].wakeConsumer();
            rest &= rest - 1;
        }
    }

    /** Claims refused because a ring was full, since the start. */
    public long refusedClaims() {
        return refusedClaims;
    }

    private boolean advance(RequestBatch batch) {
        for (; ; ) {
            if (shards.length == 1 ? !publishToOnlyShard(batch) : !publishRun(batch)) {
                return false;
            }
            int command = batch.published();
            if (command == batch.commandCount()) {
                return true;
            }
            if (batch.route(command) < RequestBatch.LOCAL) {
                if (!publishOrdered(batch, command)) {
                    return false;
                }
                batch.published(command + 1);
            } else {
                openRun(batch, command);
            }
        }
    }

    private boolean publishToOnlyShard(RequestBatch batch) {
        CommandRing ring = rings[0];
        int count = batch.commandCount();
        int command = batch.published();
        while (command < count) {
            int end = command;
            int keyed = 0;
            int most = ring.capacity() >> 1;
            while (end < count && keyed < most) {
                keyed += batch.route(end++) == RequestBatch.LOCAL ? 0 : 1;
            }
            if (keyed > 0) {
                long high = blocked != 0 ? CommandRing.FULL : claim(0, keyed);
                if (high == CommandRing.FULL) {
                    blocked = 1;
                    return false;
                }
                long sequence = high - keyed;
                for (int i = command; i < end; i++) {
                    if (batch.route(i) != RequestBatch.LOCAL) {
                        fill(ring.slot(++sequence), batch, i);
                    }
                }
                batch.published(end);
                ring.publish(high - keyed + 1, high);
                published |= 1;
            } else {
                batch.published(end);
            }
            command = end;
        }
        return true;
    }

    /** Chains the commands of the run that begins at {@code from} by shard. */
    private void openRun(RequestBatch batch, int from) {
        int[] heads = batch.headOfShard();
        int[] chain = batch.nextOfShard();
        int end = from;
        while (end < batch.commandCount() && batch.route(end) >= RequestBatch.LOCAL) {
            end++;
        }
        for (int i = end - 1; i >= from; i--) {
            int shard = batch.route(i);
            if (shard != RequestBatch.LOCAL) {
                chain[i] = heads[shard];
                heads[shard] = i;
            }
        }
        batch.published(end);
    }

    /** Publishes what is left of the open run; false when a ring had no room. */
    private boolean publishRun(RequestBatch batch) {
        int[] heads = batch.headOfShard();
        int[] chain = batch.nextOfShard();
        boolean complete = true;
        for (int shard = 0; shard < shards.length; shard++) {
            if (heads[shard] < 0) {
                continue;
            }
            if ((blocked & 1L << shard) != 0 || !publishChain(batch, shard, heads, chain)) {
                blocked |= 1L << shard;
                complete = false;
            }
        }
        return complete;
    }

    private boolean publishChain(RequestBatch batch, int shard, int[] heads, int[] chain) {
        CommandRing ring = rings[shard];
        int most = ring.capacity() >> 1;
        int command = heads[shard];
        while (command >= 0) {
            int count = 0;
            for (int i = command; i >= 0 && count < most; i = chain[i]) {
                count++;
            }
            long high = claim(shard, count);
            if (high == CommandRing.FULL) {
                return false;
            }
            for (long sequence = high - count + 1; sequence <= high; sequence++) {
                fill(ring.slot(sequence), batch, command);
                command = chain[command];
            }
            heads[shard] = command;
            ring.publish(high - count + 1, high);
            published |= 1L << shard;
        }
        return true;
    }

    private long claim(int shard, int count) {
        CommandRing ring = rings[shard];
        long high = ring.tryClaim(count);
        if (high == CommandRing.FULL) {
            refusedClaims++;
            ring.awaitRoom(number);
            high = ring.tryClaim(count);
        }
        return high;
    }

    private boolean publishOrdered(RequestBatch batch, int command) {
        if (ticketBatch != batch) {
            long concerned = concernedShards(batch, command);
            // Not while an earlier batch is to go to one of these rings: it may need the ticket for that.
            if ((concerned & blocked) != 0 || ticketBatch != null || !ticket.tryTake(number)) {
                return false;
            }
            ticketBatch = batch;
            ticketShards = concerned;
            claimedShards = 0;
        }
        for (long rest = ticketShards & ~claimedShards; rest != 0; rest &= rest - 1) {
            int shard = Long.numberOfTrailingZeros(rest);
            if ((blocked & 1L << shard) == 0) {
                claims[shard] = claim(shard, 1);
                if (claims[shard] != CommandRing.FULL) {
                    claimedShards |= 1L << shard;
                    continue;
                }
            }
            blocked |= 1L << shard;
        }
        if (claimedShards != ticketShards) {
            return false;
        }
        for (long rest = ticketShards; rest != 0; rest &= rest - 1) {
            int shard = Long.numberOfTrailingZeros(rest);
            rings[shard]
                    .slot(claims[shard])
                    .set(batch.opcode(command), batch.database(command), batch, command, 0, 0, 0);
        }
        ticketBatch = null;
        for (long rest = ticketShards; rest != 0; rest &= rest - 1) {
            int shard = Long.numberOfTrailingZeros(rest);
            rings[shard].publish(claims[shard], claims[shard]);
        }
        published |= ticketShards;
        ticket.release();
        return true;
    }

    private long concernedShards(RequestBatch batch, int command) {
        CommandSpec spec = CommandTable.spec(batch.opcode(command));
        int first = batch.firstArgument(command);
        if (spec.firstKey() == 0) {
            return ShardRouting.all(shards.length);
        }
        long concerned = 0;
        int last = lastKey(spec, first, first + batch.argumentCount(command));
        for (int key = first + spec.firstKey(); key <= last; key += spec.keyStep()) {
            concerned |= 1L << ShardRouting.shardOf(batch.keyHash(key), shards.length);
        }
        return concerned;
    }

    private static void fill(CommandEvent event, RequestBatch batch, int command) {
        int opcode = batch.opcode(command);
        int firstKey = FIRST_KEYS[opcode];
        if (firstKey == 0) {
            event.set(opcode, batch.database(command), batch, command, 0, 0, 0);
            return;
        }
        int key = batch.firstArgument(command) + firstKey;
        event.set(
                opcode,
                batch.database(command),
                batch,
                command,
                batch.keyHash(key),
                batch.argumentAddress(key),
                batch.argumentLength(key));
    }
}
