// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.redistill.engine.shard.WaitMode;
import java.util.List;

/**
 * Which threads there are, and how they wait. Their numbers are those of the engine: event loops are its publishers.
 *
 * @param namePrefix what the names of the threads begin with, empty for the server itself
 * @param placement who drains the command rings; {@link Placement#FUSED} needs as many event loops as shards
 * @param waitMode what they do without work
 * @param eventLoopCpus processors for the event loops in turn, as the system numbers them; empty to leave that to it
 * @param shardCpus the same for the threads of the shards, if they have any
 */
public record ThreadConfig(
        String namePrefix,
        Placement placement,
        WaitMode waitMode,
        List<Integer> eventLoopCpus,
        List<Integer> shardCpus) {
    /** Threads as they are when nobody says anything. */
    public static final ThreadConfig DEFAULT = new ThreadConfig(Placement.FUSED, WaitMode.PARK, List.of(), List.of());

    /** The threads of the server itself. */
    public ThreadConfig(Placement placement, WaitMode waitMode, List<Integer> eventLoopCpus, List<Integer> shardCpus) {
        this("", placement, waitMode, eventLoopCpus, shardCpus);
    }

    public ThreadConfig {
        eventLoopCpus = List.copyOf(eventLoopCpus);
        shardCpus = List.copyOf(shardCpus);
    }
}
