// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.EntryView;

/**
 * Commands on a part of a string: GETRANGE, SUBSTR and SETRANGE.
 *
 * <p>Source: the Redis command reference, group <i>string</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class SubstringCommands {
    private SubstringCommands() {}

    /** GETRANGE and SUBSTR. */
    static void getrange(Invocation call) {
        if (!call.isInteger(2) || !call.isInteger(3)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        EntryView existing = call.lookUp();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int length = existing == null ? 0 : existing.stringLength();
        long start = call.integer(2);
        long end = call.integer(3);
        boolean backwards = start < 0 && end < 0 && start > end;
        start = Math.max(0, start < 0 ? length + start : start);
        end = Math.min(length - 1, Math.max(0, end < 0 ? length + end : end));
        if (existing == null || backwards || start > end) {
            call.reply().bulk(0, 0);
        } else {
            call.reply().bulk(call.bytes(existing) + start, (int) (end - start + 1));
        }
    }

    static void setrange(Invocation call) {
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long offset = call.integer(2);
        if (offset < 0) {
            call.error(Errors.OUT_OF_RANGE_OFFSET);
            return;
        }
        EntryView existing = call.find();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int oldLength = existing == null ? 0 : existing.stringLength();
        int partLength = call.length(3);
        if (partLength == 0) {
            call.integerReply(oldLength);
            return;
        }
        if (offset > StringCommands.MAX_STRING_BYTES - partLength) {
            call.error(Errors.STRING_TOO_LONG);
            return;
        }
        int end = (int) offset + partLength;
        long value = call.edit(existing, end);
        if (value == 0) {
            call.outOfMemory();
            return;
        }
        Memory.copy(call.address(3), value + offset, partLength);
        call.integerReply(Math.max(oldLength, end));
    }
}
