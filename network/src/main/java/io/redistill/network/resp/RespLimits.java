// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

/** Limits of requests, as Redis 7.0 has them. */
public final class RespLimits {
    /** Longest inline request and longest line that holds a length, bytes. */
    public static final int MAX_LINE_BYTES = 64 << 10;

    /** Longest string, bytes. */
    public static final long MAX_BULK_BYTES = 512L << 20;

    /** Most elements of a request. */
    public static final long MAX_ELEMENTS = Integer.MAX_VALUE;

    /** The same before authentication. */
    public static final int MAX_UNAUTHENTICATED_ELEMENTS = 10;

    /** Longest string before authentication, bytes. */
    public static final int MAX_UNAUTHENTICATED_BULK_BYTES = 16 << 10;

    private RespLimits() {}
}
