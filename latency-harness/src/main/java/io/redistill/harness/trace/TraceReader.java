// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import java.io.IOException;

/**
 * A trace being read, one request after the other.
 *
 * <p>Threading: one thread.
 */
interface TraceReader extends AutoCloseable {
    /** Longest object, bytes: the longest value of a key. */
    int MAX_SIZE = 512 << 20;

    /** Reads the next request; false at the end. */
    boolean next() throws IOException;

    /** The bytes of the key, in an array that is reused. */
    byte[] key();

    /** How many there are. */
    int keyLength();

    /** Bytes of the object, from 0; 1 where the trace has none. */
    int size();

    /** Seconds that the object lives, from 1; 0 for ever. */
    long ttlSeconds();

    /** Time of the request since some beginning, ms; never goes back. */
    long timeMs();

    @Override
    void close() throws IOException;
}
