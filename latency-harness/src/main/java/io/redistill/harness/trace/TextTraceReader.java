// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A request a line: {@code key [size [ttl]]}, with blanks between; size in bytes, TTL in seconds, 0 for none. Empty lines
 * and those that begin with {@code #} say nothing. Time goes by evenly.
 */
final class TextTraceReader extends TraceReader {
    private static final int MAX_KEY_BYTES = 1 << 16;

    private final Path file;
    private final BufferedReader in;
    private final long requestsPerSecond;
    private long line;
    private long requests;

    TextTraceReader(Path file, long requestsPerSecond) throws IOException {
        // Any bytes are a key.
        this(file, Files.newBufferedReader(file, StandardCharsets.ISO_8859_1), requestsPerSecond);
    }

    private TextTraceReader(Path file, BufferedReader in, long requestsPerSecond) {
        super(in);
        this.file = file;
        this.in = in;
        this.requestsPerSecond = requestsPerSecond;
    }

    @Override
    boolean next() throws IOException {
        while (true) {
            String text = in.readLine();
            if (text == null) {
                return false;
            }
            line++;
            text = text.strip();
            if (!text.isEmpty() && text.charAt(0) != '#') {
                parse(text.split("\\s+", -1));
                requests++;
                return true;
            }
        }
    }

    private void parse(String[] words) throws IOException {
        if (words.length > 3 || words[0].length() > MAX_KEY_BYTES) {
            throw refused("is not 'key [size [ttl]]' with a key of up to " + MAX_KEY_BYTES + " bytes");
        }
        long size = words.length > 1 ? number("size", words[1], MAX_SIZE) : 1;
        long ttlSeconds = words.length > 2 ? number("ttl", words[2], Integer.MAX_VALUE) : 0;
        request(
                words[0].getBytes(StandardCharsets.ISO_8859_1),
                (int) size,
                ttlSeconds,
                requests * 1000 / requestsPerSecond);
    }

    private long number(String name, String text, long most) throws IOException {
        if (text.matches("[0-9]{1,10}") && Long.parseLong(text) <= most) {
            return Long.parseLong(text);
        }
        throw refused("has " + name + "=" + text + ", which is no whole number from 0 to " + most);
    }

    private IOException refused(String what) {
        return new IOException(file + ": line " + line + " " + what);
    }
}
