// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/**
 * Redis's glob patterns without regard to case, with the same answers to malformed ones as its {@code stringmatchlen}:
 * an unclosed class ends with the pattern, a range may be written backwards, a backslash at the end stands for itself.
 */
final class GlobPattern {
    private GlobPattern() {}

    /** Whether there is anything in it that makes it more than a name, by Redis's own measure. */
    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    static boolean matches(String pattern, String text) {
        return matches(pattern, 0, text, 0);
    }

    private static boolean matches(String pattern, int from, String text, int start) {
        int p = from;
        int t = start;
        // One star back is enough: what an earlier star could match, the latest can match as well. So the work is
        // bounded by the product of the lengths, whatever a client sends.
        int afterStar = -1;
        int starText = 0;
        while (t < text.length()) {
            int next = -1;
            if (p < pattern.length()) {
                if (pattern.charAt(p) == '*') {
                    afterStar = ++p;
                    starText = t;
                    continue;
                }
                next = matchOne(pattern, p, text.charAt(t));
            }
            if (next >= 0) {
                p = next;
                t++;
            } else if (afterStar >= 0) {
                p = afterStar;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** The index behind the element at {@code p} when it matches the character, or -1. */
    private static int matchOne(String pattern, int p, char c) {
        switch (pattern.charAt(p)) {
            case '?':
                return p + 1;
            case '[':
                return matchClass(pattern, p + 1, c);
            case '\\':
                int literal = p + 1 < pattern.length() ? p + 1 : p;
                return same(pattern.charAt(literal), c) ? literal + 1 : -1;
            default:
                return same(pattern.charAt(p), c) ? p + 1 : -1;
        }
    }

    private static int matchClass(String pattern, int start, char c) {
        int p = start;
        boolean negated = p < pattern.length() && pattern.charAt(p) == '^';
        if (negated) {
            p++;
        }
        boolean found = false;
        while (p < pattern.length() && pattern.charAt(p) != ']') {
            if (pattern.charAt(p) == '\\' && p + 1 < pattern.length()) {
                found |= pattern.charAt(p + 1) == c;
                p += 2;
            } else if (p + 2 < pattern.length() && pattern.charAt(p + 1) == '-') {
                char a = lower(pattern.charAt(p));
                char b = lower(pattern.charAt(p + 2));
                found |= lower(c) >= Math.min(a, b) && lower(c) <= Math.max(a, b);
                p += 3;
            } else {
                found |= same(pattern.charAt(p), c);
                p++;
            }
        }
        return found == negated ? -1 : Math.min(p + 1, pattern.length());
    }

    private static boolean same(char a, char b) {
        return lower(a) == lower(b);
    }

    /** C's {@code tolower}: ASCII only. */
    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }
}
