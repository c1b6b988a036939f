// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.reply.ReplyBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Replies of the commands that come with a snapshot, from the result that their parts made.
 *
 * <p>Threading: stateless.
 */
public final class CutReplies {
    /** Result of a command that went well. */
    public static final long OK = 0;

    /** Result of a command whose snapshot failed; -1 for each cause. */
    public static final long FAILED = -1;

    private static final byte[] STARTED = "+Background saving started\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SAVE_FAILED = "-ERR\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHUTDOWN_FAILED =
            "-ERR Errors trying to SHUTDOWN. Check logs.\r\n".getBytes(StandardCharsets.US_ASCII);

    private CutReplies() {}

    static boolean isCut(int opcode) {
        return opcode == Opcode.SAVE || opcode == Opcode.BGSAVE || opcode == Opcode.SHUTDOWN;
    }

    static void write(int opcode, long result, ReplyBuffer output) {
        if (opcode == Opcode.BGSAVE) {
            output.raw(STARTED);
        } else if (opcode == Opcode.SAVE && result == OK) {
            output.ok();
        } else if (opcode == Opcode.SAVE) {
            output.raw(SAVE_FAILED);
        } else if (result != OK) {
            output.raw(SHUTDOWN_FAILED);
        }
        // A SHUTDOWN that goes on is not answered.
    }
}
