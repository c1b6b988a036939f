// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.command.CommandIntrospection;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.RespValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands that an event loop answers alone: those about the connection, which take effect where they stand in the
 * request stream, and those whose reply depends on nothing.
 *
 * <p>Source: the Redis command reference, group <i>connection</i>, as of 7.0 (CLIENT SETINFO: 7.2). Threading: confined to
 * the event loop.
 */
final class ConnectionCommands {
    private static final byte[] OK = ascii("+OK\r\n");
    private static final byte[] PONG = ascii("+PONG\r\n");
    private static final byte[] RESET = ascii("+RESET\r\n");
    private static final RespValue WRONG_PASSWORD =
            RespValue.error("WRONGPASS invalid username-password pair or user is disabled.");
    private static final String SPECIAL_CHARACTERS = " cannot contain spaces, newlines or special characters.";

    private final Authentication authentication;
    private final int databases;

    ConnectionCommands(Authentication authentication, int databases) {
        this.authentication = authentication;
        this.databases = databases;
    }

    /** Executes the batch's open command and closes it with a reply. */
    void execute(Connection connection, RequestBatch batch, int opcode, int flags, CommandDispatcher to) {
        int first = batch.openArgument();
        int count = batch.argumentCount() - first;
        switch (opcode) {
            case Opcode.PING -> {
                if (count == 1) {
                    to.answer(batch, opcode, flags, PONG);
                } else if (count == 2) {
                    to.answerArgument(batch, opcode, flags, first + 1);
                } else {
                    fail(batch, opcode, flags, to, ErrorReplies.wrongNumberOfArguments("ping"));
                }
            }
            case Opcode.ECHO -> to.answerArgument(batch, opcode, flags, first + 1);
            case Opcode.QUIT -> {
                to.answer(batch, opcode, flags, OK);
                connection.closeAfterReplies();
            }
            case Opcode.CLIENT_REPLY -> clientReply(connection.client(), batch, flags, to);
            case Opcode.RESET -> {
                // OFF ends here; a SKIP just before holds for this reply as for any other.
                int answered = connection.client().areRepliesOff() ? flags & ~RequestBatch.SILENT : flags;
                connection.client().reset(!authentication.isRequired());
                to.answer(batch, opcode, answered, RESET);
            }
            default -> {
                byte[][] arguments = CommandDispatcher.openArguments(batch, Integer.MAX_VALUE, Integer.MAX_VALUE);
                RespValue reply = reply(connection.client(), opcode, arguments);
                if (reply.isError()) {
                    to.failed(opcode);
                }
                // HELLO answers in the protocol it has just chosen.
                int now = opcode == Opcode.HELLO && connection.client().isResp3() ? flags | RequestBatch.RESP3 : flags;
                if (opcode == Opcode.HELLO && !connection.client().isResp3()) {
                    now &= ~RequestBatch.RESP3;
                }
                to.answer(batch, opcode, now, reply);
            }
        }
    }

    private static void fail(RequestBatch batch, int opcode, int flags, CommandDispatcher to, RespValue error) {
        to.failed(opcode);
        to.answer(batch, opcode, flags, error);
    }

    private static void clientReply(ClientState client, RequestBatch batch, int flags, CommandDispatcher to) {
        int mode = batch.openArgument() + 2;
        if (Words.is(batch, mode, "ON")) {
            client.repliesOff(false);
            to.answer(batch, Opcode.CLIENT_REPLY, flags & ~RequestBatch.SILENT, OK);
        } else if (Words.is(batch, mode, "OFF")) {
            client.repliesOff(true);
            to.answer(batch, Opcode.CLIENT_REPLY, flags | RequestBatch.SILENT, OK);
        } else if (Words.is(batch, mode, "SKIP")) {
            if (!client.areRepliesOff()) {
                client.skipNextReply();
            }
            to.answer(batch, Opcode.CLIENT_REPLY, flags | RequestBatch.SILENT, OK);
        } else {
            to.failed(Opcode.CLIENT_REPLY);
            to.answer(batch, Opcode.CLIENT_REPLY, flags, Errors.SYNTAX);
        }
    }

    private RespValue reply(ClientState client, int opcode, byte[][] arguments) {
        return switch (opcode) {
            case Opcode.SELECT -> select(client, arguments[1]);
            case Opcode.AUTH -> auth(client, arguments);
            case Opcode.HELLO -> hello(client, arguments);
            case Opcode.TIME -> time();
            case Opcode.WAIT -> waitForReplicas(arguments[1], arguments[2]);
            case Opcode.CLIENT_ID -> RespValue.integer(client.id());
            case Opcode.CLIENT_GETNAME ->
                client.name().isEmpty()
                        ? RespValue.NULL
                        : RespValue.bulk(client.name().getBytes(StandardCharsets.ISO_8859_1));
            case Opcode.CLIENT_SETNAME -> setName(client, arguments[2]);
            case Opcode.CLIENT_SETINFO -> setInfo(client, arguments[2], arguments[3]);
            case Opcode.CLIENT_INFO -> RespValue.verbatim("txt", client.describe() + "\n");
            default -> CommandIntrospection.reply(opcode, arguments);
        };
    }

    private RespValue select(ClientState client, byte[] index) {
        String text = new String(index, StandardCharsets.ISO_8859_1);
        if (!isInteger(text)) {
            return RespValue.error("ERR value is not an integer or out of range");
        }
        long value = Long.parseLong(text);
        if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
            return RespValue.error("ERR value is out of range, value must between -2147483648 and 2147483647");
        }
        if (value < 0 || value >= databases) {
            return RespValue.error("ERR DB index is out of range");
        }
        client.database((int) value);
        return RespValue.OK;
    }

    private static boolean isInteger(String text) {
        if (!text.matches("-?(0|[1-9][0-9]{0,18})") || text.equals("-0")) {
            return false;
        }
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException outOfRange) {
            return false;
        }
    }

    /** There are none. */
    private static RespValue waitForReplicas(byte[] number, byte[] timeoutMs) {
        if (!isInteger(new String(number, StandardCharsets.ISO_8859_1))) {
            return RespValue.error("ERR value is not an integer or out of range");
        }
        String timeout = new String(timeoutMs, StandardCharsets.ISO_8859_1);
        if (!isInteger(timeout)) {
            return RespValue.error("ERR timeout is not an integer or out of range");
        }
        return timeout.startsWith("-") ? RespValue.error("ERR timeout is negative") : RespValue.integer(0);
    }

    private RespValue auth(ClientState client, byte[][] arguments) {
        if (arguments.length > 3) {
            return RespValue.error("ERR syntax error");
        }
        if (arguments.length == 2 && !authentication.isRequired()) {
            return RespValue.error("ERR AUTH <password> called without any password configured for the default user."
                    + " Are you sure your configuration is correct?");
        }
        boolean accepted = arguments.length == 2
                ? authentication.accepts(arguments[1])
                : authentication.accepts(arguments[1], arguments[2]);
        if (!accepted) {
            return WRONG_PASSWORD;
        }
        client.authenticated(true);
        return RespValue.OK;
    }

    private RespValue hello(ClientState client, byte[][] arguments) {
        long version = 0;
        if (arguments.length > 1) {
            String text = new String(arguments[1], StandardCharsets.ISO_8859_1);
            if (!isInteger(text)) {
                return RespValue.error("ERR Protocol version is not an integer or out of range");
            }
            version = Long.parseLong(text);
            if (version < 2 || version > 3) {
                return RespValue.error("NOPROTO unsupported protocol version");
            }
        }
        RespValue refused = helloOptions(client, arguments);
        if (refused != null) {
            return refused;
        }
        if (!client.isAuthenticated()) {
            return RespValue.error("NOAUTH HELLO must be called with the client already authenticated, otherwise the"
                    + " HELLO AUTH <user> <pass> option can be used to authenticate the client and select the"
                    + " RESP protocol version at the same time");
        }
        if (version != 0) {
            client.protocol((int) version);
        }
        return RespValue.map(
                RespValue.bulk("server"),
                RespValue.bulk("redis"),
                RespValue.bulk("version"),
                RespValue.bulk(ServerCommands.REDIS_VERSION),
                RespValue.bulk("proto"),
                RespValue.integer(client.protocol()),
                RespValue.bulk("id"),
                RespValue.integer(client.id()),
                RespValue.bulk("mode"),
                RespValue.bulk("standalone"),
                RespValue.bulk("role"),
                RespValue.bulk("master"),
                RespValue.bulk("modules"),
                RespValue.array(List.of()));
    }

    /** Each option takes effect where it stands, whatever comes behind it; null when all are right. */
    private @Nullable RespValue helloOptions(ClientState client, byte[][] arguments) {
        for (int i = 2; i < arguments.length; i++) {
            int more = arguments.length - 1 - i;
            if (Words.is(arguments[i], "AUTH") && more >= 2) {
                if (!authentication.accepts(arguments[i + 1], arguments[i + 2])) {
                    return WRONG_PASSWORD;
                }
                client.authenticated(true);
                i += 2;
            } else if (Words.is(arguments[i], "SETNAME") && more >= 1) {
                RespValue set = setName(client, arguments[i + 1]);
                if (set.isError()) {
                    return set;
                }
                i++;
            } else {
                return RespValue.error(("ERR Syntax error in HELLO option '" + Words.text(arguments[i]) + "'")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return null;
    }

    private static RespValue setName(ClientState client, byte[] name) {
        if (!isPlain(name)) {
            return RespValue.error("ERR Client names" + SPECIAL_CHARACTERS);
        }
        client.name(new String(name, StandardCharsets.ISO_8859_1));
        return RespValue.OK;
    }

    private static RespValue setInfo(ClientState client, byte[] attribute, byte[] value) {
        boolean name = Words.is(attribute, "LIB-NAME");
        if (!name && !Words.is(attribute, "LIB-VER")) {
            return RespValue.error(
                    ("ERR Unrecognized option '" + Words.text(attribute) + "'").getBytes(StandardCharsets.ISO_8859_1));
        }
        if (!isPlain(value)) {
            return RespValue.error("ERR " + (name ? "lib-name" : "lib-ver") + SPECIAL_CHARACTERS);
        }
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (name) {
            client.library(text);
        } else {
            client.libraryVersion(text);
        }
        return RespValue.OK;
    }

    /** Whether all bytes are printable ASCII other than a space. */
    private static boolean isPlain(byte[] bytes) {
        for (byte letter : bytes) {
            if (letter < '!' || letter > '~') {
                return false;
            }
        }
        return true;
    }

    private static RespValue time() {
        Instant now = Instant.now();
        return RespValue.array(
                RespValue.bulk(Long.toString(now.getEpochSecond())),
                RespValue.bulk(Integer.toString(now.getNano() / 1000)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
