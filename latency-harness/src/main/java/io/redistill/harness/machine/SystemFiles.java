// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

import io.redistill.harness.record.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kernel's files, which another system, a container or a sandbox may not have. */
final class SystemFiles {
    private SystemFiles() {}

    /** First line of a file, or {@link Environment#UNKNOWN}. */
    static String line(String file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? Environment.UNKNOWN : lines.get(0).strip();
    }

    /** Lines of a file, none when it cannot be read. */
    static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException e) {
            return List.of(); // absent, unreadable or no text: unknown either way
        }
    }

    /** What stands behind the colon of the first line that begins with a name, or {@link Environment#UNKNOWN}. */
    static String field(String file, String name) {
        for (String line : lines(file)) {
            if (line.startsWith(name)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    return line.substring(colon + 1).strip();
                }
            }
        }
        return Environment.UNKNOWN;
    }

    /** The number that a text begins with, or -1. */
    static long number(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == 0 || end > 18 ? -1 : Long.parseLong(text.substring(0, end));
    }
}
