// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/**
 * Up to where a hash keeps its compact form; one that has once passed a limit stays a table.
 *
 * <p>Threading: written by any thread, read by shard threads when they next add a field.
 */
public final class HashLimits {
    /** Fields, unless set otherwise. */
    public static final long DEFAULT_ENTRIES = 512;

    /** Bytes of a field or a value, unless set otherwise. */
    public static final long DEFAULT_VALUE_BYTES = 64;

    private volatile long entries;
    private volatile long valueBytes;

    /**
     * Limits to begin with.
     *
     * @param entries most fields, from 0
     * @param valueBytes longest field or value in bytes, from 0
     */
    public HashLimits(long entries, long valueBytes) {
        this.entries = entries;
        this.valueBytes = valueBytes;
    }

    /** Redis's limits. */
    public static HashLimits defaults() {
        return new HashLimits(DEFAULT_ENTRIES, DEFAULT_VALUE_BYTES);
    }

    public long entries() {
        return entries;
    }

    public void entries(long most) {
        entries = most;
    }

    public long valueBytes() {
        return valueBytes;
    }

    public void valueBytes(long most) {
        valueBytes = most;
    }
}
