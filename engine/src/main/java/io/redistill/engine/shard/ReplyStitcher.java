// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.ReplyBuffer;

/**
 * Joins the replies of a batch that several buffers hold into one, in request order.
 *
 * <p>Each buffer holds its pieces in the order of the batch: one for each command that its writer answered, for MGET one
 * for each key. Commands answered in parts as a number (DEL, EXISTS, DBSIZE…) have it in {@link RequestBatch#result}, and
 * commands executed at a rendezvous the shard that answered.
 *
 * <p>Threading: confined to an event loop; for batches handed back to it.
 */
public final class ReplyStitcher {
    /** Part of a result that says that a part found no memory; the sum of all parts' stays below any count. */
    static final long OUT_OF_MEMORY = -(1L << 40);

    /** Part of a result that says that a part ended in an exception; below any sum of {@link #OUT_OF_MEMORY}. */
    static final long INTERNAL_ERROR = -(1L << 50);

    private final ReplyBuffer.Cursor[] cursors;
    private final int shardCount;

    public ReplyStitcher(int shardCount) {
        this.shardCount = shardCount;
        cursors = new ReplyBuffer.Cursor[shardCount + 1];
        for (int i = 0; i <= shardCount; i++) {
            cursors[i] = new ReplyBuffer.Cursor();
        }
    }

    /** Writes the replies of a batch to an empty buffer, in order, and finishes it. */
    public void stitch(RequestBatch batch, ReplyBuffer output) {
        for (int i = 0; i <= shardCount; i++) {
            cursors[i].reset();
            buffer(batch, i).finish();
        }
        for (int command = 0; command < batch.commandCount(); command++) {
            int route = batch.route(command);
            if (route >= RequestBatch.LOCAL) {
                append(batch, output, route == RequestBatch.LOCAL ? shardCount : route, batch.firstArgument(command));
            } else {
                join(batch, output, command);
            }
        }
        output.finish();
    }

    private void join(RequestBatch batch, ReplyBuffer output, int command) {
        if (batch.route(command) == RequestBatch.RENDEZVOUS) {
            // The result is the shard that executed.
            append(batch, output, (int) batch.result(command), batch.firstArgument(command));
            return;
        }
        boolean silent = (batch.flags(command) & RequestBatch.SILENT) != 0;
        int opcode = batch.opcode(command);
        if (opcode == Opcode.MGET) {
            if (!silent) {
                output.arrayHeader(batch.argumentCount(command) - 1);
            }
            int end = batch.firstArgument(command) + batch.argumentCount(command);
            for (int key = batch.firstArgument(command) + 1; key < end; key++) {
                // A silent one's pieces are empty.
                append(batch, output, ShardRouting.shardOf(batch.keyHash(key), shardCount), key);
            }
            return;
        }
        if (silent) {
            return;
        }
        long result = batch.result(command);
        if (CutReplies.isCut(opcode)) {
            CutReplies.write(opcode, result, output);
        } else if (result < 0) {
            output.raw(result > INTERNAL_ERROR / 2 ? Errors.OUT_OF_MEMORY : Errors.INTERNAL);
        } else if (opcode == Opcode.MSET
                || opcode == Opcode.FLUSHALL
                || opcode == Opcode.FLUSHDB
                || opcode == Opcode.MEMORY_PURGE) {
            output.ok();
        } else {
            output.integer(result);
        }
    }

    private void append(RequestBatch batch, ReplyBuffer output, int source, int piece) {
        output.append(buffer(batch, source), cursors[source], batch.pieceEnd(piece));
    }

    private ReplyBuffer buffer(RequestBatch batch, int source) {
        return source == shardCount ? batch.localReply() : batch.reply(source);
    }
}
