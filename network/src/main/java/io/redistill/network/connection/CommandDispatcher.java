// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.command.CommandFlags;
import io.redistill.engine.command.CommandLookup;
import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.RespValue;
import io.redistill.engine.shard.CommandPublisher;
import io.redistill.engine.shard.CommandStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a decoded command: refused, answered here, given to the shards, or held.
 *
 * <p>The checks come in Redis's order: known, number of arguments, authentication, memory. Errors are replies in their
 * place like any other.
 *
 * <p>Threading: confined to the event loop.
 */
final class CommandDispatcher {
    private static final byte[] NOAUTH =
            "-NOAUTH Authentication required.\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static final byte[] LOADING =
            "-LOADING Redis is loading the dataset in memory\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static final byte[] DEBUG_NOT_ALLOWED = Errors.encoded(
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can"
                    + " run it from a local connection, otherwise you need to set this option in the configuration file,"
                    + " and then restart the server.");

    private static final CommandSpec[] SPECS = specs();

    private final CommandPublisher publisher;
    private final CommandStatistics statistics;
    private final ServerCommands serverCommands;
    private final ConnectionCommands connectionCommands;
    private boolean loading;

    CommandDispatcher(
            CommandPublisher publisher,
            CommandStatistics statistics,
            ServerCommands serverCommands,
            Authentication authentication) {
        this.publisher = publisher;
        this.statistics = statistics;
        this.serverCommands = serverCommands;
        connectionCommands = new ConnectionCommands(authentication, publisher.databaseCount());
    }

    private static CommandSpec[] specs() {
        CommandSpec[] specs = new CommandSpec[Opcode.COUNT];
        for (int opcode = 0; opcode < specs.length; opcode++) {
            specs[opcode] = CommandTable.spec(opcode);
        }
        return specs;
    }

    /** Closes the batch's open command, whatever becomes of it. */
    void dispatch(Connection connection, RequestBatch batch, boolean outOfMemory) {
        ClientState client = connection.client();
        int first = batch.openArgument();
        int count = batch.argumentCount() - first;
        int opcode = CommandLookup.opcodeOf(batch.argumentAddress(first), batch.argumentLength(first));
        if (opcode == CommandLookup.UNKNOWN) {
            unknown(connection, batch);
            return;
        }
        CommandSpec spec = SPECS[opcode];
        if (spec.isContainer() && count > 1) {
            opcode = CommandLookup.subcommandOf(
                    opcode, batch.argumentAddress(first + 1), batch.argumentLength(first + 1));
            if (opcode == CommandLookup.UNKNOWN) {
                statistics.unknownCommand();
                refuse(client, batch, ErrorReplies.unknownSubcommand(spec.name(), batch.argumentBytes(first + 1)));
                return;
            }
            spec = SPECS[opcode];
        }
        int flags = client.beginCommand(opcode);
        if (!spec.acceptsArgumentCount(count) || !isPaired(opcode, count)) {
            statistics.rejected(opcode);
            answer(batch, opcode, flags, ErrorReplies.wrongNumberOfArguments(spec.fullName()));
            return;
        }
        if (!client.isAuthenticated() && !spec.hasFlag(CommandFlags.NO_AUTH)) {
            statistics.rejected(opcode);
            answer(batch, opcode, flags, NOAUTH);
            return;
        }
        if (outOfMemory && spec.hasFlag(CommandFlags.DENYOOM)) {
            statistics.rejected(opcode);
            answer(batch, opcode, flags, Errors.OUT_OF_MEMORY);
            return;
        }
        if (loading && !spec.hasFlag(CommandFlags.LOADING)) {
            statistics.rejected(opcode);
            answer(batch, opcode, flags, LOADING);
            return;
        }
        if (opcode == Opcode.DEBUG && !connection.isLocal()) {
            statistics.rejected(opcode);
            answer(batch, opcode, flags, DEBUG_NOT_ALLOWED);
            return;
        }
        switch (spec.commandClass()) {
            case KEYED, MULTI_KEY, RENDEZVOUS, CURSOR -> publisher.commit(batch, spec, client.database(), flags);
            case ALL_SHARDS -> allShards(batch, spec, client.database(), flags);
            case CONNECTION, CONSTANT -> {
                statistics.called(opcode);
                connectionCommands.execute(connection, batch, opcode, flags, this);
            }
            case SERVER -> server(connection, batch, opcode, flags);
        }
    }

    /** MSET and MSETNX take pairs, which the table cannot say. */
    private static boolean isPaired(int opcode, int count) {
        return opcode != Opcode.MSET && opcode != Opcode.MSETNX || (count & 1) == 1;
    }

    private void allShards(RequestBatch batch, CommandSpec spec, int database, int flags) {
        int first = batch.openArgument();
        int count = batch.argumentCount() - first;
        boolean flush = spec.opcode() == Opcode.FLUSHDB || spec.opcode() == Opcode.FLUSHALL;
        if (flush
                && (count > 2
                        || count == 2 && !Words.is(batch, first + 1, "SYNC") && !Words.is(batch, first + 1, "ASYNC"))) {
            statistics.called(spec.opcode());
            statistics.failed(spec.opcode());
            answer(batch, spec.opcode(), flags, Errors.SYNTAX);
            return;
        }
        publisher.commit(batch, spec, database, flags);
    }

    private void server(Connection connection, RequestBatch batch, int opcode, int flags) {
        byte[][] arguments = openArguments(batch, Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (connection.isQuiet(batch)) {
            executeServer(connection, batch, opcode, flags, arguments);
        } else {
            batch.dropOpenArguments();
            connection.hold(opcode, flags, arguments);
        }
    }

    /** Executes a command that was held, as the open command of a batch. */
    void executeHeld(Connection connection, RequestBatch batch, int opcode, int flags, byte[][] arguments) {
        batch.addArgument(0, 0);
        executeServer(connection, batch, opcode, flags, arguments);
    }

    private void executeServer(Connection connection, RequestBatch batch, int opcode, int flags, byte[][] arguments) {
        long startNs = System.nanoTime();
        RespValue reply = isCut(opcode)
                ? beginCut(batch, opcode, flags, arguments)
                : serverCommands.execute(opcode, arguments, connection);
        if (reply == null) {
            return;
        }
        statistics.called(opcode);
        statistics.took(opcode, System.nanoTime() - startNs);
        if (reply.isError()) {
            statistics.failed(opcode);
        }
        answer(batch, opcode, flags, reply);
    }

    private static boolean isCut(int opcode) {
        return opcode == Opcode.SAVE || opcode == Opcode.BGSAVE || opcode == Opcode.SHUTDOWN;
    }

    /** Closes the open command as one for all shards, or returns the reply. */
    private @Nullable RespValue beginCut(RequestBatch batch, int opcode, int flags, byte[][] arguments) {
        int command = batch.commandCount();
        RespValue reply = serverCommands.prepareCut(opcode, arguments, result -> {
            batch.addResult(command, result);
            batch.executed(1);
        });
        if (reply == null) {
            publisher.commitCut(batch, opcode, flags, opcode == Opcode.BGSAVE ? 0 : 1);
        }
        return reply;
    }

    /** Publishes the event of a cut that nobody waits for. */
    void publishCut(RequestBatch batch) {
        batch.addArgument(0, 0);
        publisher.commitCut(batch, Opcode.BGSAVE, RequestBatch.SILENT, 0);
        batch.seal();
        publisher.publish(batch);
    }

    /** Whether commands that need the data are refused from now on, since it is being loaded. */
    void loading(boolean nowLoading) {
        loading = nowLoading;
    }

    /** Adds an error as a reply of its own. */
    void protocolError(Connection connection, RequestBatch batch, byte[] error) {
        statistics.unknownCommand();
        batch.addArgument(0, 0);
        answer(batch, Opcode.PING, connection.client().beginCommand(Opcode.PING), error);
    }

    private void unknown(Connection connection, RequestBatch batch) {
        statistics.unknownCommand();
        int name = batch.openArgument();
        if (Words.is(batch, name, "POST") || Words.is(batch, name, "HOST:")) {
            // HTTP: a browser made to speak to us. As in Redis it is told nothing, and what follows is not executed.
            answer(batch, Opcode.PING, RequestBatch.SILENT, new byte[0]);
            connection.closeAfterReplies();
            return;
        }
        byte[][] quoted = openArguments(batch, ErrorReplies.MAX_QUOTED_ARGUMENTS, ErrorReplies.MAX_QUOTED_LENGTH);
        refuse(connection.client(), batch, ErrorReplies.unknownCommand(quoted));
    }

    private void refuse(ClientState client, RequestBatch batch, RespValue error) {
        answer(batch, Opcode.PING, client.beginCommand(Opcode.PING), error);
    }

    /** Heap copies of the open command's arguments, at most so many and so long. */
    static byte[][] openArguments(RequestBatch batch, int most, int longest) {
        int first = batch.openArgument();
        byte[][] arguments = new byte[Math.min(batch.argumentCount() - first, most)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Memory.toArray(
                    batch.argumentAddress(first + i), Math.min(batch.argumentLength(first + i), longest));
        }
        return arguments;
    }

    // ---- answers of the event loop

    void answer(RequestBatch batch, int opcode, int flags, RespValue value) {
        answer(batch, opcode, flags, value.toBytes((flags & RequestBatch.RESP3) != 0));
    }

    /** Closes the open command with a reply that is already encoded. */
    void answer(RequestBatch batch, int opcode, int flags, byte[] encoded) {
        if ((flags & RequestBatch.SILENT) == 0) {
            batch.localReply().raw(encoded);
        }
        close(batch, opcode, flags);
    }

    /** Closes the open command with one of its own arguments. */
    void answerArgument(RequestBatch batch, int opcode, int flags, int argument) {
        if ((flags & RequestBatch.SILENT) == 0) {
            ReplyBuffer reply = batch.localReply();
            if (batch.isBlock(argument)) {
                reply.bulkBlock(batch.argumentAddress(argument), batch.argumentLength(argument));
            } else {
                reply.bulk(batch.argumentAddress(argument), batch.argumentLength(argument));
            }
        }
        close(batch, opcode, flags);
    }

    private static void close(RequestBatch batch, int opcode, int flags) {
        int first = batch.openArgument();
        batch.commit(opcode, RequestBatch.LOCAL, 0, 0, flags);
        batch.pieceEnd(first, batch.localReply().position());
    }

    /** Counts a command that was executed here and failed. */
    void failed(int opcode) {
        statistics.failed(opcode);
    }
}
