// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import java.nio.charset.StandardCharsets;

/**
 * What can be wrong with a request; the texts are Redis 7.0's. The connection closes after the error reply.
 *
 * <p>Threading: immutable.
 */
public enum ProtocolError {
    INVALID_MULTIBULK_LENGTH("invalid multibulk length"),
    UNAUTHENTICATED_MULTIBULK_LENGTH("unauthenticated multibulk length"),
    TOO_BIG_MULTIBULK_COUNT("too big mbulk count string"),
    EXPECTED_DOLLAR("expected '$', got '"),
    INVALID_BULK_LENGTH("invalid bulk length"),
    UNAUTHENTICATED_BULK_LENGTH("unauthenticated bulk length"),
    TOO_BIG_BULK_COUNT("too big bulk count string"),
    TOO_BIG_INLINE("too big inline request"),
    UNBALANCED_QUOTES("unbalanced quotes in request");

    private final String text;

    ProtocolError(String text) {
        this.text = text;
    }

    /**
     * The encoded error reply.
     *
     * @param found the byte found where another was expected; only {@link #EXPECTED_DOLLAR} shows it
     */
    public byte[] reply(byte found) {
        String message = "-ERR Protocol error: " + text;
        if (this == EXPECTED_DOLLAR) {
            // A line break would end the error early: Redis writes a space instead.
            message += (found == '\r' || found == '\n' ? ' ' : (char) (found & 0xff)) + "'";
        }
        return (message + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
