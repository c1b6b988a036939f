// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

import java.util.List;
import java.util.Map;

/**
 * What a run was asked to do.
 *
 * <p>Threading: immutable.
 *
 * @param commandLine the arguments as given; passwords are replaced by {@code ***}
 * @param options every option of the run with the value that held, defaults included, by long name without dashes
 *     ({@code "rate" -> "50000"}); two runs measure the same when these agree except for {@link #PLACE_OPTIONS}
 * @param target where the requests went, e.g. {@code 127.0.0.1:6379}
 * @param loop {@link #OPEN_LOOP}, {@link #CLOSED_LOOP} or {@link #PING_PONG}; every output names it
 * @param arrivals {@code constant}, {@code poisson}, {@code burst}, {@code replay}, or {@code none} in a closed loop
 * @param sendMode {@code spin} or {@code block}: how the generator waits for the next send
 * @param receiveMode {@code spin} or {@code block}: how it waits for replies
 * @param ratePerSecond requests per second of the schedule; 0 in a closed loop and for a replay
 * @param connections connections in all
 * @param threads generator threads
 * @param durationNs length of the measured part asked for
 * @param warmUpNs length of the warm-up asked for
 */
public record RunConfiguration(
        List<String> commandLine,
        Map<String, String> options,
        String target,
        String loop,
        String arrivals,
        String sendMode,
        String receiveMode,
        double ratePerSecond,
        int connections,
        int threads,
        long durationNs,
        long warmUpNs) {
    public static final String OPEN_LOOP = "open loop";
    public static final String CLOSED_LOOP = "closed loop";
    public static final String PING_PONG = "ping-pong";

    /** Options that say where and not what: two runs that differ in these alone measured the same. */
    public static final List<String> PLACE_OPTIONS =
            List.of("host", "port", "socket", "user", "password", "output", "server", "server-pid", "label", "seed");
}
