// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The only user of picocli: its options are made from the table of settings. */
final class OptionParser {
    private final Map<String, String> values = new LinkedHashMap<>();
    private @Nullable String textToPrint;

    /** Reads a command line whose options are written with dashes. */
    OptionParser(String[] args) throws RefusedException {
        // "@" starts many a good password, and "${" is not ours to replace.
        CommandLine commandLine =
                new CommandLine(specification()).setExpandAtFiles(false).setInterpolateVariables(false);
        try {
            ParseResult result = commandLine.parseArgs(args);
            if (result.isUsageHelpRequested()) {
                textToPrint = commandLine.getUsageMessage(Ansi.OFF).stripTrailing();
            } else if (result.isVersionHelpRequested()) {
                textToPrint = ProductVersion.line();
            }
            for (OptionSpec option : result.matchedOptions()) {
                if (option.getValue() instanceof String value) {
                    values.put(option.longestName(), value);
                }
            }
        } catch (UnmatchedArgumentException e) {
            throw new RefusedException(unmatched(e.getUnmatched().get(0)));
        } catch (MissingParameterException e) {
            OptionSpec option = (OptionSpec) e.getMissing().get(0);
            throw new RefusedException("option " + option.longestName() + " needs a value" + allowed(option));
        } catch (OverwrittenOptionException e) {
            throw new RefusedException("option " + ((OptionSpec) e.getOverwritten()).longestName() + " is given twice");
        } catch (ParameterException e) {
            throw new RefusedException("command line: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** Option to value, in the order of the command line. */
    Map<String, String> values() {
        return values;
    }

    /** What {@code --help} or {@code --version} asks for, or null. */
    @Nullable
    String textToPrint() {
        return textToPrint;
    }

    private static CommandSpec specification() {
        CommandSpec spec = CommandSpec.create().name("./redistill");
        spec.addOption(OptionSpec.builder(CommandLineArguments.CONFIG)
                .type(String.class)
                .paramLabel("FILE")
                .description("Settings file. Default: redistill.toml in the working directory, if there is one.")
                .build());
        for (Setting setting : Setting.values()) {
            for (String option : setting.options()) {
                spec.addOption(OptionSpec.builder(option)
                        .type(String.class)
                        .paramLabel(setting.type().label())
                        .description(setting.description() + " Default: "
                                + (setting.defaultText().isEmpty() ? "none" : setting.defaultText()) + ".")
                        .hidden(!option.equals(setting.options().get(0)))
                        .build());
            }
        }
        spec.addOption(OptionSpec.builder("--help", "-h")
                .type(boolean.class)
                .usageHelp(true)
                .description("Prints this text.")
                .build());
        spec.addOption(OptionSpec.builder("--version", "-v")
                .type(boolean.class)
                .versionHelp(true)
                .description("Prints the version.")
                .build());
        spec.usageMessage(new UsageMessageSpec()
                .width(100)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .description("A Redis-compatible in-memory cache server.")
                .optionListHeading("%n")
                .footer(
                        "",
                        "An option beats an environment variable (REDISTILL_MAX_MEMORY or REDIS_MAX_MEMORY for"
                                + " --max-memory), which beats the settings file, which beats the default."
                                + " docs/configuration.md has every name. JVM flags: REDISTILL_JAVA_OPTS."));
        return spec;
    }

    private static String allowed(OptionSpec option) {
        Setting setting = Setting.ofOption(option.longestName());
        return setting == null ? "" : ": allowed is " + setting.type().allowed();
    }

    private static String unmatched(String argument) {
        if (!argument.startsWith("-")) {
            return "argument " + argument + " is not an option (--help lists them)";
        }
        int equals = argument.indexOf('=');
        String option = equals < 0 ? argument : argument.substring(0, equals);
        List<String> known = new ArrayList<>(List.of(CommandLineArguments.CONFIG, "--help", "--version"));
        // Keys of the file are tempting option names: --level is --log-level.
        Map<String, String> byKey = new TreeMap<>();
        for (Setting setting : Setting.values()) {
            known.addAll(setting.options());
            for (String key : setting.keys()) {
                byKey.put(
                        "--" + key.substring(key.indexOf('.') + 1).replace('_', '-'),
                        setting.options().get(0));
            }
        }
        String meant = byKey.get(option);
        String hint = meant != null
                ? "; did you mean " + meant + "?"
                : NearestName.hint(option, known, " (--help lists the known ones)");
        return "option " + option + " is unknown" + hint;
    }
}
