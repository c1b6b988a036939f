// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import java.nio.charset.StandardCharsets;

/**
 * Commands on one key, whatever its type: TYPE and deadlines.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class KeyCommands {
    private static final byte[] TYPE_NONE = "+none\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TYPE_STRING = "+string\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TYPE_HASH = "+hash\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int NX = 1;
    private static final int XX = 2;
    private static final int GT = 4;
    private static final int LT = 8;

    private KeyCommands() {}

    static void type(Invocation call) {
        EntryView existing = call.lookUpUntouched();
        call.reply().raw(existing == null ? TYPE_NONE : existing.isHash() ? TYPE_HASH : TYPE_STRING);
    }

    /**
     * EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT.
     *
     * @param seconds unit of the argument, else ms
     * @param absolute whether it is a time since the epoch, else from now
     */
    static void expire(Invocation call, boolean seconds, boolean absolute) {
        int conditions = conditions(call);
        if (conditions < 0) {
            return;
        }
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long when = call.integer(2);
        long nowMs = call.database().nowMs();
        if (seconds && (when > Long.MAX_VALUE / 1000 || when < Long.MIN_VALUE / 1000)) {
            call.error(StringOptions.invalidExpireTime(call.opcode()));
            return;
        }
        long whenMs = seconds ? when * 1000 : when;
        long baseMs = absolute ? 0 : nowMs;
        if (whenMs > Long.MAX_VALUE - baseMs) {
            call.error(StringOptions.invalidExpireTime(call.opcode()));
            return;
        }
        whenMs += baseMs;
        EntryView existing = call.find();
        if (existing == null || !holds(conditions, existing, whenMs)) {
            call.integerReply(0);
            return;
        }
        if (whenMs <= nowMs) {
            call.database().remove(call.hash(), existing);
            call.integerReply(1);
        } else if (call.database().expireAt(existing, call.hash(), whenMs)) {
            call.integerReply(1);
        } else {
            call.outOfMemory();
        }
    }

    /** The condition bits, or -1 after an error reply. */
    private static int conditions(Invocation call) {
        int conditions = 0;
        for (int i = 3; i < call.argumentCount(); i++) {
            if (call.isWord(i, "NX")) {
                conditions |= NX;
            } else if (call.isWord(i, "XX")) {
                conditions |= XX;
            } else if (call.isWord(i, "GT")) {
                conditions |= GT;
            } else if (call.isWord(i, "LT")) {
                conditions |= LT;
            } else {
                unsupportedOption(call, i);
                return -1;
            }
        }
        if ((conditions & NX) != 0 && (conditions & (XX | GT | LT)) != 0) {
            call.error(Errors.NX_AND_XX_GT_LT);
            return -1;
        }
        if ((conditions & GT) != 0 && (conditions & LT) != 0) {
            call.error(Errors.GT_AND_LT);
            return -1;
        }
        return conditions;
    }

    private static void unsupportedOption(Invocation call, int argument) {
        byte[] option = Memory.toArray(call.address(argument), call.length(argument));
        call.error(ErrorReplies.quoting("ERR Unsupported option ", option, "").toBytes(false));
    }

    private static boolean holds(int conditions, EntryView existing, long whenMs) {
        if (conditions == 0) {
            return true;
        }
        boolean isVolatile = existing.hasExpiry();
        if ((conditions & NX) != 0 && isVolatile) {
            return false;
        }
        if ((conditions & XX) != 0 && !isVolatile) {
            return false;
        }
        // No deadline counts as infinitely late.
        if ((conditions & GT) != 0 && (!isVolatile || whenMs <= existing.expiresAtMs())) {
            return false;
        }
        return (conditions & LT) == 0 || !isVolatile || whenMs < existing.expiresAtMs();
    }

    /**
     * TTL, PTTL, EXPIRETIME and PEXPIRETIME.
     *
     * @param seconds unit of the reply, else ms
     * @param absolute whether the deadline itself is asked for, else the time that is left
     */
    static void timeToLive(Invocation call, boolean seconds, boolean absolute) {
        EntryView existing = call.lookUpUntouched();
        if (existing == null) {
            call.integerReply(-2);
        } else if (!existing.hasExpiry()) {
            call.integerReply(-1);
        } else {
            long ms = absolute
                    ? existing.expiresAtMs()
                    : existing.expiresAtMs() - call.database().nowMs();
            // Rounded to the nearest; no deadline is so late that this overflows.
            call.integerReply(seconds ? ms / 1000 + (ms % 1000 >= 500 ? 1 : 0) : ms);
        }
    }

    static void persist(Invocation call) {
        EntryView existing = call.find();
        if (existing == null || !existing.hasExpiry()) {
            call.integerReply(0);
        } else if (call.database().expireAt(existing, call.hash(), Database.NO_EXPIRY)) {
            call.integerReply(1);
        } else {
            call.outOfMemory();
        }
    }
}
