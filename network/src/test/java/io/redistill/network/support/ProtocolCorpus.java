// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Requests, right and wrong, and what becomes of them: for the decoder alone and for whole servers. */
public final class ProtocolCorpus {
    private static final int LINE_LIMIT = 64 << 10;

    /**
     * Bytes to receive.
     *
     * @param name what is special
     * @param input the bytes
     * @param commands the commands in them, as lists of words
     * @param error the error line that ends the connection, without CRLF; empty for none
     */
    public record Sample(String name, byte[] input, List<List<String>> commands, String error) {
        @Override
        public String toString() {
            return name;
        }

        public boolean isLong() {
            return input.length > 1000;
        }
    }

    private ProtocolCorpus() {}

    /** Samples that end where a request ends, and hold at least one. */
    public static List<Sample> valid() {
        String letters = "x".repeat(60_000);
        return List.of(
                valid("a lone word", "*1\r\n$4\r\nPING\r\n", List.of("PING")),
                valid("two words", "*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n", List.of("ECHO", "hello")),
                valid("an empty argument", "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", List.of("ECHO", "")),
                valid("binary", "*2\r\n$4\r\nECHO\r\n$8\r\n\0\r\n\377*$\r\n\r\n", List.of("ECHO", "\0\r\n\377*$\r\n")),
                valid("an empty array before", "*0\r\n*1\r\n$4\r\nPING\r\n", List.of("PING")),
                valid("a negative count before", "*-1\r\n*-10\r\n*1\r\n$4\r\nPING\r\n", List.of("PING")),
                valid("two requests", "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nping\r\n", List.of("PING"), List.of("ping")),
                valid("anything in place of line feeds", "*1\rx$4\r\nPING\r\n", List.of("PING")),
                valid("anything in place of the last CRLF", "*1\r\n$4\r\nPINGxy", List.of("PING")),
                valid("inline", "PING\r\n", List.of("PING")),
                valid("inline without CR", "PING\n", List.of("PING")),
                valid("inline with spaces", " \t ECHO \t  a \r\n", List.of("ECHO", "a")),
                valid("empty inline requests", "\r\n\n  \r\nPING\r\n", List.of("PING")),
                valid("inline, then multibulk", "PING\r\n*1\r\n$4\r\nPING\r\n", List.of("PING"), List.of("PING")),
                valid("double quotes", "ECHO \"a b\"\r\n", List.of("ECHO", "a b")),
                valid(
                        "escapes in double quotes",
                        "ECHO \"\\n\\r\\t\\b\\a\\x41\\xfF\\x4\\q\\\"\\\\'\"\r\n",
                        List.of("ECHO", "\n\r\t\b\7A\377x4q\"\\'")),
                valid("single quotes", "ECHO 'a \\' \\n \"'\r\n", List.of("ECHO", "a ' \\n \"")),
                valid("an empty quoted word", "ECHO \"\"\r\n", List.of("ECHO", "")),
                valid("quotes inside a word", "ECHO a\"b c\"\r\n", List.of("ECHO", "ab c")),
                valid("high bytes inline", "ECHO \377\376\r\n", List.of("ECHO", "\377\376")),
                valid("a vertical tab before a word", "ECHO \013a\r\n", List.of("ECHO", "a")),
                valid("a vertical tab and a form feed in a word", "ECHO\013a\f\r\n", List.of("ECHO\013a\f")),
                valid("inline with a CR inside", "ECHO a\rb\r\n", List.of("ECHO", "a", "b")),
                valid("a long inline request", "ECHO " + letters + "\r\n", List.of("ECHO", letters)),
                valid("a long argument", "*2\r\n$4\r\nECHO\r\n$60000\r\n" + letters + "\r\n", List.of("ECHO", letters)),
                valid("many arguments", many(3000), manyWords(3000)));
    }

    /** Samples that end in an error. */
    public static List<Sample> wrong() {
        String junk = "1".repeat(LINE_LIMIT + 1);
        return List.of(
                wrong("a count that is no number", "*x\r\n", "invalid multibulk length"),
                wrong("an empty count", "*\r\n", "invalid multibulk length"),
                wrong("a count with a sign", "*+1\r\n", "invalid multibulk length"),
                wrong("a count with a leading zero", "*01\r\n", "invalid multibulk length"),
                wrong("a count with a space", "*1 \r\n", "invalid multibulk length"),
                wrong("a count of 2^31", "*2147483648\r\n", "invalid multibulk length"),
                wrong("a count above 2^63", "*9223372036854775808\r\n", "invalid multibulk length"),
                wrong("no dollar", "*1\r\nPING\r\n", "expected '$', got 'P'"),
                wrong("a star for a dollar", "*2\r\n$4\r\nECHO\r\n*4\r\n", "expected '$', got '*'"),
                wrong("a CR for a dollar", "*1\r\n\r\n", "expected '$', got ' '"),
                wrong("a line feed for a dollar", "*1\r\n\n\r\n", "expected '$', got ' '"),
                wrong("a high byte for a dollar", "*1\r\n\3774\r\n", "expected '$', got '\377'"),
                wrong("a length that is no number", "*1\r\n$x\r\n", "invalid bulk length"),
                wrong("an empty length", "*1\r\n$\r\n", "invalid bulk length"),
                wrong("a negative length", "*1\r\n$-1\r\n", "invalid bulk length"),
                wrong("a length with a leading zero", "*1\r\n$04\r\n", "invalid bulk length"),
                wrong("a length above 512 MiB", "*1\r\n$536870913\r\n", "invalid bulk length"),
                wrong("a length above 2^63", "*1\r\n$9223372036854775808\r\n", "invalid bulk length"),
                wrong("unbalanced double quotes", "ECHO \"abc\r\n", "unbalanced quotes in request"),
                wrong("unbalanced single quotes", "ECHO 'abc\r\n", "unbalanced quotes in request"),
                wrong("a letter behind quotes", "ECHO \"a\"b\r\n", "unbalanced quotes in request"),
                wrong("a letter behind single quotes", "ECHO 'a'b\r\n", "unbalanced quotes in request"),
                wrong("an escape at the end", "ECHO \"a\\\"\r\n", "unbalanced quotes in request"),
                wrong("a long count", "*" + junk, "too big mbulk count string"),
                wrong("a long length", "*1\r\n$" + junk, "too big bulk count string"),
                wrong("a long line for a dollar", "*1\r\n" + junk, "too big bulk count string"),
                wrong("a long inline request", junk, "too big inline request"),
                wrong("a zero byte inline", "PI\0NG\r\n" + junk, "too big inline request"),
                new Sample(
                        "a request, then an error",
                        bytes("*1\r\n$4\r\nPING\r\n*1\r\nPING\r\n*1\r\n$4\r\nPING\r\n"),
                        List.of(List.of("PING")),
                        "-ERR Protocol error: expected '$', got 'P'"));
    }

    /** Samples whose last request is not complete. */
    public static List<Sample> incomplete() {
        return List.of(
                valid("the largest count", "*2147483647\r\n$4\r\n"),
                valid("the longest string", "*1\r\n$536870912\r\nabc"),
                valid("a zero byte in a count", "*1\0\r\n$4\r\nPING\r\n"),
                valid("a zero byte for a dollar", "*1\r\n\0" + "12\r\nPING\r\n"),
                valid("half a line", "*1\r\n$4\r\nPING\r\nPING", List.of("PING")),
                valid("a CR without a line feed", "*1\r\n$4\r\nPING\r\n*1\r", List.of("PING")));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Sample valid(String name, String input, List<String>... commands) {
        return new Sample(name, bytes(input), Arrays.asList(commands), "");
    }

    private static Sample wrong(String name, String input, String error) {
        return new Sample(name, bytes(input), List.of(), "-ERR Protocol error: " + error);
    }

    private static String many(int count) {
        StringBuilder text = new StringBuilder("*" + count + "\r\n");
        for (String word : manyWords(count)) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    private static List<String> manyWords(int count) {
        List<String> words = new ArrayList<>();
        words.add("DEL");
        for (int i = 1; i < count; i++) {
            words.add("nothing:" + i);
        }
        return words;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
