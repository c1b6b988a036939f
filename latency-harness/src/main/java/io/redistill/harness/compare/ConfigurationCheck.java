// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.compare;

import io.redistill.harness.record.Environment;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Whether runs measured the same thing, and in the same place. */
final class ConfigurationCheck {
    private static final String ABSENT = "(not set)";

    private ConfigurationCheck() {}

    /** Options that differ and should not, one a line: {@code rate: 1000 and 2000}; empty when there are none. */
    static List<String> differences(List<RunRecord> runs, List<String> allowed) {
        Map<String, String> expected = runs.get(0).configuration().options();
        TreeSet<String> differences = new TreeSet<>();
        for (RunRecord run : runs) {
            Map<String, String> actual = run.configuration().options();
            TreeSet<String> names = new TreeSet<>(expected.keySet());
            names.addAll(actual.keySet());
            RunConfiguration.PLACE_OPTIONS.forEach(names::remove);
            allowed.forEach(names::remove);
            for (String name : names) {
                if (!Objects.equals(expected.get(name), actual.get(name))) {
                    differences.add(name + ": " + expected.getOrDefault(name, ABSENT) + " and "
                            + actual.getOrDefault(name, ABSENT));
                }
            }
        }
        return List.copyOf(differences);
    }

    /** What else was not alike, which a reader should know: machine, kernel, JVM of the generator. */
    static List<String> warnings(List<RunRecord> runs) {
        TreeSet<String> warnings = new TreeSet<>();
        RunRecord first = runs.get(0);
        for (RunRecord run : runs) {
            Environment expected = first.environment();
            Environment actual = run.environment();
            for (String[] pair : new String[][] {
                {"host", expected.host(), actual.host()},
                {"processor", expected.cpuModel(), actual.cpuModel()},
                {"kernel", expected.kernel(), actual.kernel()},
                {"governor", expected.governor(), actual.governor()},
                {"clock source", expected.clockSource(), actual.clockSource()},
                {"JVM of the generator", expected.jvm(), actual.jvm()},
                {
                    "processors of the generator",
                    first.generator().pinnedTo(),
                    run.generator().pinnedTo()
                },
                {"harness", first.harness().commit(), run.harness().commit()}
            }) {
                if (!pair[1].equals(pair[2])) {
                    warnings.add(pair[0] + ": " + pair[1] + " and " + pair[2]);
                }
            }
        }
        return new ArrayList<>(warnings);
    }
}
