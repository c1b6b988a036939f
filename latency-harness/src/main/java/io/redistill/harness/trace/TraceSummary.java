// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What a trace asks for. Immutable.
 *
 * @param requests all of them
 * @param objects keys, told apart by their hashes
 * @param bytes what the objects take together, each as its first request says
 * @param requestedBytes sizes of all requests together
 * @param deadlines whether any object has a deadline
 */
record TraceSummary(long requests, long objects, long bytes, long requestedBytes, boolean deadlines) {
    /** Reads a trace to its end. */
    static TraceSummary of(TraceReader trace) throws IOException {
        KeyHash keyHash = new KeyHash(1);
        Set<Long> keys = new HashSet<>();
        long memory = Memory.allocate(1 << 16);
        long requests = 0;
        long bytes = 0;
        long requestedBytes = 0;
        boolean deadlines = false;
        try {
            while (trace.next()) {
                Memory.copyFromArray(trace.key(), 0, memory, trace.key().length);
                if (keys.add(keyHash.of(memory, trace.key().length))) {
                    bytes += trace.size();
                }
                requests++;
                requestedBytes += trace.size();
                deadlines |= trace.ttlSeconds() != 0;
            }
        } finally {
            Memory.free(memory);
        }
        return new TraceSummary(requests, keys.size(), bytes, requestedBytes, deadlines);
    }
}
