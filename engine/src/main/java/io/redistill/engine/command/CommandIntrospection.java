// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static io.redistill.engine.reply.RespValue.array;
import static io.redistill.engine.reply.RespValue.bulk;
import static io.redistill.engine.reply.RespValue.error;
import static io.redistill.engine.reply.RespValue.integer;
import static io.redistill.engine.reply.RespValue.map;
import static io.redistill.engine.reply.RespValue.set;
import static io.redistill.engine.reply.RespValue.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.reply.RespValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The replies about commands: COMMAND with its subcommands, and HELP of each container.
 *
 * <p>Threading: any thread.
 */
public final class CommandIntrospection {
    private static final RespValue SYNTAX_ERROR = error("ERR syntax error");

    private CommandIntrospection() {}

    /**
     * Answers COMMAND, one of its subcommands, or HELP of any container; DEBUG as its HELP.
     *
     * @param opcode the command, or subcommand, that was called
     * @param args all its arguments from the name on, of a number that {@link CommandSpec#acceptsArgumentCount} accepts
     */
    public static RespValue reply(int opcode, byte[][] args) {
        return switch (opcode) {
            case Opcode.COMMAND -> allInfo();
            case Opcode.COMMAND_COUNT -> integer(CommandTable.topLevel().size());
            case Opcode.COMMAND_INFO -> args.length == 2 ? allInfo() : info(args);
            case Opcode.COMMAND_DOCS -> docs(args);
            case Opcode.COMMAND_LIST -> list(args);
            case Opcode.COMMAND_GETKEYS -> getKeys(args);
            case Opcode.COMMAND_HELP -> help("command");
            case Opcode.CLIENT_HELP -> help("client");
            case Opcode.CONFIG_HELP -> help("config");
            case Opcode.MEMORY_HELP -> help("memory");
            case Opcode.OBJECT_HELP -> help("object");
            case Opcode.DEBUG -> help("debug");
            default ->
                throw new IllegalArgumentException("opcode=" + opcode + ", must be COMMAND, a subcommand or a HELP");
        };
    }

    private static RespValue allInfo() {
        return array(
                CommandTable.topLevel().stream().map(CommandIntrospection::info).toList());
    }

    private static RespValue info(byte[][] args) {
        List<RespValue> result = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            CommandSpec spec = CommandTable.find(args[i]);
            result.add(spec == null ? RespValue.NULL : info(spec));
        }
        return array(result);
    }

    private static RespValue info(CommandSpec spec) {
        return array(
                bulk(spec.fullName()),
                integer(spec.arity()),
                statuses("", CommandFlags.NAMES.namesOf(spec.flags())),
                integer(spec.firstKey()),
                integer(spec.lastKey()),
                integer(spec.keyStep()),
                statuses("@", AclCategories.namesOf(spec.aclCategories())),
                set(spec.tips().stream().map(RespValue::bulk).toList()),
                set(spec.keySpecs().stream().map(CommandIntrospection::keySpec).toList()),
                infoOfSubcommands(spec));
    }

    /** Redis's types: an array of subcommands, but a set where there are none. */
    private static RespValue infoOfSubcommands(CommandSpec spec) {
        return spec.isContainer()
                ? array(spec.subcommands().stream()
                        .map(CommandIntrospection::info)
                        .toList())
                : set(List.of());
    }

    private static RespValue keySpec(KeySpec keySpec) {
        List<RespValue> fields = new ArrayList<>();
        if (keySpec.notes() != null) {
            fields.add(bulk("notes"));
            fields.add(bulk(keySpec.notes()));
        }
        fields.add(bulk("flags"));
        fields.add(statuses("", keySpec.flags()));
        fields.add(bulk("begin_search"));
        if (keySpec.isUnknown()) {
            fields.add(typed("unknown", map()));
            fields.add(bulk("find_keys"));
            fields.add(typed("unknown", map()));
            return map(fields);
        }
        fields.add(typed("index", map(bulk("index"), integer(keySpec.index()))));
        fields.add(bulk("find_keys"));
        fields.add(typed(
                "range",
                map(
                        bulk("lastkey"),
                        integer(keySpec.lastKey()),
                        bulk("keystep"),
                        integer(keySpec.step()),
                        bulk("limit"),
                        integer(keySpec.limit()))));
        return map(fields);
    }

    private static RespValue typed(String type, RespValue spec) {
        return map(bulk("type"), bulk(type), bulk("spec"), spec);
    }

    private static RespValue statuses(String prefix, List<String> names) {
        return set(names.stream().map(name -> status(prefix + name)).toList());
    }

    private static RespValue docs(byte[][] args) {
        List<CommandSpec> asked = new ArrayList<>();
        if (args.length == 2) {
            asked.addAll(CommandTable.topLevel());
        }
        for (int i = 2; i < args.length; i++) {
            CommandSpec spec = CommandTable.find(args[i]);
            if (spec != null) {
                asked.add(spec);
            }
        }
        List<RespValue> result = new ArrayList<>();
        for (CommandSpec spec : asked) {
            result.add(bulk(spec.fullName()));
            result.add(CommandDocs.of(spec));
        }
        return map(result);
    }

    private static RespValue list(byte[][] args) {
        if (args.length == 2) {
            return list(spec -> true);
        }
        if (args.length != 5 || !CommandTable.lowerCase(args[2]).equals("filterby")) {
            return SYNTAX_ERROR;
        }
        return switch (CommandTable.lowerCase(args[3])) {
            case "module" -> array(); // there are no modules
            case "aclcat" -> {
                int category = AclCategories.bitOf(CommandTable.lowerCase(args[4]));
                yield list(spec -> (spec.aclCategories() & category) != 0);
            }
            case "pattern" ->
                list(spec -> GlobPattern.matches(args[4], spec.fullName().getBytes(ISO_8859_1), true));
            default -> SYNTAX_ERROR;
        };
    }

    private static RespValue list(Predicate<CommandSpec> filter) {
        List<RespValue> names = new ArrayList<>();
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            CommandSpec spec = CommandTable.spec(opcode);
            if (filter.test(spec)) {
                names.add(bulk(spec.fullName()));
            }
        }
        return array(names);
    }

    private static RespValue getKeys(byte[][] args) {
        byte[][] command = new byte[args.length - 2][];
        System.arraycopy(args, 2, command, 0, command.length);
        CommandSpec spec = CommandTable.findCalled(command[0], command[1]);
        if (spec == null) {
            return error("ERR Invalid command specified");
        }
        if (spec.keySpecs().isEmpty()) {
            return error("ERR The command has no key arguments");
        }
        if (!spec.acceptsArgumentCount(command.length)) {
            return error("ERR Invalid number of arguments specified for command");
        }
        List<byte[]> keys = new ArrayList<>();
        for (KeySpec keySpec : spec.keySpecs()) {
            if (!keySpec.isUnknown() && !keySpec.addKeys(command, keys)) {
                return error("ERR Invalid arguments specified for command");
            }
        }
        if (spec.opcode() == Opcode.SORT) {
            addSortedTarget(command, keys);
        }
        return array(keys.stream().map(RespValue::bulk).toList());
    }

    /** Adds the key behind SORT's last STORE. */
    private static void addSortedTarget(byte[][] sort, List<byte[]> keys) {
        byte[] target = null;
        for (int i = 2; i < sort.length; i++) {
            switch (CommandTable.lowerCase(sort[i])) {
                case "limit" -> i += 2;
                case "by", "get" -> i++;
                case "store" -> target = i + 1 < sort.length ? sort[i + 1] : target;
                default -> {}
            }
        }
        if (target != null) {
            keys.add(target);
        }
    }

    private static RespValue help(String container) {
        List<RespValue> result = new ArrayList<>();
        result.add(status(
                container.toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        boolean mine = false;
        for (String line : Words.lines("command-help.txt")) {
            if (!line.startsWith("  ")) {
                mine = line.equals(container);
            } else if (mine) {
                result.add(status(line.substring(2)));
            }
        }
        result.add(status("HELP"));
        result.add(status("    Prints this help."));
        return array(result);
    }
}
