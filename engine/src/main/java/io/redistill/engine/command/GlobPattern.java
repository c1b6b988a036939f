// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

/**
 * Redis's glob patterns: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a-z]}, {@code \} before a literal byte. Its
 * oddities are kept: an empty text matches an empty pattern only, a class may lack its bracket, bytes of a range are
 * signed.
 *
 * <p>Takes time proportional to pattern times text at worst.
 *
 * <p>Threading: any thread.
 */
public final class GlobPattern {
    private static final int NO_MATCH = -1;

    private GlobPattern() {}

    public static boolean matches(byte[] pattern, byte[] text, boolean ignoreCase) {
        if (text.length == 0) {
            return pattern.length == 0;
        }
        int p = 0;
        int t = 0;
        // Where to resume after a mismatch: behind the last star, with the star taking one byte more. Earlier stars
        // need no other try, since the last one can take whatever a longer match of theirs would leave.
        int resumeP = NO_MATCH;
        int resumeT = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                resumeP = ++p;
                resumeT = t;
                continue;
            }
            int next = p < pattern.length ? matchOne(pattern, p, text[t], ignoreCase) : NO_MATCH;
            if (next != NO_MATCH) {
                p = next;
                t++;
            } else if (resumeP != NO_MATCH) {
                p = resumeP;
                t = ++resumeT;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    /** Matches one byte against the element at {@code p}; returns the index behind the element, or NO_MATCH. */
    private static int matchOne(byte[] pattern, int p, byte b, boolean ignoreCase) {
        return switch (pattern[p]) {
            case '?' -> p + 1;
            case '[' -> matchClass(pattern, p + 1, b, ignoreCase);
            case '\\' -> {
                int literal = p + 1 < pattern.length ? p + 1 : p;
                yield same(pattern[literal], b, ignoreCase) ? literal + 1 : NO_MATCH;
            }
            default -> same(pattern[p], b, ignoreCase) ? p + 1 : NO_MATCH;
        };
    }

    private static int matchClass(byte[] pattern, int start, byte b, boolean ignoreCase) {
        boolean negated = start < pattern.length && pattern[start] == '^';
        boolean found = false;
        int p = negated ? start + 1 : start;
        while (p < pattern.length && pattern[p] != ']') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                found |= pattern[p + 1] == b;
                p += 2;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                found |= inRange(pattern[p], pattern[p + 2], b, ignoreCase);
                p += 3;
            } else {
                found |= same(pattern[p], b, ignoreCase);
                p++;
            }
        }
        return found != negated ? Math.min(p + 1, pattern.length) : NO_MATCH;
    }

    private static boolean inRange(byte one, byte other, byte b, boolean ignoreCase) {
        int low = fold((byte) Math.min(one, other), ignoreCase);
        int high = fold((byte) Math.max(one, other), ignoreCase);
        int value = fold(b, ignoreCase);
        return value >= low && value <= high;
    }

    private static boolean same(byte one, byte other, boolean ignoreCase) {
        return fold(one, ignoreCase) == fold(other, ignoreCase);
    }

    private static int fold(byte b, boolean ignoreCase) {
        return ignoreCase && b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
