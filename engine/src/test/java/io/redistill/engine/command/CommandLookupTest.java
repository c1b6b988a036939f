// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.Memory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandLookupTest {
    private static final int MEMORY_LENGTH = 128;

    private long memory;

    @BeforeEach
    void allocate() {
        memory = Memory.allocate(MEMORY_LENGTH);
    }

    @AfterEach
    void free() {
        Memory.free(memory);
    }

    @Test
    void shouldFindEachCommandInAnyCase() {
        for (CommandSpec spec : CommandTable.topLevel()) {
            for (String name : cases(spec.name())) {
                assertThat(opcodeOf(name)).as(name).isEqualTo(spec.opcode());
            }
        }
    }

    @Test
    void shouldFindEachSubcommandInAnyCaseInItsContainerOnly() {
        for (CommandSpec container : CommandTable.topLevel()) {
            for (CommandSpec subcommand : container.subcommands()) {
                for (String name : cases(subcommand.name())) {
                    assertThat(subcommandOf(container.opcode(), name)).as(name).isEqualTo(subcommand.opcode());
                    assertThat(subcommandOf(Opcode.GET, name)).as(name).isEqualTo(CommandLookup.UNKNOWN);
                }
            }
        }
        assertThat(subcommandOf(Opcode.CONFIG, "setname")).isEqualTo(CommandLookup.UNKNOWN);
        assertThat(opcodeOf("setname")).isEqualTo(CommandLookup.UNKNOWN);
        assertThat(opcodeOf("client|id")).isEqualTo(CommandLookup.UNKNOWN);
    }

    /** Every byte at every place of every name: only the two cases of the letter may match. */
    @Test
    void shouldNotFindNamesWithOneByteChanged() {
        for (CommandSpec spec : CommandTable.topLevel()) {
            byte[] name = spec.name().getBytes(ISO_8859_1);
            for (int i = 0; i < name.length; i++) {
                byte letter = name[i];
                for (int b = 0; b < 256; b++) {
                    name[i] = (byte) b;
                    String text = new String(name, ISO_8859_1);
                    assertThat(opcodeOf(name)).as(text).isEqualTo(expectedOpcodeOf(text));
                }
                name[i] = letter;
            }
        }
    }

    @Test
    void shouldNotFindNamesThatAreCutOrExtended() {
        for (CommandSpec spec : CommandTable.topLevel()) {
            for (int length = 0; length <= 20; length++) {
                for (int filler : new int[] {0, 1, ' ', 'e', 'E', 0x80, 0xFF}) {
                    byte[] name = Arrays.copyOf(spec.name().getBytes(ISO_8859_1), length);
                    Arrays.fill(name, Math.min(length, spec.name().length()), length, (byte) filler);
                    String text = new String(name, ISO_8859_1);
                    assertThat(opcodeOf(name)).as(text).isEqualTo(expectedOpcodeOf(text));
                }
            }
        }
    }

    @Test
    void shouldNotFindRandomNames() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] name = new byte[random.nextInt(21)];
            random.nextBytes(name);
            String text = new String(name, ISO_8859_1);
            assertThat(opcodeOf(name)).as("seed %d, name %s", seed, text).isEqualTo(expectedOpcodeOf(text));
        }
    }

    @Test
    void shouldNotFindNamesOfImpossibleLength() {
        assertThat(CommandLookup.opcodeOf(memory, 0)).isEqualTo(CommandLookup.UNKNOWN);
        assertThat(CommandLookup.opcodeOf(memory, -1)).isEqualTo(CommandLookup.UNKNOWN);
        assertThat(CommandLookup.opcodeOf(0, Integer.MAX_VALUE)).isEqualTo(CommandLookup.UNKNOWN);
        assertThat(CommandLookup.opcodeOf(0, NameTable.MAX_NAME_LENGTH + 1)).isEqualTo(CommandLookup.UNKNOWN);
    }

    private static int expectedOpcodeOf(String name) {
        for (CommandSpec spec : CommandTable.topLevel()) {
            // Not equalsIgnoreCase, which knows letters outside ASCII.
            if (spec.name().equals(CommandTable.lowerCase(name.getBytes(ISO_8859_1)))) {
                return spec.opcode();
            }
        }
        return CommandLookup.UNKNOWN;
    }

    private static String[] cases(String name) {
        StringBuilder mixed = new StringBuilder(name);
        for (int i = 0; i < name.length(); i += 2) {
            mixed.setCharAt(i, Character.toUpperCase(name.charAt(i)));
        }
        String capitalised = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        return new String[] {name, name.toUpperCase(Locale.ROOT), capitalised, mixed.toString()};
    }

    private int opcodeOf(String name) {
        return opcodeOf(name.getBytes(ISO_8859_1));
    }

    /** Asks with the name at each alignment, and with different bytes around it. */
    private int opcodeOf(byte[] name) {
        int opcode = CommandLookup.opcodeOf(place(name, 0, (byte) 0), name.length);
        for (int offset = 1; offset < 8; offset++) {
            byte around = (byte) (offset * 'e');
            assertThat(CommandLookup.opcodeOf(place(name, offset, around), name.length))
                    .isEqualTo(opcode);
        }
        return opcode;
    }

    private int subcommandOf(int container, String name) {
        return CommandLookup.subcommandOf(container, place(name.getBytes(ISO_8859_1), 3, (byte) 'e'), name.length());
    }

    private long place(byte[] name, int offset, byte around) {
        Memory.fill(memory, MEMORY_LENGTH, around);
        long address = memory + 16 + offset;
        Memory.copyFromArray(name, 0, address, name.length);
        return address;
    }
}
