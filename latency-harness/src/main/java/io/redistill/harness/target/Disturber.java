// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.target;

import io.redistill.harness.record.Disturbance;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Something done to the server at a set time of the measured part, over a connection of its own.
 *
 * <p>Threading: immutable; {@link #run} by a thread of its own.
 *
 * @param kind what is done
 * @param startNs offset of its beginning
 * @param lengthNs how long it goes on, 0 for once
 * @param everyNs pause between two goes
 */
public record Disturber(Kind kind, long startNs, long lengthNs, long everyNs) {
    private static final int EVICTION_VALUE_BYTES = 4_096;

    /** What can be done to a server. */
    public enum Kind {
        /** BGSAVE, once. */
        BGSAVE,
        /** INFO, again and again. */
        INFO,
        /** SET of new keys with values of 4 KiB, one after the other. */
        EVICTION,
        /** New connections that PING and close, one after the other. */
        STORM
    }

    /**
     * Reads {@code KIND@START[+LENGTH][/EVERY]}, as {@code info@2s+5s/100ms}.
     *
     * @param duration reads a time
     */
    public static Disturber parse(String text, ToLongFunction<String> duration) {
        String[] kindAndTimes = text.split("@", 2);
        Kind kind = Arrays.stream(Kind.values())
                .filter(value -> value.name().equalsIgnoreCase(kindAndTimes[0].strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' begins with none of "
                        + Arrays.toString(Kind.values()).toLowerCase(Locale.ROOT)));
        if (kindAndTimes.length < 2) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not KIND@START[+LENGTH][/EVERY], as info@2s+5s/100ms");
        }
        String[] timesAndEvery = kindAndTimes[1].split("/", 2);
        String[] startAndLength = timesAndEvery[0].split("\\+", 2);
        return new Disturber(
                kind,
                duration.applyAsLong(startAndLength[0]),
                startAndLength.length < 2 ? 0 : duration.applyAsLong(startAndLength[1]),
                timesAndEvery.length < 2 ? 0 : duration.applyAsLong(timesAndEvery[1]));
    }

    /**
     * Waits for its time, disturbs, and tells when and how often it did.
     *
     * @param originNs {@code System.nanoTime} of offset 0
     * @throws InterruptedException when the run ended first
     */
    public Disturbance run(Target target, long originNs) throws InterruptedException {
        sleepUntil(originNs + startNs);
        long beganNs = System.nanoTime() - originNs;
        long count = 0;
        String trouble = "";
        try (ControlConnection control = ControlConnection.open(target)) {
            do {
                once(control, target, count);
                count++;
                if (everyNs > 0) {
                    sleepUntil(originNs + beganNs + count * everyNs);
                }
            } while (System.nanoTime() - originNs < startNs + lengthNs);
        } catch (IOException e) {
            trouble = ", then: " + e.getMessage();
        }
        return new Disturbance(
                kind.name().toLowerCase(Locale.ROOT),
                beganNs,
                System.nanoTime() - originNs,
                count + (count == 1 ? " time" : " times") + trouble);
    }

    private void once(ControlConnection control, Target target, long count) throws IOException {
        switch (kind) {
            case BGSAVE -> control.ask("BGSAVE");
            case INFO -> control.info();
            case EVICTION -> control.ask("SET", "eviction:" + startNs + ":" + count, "x".repeat(EVICTION_VALUE_BYTES));
            case STORM -> {
                try (ControlConnection another = ControlConnection.open(target)) {
                    another.ask("PING");
                }
            }
        }
    }

    private static void sleepUntil(long timeNs) throws InterruptedException {
        long leftNs;
        while ((leftNs = timeNs - System.nanoTime()) > 0) {
            Thread.sleep(leftNs / 1_000_000, (int) (leftNs % 1_000_000));
        }
    }
}
