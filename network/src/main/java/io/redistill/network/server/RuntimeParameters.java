// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.reply.RespValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that {@code CONFIG SET} can change, and what {@code CONFIG GET} then answers for them.
 *
 * <p>Source of texts: redis-server 7.0. Threading: filled before the server listens; then any thread.
 */
final class RuntimeParameters {
    private static final String FAILED = "ERR CONFIG SET failed (possibly related to argument '%s') - %s";

    /** Parameters of Redis that are not to be changed over the network. */
    private static final Set<String> PROTECTED = Set.of("dir", "dbfilename");

    /** Sets a parameter. */
    interface Setter {
        /** Returns null when done, else what is wrong with the value. */
        @Nullable
        String set(String value);
    }

    private record Parameter(Supplier<String> getter, Setter setter) {}

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    /** Adds a parameter under Redis's name. */
    void add(String name, Supplier<String> getter, Setter setter) {
        parameters.put(name, new Parameter(getter, setter));
    }

    /** Adds a parameter that is yes or no. */
    void addSwitch(String name, Supplier<Boolean> getter, java.util.function.Consumer<Boolean> setter) {
        add(name, () -> getter.get() ? "yes" : "no", value -> {
            boolean yes = value.equalsIgnoreCase("yes");
            if (!yes && !value.equalsIgnoreCase("no")) {
                return "argument must be 'yes' or 'no'";
            }
            setter.accept(yes);
            return null;
        });
    }

    /** Adds a parameter that is a whole number from 0. */
    void addNumber(String name, LongSupplier getter, LongConsumer setter) {
        add(name, () -> Long.toString(getter.getAsLong()), value -> {
            try {
                long number = Long.parseLong(value);
                if (number < 0) {
                    return "argument must be between 0 and 9223372036854775807 inclusive";
                }
                setter.accept(number);
                return null;
            } catch (NumberFormatException e) {
                return "argument couldn't be parsed into an integer";
            }
        });
    }

    /** The current value, or null when the parameter cannot be changed. */
    @Nullable
    String value(String name) {
        Parameter parameter = parameters.get(name.toLowerCase(Locale.ROOT));
        return parameter == null ? null : parameter.getter.get();
    }

    /**
     * CONFIG SET.
     *
     * @param words names and values
     * @param known whether there is a parameter of that name that cannot be changed
     */
    RespValue set(List<String> words, java.util.function.Predicate<String> known) {
        if (words.size() % 2 != 0) {
            return RespValue.error("ERR syntax error");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            String refusal = refusal(name.toLowerCase(Locale.ROOT), seen);
            if (refusal == null) {
                continue;
            }
            return known.test(name) || seen.contains(name.toLowerCase(Locale.ROOT))
                    ? failed(name, refusal)
                    : RespValue.error("ERR Unknown option or number of arguments for CONFIG SET - '" + name + "'");
        }
        Map<Parameter, String> before = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            Parameter parameter = parameters.get(words.get(i).toLowerCase(Locale.ROOT));
            if (parameter == null) {
                throw new IllegalStateException("checked above");
            }
            before.put(parameter, parameter.getter.get());
            String fault = parameter.setter.set(words.get(i + 1));
            if (fault != null) {
                before.forEach((changed, value) -> changed.setter.set(value));
                return failed(words.get(i), fault);
            }
        }
        return RespValue.OK;
    }

    private @Nullable String refusal(String name, Set<String> seen) {
        if (!parameters.containsKey(name)) {
            return PROTECTED.contains(name) ? "can't set protected config" : "can't set immutable config";
        }
        return seen.add(name) ? null : "duplicate parameter";
    }

    private static RespValue failed(String name, String reason) {
        return RespValue.error(String.format(Locale.ROOT, FAILED, name, reason));
    }
}
