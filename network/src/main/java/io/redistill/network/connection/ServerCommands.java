// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.reply.RespValue;

/**
 * The port for commands of the class SERVER: those whose effect or answer depends on what came before. They run on an
 * event loop when all earlier commands of their connection have finished.
 */
@FunctionalInterface
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
}
