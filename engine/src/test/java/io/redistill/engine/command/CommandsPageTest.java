// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** docs/commands.md is what the command table says; {@value #COMMAND} writes it anew. */
class CommandsPageTest {
    private static final String COMMAND =
            "mvn -q -o -pl engine test -Dtest=CommandsPageTest -Dredistill.pages.write=true";
    private static final Path PAGE = Path.of(System.getProperty("redistill.root", ".."), "docs/commands.md");

    @Test
    void shouldListEveryCommandOfTheTable() throws IOException {
        String page = page();
        if (Boolean.getBoolean("redistill.pages.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("%s is stale: %s", PAGE, COMMAND).isEqualTo(page);
    }

    private static String page() throws IOException {
        Map<String, String> complexities = complexities();
        Map<String, String> differences = differences();
        Map<String, List<CommandSpec>> groups = new TreeMap<>();
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            CommandSpec spec = CommandTable.spec(opcode);
            if (!spec.isContainer() || spec.arity() == -1) {
                groups.computeIfAbsent(spec.group(), group -> new ArrayList<>()).add(spec);
            }
        }
        StringBuilder page = new StringBuilder("# Commands\n\n<!-- Written by: " + COMMAND + " -->\n\n"
                + "What this server has, from its command table. *Words* is the number of words with the command's name,"
                + " or the least number with a plus. What is not said here or in [differences](differences.md) is as in"
                + " Redis 7.0, replies and error texts included.\n");
        groups.forEach((group, specs) -> {
            page.append("\n## ").append(group).append("\n\n| command | since | words | time | differences |\n");
            page.append("|---|---|---|---|---|\n");
            for (CommandSpec spec : specs) {
                String name = spec.fullName();
                page.append("| `")
                        .append(name.replace('|', ' ').toUpperCase(Locale.ROOT))
                        .append("` | ")
                        .append(spec.since())
                        .append(" | ")
                        .append(spec.arity() < 0 ? -spec.arity() + "+" : spec.arity())
                        .append(" | ")
                        .append(complexities.getOrDefault(name, "").replace("|", "\\|"))
                        .append(" | ")
                        .append(differences.getOrDefault(name, ""))
                        .append(" |\n");
            }
        });
        return page.toString();
    }

    /** By full name, from the text that COMMAND DOCS is read from. */
    private static Map<String, String> complexities() {
        Map<String, String> complexities = new HashMap<>();
        String name = "";
        for (String line : Words.lines("command-docs.txt")) {
            if (!line.startsWith(" ")) {
                name = line;
            } else if (line.startsWith("  complexity ")) {
                complexities.put(name, line.substring("  complexity ".length()));
            }
        }
        return complexities;
    }

    private static Map<String, String> differences() throws IOException {
        Map<String, String> differences = new HashMap<>();
        try (InputStream in = CommandsPageTest.class.getResourceAsStream("command-differences.txt")) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
                int space = line.indexOf(' ');
                if (!line.startsWith("#")) {
                    String name = line.substring(0, space);
                    assertThat(CommandTable.find(name.getBytes(ISO_8859_1)))
                            .as(name)
                            .isNotNull();
                    differences.put(name, line.substring(space + 1));
                }
            }
        }
        return differences;
    }
}
