// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.List;

/**
 * Opcodes by the name as a client wrote it, in raw memory and in any case: the decoder's first step with each command.
 *
 * <p>Nothing is allocated, and no byte outside the name is read.
 *
 * <p>Threading: any thread.
 */
public final class CommandLookup {
    /** The answer for a name that is not in the table. */
    public static final int UNKNOWN = NameTable.UNKNOWN;

    private static final NameTable COMMANDS = new NameTable(CommandTable.topLevel());
    private static final NameTable[] SUBCOMMANDS = new NameTable[Opcode.COUNT];

    static {
        NameTable none = new NameTable(List.of());
        for (int opcode = 0; opcode < SUBCOMMANDS.length; opcode++) {
            CommandSpec spec = CommandTable.spec(opcode);
            SUBCOMMANDS[opcode] = spec.isContainer() ? new NameTable(spec.subcommands()) : none;
        }
    }

    private CommandLookup() {}

    /** The opcode of the command with this name, of a container its own; {@link #UNKNOWN} if there is none. */
    public static int opcodeOf(long address, int length) {
        return COMMANDS.find(address, length);
    }

    /** The opcode of a container's subcommand with this name; {@link #UNKNOWN} if there is none. */
    public static int subcommandOf(int containerOpcode, long address, int length) {
        return SUBCOMMANDS[containerOpcode].find(address, length);
    }
}
