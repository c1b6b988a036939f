// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables of one start. An empty variable counts as absent, since that is what
 * {@code REDIS_PASSWORD=${UNSET}} of a compose file leaves.
 *
 * <p>{@code REDISTILL_} is ours: an unknown name there is a mistake. {@code REDIS_} belongs to many programs: unknown
 * names are theirs.
 */
final class EnvironmentVariables {
    private static final String OURS = "REDISTILL_";
    private static final List<String> CONFIG = List.of("REDISTILL_CONFIG", "REDIS_CONFIG");

    /** Read by the launcher. */
    private static final String JAVA_OPTIONS = "REDISTILL_JAVA_OPTS";

    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);
    private @Nullable Given configFile;

    EnvironmentVariables(Map<String, String> environment, List<String> notices) throws RefusedException {
        for (String name : CONFIG) {
            String value = environment.getOrDefault(name, "");
            if (configFile == null && !value.isEmpty()) {
                configFile = new Given(value, "variable ".concat(name), Given.Source.VARIABLE);
            }
        }
        for (Setting setting : Setting.values()) {
            for (String name : setting.variables()) {
                String value = environment.getOrDefault(name, "");
                if (!value.isEmpty() && !isServiceLink(name, value)) {
                    settings.put(setting, new Given(value, "variable ".concat(name), Given.Source.VARIABLE));
                    break;
                }
            }
        }
        for (ForeignKey foreign : ForeignKey.ALL) {
            String name = foreign.variable();
            String value = name == null ? "" : environment.getOrDefault(name, "");
            String notice = value.isEmpty() ? null : foreign.judge("variable ".concat(name), value);
            if (notice != null) {
                notices.add(notice);
            }
        }
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (variable.getKey().startsWith(OURS)) {
                refuseUnknown(variable.getKey(), variable.getValue());
            }
        }
    }

    Map<Setting, Given> settings() {
        return settings;
    }

    /** The settings file that a variable names, or null. */
    @Nullable
    Given configFile() {
        return configFile;
    }

    private static void refuseUnknown(String name, String value) throws RefusedException {
        if (name.equals(JAVA_OPTIONS) || CONFIG.contains(name)) {
            return;
        }
        for (Setting setting : Setting.values()) {
            if (setting.variables().contains(name)) {
                return;
            }
        }
        if (isServiceLink(name, value)) {
            return;
        }
        Set<String> known = new HashSet<>(CONFIG);
        known.add(JAVA_OPTIONS);
        for (Setting setting : Setting.values()) {
            known.addAll(setting.variables());
        }
        List<String> ours = new ArrayList<>();
        for (String candidate : known) {
            if (candidate.startsWith(OURS)) {
                ours.add(candidate);
            }
        }
        ours.sort(null);
        throw new RefusedException("variable " + name + " is unknown"
                + NearestName.hint(name, ours, " (docs/configuration.md lists the known ones)"));
    }

    /**
     * Whether Kubernetes made this variable: for a service called {@code redis} every container gets
     * {@code REDIS_PORT=tcp://10.0.0.11:6379} and a dozen like it.
     */
    private static boolean isServiceLink(String name, String value) {
        return name.endsWith("_PORT") && value.indexOf("://") > 0
                || Pattern.matches(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.*)?)", name);
    }
}
