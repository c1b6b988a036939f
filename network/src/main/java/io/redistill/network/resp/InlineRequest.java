// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;

/**
 * Splits an inline request into arguments as Redis 7.0's {@code sdssplitargs} does: white space separates, double quotes
 * take escapes ({@code \n \r \t \b \a \xHH}), single quotes take only {@code \'}, a closing quote must be followed by
 * white space.
 *
 * <p>Arguments are unescaped in place: they never grow.
 *
 * <p>Threading: confined to the event loop.
 */
final class InlineRequest {
    static final int INCOMPLETE = -1;
    static final int UNBALANCED = -2;

    private long next;
    private long at;
    private long end;

    /** Splits the line at {@code from}; returns the number of arguments added, or a constant. */
    int split(RequestBatch batch, long from, long bytesEnd) {
        long newline = from;
        while (newline < bytesEnd && Memory.getByte(newline) != '\n') {
            if (Memory.getByte(newline) == 0) {
                return INCOMPLETE; // strchr ends at a zero byte
            }
            newline++;
        }
        if (newline == bytesEnd) {
            return INCOMPLETE;
        }
        next = newline + 1;
        end = newline > from && Memory.getByte(newline - 1) == '\r' ? newline - 1 : newline;
        at = from;
        int count = 0;
        for (; ; ) {
            while (at < end && isSpace(Memory.getByte(at))) {
                at++;
            }
            if (at == end) {
                return count;
            }
            long start = at;
            int length = argument(start);
            if (length == UNBALANCED) {
                return UNBALANCED;
            }
            batch.addArgument(start, length);
            count++;
        }
    }

    long next() {
        return next;
    }

    /** Unescapes one argument to {@code target}, moves {@link #at} behind it and returns its length. */
    private int argument(long target) {
        long write = target;
        while (at < end) {
            byte letter = Memory.getByte(at);
            if (isEndOfWord(letter)) {
                break;
            }
            if (letter == '"' || letter == '\'') {
                write = quoted(letter, write);
                if (write == UNBALANCED) {
                    return UNBALANCED;
                }
            } else {
                Memory.putByte(write++, letter);
                at++;
            }
        }
        return (int) (write - target);
    }

    private long quoted(byte quote, long target) {
        long write = target;
        at++;
        while (at < end) {
            byte letter = Memory.getByte(at);
            if (letter == quote) {
                at++;
                return at < end && !isSpace(Memory.getByte(at)) ? UNBALANCED : write;
            }
            if (letter == '\\' && at + 1 < end) {
                byte escaped = Memory.getByte(at + 1);
                if (quote == '\'') {
                    if (escaped == '\'') {
                        Memory.putByte(write++, escaped);
                        at += 2;
                        continue;
                    }
                } else if (escaped == 'x' && at + 3 < end && hex(at + 2) >= 0 && hex(at + 3) >= 0) {
                    Memory.putByte(write++, (byte) (hex(at + 2) << 4 | hex(at + 3)));
                    at += 4;
                    continue;
                } else {
                    Memory.putByte(write++, unescaped(escaped));
                    at += 2;
                    continue;
                }
            }
            Memory.putByte(write++, letter);
            at++;
        }
        return UNBALANCED;
    }

    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> letter;
        };
    }

    private static int hex(long address) {
        return Character.digit(Memory.getByte(address), 16);
    }

    /** Of white space, a vertical tab and a form feed stand only between words: inside one they belong to it. */
    private static boolean isEndOfWord(byte letter) {
        return letter == ' ' || letter == '\t' || letter == '\r';
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || letter >= '\t' && letter <= '\r';
    }
}
