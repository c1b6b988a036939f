// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * Replies as short texts that a test can compare: {@code +OK}, {@code -ERR …}, {@code :5}, {@code $value}, {@code nil},
 * {@code [$a, nil]}.
 */
public final class Resp {
    private final String text;
    private int position;

    private Resp(String text) {
        this.text = text;
    }

    /** All replies in a sequence of bytes, which must end with the last of them. */
    public static List<String> parse(byte[] bytes) {
        Resp resp = new Resp(new String(bytes, ISO_8859_1));
        List<String> replies = new ArrayList<>();
        while (resp.position < resp.text.length()) {
            replies.add(resp.next());
        }
        return replies;
    }

    private String next() {
        int end = text.indexOf("\r\n", position);
        if (end < 0) {
            throw new AssertionError("no line end after " + position + " in " + text);
        }
        String line = text.substring(position, end);
        position = end + 2;
        switch (line.charAt(0)) {
            case '+', '-', ':' -> {
                return line;
            }
            case '_' -> {
                return "nil";
            }
            case '$' -> {
                int length = Integer.parseInt(line.substring(1));
                if (length < 0) {
                    return "nil";
                }
                String value = text.substring(position, position + length);
                position += length;
                if (!text.startsWith("\r\n", position)) {
                    throw new AssertionError("a bulk string of " + length + " does not end at " + position);
                }
                position += 2;
                return '$' + value;
            }
            case '*' -> {
                List<String> elements = new ArrayList<>();
                for (int i = Integer.parseInt(line.substring(1)); i > 0; i--) {
                    elements.add(next());
                }
                return elements.toString();
            }
            default -> throw new AssertionError("no reply begins with " + line);
        }
    }
}
