// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.network.server.settings.LogLevel;
import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The server's own log: a line for each rare event, with time and level. Nothing that a client does writes to it.
 *
 * <p>Threading: any thread; a {@link PrintStream} keeps lines whole.
 */
final class Log {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private final PrintStream out;
    private final LogLevel threshold;

    Log(PrintStream out, LogLevel threshold) {
        this.out = out;
        this.threshold = threshold;
    }

    void info(String message) {
        write(LogLevel.INFO, message);
    }

    void warn(String message) {
        write(LogLevel.WARN, message);
    }

    /** Writes each line of a text as one of the log. */
    void lines(LogLevel level, String text) {
        text.lines().forEach(line -> write(level, line));
    }

    private void write(LogLevel level, String message) {
        if (level.ordinal() <= threshold.ordinal()) {
            out.println(TIME.format(LocalDateTime.now()) + " " + level + " " + message);
        }
    }
}
