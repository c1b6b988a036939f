// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import java.nio.charset.StandardCharsets;

/**
 * Error replies that never vary, encoded once. The texts are Redis 7.0's.
 *
 * <p>Threading: immutable; the arrays must not be written.
 */
public final class Errors {
    public static final byte[] WRONG_TYPE =
            encoded("WRONGTYPE Operation against a key holding the wrong kind of value");
    public static final byte[] SYNTAX = encoded("ERR syntax error");
    public static final byte[] NOT_AN_INTEGER = encoded("ERR value is not an integer or out of range");
    public static final byte[] NOT_FINITE = encoded("ERR value is NaN or Infinity");
    public static final byte[] HASH_VALUE_NOT_A_FLOAT = encoded("ERR hash value is not a float");
    public static final byte[] HASH_VALUE_NOT_AN_INTEGER = encoded("ERR hash value is not an integer");
    public static final byte[] OUT_OF_RANGE = encoded("ERR value is out of range");
    public static final byte[] NOT_IN_RANGE_OF_LONGS =
            encoded("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    public static final byte[] NUMBER_OF_FIELDS =
            encoded("ERR the number of fields is not positive or not that of the fields given");
    public static final byte[] INVALID_CURSOR = encoded("ERR invalid cursor");
    public static final byte[] NOT_A_FLOAT = encoded("ERR value is not a valid float");
    public static final byte[] INCREMENT_NOT_FINITE = encoded("ERR increment would produce NaN or Infinity");
    public static final byte[] OUT_OF_RANGE_OFFSET = encoded("ERR offset is out of range");
    public static final byte[] OVERFLOW = encoded("ERR increment or decrement would overflow");
    public static final byte[] DECREMENT_OVERFLOW = encoded("ERR decrement would overflow");
    public static final byte[] OUT_OF_MEMORY = encoded("OOM command not allowed when used memory > 'maxmemory'.");
    public static final byte[] STRING_TOO_LONG =
            encoded("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    public static final byte[] NX_AND_XX_GT_LT =
            encoded("ERR NX and XX, GT or LT options at the same time are not compatible");
    public static final byte[] GT_AND_LT = encoded("ERR GT and LT options at the same time are not compatible");
    public static final byte[] INTERNAL = encoded("ERR internal error");

    private Errors() {}

    /** {@code ERR invalid expire time in 'NAME' command}. */
    public static byte[] invalidExpireTime(String command) {
        return encoded("ERR invalid expire time in '" + command + "' command");
    }

    /** An error with its code, as in {@code ERR syntax error}, as it goes over the wire. */
    public static byte[] encoded(String text) {
        return ("-" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
