// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How our reply is compared with Redis's. All but {@link #EXACT} are here because the two cannot or shall not be equal;
 * each says why. The differences that are wanted and therefore never sent by the random streams are in
 * {@link WantedDifferencesIT}.
 */
enum ReplyCheck {
    /** Byte for byte. */
    EXACT {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis);
        }
    },

    /** TTL and EXPIRETIME: the servers execute a command at different instants. Deadlines set as such are exact. */
    SECONDS {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || areNear(ours, redis, 1);
        }
    },

    /** PTTL and PEXPIRETIME. */
    MILLISECONDS {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || areNear(ours, redis, 1000);
        }
    },

    /** HELLO: our version is told as 7.2.0, and connection ids are our own. The rest is equal. */
    HELLO {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return masked(ours).equals(masked(redis));
        }

        private String masked(byte[] reply) {
            return new String(reply, ISO_8859_1)
                    .replaceFirst("version\r\n\\$\\d+\r\n[0-9.]+\r\n", "version\r\nV\r\n")
                    .replaceFirst("\r\nid\r\n:\\d+\r\n", "\r\nid\r\nI\r\n");
        }
    },

    /**
     * CLIENT ID, LIST and INFO, INFO, TIME and COMMAND COUNT: the content says something about the server itself; only
     * the type of the reply is Redis's. Errors are exact.
     */
    TYPE {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return ours[0] == redis[0] && (ours[0] != '-' || Arrays.equals(ours, redis));
        }
    },

    /** OBJECT ENCODING: a hash whose compact form is long becomes a table earlier than Redis's. */
    ENCODING {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || isHash(ours) && isHash(redis);
        }

        private boolean isHash(byte[] reply) {
            return List.of("$8\r\nlistpack\r\n", "$9\r\nhashtable\r\n").contains(new String(reply, ISO_8859_1));
        }
    },

    /** HKEYS, HVALS: the fields of a hash that is a table come in each server's own order. */
    ELEMENTS_IN_ANY_ORDER {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || sorted(ours, 1).equals(sorted(redis, 1));
        }
    },

    /** HGETALL: likewise. */
    PAIRS_IN_ANY_ORDER {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || sorted(ours, 2).equals(sorted(redis, 2));
        }
    },

    /** HSCAN with a count that is more than enough: cursor 0 and all pairs. */
    SCAN {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || scanned(ours).equals(scanned(redis));
        }

        private List<String> scanned(byte[] reply) {
            String text = new String(reply, ISO_8859_1);
            String head = "*2\r\n$1\r\n0\r\n";
            return text.startsWith(head) ? sorted(bytesOf(text.substring(head.length())), 2) : List.of(text);
        }
    },

    /** HRANDFIELD with a count: chance decides which fields; their number is exact. */
    FIRST_LINE {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return firstLine(ours).equals(firstLine(redis));
        }

        private String firstLine(byte[] reply) {
            String text = new String(reply, ISO_8859_1);
            return text.substring(0, text.indexOf('\n'));
        }
    },

    /** RANDOMKEY: chance decides which; that there is one is exact, and that it is one of {@link #ALL_KEYS} is looked at. */
    ONE_KEY {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return isNil(ours) ? Arrays.equals(ours, redis) : ours[0] == '$' && redis[0] == '$' && !isNil(redis);
        }
    },

    /** KEYS right behind a RANDOMKEY. */
    ALL_KEYS {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return ELEMENTS_IN_ANY_ORDER.accepts(ours, redis);
        }
    },

    /** CONFIG GET: Redis answers in the random order of its table. */
    ANY_ORDER {
        @Override
        boolean accepts(byte[] ours, byte[] redis) {
            return Arrays.equals(ours, redis) || pairs(ours).equals(pairs(redis));
        }

        private List<String> pairs(byte[] reply) {
            String[] lines = new String(reply, ISO_8859_1).split("\r\n", -1);
            List<String> pairs = new ArrayList<>();
            for (int i = 1; i + 3 < lines.length; i += 4) {
                pairs.add(lines[i] + ' ' + lines[i + 1] + ' ' + lines[i + 2] + ' ' + lines[i + 3]);
            }
            pairs.sort(null);
            pairs.add(0, lines[0]);
            return pairs;
        }
    };

    /** How far apart the two servers may execute the same command. */
    private static final long TOLERANCE_SECONDS = 60;

    abstract boolean accepts(byte[] ours, byte[] redis);

    static boolean isNil(byte[] reply) {
        return reply[0] == '_' || reply[1] == '-';
    }

    /** Whether a bulk string is an element of an aggregate of them. */
    static boolean contains(byte[] aggregate, byte[] bulk) {
        return sorted(aggregate, 1).contains(new String(bulk, ISO_8859_1));
    }

    /** The header of an aggregate of bulk strings, then runs of {@code width} of them, sorted. */
    static List<String> sorted(byte[] reply, int width) {
        String text = new String(reply, ISO_8859_1);
        int at = text.indexOf('\n') + 1;
        List<String> runs = new ArrayList<>();
        String header = text.substring(0, at);
        while (at < text.length()) {
            int start = at;
            for (int i = 0; i < width && at < text.length(); i++) {
                int end = text.indexOf('\r', at);
                at = end + 2 + (text.charAt(at) == '$' ? Integer.parseInt(text.substring(at + 1, end)) + 2 : 0);
            }
            runs.add(text.substring(start, Math.min(at, text.length())));
        }
        runs.sort(null);
        runs.add(0, header);
        return runs;
    }

    private static byte[] bytesOf(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static boolean areNear(byte[] ours, byte[] redis, long unitsPerSecond) {
        if (ours[0] != ':' || redis[0] != ':') {
            return false;
        }
        long mine = number(ours);
        long theirs = number(redis);
        if (mine < 0 || theirs < 0) {
            return false;
        }
        long from = RequestStream.ABSOLUTE_FROM_SECONDS * unitsPerSecond;
        long to = RequestStream.ABSOLUTE_TO_SECONDS * unitsPerSecond;
        boolean setAsDeadline = theirs >= from && theirs < to;
        return !setAsDeadline && Math.abs(mine - theirs) <= TOLERANCE_SECONDS * unitsPerSecond;
    }

    private static long number(byte[] reply) {
        return Long.parseLong(new String(reply, 1, reply.length - 3, ISO_8859_1));
    }
}
