// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.store.Database;
import java.io.IOException;

/**
 * Takes the entries of a snapshot one by one: whoever reads a file, or writes one that no engine holds.
 *
 * <p>Threading: called on the thread of whoever reads.
 */
@FunctionalInterface
public interface EntryVisitor {
    /** Deadline of an entry that has none. */
    long NO_EXPIRY = Database.NO_EXPIRY;

    /** Recency of an entry about whose use nothing is known. */
    int NO_RECENCY = -1;

    /** The type of an entry whose value is a string. */
    int TYPE_STRING = RecordLayout.STRING;

    /** The type of an entry whose value is a hash, in the bytes that {@link HashRecord} reads. */
    int TYPE_HASH = RecordLayout.HASH;

    /** The same with a deadline for each field. */
    int TYPE_TIMED_HASH = RecordLayout.TIMED_HASH;

    /** More fields of a hash of which some came before; else as {@link #TYPE_HASH}. */
    int TYPE_HASH_PART = RecordLayout.HASH_PART;

    /** The same with a deadline for each field. */
    int TYPE_TIMED_HASH_PART = RecordLayout.TIMED_HASH_PART;

    /** Whether a type is one of a hash, or of a part of one, with a deadline for each field. */
    static boolean isTimed(int type) {
        return type == TYPE_TIMED_HASH || type == TYPE_TIMED_HASH_PART;
    }

    /** Whether a type says that what comes belongs to a key that came before. */
    static boolean isPart(int type) {
        return type == TYPE_HASH_PART || type == TYPE_TIMED_HASH_PART;
    }

    /**
     * Takes one entry, or more fields of one that is a large hash. Key and value are borrowed until return.
     *
     * @param database number of its database
     * @param type what kind of value it is
     * @param number whether a string was kept as an integer
     * @param keyAddress absolute address of the key's bytes
     * @param keyLength bytes of the key
     * @param valueAddress absolute address of the value's bytes: of a string, as a client would read it
     * @param valueLength bytes of the value
     * @param expiresAtMs deadline in ms since the epoch, or {@link #NO_EXPIRY}
     * @param recency what {@link Database#restoreUse} takes, 0 to 65535, or {@link #NO_RECENCY}
     */
    void visit(
            int database,
            int type,
            boolean number,
            long keyAddress,
            int keyLength,
            long valueAddress,
            int valueLength,
            long expiresAtMs,
            int recency)
            throws IOException;
}
