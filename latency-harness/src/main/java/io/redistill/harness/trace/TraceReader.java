// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import java.io.Closeable;
import java.io.IOException;

/**
 * A trace being read, one request after the other.
 *
 * <p>Threading: one thread. {@link #close} closes the file.
 */
abstract class TraceReader implements Closeable {
    /** Longest object, bytes: the longest value of a key. */
    static final int MAX_SIZE = 512 << 20;

    private final Closeable file;
    private byte[] key = {};
    private int size;
    private long ttlSeconds;
    private long timeMs;

    TraceReader(Closeable file) {
        this.file = file;
    }

    /** Reads the next request; false at the end. */
    abstract boolean next() throws IOException;

    /** What {@link #next} has read. */
    final void request(byte[] newKey, int newSize, long newTtlSeconds, long newTimeMs) {
        key = newKey;
        size = newSize;
        ttlSeconds = newTtlSeconds;
        timeMs = newTimeMs;
    }

    /** The bytes of the key, in an array that may be used again for the next one. */
    final byte[] key() {
        return key;
    }

    /** Bytes of the object, from 0; 1 where the trace has none. */
    final int size() {
        return size;
    }

    /** Seconds that the object lives, from 1; 0 for ever. */
    final long ttlSeconds() {
        return ttlSeconds;
    }

    /** Time of the request since some beginning, ms; never goes back. */
    final long timeMs() {
        return timeMs;
    }

    @Override
    public final void close() throws IOException {
        file.close();
    }
}
