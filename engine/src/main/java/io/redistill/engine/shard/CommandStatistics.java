// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.Opcode;

/**
 * Counters of one thread's commands, by opcode: calls, time, failures and refusals, as {@code INFO commandstats} names
 * them.
 *
 * <p>Threading: written by the owning thread with plain stores, read by any: a reader sees values of some moment ago.
 */
public final class CommandStatistics {
    private final long[] calls = new long[Opcode.COUNT];
    private final long[] timeNs = new long[Opcode.COUNT];
    private final long[] failed = new long[Opcode.COUNT];
    private final long[] rejected = new long[Opcode.COUNT];
    private long errorReplies;

    /** Counts one executed command. */
    public void called(int opcode) {
        calls[opcode]++;
    }

    /** Adds execution time. */
    public void took(int opcode, long ns) {
        timeNs[opcode] += ns;
    }

    /** Counts a command that was executed and answered with an error. */
    public void failed(int opcode) {
        failed[opcode]++;
        errorReplies++;
    }

    /** Counts a command that was refused before execution (arity, authentication, memory). */
    public void rejected(int opcode) {
        rejected[opcode]++;
        errorReplies++;
    }

    /** Counts an error reply that belongs to no known command. */
    public void unknownCommand() {
        errorReplies++;
    }

    public long calls(int opcode) {
        return calls[opcode];
    }

    public long timeNs(int opcode) {
        return timeNs[opcode];
    }

    public long failedCalls(int opcode) {
        return failed[opcode];
    }

    public long rejectedCalls(int opcode) {
        return rejected[opcode];
    }

    /** Error replies in all. */
    public long errorReplies() {
        return errorReplies;
    }

    /** Sets all to zero; a racing increment may survive or be lost. */
    public void reset() {
        java.util.Arrays.fill(calls, 0);
        java.util.Arrays.fill(timeNs, 0);
        java.util.Arrays.fill(failed, 0);
        java.util.Arrays.fill(rejected, 0);
        errorReplies = 0;
    }
}
