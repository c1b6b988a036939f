// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryTransfer;
import io.redistill.engine.store.EntryView;
import org.jspecify.annotations.Nullable;

/**
 * Commands that give the value of one key to another: RENAME, RENAMENX, COPY and MOVE.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class TransferCommands {
    private static final byte[] NO_SUCH_KEY = Errors.encoded("ERR no such key");
    private static final byte[] SAME_OBJECT = Errors.encoded("ERR source and destination objects are the same");
    private static final byte[] NOT_IN_RANGE_OF_INTS =
            Errors.encoded("ERR value is out of range, value must between -2147483648 and 2147483647");

    private TransferCommands() {}

    /** RENAME, and with {@code onlyNew} RENAMENX. */
    static void rename(Invocation call, boolean onlyNew) {
        if (!take(call)) {
            call.error(NO_SUCH_KEY);
            return;
        }
        if (!isSameKey(call)) {
            call.keyOfAny(2);
            EntryView existing = call.find();
            if (onlyNew && existing != null) {
                call.integerReply(0);
                return;
            }
            if (!call.transfer().moveTo(call.database(), call.hash(), call.keyAddress(), call.keyLength(), existing)) {
                call.outOfMemory();
                return;
            }
        } else if (onlyNew) {
            call.integerReply(0);
            return;
        }
        if (onlyNew) {
            call.integerReply(1);
        } else {
            call.ok();
        }
    }

    static void move(Invocation call) {
        int number = databaseNumber(call, 2);
        if (number < 0) {
            return;
        }
        if (number == call.selected()) {
            call.error(SAME_OBJECT);
            return;
        }
        if (!take(call)) {
            call.integerReply(0);
            return;
        }
        call.keyOfAny(1, number);
        transferIf(call, call.find() == null, null, true);
    }

    static void copy(Invocation call) {
        boolean replace = false;
        int number = call.selected();
        for (int i = 3; i < call.argumentCount(); i++) {
            if (call.isWord(i, "REPLACE")) {
                replace = true;
            } else if (call.isWord(i, "DB") && i + 1 < call.argumentCount()) {
                number = databaseNumber(call, ++i);
                if (number < 0) {
                    return;
                }
            } else {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        if (number == call.selected() && isSameKey(call)) {
            call.error(SAME_OBJECT);
            return;
        }
        call.keyOfAny(1);
        if (call.lookUp() == null || !take(call)) {
            call.integerReply(0);
            return;
        }
        call.keyOfAny(2, number);
        EntryView existing = call.find();
        transferIf(call, existing == null || replace, existing, false);
    }

    private static boolean take(Invocation call) {
        call.keyOfAny(1);
        return call.transfer().take(call.database(), call.hash(), call.keyAddress(), call.keyLength());
    }

    /** Transfers what was taken to the current key, if it may be; replies with 1 or 0. */
    private static void transferIf(Invocation call, boolean condition, @Nullable EntryView existing, boolean move) {
        if (!condition) {
            call.integerReply(0);
            return;
        }
        EntryTransfer transfer = call.transfer();
        Database to = call.database();
        boolean done = move
                ? transfer.moveTo(to, call.hash(), call.keyAddress(), call.keyLength(), existing)
                : transfer.copyTo(to, call.hash(), call.keyAddress(), call.keyLength(), existing);
        if (done) {
            call.integerReply(1);
        } else {
            call.outOfMemory();
        }
    }

    private static boolean isSameKey(Invocation call) {
        return call.length(1) == call.length(2) && Memory.equal(call.address(1), call.address(2), call.length(1));
    }

    /** The number of a database that there is, or -1 after an error reply. */
    private static int databaseNumber(Invocation call, int argument) {
        if (!call.isInteger(argument)) {
            call.error(Errors.NOT_AN_INTEGER);
            return -1;
        }
        long number = call.integer(argument);
        if (number != (int) number) {
            call.error(NOT_IN_RANGE_OF_INTS);
            return -1;
        }
        if (number < 0 || number >= call.shard().databases().count()) {
            call.error(KeyspaceCommands.INDEX_RANGE);
            return -1;
        }
        return (int) number;
    }
}
