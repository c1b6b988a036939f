// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a stream of replies, RESP2 or RESP3, into whole replies as they were sent.
 *
 * <p>Threading: confined to one thread.
 */
final class ReplyReader {
    private final InputStream in;
    private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

    ReplyReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 << 10);
    }

    /** The next reply; {@link EOFException} where the stream ends. */
    byte[] next() throws IOException {
        reply.reset();
        element();
        return reply.toByteArray();
    }

    /** What comes until the stream ends. */
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    private void element() throws IOException {
        int type = one();
        int lineStart = reply.size();
        line();
        switch (type) {
            case '+', '-', ':', '_', '#', ',', '(' -> {}
            case '$', '=' -> string(length(lineStart));
            case '*', '~', '>' -> elements(length(lineStart));
            case '%' -> elements(2 * length(lineStart));
            default -> throw new IOException("not a reply: " + Escaped.text(reply.toByteArray()));
        }
    }

    private void elements(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            element();
        }
    }

    private void string(long length) throws IOException {
        if (length >= 0) {
            byte[] bytes = in.readNBytes((int) length + 2);
            reply.writeBytes(bytes);
            if (bytes.length < length + 2) {
                throw new EOFException("the stream ends inside a string");
            }
            if (bytes[bytes.length - 2] != '\r' || bytes[bytes.length - 1] != '\n') {
                throw new IOException("a string is longer than announced: " + Escaped.text(reply.toByteArray()));
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
        byte[] all = reply.toByteArray();
        String digits = new String(all, lineStart, all.length - 2 - lineStart, StandardCharsets.ISO_8859_1);
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + Escaped.text(all), e);
        }
    }

    private int one() throws IOException {
        int letter = in.read();
        if (letter < 0) {
            throw new EOFException("the stream ends");
        }
        reply.write(letter);
        return letter;
    }
}
