// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** All texts are what redis-server 7.0.15 answered. */
class ErrorRepliesTest {
    @Test
    void shouldQuoteTheArgumentsOfAnUnknownCommand() {
        assertThat(unknownCommand("foo")).isEqualTo("-ERR unknown command 'foo', with args beginning with: \r\n");
        assertThat(unknownCommand("FOO", "a", "b"))
                .isEqualTo("-ERR unknown command 'FOO', with args beginning with: 'a' 'b' \r\n");
        assertThat(unknownCommand("", "")).isEqualTo("-ERR unknown command '', with args beginning with: '' \r\n");
    }

    @Test
    void shouldCutWhatItQuotes() {
        assertThat(unknownCommand("x".repeat(200), "y".repeat(200)))
                .isEqualTo("-ERR unknown command '" + "x".repeat(128) + "', with args beginning with: '"
                        + "y".repeat(128) + "' \r\n");
        String a = "a".repeat(50);
        assertThat(unknownCommand("foo", a, a, a, a))
                .isEqualTo("-ERR unknown command 'foo', with args beginning with: '" + a + "' '" + a + "' '"
                        + "a".repeat(22) + "' \r\n");
        assertThat(unknownCommand("foo", "a".repeat(123), "bbbbb", "c")).endsWith("a' 'bb' \r\n");
        assertThat(unknownCommand("foo", "a".repeat(124), "bbbbb", "c")).endsWith("a' 'b' \r\n");
        assertThat(unknownCommand("foo", "a".repeat(125), "bbbbb", "c")).endsWith("a' \r\n");
    }

    @Test
    void shouldNeverLookBeyondTheArgumentsItMayBeGiven() {
        String[] words = new String[200];
        Arrays.fill(words, "");
        words[0] = "foo";
        String reply = unknownCommand(words);

        assertThat(reply)
                .isEqualTo("-ERR unknown command 'foo', with args beginning with: " + "'' ".repeat(43) + "\r\n");
        assertThat(unknownCommand(Arrays.copyOf(words, ErrorReplies.MAX_QUOTED_ARGUMENTS)))
                .isEqualTo(reply);
    }

    @Test
    void shouldEndAtZeroBytesAndKeepOneLine() {
        assertThat(unknownCommand("fo\r\no", "a\r\nb", "\0zz", "\1\u00FF"))
                .isEqualTo("-ERR unknown command 'fo  o', with args beginning with: 'a  b' '' '\1\u00FF' \r\n");
        assertThat(unknownCommand("fo\0o", "x"))
                .isEqualTo("-ERR unknown command 'fo', with args beginning with: 'x' \r\n");
        assertThat(unknownCommand("foo\n")).isEqualTo("-ERR unknown command 'foo ', with args beginning with: \r\n");
    }

    @Test
    void shouldNameTheContainerOfAnUnknownSubcommand() {
        assertThat(unknownSubcommand("client", "NoPe"))
                .isEqualTo("-ERR unknown subcommand 'NoPe'. Try CLIENT HELP.\r\n");
        assertThat(unknownSubcommand("client", "z".repeat(200)))
                .isEqualTo("-ERR unknown subcommand '" + "z".repeat(128) + "'. Try CLIENT HELP.\r\n");
        assertThat(unknownSubcommand("command", "nope\r\n\"x"))
                .isEqualTo("-ERR unknown subcommand 'nope  \"x'. Try COMMAND HELP.\r\n");
        assertThat(unknownSubcommand("client", "a\0b")).isEqualTo("-ERR unknown subcommand 'a'. Try CLIENT HELP.\r\n");
    }

    @Test
    void shouldNameTheCommandWithAWrongNumberOfArguments() {
        assertThat(text(ErrorReplies.wrongNumberOfArguments("client|setname")))
                .isEqualTo("-ERR wrong number of arguments for 'client|setname' command\r\n");
    }

    private static String unknownCommand(String... words) {
        byte[][] args =
                Arrays.stream(words).map(word -> word.getBytes(ISO_8859_1)).toArray(byte[][]::new);
        return text(ErrorReplies.unknownCommand(args));
    }

    private static String unknownSubcommand(String container, String subcommand) {
        return text(ErrorReplies.unknownSubcommand(container, subcommand.getBytes(ISO_8859_1)));
    }

    private static String text(RespValue reply) {
        return new String(reply.toBytes(false), ISO_8859_1);
    }
}
