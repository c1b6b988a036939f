// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.EntryView;

/**
 * SORT and SORT_RO, as far as they go without a type that can be sorted: no key is nothing, any other is of the wrong
 * type.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class SortCommands {
    private SortCommands() {}

    /**
     * Both of them.
     *
     * @param mayStore whether the option STORE is known
     */
    static void sort(Invocation call, boolean mayStore) {
        int target = 0;
        for (int i = 2; i < call.argumentCount(); i++) {
            int more = call.argumentCount() - i - 1;
            if (call.isWord(i, "LIMIT") && more >= 2) {
                if (!call.isInteger(i + 1) || !call.isInteger(i + 2)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return;
                }
                i += 2;
            } else if (mayStore && call.isWord(i, "STORE") && more >= 1) {
                target = ++i;
            } else if ((call.isWord(i, "BY") || call.isWord(i, "GET")) && more >= 1) {
                i++;
            } else if (!call.isWord(i, "ASC") && !call.isWord(i, "DESC") && !call.isWord(i, "ALPHA")) {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        call.keyOfAny(1);
        if (call.lookUp() != null) {
            call.error(Errors.WRONG_TYPE);
        } else if (target == 0) {
            call.reply().arrayHeader(0);
        } else {
            call.keyOfAny(target);
            EntryView replaced = call.find();
            if (replaced != null) {
                call.database().remove(call.hash(), replaced);
            }
            call.integerReply(0);
        }
    }
}
