// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandTableTest {
    @Test
    void shouldHaveAnOpcodeConstantForEachCommandAndNoOther() throws IllegalAccessException {
        Map<String, Integer> expected = new HashMap<>();
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            CommandSpec spec = CommandTable.spec(opcode);
            assertThat(spec.opcode()).as(spec.fullName()).isEqualTo(opcode);
            expected.put(spec.fullName().toUpperCase(Locale.ROOT).replaceAll("[|-]", "_"), opcode);
        }

        assertThat(constantsOf(Opcode.class, Set.of("COUNT"))).isEqualTo(expected);
    }

    @Test
    void shouldHaveKeysThatFitTheClass() {
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            CommandSpec spec = CommandTable.spec(opcode);
            switch (spec.commandClass()) {
                case KEYED -> {
                    assertThat(spec.firstKey()).as(spec.fullName()).isPositive();
                    assertThat(spec.lastKey()).as(spec.fullName()).isEqualTo(spec.firstKey());
                }
                case MULTI_KEY ->
                    assertThat(List.of(spec.firstKey(), spec.lastKey()))
                            .as(spec.fullName())
                            .isEqualTo(List.of(1, -1));
                case RENDEZVOUS -> // with keys, or without for all shards
                    assertThat(spec.firstKey() == 0).as(spec.fullName()).isEqualTo(spec.keyStep() == 0);
                default ->
                    assertThat(List.of(spec.firstKey(), spec.lastKey(), spec.keyStep()))
                            .as(spec.fullName())
                            .isEqualTo(List.of(0, 0, 0));
            }
        }
    }

    @Test
    void shouldKeepSubcommandsDirectlyBehindTheirContainer() {
        List<CommandSpec> reached = new ArrayList<>();
        for (CommandSpec spec : CommandTable.topLevel()) {
            reached.add(spec);
            for (CommandSpec subcommand : spec.subcommands()) {
                assertThat(subcommand.fullName()).isEqualTo(spec.name() + '|' + subcommand.name());
                reached.add(subcommand);
            }
        }

        assertThat(reached).hasSize(Opcode.COUNT);
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            assertThat(reached.get(opcode)).isSameAs(CommandTable.spec(opcode));
        }
    }

    @Test
    void shouldHaveAFlagConstantForEachFlagName() throws IllegalAccessException {
        Map<String, Integer> constants = constantsOf(CommandFlags.class, Set.of());

        constants.forEach((name, bit) -> assertThat(CommandFlags.NAMES.bitOf(name.toLowerCase(Locale.ROOT)))
                .as(name)
                .isEqualTo(bit));
        int all = constants.values().stream().reduce(0, (mask, bit) -> mask | bit);
        assertThat(CommandFlags.NAMES.namesOf(-1)).isEqualTo(CommandFlags.NAMES.namesOf(all));
    }

    @Test
    void shouldReadTheColumnsOfACommand() {
        CommandSpec mset = CommandTable.spec(Opcode.MSET);

        assertThat(mset.name()).isEqualTo("mset");
        assertThat(mset.fullName()).isEqualTo("mset");
        assertThat(mset.commandClass()).isEqualTo(CommandClass.MULTI_KEY);
        assertThat(mset.arity()).isEqualTo(-3);
        assertThat(mset.flags()).isEqualTo(CommandFlags.WRITE | CommandFlags.DENYOOM);
        assertThat(mset.hasFlag(CommandFlags.DENYOOM)).isTrue();
        assertThat(mset.hasFlag(CommandFlags.READONLY)).isFalse();
        assertThat(mset.firstKey()).isEqualTo(1);
        assertThat(mset.lastKey()).isEqualTo(-1);
        assertThat(mset.keyStep()).isEqualTo(2);
        assertThat(AclCategories.namesOf(mset.aclCategories())).containsExactly("write", "string", "slow");
        assertThat(mset.group()).isEqualTo("string");
        assertThat(mset.since()).isEqualTo("1.0.1");
        assertThat(mset.isContainer()).isFalse();
        assertThat(CommandTable.spec(Opcode.CLIENT_SETINFO).name()).isEqualTo("setinfo");
        assertThat(CommandTable.spec(Opcode.CLIENT).isContainer()).isTrue();
    }

    @Test
    void shouldAcceptExactAndLeastNumbersOfArguments() {
        CommandSpec get = CommandTable.spec(Opcode.GET);
        CommandSpec set = CommandTable.spec(Opcode.SET);

        assertThat(get.acceptsArgumentCount(1)).isFalse();
        assertThat(get.acceptsArgumentCount(2)).isTrue();
        assertThat(get.acceptsArgumentCount(3)).isFalse();
        assertThat(set.acceptsArgumentCount(2)).isFalse();
        assertThat(set.acceptsArgumentCount(3)).isTrue();
        assertThat(set.acceptsArgumentCount(1_000_000)).isTrue();
    }

    @Test
    void shouldFindByFullNameInAnyCase() {
        assertThat(CommandTable.find(bytes("get"))).isSameAs(CommandTable.spec(Opcode.GET));
        assertThat(CommandTable.find(bytes("CLIENT|Id"))).isSameAs(CommandTable.spec(Opcode.CLIENT_ID));
        assertThat(CommandTable.find(bytes("id"))).isNull();
        assertThat(CommandTable.find(bytes("get|id"))).isNull();
        assertThat(CommandTable.find(bytes(""))).isNull();
        assertThat(CommandTable.find(new byte[] {(byte) 0xE7, 'e', 't'})).isNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static Map<String, Integer> constantsOf(Class<?> type, Set<String> except) throws IllegalAccessException {
        Map<String, Integer> constants = new HashMap<>();
        for (Field field : type.getDeclaredFields()) {
            if (field.getType() == int.class
                    && Modifier.isPublic(field.getModifiers())
                    && !except.contains(field.getName())) {
                constants.put(field.getName(), field.getInt(null));
            }
        }
        return constants;
    }
}
