// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.List;

/**
 * What the command table says about one command or subcommand.
 *
 * <p>Threading: immutable.
 */
public final class CommandSpec {
    private final int opcode;
    private final String fullName;
    private final String name;
    private final CommandClass commandClass;
    private final int arity;
    private final int flags;
    private final int firstKey;
    private final int lastKey;
    private final int keyStep;
    private final int aclCategories;
    private final List<String> tips;
    private final List<KeySpec> keySpecs;
    private final String group;
    private final String since;
    private final List<CommandSpec> subcommands;
    private final boolean container;

    /** Reads a line of {@code commands.txt}, already split into its columns. */
    CommandSpec(int opcode, String[] columns, List<CommandSpec> subcommands) {
        this.opcode = opcode;
        fullName = columns[0];
        name = fullName.substring(fullName.indexOf('|') + 1);
        commandClass = CommandClass.valueOf(columns[1]);
        arity = Integer.parseInt(columns[2]);
        flags = CommandFlags.NAMES.parse(columns[3]);
        String[] keys = Words.split(columns[4]);
        firstKey = Integer.parseInt(keys[0]);
        lastKey = Integer.parseInt(keys[1]);
        keyStep = Integer.parseInt(keys[2]);
        aclCategories = AclCategories.parse(columns[5]);
        tips = List.of(Words.split(columns[6]));
        keySpecs = KeySpec.parseAll(columns[7]);
        group = columns[8];
        since = columns[9];
        this.subcommands = List.copyOf(subcommands);
        container = !subcommands.isEmpty();
    }

    public int opcode() {
        return opcode;
    }

    /** The lower-case name, of a subcommand the word after its container, as in {@code setname}. */
    public String name() {
        return name;
    }

    /** The lower-case name that is unique, of a subcommand as in {@code client|setname}. */
    public String fullName() {
        return fullName;
    }

    public CommandClass commandClass() {
        return commandClass;
    }

    /** The exact number of arguments with the name (and the container), or if negative, the least number negated. */
    public int arity() {
        return arity;
    }

    /** Says whether a command of so many arguments, name and container included, has the right number of them. */
    public boolean acceptsArgumentCount(int count) {
        return arity >= 0 ? count == arity : count >= -arity;
    }

    /** Bits of {@link CommandFlags}. */
    public int flags() {
        return flags;
    }

    /** Says whether at least one of the given {@link CommandFlags} is set. */
    public boolean hasFlag(int flag) {
        return (flags & flag) != 0;
    }

    /** The index of the first key among the arguments, the name being 0; 0 when there are no keys. */
    public int firstKey() {
        return firstKey;
    }

    /** The index of the last key; negative counts from the end, -1 being the last argument. */
    public int lastKey() {
        return lastKey;
    }

    /** The distance from one key to the next; 0 when there are no keys. */
    public int keyStep() {
        return keyStep;
    }

    /** Bits of {@link AclCategories}. */
    public int aclCategories() {
        return aclCategories;
    }

    public String group() {
        return group;
    }

    public String since() {
        return since;
    }

    public boolean isContainer() {
        return container;
    }

    public List<CommandSpec> subcommands() {
        return subcommands;
    }

    List<String> tips() {
        return tips;
    }

    List<KeySpec> keySpecs() {
        return keySpecs;
    }

    @Override
    public String toString() {
        return fullName;
    }
}
