// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/**
 * How far a walk through a {@link KeyIndex} has come; a new one stands at the beginning. What the fields say is the
 * index's own affair, and a cursor belongs to one index.
 *
 * <p>Threading: confined to the shard thread.
 */
final class IndexCursor {
    boolean begun;

    /** Where the part that is being walked begins. */
    long position;

    /** Progress within that part, which counts for nothing once it was rebuilt. */
    int bucket;

    /** What the part was when this progress was made. */
    long table;

    long version;
}
