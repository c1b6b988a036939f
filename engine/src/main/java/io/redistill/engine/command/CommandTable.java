// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All commands, read from the resource {@code commands.txt} when this class is first used.
 *
 * <p>Look-ups by name here are for replies about commands; decoders use {@link CommandLookup}.
 *
 * <p>Threading: immutable.
 */
public final class CommandTable {
    private static final CommandSpec[] SPECS = load();
    private static final Map<String, CommandSpec> BY_FULL_NAME = new HashMap<>();
    private static final List<CommandSpec> TOP_LEVEL = new ArrayList<>();

    static {
        for (CommandSpec spec : SPECS) {
            BY_FULL_NAME.put(spec.fullName(), spec);
            if (spec.fullName().equals(spec.name())) {
                TOP_LEVEL.add(spec);
            }
        }
    }

    private CommandTable() {}

    /** The command with an opcode from 0 to {@link Opcode#COUNT} - 1. */
    public static CommandSpec spec(int opcode) {
        return SPECS[opcode];
    }

    /** The command with this full name, as in {@code get} or {@code client|id}, in any case; null when unknown. */
    public static @Nullable CommandSpec find(byte[] fullName) {
        return BY_FULL_NAME.get(lowerCase(fullName));
    }

    /** The command that a client would call with these words, the first two of which may matter; null when unknown. */
    static @Nullable CommandSpec findCalled(byte[] name, byte[] nextWord) {
        CommandSpec spec = find(name);
        if (spec == null || !spec.fullName().equals(spec.name())) {
            return null;
        }
        if (!spec.isContainer()) {
            return spec;
        }
        return BY_FULL_NAME.get(spec.fullName() + '|' + lowerCase(nextWord));
    }

    /** All commands but subcommands, in the order of their opcodes. */
    static List<CommandSpec> topLevel() {
        return TOP_LEVEL;
    }

    /** ASCII letters only, unlike {@link String#toLowerCase()}, and one character for each byte. */
    static String lowerCase(byte[] bytes) {
        byte[] lower = bytes.clone();
        for (int i = 0; i < lower.length; i++) {
            if (lower[i] >= 'A' && lower[i] <= 'Z') {
                lower[i] = (byte) (lower[i] + ('a' - 'A'));
            }
        }
        return new String(lower, ISO_8859_1);
    }

    private static CommandSpec[] load() {
        List<String> lines = Words.lines("commands.txt");
        CommandSpec[] specs = new CommandSpec[lines.size()];
        List<CommandSpec> subcommands = new ArrayList<>();
        // Backwards, since a container's subcommands follow it and must be there when it is built.
        for (int opcode = specs.length - 1; opcode >= 0; opcode--) {
            String[] columns = lines.get(opcode).split(";", -1);
            if (columns[0].indexOf('|') >= 0) {
                specs[opcode] = new CommandSpec(opcode, columns, List.of());
                subcommands.add(0, specs[opcode]);
            } else {
                specs[opcode] = new CommandSpec(opcode, columns, subcommands);
                subcommands.clear();
            }
        }
        return specs;
    }
}
