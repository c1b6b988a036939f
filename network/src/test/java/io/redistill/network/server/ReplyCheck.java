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
