// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.reply.RespValue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The port for commands of the class SERVER: those whose effect or answer depends on what came before. They run on an
 * event loop when all earlier commands of their connection have finished.
 */
public interface ServerCommands {
    /** The version that clients are told (INFO, HELLO): they choose features by it. */
    String REDIS_VERSION = "7.2.0";

    /**
     * Executes a command.
     *
     * @param opcode the (sub)command
     * @param arguments all words, the command's name first
     * @param connection who asks
     */
    RespValue execute(int opcode, byte[][] arguments, Connection connection);

    /**
     * Prepares SAVE, BGSAVE or SHUTDOWN, whose replies may wait for a snapshot.
     *
     * @param result for SAVE and SHUTDOWN: to be told what came of it, {@link
     *     io.redistill.engine.shard.CutReplies#OK} or {@link io.redistill.engine.shard.CutReplies#FAILED}, once, if this
     *     returns null; any thread
     * @return null when all shards are to be told, the reply otherwise
     */
    @Nullable
    RespValue prepareCut(int opcode, byte[][] arguments, LongConsumer result);

    /** Whether the data is being loaded: commands that need it are refused. Any thread. */
    boolean isLoading();
}
