// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.EntryView;

/**
 * The subcommands of MEMORY that need a shard: USAGE and PURGE.
 *
 * <p>Source: the Redis command reference, group <i>server</i>, as of 7.0. Threading: stateless; called on the shard thread.
 */
final class MemoryCommands {
    /** Fields of a hash that MEMORY USAGE looks at unless told otherwise. */
    private static final long DEFAULT_SAMPLES = 5;

    private MemoryCommands() {}

    /** MEMORY USAGE key [SAMPLES count]. */
    static void usage(Invocation call) {
        long samples = DEFAULT_SAMPLES;
        for (int i = 3; i < call.argumentCount(); i += 2) {
            if (!call.isWord(i, "SAMPLES") || i + 1 == call.argumentCount()) {
                call.error(Errors.SYNTAX);
                return;
            }
            if (!call.isInteger(i + 1)) {
                call.error(Errors.NOT_AN_INTEGER);
                return;
            }
            samples = call.integer(i + 1);
            if (samples < 0) {
                call.error(Errors.SYNTAX);
                return;
            }
            if (samples == 0) {
                samples = Long.MAX_VALUE;
            }
        }
        EntryView existing = call.database().findUntouched(call.hash(), call.keyAddress(), call.keyLength());
        if (existing == null) {
            call.nil();
        } else {
            call.integerReply(call.database().usage(existing, samples));
        }
    }

    /** MEMORY PURGE: this shard's memory, and that between large values. */
    static void purge(Invocation call, boolean part) {
        call.shard().purge();
        LargeBlock.purge();
        if (!part) {
            call.ok();
        }
    }
}
