// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.store.CutSink;

/**
 * The port of whoever saves snapshots: asked by every shard when it reaches the event of a cut.
 *
 * <p>That event is a command on all shards, published under the ticket, so that it stands in every ring at the same place
 * among the commands on several shards: what was executed before it is in the snapshot, and what comes after it is not.
 * Only one cut may be under way: whoever publishes the event has made sure of it.
 *
 * <p>Threading: called on the shard's thread.
 */
@FunctionalInterface
public interface CutSource {
    /**
     * Begins the shard's part of the cut.
     *
     * @param shard its number
     * @param changes changes of keys in this shard so far
     */
    CutSink begin(int shard, long changes);
}
