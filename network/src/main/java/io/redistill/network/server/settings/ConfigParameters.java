// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code CONFIG GET} answers: the settings under Redis's names and in Redis's writing, and the few fixed
 * parameters that clients ask for, limited to those that are true of this server.
 *
 * <p>Threading: immutable.
 */
public final class ConfigParameters {
    private final Map<String, String> values;
    private final Map<String, String> valuesIgnoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    ConfigParameters(Map<String, String> settings) {
        values = new LinkedHashMap<>(settings);
        values.put("appendonly", "no");
        values.put("proto-max-bulk-len", "536870912");
        values.put("hll-sparse-max-bytes", "3000");
        values.put("notify-keyspace-events", "");
        values.put("cluster-enabled", "no");
        values.put("tls-port", "0");
        valuesIgnoringCase.putAll(values);
    }

    /**
     * The parameters that match at least one pattern, each once, as Redis does it: a name without {@code * ? [} is
     * looked up and answered as the client wrote it, a pattern is matched against every name; neither minds case.
     */
    public LinkedHashMap<String, String> get(Collection<String> patterns) {
        LinkedHashMap<String, String> found = new LinkedHashMap<>();
        Map<String, String> foundIgnoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String pattern : patterns) {
            if (GlobPattern.isPattern(pattern)) {
                for (Map.Entry<String, String> parameter : values.entrySet()) {
                    if (GlobPattern.matches(pattern, parameter.getKey())
                            && foundIgnoringCase.put(parameter.getKey(), parameter.getValue()) == null) {
                        found.put(parameter.getKey(), parameter.getValue());
                    }
                }
            } else {
                String value = valuesIgnoringCase.get(pattern);
                if (value != null && foundIgnoringCase.put(pattern, value) == null) {
                    found.put(pattern, value);
                }
            }
        }
        return found;
    }

    /** The value of one parameter by its name in any case, or null. */
    public @Nullable String value(String name) {
        return valuesIgnoringCase.get(name);
    }
}
