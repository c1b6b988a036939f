// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The small grammar that the text resources of this package share: lines that end with a line feed, comments, words.
 *
 * <p>Plain loops here and in what reads the table: the first lambda or regular expression of a process costs more than
 * reading the whole table, and that happens while the server starts.
 *
 * <p>Threading: any thread.
 */
final class Words {
    private static final String[] NONE = {};

    private Words() {}

    /** The lines of a resource beside this class, without comments. */
    static List<String> lines(String resource) {
        String text;
        try (InputStream in = Words.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource=" + resource + " is missing beside " + Words.class.getName());
            }
            text = new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (text.charAt(start) != '#') {
                lines.add(text.substring(start, end));
            }
            start = end + 1;
        }
        return lines;
    }

    /** Words separated by single spaces; none in an empty text. */
    static String[] split(String text) {
        return text.isEmpty() ? NONE : text.split(" ", -1);
    }
}
