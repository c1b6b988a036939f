// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.MemoryBudget;
import io.redistill.network.server.settings.ServerSettings;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The limit of memory and what has to go when it is reached, as {@code CONFIG SET} changes them.
 *
 * <p>Source of texts: redis-server 7.0. Threading: any thread.
 */
final class EvictionParameters {
    private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);

    private final MemoryBudget budget;
    private final Runnable wakeShards;
    private final long reservedBytes;
    private final long roomBytes;
    private final long defaultBytes;

    /**
     * The parameters of one engine.
     *
     * @param wakeShards called after each change: there may be something to evict
     * @param reservedBytes the highest limit for which address space was reserved at start
     * @param roomBytes the highest limit for which there is memory
     * @param defaultBytes what 0 stands for
     */
    EvictionParameters(
            MemoryBudget budget, Runnable wakeShards, long reservedBytes, long roomBytes, long defaultBytes) {
        this.budget = budget;
        this.wakeShards = wakeShards;
        this.reservedBytes = reservedBytes;
        this.roomBytes = roomBytes;
        this.defaultBytes = defaultBytes;
    }

    void addTo(RuntimeParameters parameters) {
        parameters.add("maxmemory", () -> Long.toString(budget.settings().maxMemoryBytes()), this::maxMemory);
        parameters.add("maxmemory-policy", () -> budget.settings().policy().text(), this::policy);
        parameters.add(
                "maxmemory-samples",
                () -> Integer.toString(budget.settings().samples()),
                text -> number(text, 1, EvictionParameters::withSamples));
        parameters.add(
                "lfu-log-factor",
                () -> Integer.toString(budget.settings().lfuLogFactor()),
                text -> number(text, 0, EvictionParameters::withLogFactor));
        parameters.add(
                "lfu-decay-time",
                () -> Integer.toString(budget.settings().lfuDecayMinutes()),
                text -> number(text, 0, EvictionParameters::withDecayTime));
    }

    private @Nullable String maxMemory(String text) {
        long asked = ServerSettings.maxMemoryBytes(text);
        if (asked < 0) {
            return "argument must be a memory value";
        }
        long bytes = asked == 0 ? defaultBytes : asked;
        if (bytes > roomBytes) {
            return "argument must be at most " + roomBytes + ": the Java heap and buffers leave no more memory here";
        }
        if (bytes > reservedBytes) {
            return "argument must be at most " + reservedBytes + ": no more address space was reserved at start";
        }
        EvictionSettings now = budget.settings();
        change(new EvictionSettings(bytes, now.policy(), now.samples(), now.lfuLogFactor(), now.lfuDecayMinutes()));
        return null;
    }

    private @Nullable String policy(String text) {
        for (EvictionPolicy policy : EvictionPolicy.values()) {
            if (policy.text().equalsIgnoreCase(text)) {
                EvictionSettings now = budget.settings();
                change(new EvictionSettings(
                        now.maxMemoryBytes(), policy, now.samples(), now.lfuLogFactor(), now.lfuDecayMinutes()));
                return null;
            }
        }
        return "argument(s) must be one of the following: "
                + Arrays.stream(EvictionPolicy.values())
                        .map(EvictionPolicy::text)
                        .collect(Collectors.joining(", "));
    }

    private interface With {
        EvictionSettings change(EvictionSettings now, int value);
    }

    private @Nullable String number(String text, int least, With with) {
        if (!text.matches("0|-?[1-9][0-9]{0,18}")) {
            return "argument couldn't be parsed into an integer";
        }
        BigInteger value = new BigInteger(text);
        if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(MOST) > 0) {
            return "argument must be between " + least + " and " + MOST + " inclusive";
        }
        change(with.change(budget.settings(), value.intValue()));
        return null;
    }

    private void change(EvictionSettings changed) {
        budget.settings(changed);
        wakeShards.run();
    }

    private static EvictionSettings withSamples(EvictionSettings now, int samples) {
        return new EvictionSettings(
                now.maxMemoryBytes(), now.policy(), samples, now.lfuLogFactor(), now.lfuDecayMinutes());
    }

    private static EvictionSettings withLogFactor(EvictionSettings now, int factor) {
        return new EvictionSettings(now.maxMemoryBytes(), now.policy(), now.samples(), factor, now.lfuDecayMinutes());
    }

    private static EvictionSettings withDecayTime(EvictionSettings now, int minutes) {
        return new EvictionSettings(now.maxMemoryBytes(), now.policy(), now.samples(), now.lfuLogFactor(), minutes);
    }
}
