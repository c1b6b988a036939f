// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static io.redistill.engine.reply.RespValue.array;
import static io.redistill.engine.reply.RespValue.bulk;
import static io.redistill.engine.reply.RespValue.integer;
import static io.redistill.engine.reply.RespValue.map;
import static io.redistill.engine.reply.RespValue.set;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.reply.RespValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The documentation of each command, read from the resource {@code command-docs.txt} when it is first asked for.
 *
 * <p>Threading: immutable once loaded.
 */
final class CommandDocs {
    private static final Map<String, List<RespValue>> BY_FULL_NAME = new CommandDocs().load();

    private final List<String> lines = Words.lines("command-docs.txt");
    private int position;

    private CommandDocs() {}

    /** What COMMAND DOCS says about a command, with its subcommands. */
    static RespValue of(CommandSpec spec) {
        List<RespValue> fields = new ArrayList<>(BY_FULL_NAME.getOrDefault(spec.fullName(), List.of()));
        if (spec.isContainer()) {
            List<RespValue> subcommands = new ArrayList<>();
            for (CommandSpec subcommand : spec.subcommands()) {
                subcommands.add(bulk(subcommand.fullName()));
                subcommands.add(of(subcommand));
            }
            fields.add(bulk("subcommands"));
            fields.add(map(subcommands));
        }
        return map(fields);
    }

    private Map<String, List<RespValue>> load() {
        Map<String, List<RespValue>> docs = new HashMap<>();
        while (position < lines.size()) {
            String fullName = lines.get(position++);
            CommandSpec spec = CommandTable.find(fullName.getBytes(ISO_8859_1));
            if (spec == null) {
                throw new IllegalStateException("name=" + fullName + ", must be in commands.txt");
            }
            docs.put(fullName, readCommand(spec));
        }
        return docs;
    }

    private List<RespValue> readCommand(CommandSpec spec) {
        List<RespValue> fields = new ArrayList<>();
        while (isIndented(2)) {
            String line = lines.get(position);
            String key = line.substring(2, line.indexOf(' ', 2));
            fields.add(bulk(key.equals("arg") ? "arguments" : key));
            fields.add(
                    switch (key) {
                        case "history" -> readHistory();
                        case "arg" -> readArguments(2);
                        case "doc_flags" -> flags(textAfter(key, 2));
                        default -> bulk(textAfter(key, 2));
                    });
            if (key.equals("summary")) {
                fields.add(bulk("since"));
                fields.add(bulk(spec.since()));
                fields.add(bulk("group"));
                fields.add(bulk(spec.group()));
            }
        }
        return fields;
    }

    private RespValue readHistory() {
        List<RespValue> changes = new ArrayList<>();
        while (isIndented(2) && lines.get(position).startsWith("history ", 2)) {
            String change = textAfter("history", 2);
            int space = change.indexOf(' ');
            changes.add(array(bulk(change.substring(0, space)), bulk(change.substring(space + 1))));
        }
        return set(changes);
    }

    /** Reads the arguments that stand at one indentation, each with its own arguments below it. */
    private RespValue readArguments(int indentation) {
        List<RespValue> arguments = new ArrayList<>();
        while (isIndented(indentation) && lines.get(position).startsWith("arg ", indentation)) {
            String[] parts = textAfter("arg", indentation).split(";", -1);
            List<RespValue> fields = new ArrayList<>();
            fields.add(bulk("name"));
            fields.add(bulk(parts[0]));
            fields.add(bulk("type"));
            fields.add(bulk(parts[1]));
            for (int i = 2; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                String key = parts[i].substring(0, equals);
                String text = parts[i].substring(equals + 1);
                fields.add(bulk(key));
                fields.add(
                        switch (key) {
                            case "key_spec_index" -> integer(Long.parseLong(text));
                            case "flags" -> flags(text);
                            default -> bulk(text);
                        });
            }
            if (isIndented(indentation + 2)) {
                fields.add(bulk("arguments"));
                fields.add(readArguments(indentation + 2));
            }
            arguments.add(map(fields));
        }
        return array(arguments);
    }

    private static RespValue flags(String text) {
        return set(Arrays.stream(Words.split(text)).map(RespValue::status).toList());
    }

    private boolean isIndented(int indentation) {
        return position < lines.size() && lines.get(position).startsWith(" ".repeat(indentation));
    }

    private String textAfter(String key, int indentation) {
        return lines.get(position++).substring(indentation + key.length() + 1);
    }
}
