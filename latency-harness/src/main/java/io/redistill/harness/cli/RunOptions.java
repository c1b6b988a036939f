// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Options of {@code harness run} given to another subcommand, which passes them on.
 *
 * @param given the words that the subcommand itself does not know, in order
 */
public record RunOptions(List<String> given) {
    /** Whether an option is among them. */
    public boolean names(String option) {
        return given.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
    }

    /** They and more. */
    public List<String> with(String... more) {
        List<String> all = new ArrayList<>(given);
        all.addAll(List.of(more));
        return all;
    }
}
