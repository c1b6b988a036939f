// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.snapshot.SaveRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When to save a snapshot, as Redis writes it: pairs of seconds and changes. Empty for never.
 *
 * <p>Threading: immutable.
 *
 * @param rules each of which is enough
 */
public record SaveRules(List<SaveRule> rules) {
    public SaveRules {
        rules = List.copyOf(rules);
    }

    /** Reads pairs separated by spaces, or null when they are none. */
    public static @Nullable SaveRules parse(String text) {
        List<SaveRule> rules = new ArrayList<>();
        String trimmed = text.trim();
        if (!trimmed.isEmpty()) {
            String[] numbers = trimmed.split(" +", -1);
            if (numbers.length % 2 != 0) {
                return null;
            }
            for (int i = 0; i < numbers.length; i += 2) {
                try {
                    SaveRule rule = new SaveRule(Integer.parseInt(numbers[i]), Integer.parseInt(numbers[i + 1]));
                    if (rule.seconds() < 1 || rule.changes() < 0) {
                        return null;
                    }
                    rules.add(rule);
                } catch (NumberFormatException e) {
                    return null;
                }
            }
        }
        return new SaveRules(rules);
    }

    /** These and one more. */
    SaveRules with(SaveRule rule) {
        List<SaveRule> more = new ArrayList<>(rules);
        more.add(rule);
        return new SaveRules(more);
    }

    /** As {@code CONFIG GET save} prints them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (SaveRule rule : rules) {
            text.append(text.length() == 0 ? "" : " ")
                    .append(rule.seconds())
                    .append(' ')
                    .append(rule.changes());
        }
        return text.toString();
    }
}
