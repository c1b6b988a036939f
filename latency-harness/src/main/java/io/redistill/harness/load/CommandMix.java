// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Commands with weights.
 *
 * <p>Threading: immutable.
 */
public final class CommandMix {
    private static final int MOST_COMMANDS = 64;

    private final List<CommandTemplate> templates;
    private final double[] upTo;

    private CommandMix(List<CommandTemplate> templates, List<Double> weights) {
        this.templates = List.copyOf(templates);
        upTo = new double[weights.size()];
        double total = weights.stream().mapToDouble(Double::doubleValue).sum();
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += weights.get(i);
            upTo[i] = sum / total;
        }
    }

    /** A single command. */
    public static CommandMix only(CommandTemplate template) {
        return new CommandMix(List.of(template), List.of(1.0));
    }

    /**
     * Reads {@code GET=9,SET=1}; a name alone has the weight 1. With times to live, SET takes one.
     *
     * @param withTtl whether SET is to give a time to live
     * @throws IllegalArgumentException when a command is unknown, named twice, or a weight is none
     */
    public static CommandMix parse(String text, boolean withTtl) {
        Builder builder = new Builder();
        for (String part : text.split(",", -1)) {
            String[] nameAndWeight = part.strip().split("=", 2);
            String name = nameAndWeight[0].toUpperCase(Locale.ROOT);
            String template = KnownCommands.template(name);
            if (withTtl && name.equals("SET")) {
                template += " PX {ttlms}";
            }
            builder.add(CommandTemplate.of(name, template), nameAndWeight.length == 1 ? "1" : nameAndWeight[1]);
        }
        return builder.build();
    }

    /**
     * Reads a template file: {@code WEIGHT COMMAND ARGUMENTS} a line, empty lines and those with {@code #} left out.
     * Figures are filed under the command, or under {@code NAME} of a line {@code WEIGHT NAME: COMMAND ARGUMENTS}.
     */
    public static CommandMix parseFile(List<String> lines) {
        Builder builder = new Builder();
        for (String line : lines) {
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            String[] weightAndRest = stripped.split("\\s+", 2);
            if (weightAndRest.length < 2) {
                throw new IllegalArgumentException("'" + stripped + "' is not WEIGHT COMMAND ARGUMENTS");
            }
            String rest = weightAndRest[1];
            String first = rest.split("\\s+", 2)[0];
            boolean named = first.length() > 1 && first.endsWith(":") && rest.length() > first.length();
            String name = named ? first.substring(0, first.length() - 1) : first.toUpperCase(Locale.ROOT);
            if (!name.matches("[A-Za-z0-9_-]+")) {
                throw new IllegalArgumentException("'" + name + "' is no name: letters, digits, _ and - are");
            }
            builder.add(CommandTemplate.of(name, named ? rest.substring(first.length()) : rest), weightAndRest[0]);
        }
        return builder.build();
    }

    /** All commands; {@link #next} answers a place in this list. */
    public List<CommandTemplate> templates() {
        return templates;
    }

    /** The next command's place. */
    public int next(Draw draw) {
        if (upTo.length == 1) {
            return 0;
        }
        double unit = draw.random().unit();
        int command = 0;
        while (command < upTo.length - 1 && unit >= upTo[command]) {
            command++;
        }
        return command;
    }

    /** Bytes that the longest request takes. */
    public int longestBytes(long longestValueBytes) {
        return templates.stream()
                .mapToInt(template -> template.longestBytes(longestValueBytes))
                .max()
                .orElse(0);
    }

    private static final class Builder {
        private final List<CommandTemplate> templates = new ArrayList<>();
        private final List<Double> weights = new ArrayList<>();

        void add(CommandTemplate template, String weight) {
            double value;
            try {
                value = Double.parseDouble(weight);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + weight + "' is no weight of " + template.name(), e);
            }
            if (!(value > 0) || value > 1e9) {
                throw new IllegalArgumentException(
                        "weight " + weight + " of " + template.name() + " is not above 0 and at most 1e9");
            }
            if (templates.stream().anyMatch(other -> other.name().equals(template.name()))) {
                throw new IllegalArgumentException(template.name() + " is named twice");
            }
            templates.add(template);
            weights.add(value);
        }

        CommandMix build() {
            if (templates.isEmpty() || templates.size() > MOST_COMMANDS) {
                throw new IllegalArgumentException("commands=" + templates.size() + " are not 1 to " + MOST_COMMANDS);
            }
            return new CommandMix(templates, weights);
        }
    }
}
