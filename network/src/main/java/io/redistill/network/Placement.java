// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

/** Who drains a command ring. */
public enum Placement {
    /** The thread of an event loop: {@code core-i} owns event loop and shard i. */
    FUSED,

    /** A thread that does nothing else: {@code net-i} own the event loops, {@code shard-j} the shards. */
    DEDICATED
}
