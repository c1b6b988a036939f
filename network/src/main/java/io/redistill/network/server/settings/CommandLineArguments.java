// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one start.
 *
 * <p>Plain pairs of a known option and a value are read right here: picocli, which does everything else (help, version,
 * whatever is wrong), takes 110 to 150 ms to load and would be the longest step of a start. A test holds that both read
 * the same.
 */
final class CommandLineArguments {
    static final String CONFIG = "--config";

    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);
    private @Nullable String configFile;
    private @Nullable String textToPrint;

    private CommandLineArguments() {}

    static CommandLineArguments parse(String[] args) throws RefusedException {
        CommandLineArguments plain = parsePlain(args);
        return plain != null ? plain : parseAny(args);
    }

    /** Reads pairs of a known option and a value; null when there is anything else. */
    static @Nullable CommandLineArguments parsePlain(String[] args) {
        CommandLineArguments result = new CommandLineArguments();
        for (int i = 0; i < args.length; i++) {
            String argument = withDashes(args[i]);
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            String value;
            if (equals >= 0) {
                value = argument.substring(equals + 1);
            } else if (++i < args.length && !args[i].startsWith("-")) {
                value = args[i];
            } else {
                return null;
            }
            if (!result.accept(option, value)) {
                return null;
            }
        }
        return result;
    }

    /** Reads any command line with picocli. */
    static CommandLineArguments parseAny(String[] args) throws RefusedException {
        String[] normal = args.clone();
        for (int i = 0; i < normal.length; i++) {
            normal[i] = withDashes(normal[i]);
        }
        CommandLineArguments result = new CommandLineArguments();
        OptionParser parser = new OptionParser(normal);
        result.textToPrint = parser.textToPrint();
        for (Map.Entry<String, String> option : parser.values().entrySet()) {
            if (!result.accept(option.getKey(), option.getValue())) {
                throw new RefusedException("option " + option.getKey() + ": the same setting is given twice");
            }
        }
        return result;
    }

    Map<Setting, Given> settings() {
        return settings;
    }

    /** The file that {@code --config} names, or null. */
    @Nullable
    String configFile() {
        return configFile;
    }

    /** What {@code --help} or {@code --version} asks for, or null. */
    @Nullable
    String textToPrint() {
        return textToPrint;
    }

    /** Takes one option; false when there is none of this name or it was there before. */
    private boolean accept(String option, String value) {
        if (option.equals(CONFIG)) {
            boolean first = configFile == null;
            configFile = value;
            return first;
        }
        Setting setting = Setting.ofOption(option);
        return setting != null
                && settings.put(setting, new Given(value, "option ".concat(option), Given.Source.OPTION)) == null;
    }

    /** The argument with its option, and not its value, written with dashes. */
    private static String withDashes(String argument) {
        int equals = argument.indexOf('=');
        String option = equals < 0 ? argument : argument.substring(0, equals);
        if (!option.startsWith("--") || option.indexOf('_') < 0) {
            return argument;
        }
        return option.replace('_', '-').concat(equals < 0 ? "" : argument.substring(equals));
    }
}
