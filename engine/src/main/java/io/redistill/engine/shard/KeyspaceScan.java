// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.GlobPattern;
import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * SCAN: shard after shard, each by the steps of its index.
 *
 * <p>A cursor is {@code position * shards + shard}, below 2^53; 0 is both the beginning and the end.
 *
 * <p>Source: the Redis command reference as of 7.0. Threading: confined to one call on the shard thread. Allocates.
 */
final class KeyspaceScan {
    private static final long DEFAULT_COUNT = 10;

    /** So many steps that find too little end a call all the same. */
    private static final int MOST_STEPS = 32;

    private final Invocation call;
    private long count = DEFAULT_COUNT;
    private byte @Nullable [] pattern;
    private byte @Nullable [] type;
    private long[] found = new long[32];
    private int foundCount;
    private long visited;

    private KeyspaceScan(Invocation call) {
        this.call = call;
    }

    /** The shard that a cursor names; one that is no cursor gets its error from the first. */
    static int shardOf(long address, int length, int shards) {
        return Decimal.isInteger(address, length)
                ? (int) Long.remainderUnsigned(Decimal.parse(address, length), shards)
                : 0;
    }

    static void scan(Invocation call) {
        if (!ScanCursor.isValid(call, 1)) {
            call.error(Errors.INVALID_CURSOR);
            return;
        }
        KeyspaceScan scan = new KeyspaceScan(call);
        if (scan.readOptions()) {
            scan.execute(ScanCursor.of(call, 1));
        }
    }

    /** False after an error reply. */
    private boolean readOptions() {
        for (int i = 2; i < call.argumentCount(); i += 2) {
            boolean hasNext = i + 1 < call.argumentCount();
            if (hasNext && call.isWord(i, "COUNT")) {
                if (!call.isInteger(i + 1)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return false;
                }
                count = call.integer(i + 1);
                if (count < 1) {
                    call.error(Errors.SYNTAX);
                    return false;
                }
            } else if (hasNext && call.isWord(i, "MATCH")) {
                pattern = bytes(i + 1);
            } else if (hasNext && call.isWord(i, "TYPE")) {
                type = bytes(i + 1);
            } else {
                call.error(Errors.SYNTAX);
                return false;
            }
        }
        return true;
    }

    private byte[] bytes(int argument) {
        return Memory.toArray(call.address(argument), call.length(argument));
    }

    private void execute(long cursor) {
        int shards = call.shard().all().length;
        Database database = call.database();
        long position = Long.divideUnsigned(cursor, shards);
        int steps = 0;
        do {
            position = database.scan(position, count - visited, this::visit);
        } while (position != 0 && visited < count && ++steps < MOST_STEPS);
        int number = call.shard().number();
        long next;
        if (position != 0) {
            next = position * shards + number;
        } else {
            next = number + 1 == shards ? 0 : number + 1;
        }
        call.reply().arrayHeader(2);
        call.reply().bulkInteger(next);
        call.reply().arrayHeader(foundCount);
        for (int i = 0; i < foundCount; i++) {
            EntryView entry = database.live(found[i]);
            if (entry != null) {
                call.reply().bulk(entry.keyAddress(), entry.keyLength());
            }
        }
    }

    private void visit(long address) {
        visited++;
        EntryView entry = call.database().live(address);
        if (entry == null || !matches(entry)) {
            return;
        }
        if (foundCount == found.length) {
            found = Arrays.copyOf(found, foundCount * 2);
        }
        found[foundCount++] = address;
    }

    private boolean matches(EntryView entry) {
        byte[] wanted = type;
        if (wanted != null && !KeyspaceCommands.isType(entry, wanted)) {
            return false;
        }
        byte[] glob = pattern;
        return glob == null
                || glob.length == 1 && glob[0] == '*'
                || GlobPattern.matches(glob, Memory.toArray(entry.keyAddress(), entry.keyLength()), false);
    }
}
