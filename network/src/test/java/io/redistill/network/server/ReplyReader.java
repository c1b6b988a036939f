// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a stream of replies, RESP2 or RESP3, into whole replies as they were sent.
 *
 * <p>Threading: confined to one thread.
 */
final class ReplyReader {
    private final InputStream in;
    private byte[] reply = new byte[1 << 10];
    private int size;

    ReplyReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 << 10);
    }

    /** The next reply; {@link EOFException} where the stream ends. */
    byte[] next() throws IOException {
        size = 0;
        element();
        return all();
    }

    /** What comes until the stream ends. */
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    private void element() throws IOException {
        int type = one();
        int lineStart = size;
        line();
        switch (type) {
            case '+', '-', ':', '_', '#', ',', '(' -> {}
            case '$', '=' -> string(length(lineStart));
            case '*', '~', '>' -> elements(length(lineStart));
            case '%' -> elements(2 * length(lineStart));
            default -> throw new IOException("not a reply: " + Escaped.text(all()));
        }
    }

    private void elements(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            element();
        }
    }

    private void string(long length) throws IOException {
        if (length >= 0) {
            int end = size + (int) length + 2;
            ensure(end);
            if (in.readNBytes(reply, size, end - size) < end - size) {
                throw new EOFException("the stream ends inside a string");
            }
            size = end;
            if (reply[end - 2] != '\r' || reply[end - 1] != '\n') {
                throw new IOException("a string is longer than announced: " + Escaped.text(all()));
            }
        }
    }

    private void line() throws IOException {
        int last = 0;
        for (int letter = one(); last != '\r' || letter != '\n'; letter = one()) {
            last = letter;
        }
    }

    private long length(int lineStart) throws IOException {
        String digits = new String(reply, lineStart, size - 2 - lineStart, StandardCharsets.ISO_8859_1);
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + Escaped.text(all()), e);
        }
    }

    private byte[] all() {
        return Arrays.copyOf(reply, size);
    }

    private void ensure(int length) {
        if (length > reply.length) {
            reply = Arrays.copyOf(reply, Math.max(length, 2 * reply.length));
        }
    }

    private int one() throws IOException {
        int letter = in.read();
        if (letter < 0) {
            throw new EOFException("the stream ends");
        }
        ensure(size + 1);
        reply[size++] = (byte) letter;
        return letter;
    }
}
