// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/**
 * The errors of command dispatch, in Redis 7's words to the byte.
 *
 * <p>What a client sent is quoted up to its first zero byte and up to {@link #MAX_QUOTED_LENGTH} bytes, line breaks
 * become spaces, other bytes stay. Callers need pass no more than so many bytes of each argument.
 *
 * <p>Threading: any thread.
 */
public final class ErrorReplies {
    /** So many bytes are quoted of a name, and of all arguments together with their quotes. */
    public static final int MAX_QUOTED_LENGTH = 128;
    /** No argument from this index on is ever quoted: even empty ones fill the space with their quotes. */
    public static final int MAX_QUOTED_ARGUMENTS = 1 + (MAX_QUOTED_LENGTH + 2) / 3;

    private ErrorReplies() {}

    /**
     * For a name that is no command.
     *
     * @param args the command with its name; may be cut to {@link #MAX_QUOTED_ARGUMENTS}
     */
    public static RespValue unknownCommand(byte[][] args) {
        ByteArrayOutputStream quoted = new ByteArrayOutputStream();
        for (int i = 1; i < args.length && quoted.size() < MAX_QUOTED_LENGTH; i++) {
            quoted.write('\'');
            quote(quoted, args[i], MAX_QUOTED_LENGTH - (quoted.size() - 1));
            quoted.write('\'');
            quoted.write(' ');
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        append(text, "ERR unknown command '");
        quote(text, args[0], MAX_QUOTED_LENGTH);
        append(text, "', with args beginning with: ");
        text.writeBytes(quoted.toByteArray());
        return RespValue.error(text.toByteArray());
    }

    /** For a container with a word after it that is none of its subcommands; the container's name in any case. */
    public static RespValue unknownSubcommand(String container, byte[] subcommand) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        append(text, "ERR unknown subcommand '");
        quote(text, subcommand, MAX_QUOTED_LENGTH);
        append(text, "'. Try " + container.toUpperCase(Locale.ROOT) + " HELP.");
        return RespValue.error(text.toByteArray());
    }

    /** For a known command with too many or too few arguments; its full name, as in {@code client|setname}. */
    public static RespValue wrongNumberOfArguments(String fullName) {
        return RespValue.error("ERR wrong number of arguments for '" + fullName + "' command");
    }

    /** A text around a word of the client's, which is quoted up to its first zero byte, whatever its length. */
    public static RespValue quoting(String before, byte[] word, String behind) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        append(text, before);
        quote(text, word, Integer.MAX_VALUE);
        append(text, behind);
        return RespValue.error(text.toByteArray());
    }

    private static void quote(ByteArrayOutputStream out, byte[] bytes, int maxLength) {
        for (int i = 0; i < bytes.length && i < maxLength && bytes[i] != 0; i++) {
            out.write(bytes[i]);
        }
    }

    private static void append(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(UTF_8));
    }
}
