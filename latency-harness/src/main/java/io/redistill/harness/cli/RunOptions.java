// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Options of {@code harness run} given to another subcommand, which passes them on.
 *
 * @param given the words that the subcommand itself does not know, in order
 */
public record RunOptions(List<String> given) {
    /** Whether an option, by one of its names, is among them; a short name may have its value attached. */
    public boolean names(String... names) {
        return given.stream()
                .anyMatch(word -> Arrays.stream(names)
                        .anyMatch(name ->
                                word.equals(name) || word.startsWith(name.startsWith("--") ? name + "=" : name)));
    }

    /** They and more. */
    public List<String> with(String... more) {
        List<String> all = new ArrayList<>(given);
        all.addAll(List.of(more));
        return all;
    }
}
