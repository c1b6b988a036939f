// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.GlobPattern;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.HashItem;
import io.redistill.engine.store.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * HSCAN. A hash in the compact form is returned whole, whatever COUNT and cursor say, as in Redis.
 *
 * <p>Source: the Redis command reference as of 7.0. Threading: stateless; called on the shard thread.
 */
final class HashScan {
    private static final long DEFAULT_COUNT = 10;

    private HashScan() {}

    static void hscan(Invocation call) {
        if (!ScanCursor.isValid(call, 2)) {
            call.error(Errors.INVALID_CURSOR);
            return;
        }
        HashValue hash = HashCommands.toRead(call);
        if (hash == null) {
            return;
        }
        if (!hash.exists()) {
            header(call, 0, 0);
            return;
        }
        long count = DEFAULT_COUNT;
        byte[] pattern = null;
        for (int i = 3; i < call.argumentCount(); i += 2) {
            if (i + 1 < call.argumentCount() && call.isWord(i, "COUNT")) {
                if (!call.isInteger(i + 1)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return;
                }
                count = call.integer(i + 1);
                if (count < 1) {
                    call.error(Errors.SYNTAX);
                    return;
                }
            } else if (i + 1 < call.argumentCount() && call.isWord(i, "MATCH")) {
                pattern = Memory.toArray(call.address(i + 1), call.length(i + 1));
            } else {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        scan(call, hash, ScanCursor.of(call, 2), count, pattern);
    }

    /** Walks twice, first to count: the length of the reply comes before it. */
    private static void scan(Invocation call, HashValue hash, long cursor, long count, byte @Nullable [] pattern) {
        long matching = 0;
        hash.scan(cursor, count);
        while (hash.next()) {
            if (matches(hash, pattern)) {
                matching++;
            }
        }
        header(call, hash.scanCursor(), matching * 2);
        hash.scan(cursor, count);
        while (hash.next()) {
            if (matches(hash, pattern)) {
                call.item(hash.field());
                call.item(hash.value());
            }
        }
    }

    private static boolean matches(HashValue hash, byte @Nullable [] pattern) {
        if (pattern == null || pattern.length == 1 && pattern[0] == '*') {
            return true;
        }
        HashItem field = hash.field().toBytes();
        return GlobPattern.matches(pattern, Memory.toArray(field.address(), field.length()), false);
    }

    private static void header(Invocation call, long cursor, long elements) {
        call.reply().arrayHeader(2);
        call.reply().bulkInteger(cursor);
        call.reply().arrayHeader(elements);
    }
}
