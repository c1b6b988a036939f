// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandIntrospectionTest {
    /** The one record that Redis 7.0 does not have, inside the containers' replies. */
    private static final String NOT_IN_REDIS_7_0 = "client|setinfo";

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldAnswerCommandInfoAsRedisDoes(int protocol) throws IOException {
        shouldAnswerAsRecorded("info", Opcode.COMMAND_INFO, protocol);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldAnswerCommandDocsAsRedisDoes(int protocol) throws IOException {
        shouldAnswerAsRecorded("docs", Opcode.COMMAND_DOCS, protocol);
    }

    /** The recordings come from redis-server 7.0.15 through generate-command-table.py. */
    private static void shouldAnswerAsRecorded(String subcommand, int opcode, int protocol) throws IOException {
        Map<String, String> recorded = recorded("command-" + subcommand + ".resp" + protocol);
        for (int i = 0; i < Opcode.COUNT; i++) {
            String fullName = CommandTable.spec(i).fullName();
            String reply = reply(opcode, protocol, "command", subcommand, fullName);
            if (fullName.equals("client")) {
                reply = withoutSetInfo(reply, opcode, protocol);
            }
            if (fullName.equals("set") && opcode == Opcode.COMMAND_DOCS) {
                reply = withoutIfeq(reply, protocol);
            }
            if (CommandTable.spec(i).since().compareTo("7.1") < 0) {
                assertThat(reply).as(fullName).isEqualTo(recorded.remove(fullName));
            }
        }
        assertThat(recorded).isEmpty();
    }

    /** Takes the record out of CLIENT's reply and corrects the number of subcommands. */
    private static String withoutSetInfo(String reply, int opcode, int protocol) {
        String own = reply(opcode, protocol, "command", "x", NOT_IN_REDIS_7_0);
        own = own.substring(own.indexOf('\n') + 1);
        int subcommands = CommandTable.spec(Opcode.CLIENT).subcommands().size();
        assertThat(reply).contains(own);
        String without = reply.replace(own, "");
        if (opcode == Opcode.COMMAND_INFO) {
            return without.replace("*" + subcommands + "\r\n*10\r\n", "*" + (subcommands - 1) + "\r\n*10\r\n");
        }
        String before = "$11\r\nsubcommands\r\n";
        return protocol == 2
                ? without.replace(before + "*" + 2 * subcommands, before + "*" + 2 * (subcommands - 1))
                : without.replace(before + "%" + subcommands, before + "%" + (subcommands - 1));
    }

    /** Takes Valkey's option out of SET's documentation. */
    private static String withoutIfeq(String reply, int protocol) {
        String map = protocol == 2 ? "*8" : "%4";
        String option = map + "\r\n$4\r\nname\r\n$16\r\ncomparison-value\r\n$4\r\ntype\r\n$6\r\nstring\r\n"
                + "$5\r\ntoken\r\n$4\r\nIFEQ\r\n$5\r\nsince\r\n$5\r\n8.1.0\r\n";
        String change = "*2\r\n$5\r\n8.1.0\r\n$24\r\nAdded the `IFEQ` option.\r\n";
        assertThat(reply).contains(option).contains(change);
        String set = protocol == 2 ? "*" : "~";
        return reply.replace(option, "")
                .replace("arguments\r\n*3\r\n", "arguments\r\n*2\r\n")
                .replace(change, "")
                .replace("history\r\n" + set + "5\r\n", "history\r\n" + set + "4\r\n");
    }

    @Test
    void shouldGiveNullForUnknownNamesInCommandInfo() {
        String get = reply(Opcode.COMMAND_INFO, 2, "command", "info", "get").substring(4);

        assertThat(reply(Opcode.COMMAND_INFO, 2, "command", "info", "nope", "GET", "get|x", "client|", "|", ""))
                .isEqualTo("*6\r\n$-1\r\n" + get + "$-1\r\n$-1\r\n$-1\r\n$-1\r\n");
        assertThat(reply(Opcode.COMMAND_INFO, 3, "command", "info", "nope")).isEqualTo("*1\r\n_\r\n");
    }

    @Test
    void shouldLeaveOutUnknownNamesInCommandDocs() {
        String echo = reply(Opcode.COMMAND_DOCS, 3, "command", "docs", "echo").substring(4);

        assertThat(reply(Opcode.COMMAND_DOCS, 3, "command", "docs", "echo", "nope", "ECHO"))
                .isEqualTo("%2\r\n" + echo + echo);
        assertThat(reply(Opcode.COMMAND_DOCS, 2, "command", "docs", "nope")).isEqualTo("*0\r\n");
    }

    @Test
    void shouldCoverAllCommandsWithoutNames() {
        int count = CommandTable.topLevel().size();

        assertThat(reply(Opcode.COMMAND, 2, "command")).startsWith("*" + count + "\r\n*10\r\n");
        assertThat(reply(Opcode.COMMAND_INFO, 2, "command", "info")).isEqualTo(reply(Opcode.COMMAND, 2, "command"));
        assertThat(reply(Opcode.COMMAND_DOCS, 3, "command", "docs")).startsWith("%" + count + "\r\n");
        assertThat(reply(Opcode.COMMAND_DOCS, 2, "command", "docs")).startsWith("*" + 2 * count + "\r\n");
        assertThat(reply(Opcode.COMMAND_COUNT, 2, "command", "count")).isEqualTo(":" + count + "\r\n");
        assertThat(reply(Opcode.COMMAND_LIST, 3, "command", "list")).startsWith("*" + Opcode.COUNT + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "filterby pattern CONFIG|*, config|get config|help config|resetstat config|set",
        "FilterBy Pattern c*t, client client|list command|count command|list config|get config|resetstat config|set",
        "filterby pattern zz, ''",
        "filterby aclcat ADMIN, pfdebug debug save bgsave lastsave shutdown client|list config|get config|resetstat config|set",
        "filterby aclcat @admin, ''",
        "filterby aclcat nope, ''",
        "filterby module nope, ''",
    })
    void shouldFilterCommandList(String filter, String expectedNames) {
        String reply = reply(Opcode.COMMAND_LIST, 2, ("command list " + filter).split(" "));

        List<String> expected = List.of(Words.split(expectedNames));
        StringBuilder encoded = new StringBuilder("*" + expected.size() + "\r\n");
        expected.forEach(name -> encoded.append('$')
                .append(name.length())
                .append("\r\n")
                .append(name)
                .append("\r\n"));
        assertThat(reply).isEqualTo(encoded.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "filterby", "filterby pattern", "filterby x y", "filterby pattern a b", "x pattern a"})
    void shouldRefuseOtherWordsInCommandList(String words) {
        assertThat(reply(Opcode.COMMAND_LIST, 2, ("command list " + words).split(" ")))
                .isEqualTo("-ERR syntax error\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "get a, *1 $1 a",
        "SET a 1 get, *1 $1 a",
        "mset a 1 bb 2, *2 $1 a $2 bb",
        "mset a 1 bb, *2 $1 a $2 bb",
        "del a b a, *3 $1 a $1 b $1 a",
        "getex a EX 1, *1 $1 a",
        "nope a, -ERR Invalid command specified",
        "get|x a, -ERR Invalid command specified",
        "client|id a, -ERR Invalid command specified",
        "client nope, -ERR Invalid command specified",
        "client id, -ERR The command has no key arguments",
        "ping a b c, -ERR The command has no key arguments",
        "set a, -ERR Invalid number of arguments specified for command",
        "get a b, -ERR Invalid number of arguments specified for command",
    })
    void shouldGiveTheKeysOfACommand(String command, String expected) {
        String reply = reply(Opcode.COMMAND_GETKEYS, 2, ("command getkeys " + command).split(" "));

        assertThat(reply.stripTrailing().replace("\r\n", " ")).isEqualTo(expected);
    }

    @Test
    void shouldHelpWithWhatThereIs() {
        assertThat(reply(Opcode.CONFIG_HELP, 3, "config", "help")).isEqualTo("""
            *9
            +CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
            +GET <pattern>
            +    Return parameters matching the glob-like <pattern> and their values.
            +SET <directive> <value>
            +    Set the configuration <directive> to <value>.
            +RESETSTAT
            +    Reset statistics reported by the INFO command.
            +HELP
            +    Prints this help.
            """.replace("\n", "\r\n"));
        assertThat(reply(Opcode.CLIENT_HELP, 2, "client", "help")).contains("\r\n+SETNAME <name>\r\n+    Assign the");
        assertThat(reply(Opcode.COMMAND_HELP, 2, "command", "help")).contains("\r\n+(no subcommand)\r\n+    Return ");
    }

    @Test
    void shouldMentionEachSubcommandInHelp() {
        for (CommandSpec container : CommandTable.topLevel()) {
            for (CommandSpec subcommand : container.subcommands()) {
                if (subcommand.name().equals("help")) {
                    String help = reply(subcommand.opcode(), 2, container.name(), "help");
                    container
                            .subcommands()
                            .forEach(other ->
                                    assertThat(help).containsPattern("(?i)\r\n[+]" + other.name() + "( .*)?\r\n"));
                }
            }
        }
    }

    /** What redis-cli's hints and help are made of. */
    @Test
    void shouldDocumentEachCommand() {
        for (int i = 0; i < Opcode.COUNT; i++) {
            String name = CommandTable.spec(i).fullName();
            assertThat(reply(Opcode.COMMAND_DOCS, 2, "command", "docs", name))
                    .as(name)
                    .contains("$7\r\nsummary\r\n", "$5\r\nsince\r\n", "$5\r\ngroup\r\n");
        }
    }

    @Test
    void shouldRefuseOtherOpcodes() {
        assertThatThrownBy(() -> reply(Opcode.GET, 2, "get", "a")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String reply(int opcode, int protocol, String... words) {
        byte[][] args = new byte[words.length][];
        for (int i = 0; i < args.length; i++) {
            args[i] = words[i].getBytes(ISO_8859_1);
        }
        return new String(CommandIntrospection.reply(opcode, args).toBytes(protocol == 3), ISO_8859_1);
    }

    /** Reads records of a line {@code name length}, that many bytes, and a line feed. */
    private static Map<String, String> recorded(String resource) throws IOException {
        String content;
        try (InputStream in = CommandIntrospectionTest.class.getResourceAsStream(resource)) {
            content = new String(in.readAllBytes(), ISO_8859_1);
        }
        Map<String, String> replies = new LinkedHashMap<>();
        int position = 0;
        while (position < content.length()) {
            int lineEnd = content.indexOf('\n', position);
            String[] line = content.substring(position, lineEnd).split(" ", -1);
            int end = lineEnd + 1 + Integer.parseInt(line[1]);
            replies.put(line[0], content.substring(lineEnd + 1, end));
            position = end + 1;
        }
        return replies;
    }
}
