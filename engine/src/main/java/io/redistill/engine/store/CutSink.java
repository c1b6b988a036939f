// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import org.jspecify.annotations.Nullable;

/**
 * The port through which one shard gives away what it held at the instant of a cut, entry by entry, in any order and each
 * entry once, or each field of a large hash.
 *
 * <p>Threading: called on the shard's thread, from the middle of commands and from background work: nothing here may
 * block or throw.
 */
public interface CutSink {
    /** Whether the walk may go on now. What is about to change is given whatever this says. */
    boolean hasRoom();

    /**
     * Takes an entry as it was at the cut. The view is borrowed until return; a large value may be kept by adding a holder
     * to its block.
     *
     * @param database the number that its database had at the cut
     * @param hash the entry's fields, to be walked any number of times, or null when it is no hash. A large one comes in
     *     parts, as often as it takes: all but the first are {@link HashValue#isContinuation continuations}
     * @param recency when or how often it was used, for {@link Database#restoreUse}: 0 to 65535
     * @param ahead whether it comes before its turn, since a command is about to change it: whatever room it takes is
     *     taken on behalf of that command
     */
    void entry(int database, EntryView entry, @Nullable HashValue hash, int recency, boolean ahead);

    /** The shard has given everything that it held at the cut; nothing more is called. */
    void end();
}
