// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine;

import io.redistill.engine.store.Database;

/**
 * The port through which entries pass, one by one, from the engine to whoever saves them and back.
 *
 * <p>Threading: called on the thread of the shard that owns the entry, or on that of whoever loads.
 */
@FunctionalInterface
public interface EntryVisitor {
    /** Deadline of an entry that has none. */
    long NO_EXPIRY = Database.NO_EXPIRY;

    /** The type of an entry whose value is a string. */
    int TYPE_STRING = 0;

    /**
     * Takes one entry. Key and value are borrowed until return.
     *
     * @param database number of its database
     * @param type what kind of value it is
     * @param keyAddress absolute address of the key's bytes
     * @param keyLength bytes of the key
     * @param valueAddress absolute address of the value's bytes, as a client would read them
     * @param valueLength bytes of the value
     * @param expiresAtMs deadline in ms since the epoch, or {@link #NO_EXPIRY}
     */
    void visit(
            int database,
            int type,
            long keyAddress,
            int keyLength,
            long valueAddress,
            int valueLength,
            long expiresAtMs);
}
