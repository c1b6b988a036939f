// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

/**
 * Work that a shard does for somebody else between commands, on its own thread: loading a snapshot.
 *
 * <p>Threading: {@link #run} and {@link #hasWork} the shard's thread.
 */
public interface ShardTask {
    /** Whether {@link #run} would have something to do now; whoever brings work wakes the shard afterwards. */
    boolean hasWork();

    /** Does a slice of the work: at most some hundred microseconds. */
    void run(ShardDatabases databases);
}
