// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.store.Database;
import io.redistill.engine.store.HashValue;

/**
 * Commands on deadlines of single fields, and those that set, read and remove fields together with them.
 *
 * <p>Source: what the Redis command reference says of HEXPIRE and its relatives (7.4) and of HGETEX, HSETEX and HGETDEL
 * (8.0). Threading: stateless; called on the shard thread.
 */
final class HashFieldExpiry {
    private static final int NO_FIELD = -2;
    private static final int NO_DEADLINE = -1;
    private static final int CONDITION_FAILED = 0;
    private static final int DONE = 1;
    private static final int REMOVED = 2;

    private HashFieldExpiry() {}

    /**
     * HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT.
     *
     * @param seconds unit of the argument, else ms
     * @param absolute whether it is a time since the epoch, else from now
     */
    static void hexpire(Invocation call, boolean seconds, boolean absolute) {
        long expiresAtMs = HashFieldOptions.deadline(call, 2, seconds, absolute);
        if (expiresAtMs == HashFieldOptions.INVALID_TIME) {
            return;
        }
        int condition = HashFieldOptions.condition(call, 3);
        int fields = HashFieldOptions.fields(call, condition == HashFieldOptions.NONE ? 3 : 4, 1);
        if (fields == HashFieldOptions.INVALID) {
            return;
        }
        HashValue hash = HashCommands.toChange(call);
        if (hash == null) {
            return;
        }
        long mark = call.reply().position();
        call.reply().arrayHeader(call.argumentCount() - fields);
        for (int i = fields; i < call.argumentCount(); i++) {
            int result = expire(call, hash, i, condition, expiresAtMs);
            if (result == HashValue.NO_MEMORY) {
                call.reply().rewind(mark);
                call.outOfMemory();
                return;
            }
            call.integerReply(result);
        }
    }

    private static int expire(Invocation call, HashValue hash, int argument, int condition, long expiresAtMs) {
        if (!HashCommands.find(call, hash, argument)) {
            return NO_FIELD;
        }
        if (!holds(condition, hash.deadline(), expiresAtMs)) {
            return CONDITION_FAILED;
        }
        if (expiresAtMs <= call.database().nowMs()) {
            hash.remove();
            return REMOVED;
        }
        return hash.expireAt(call.address(argument), call.length(argument), expiresAtMs) ? DONE : HashValue.NO_MEMORY;
    }

    /** No deadline counts as infinitely late. */
    private static boolean holds(int condition, long deadline, long expiresAtMs) {
        boolean isTimed = deadline != Database.NO_EXPIRY;
        return switch (condition) {
            case HashFieldOptions.NX -> !isTimed;
            case HashFieldOptions.XX -> isTimed;
            case HashFieldOptions.GT -> isTimed && expiresAtMs > deadline;
            case HashFieldOptions.LT -> !isTimed || expiresAtMs < deadline;
            default -> true;
        };
    }

    /**
     * HTTL, HPTTL, HEXPIRETIME and HPEXPIRETIME.
     *
     * @param seconds unit of the reply, rounded up, else ms
     * @param absolute whether the deadline itself is asked for, else the time that is left
     */
    static void httl(Invocation call, boolean seconds, boolean absolute) {
        int fields = HashFieldOptions.fields(call, 2, 1);
        if (fields == HashFieldOptions.INVALID) {
            return;
        }
        HashValue hash = HashCommands.toRead(call);
        if (hash == null) {
            return;
        }
        long baseMs = absolute ? 0 : call.database().nowMs();
        call.reply().arrayHeader(call.argumentCount() - fields);
        for (int i = fields; i < call.argumentCount(); i++) {
            if (!HashCommands.find(call, hash, i)) {
                call.integerReply(NO_FIELD);
            } else if (hash.deadline() == Database.NO_EXPIRY) {
                call.integerReply(NO_DEADLINE);
            } else {
                long ms = hash.deadline() - baseMs;
                call.integerReply(seconds ? ms / 1000 + (ms % 1000 > 0 ? 1 : 0) : ms);
            }
        }
    }

    static void hpersist(Invocation call) {
        int fields = HashFieldOptions.fields(call, 2, 1);
        if (fields == HashFieldOptions.INVALID) {
            return;
        }
        HashValue hash = HashCommands.toChange(call);
        if (hash == null) {
            return;
        }
        long mark = call.reply().position();
        call.reply().arrayHeader(call.argumentCount() - fields);
        for (int i = fields; i < call.argumentCount(); i++) {
            if (!HashCommands.find(call, hash, i)) {
                call.integerReply(NO_FIELD);
            } else if (hash.deadline() == Database.NO_EXPIRY) {
                call.integerReply(NO_DEADLINE);
            } else if (hash.expireAt(call.address(i), call.length(i), Database.NO_EXPIRY)) {
                call.integerReply(DONE);
            } else {
                call.reply().rewind(mark);
                call.outOfMemory();
                return;
            }
        }
    }

    static void hgetex(Invocation call) {
        HashFieldOptions options = call.hashFieldOptions();
        if (!options.parse(call, HashFieldOptions.PERSIST, 1)) {
            return;
        }
        HashValue hash = HashCommands.toChange(call);
        if (hash == null) {
            return;
        }
        long expiresAtMs = options.expiresAtMs();
        long mark = call.reply().position();
        call.reply().arrayHeader(options.end() - options.fields());
        for (int i = options.fields(); i < options.end(); i++) {
            if (!HashCommands.find(call, hash, i)) {
                call.nil();
                continue;
            }
            call.item(hash.value());
            if (expiresAtMs == Database.KEEP_EXPIRY || expiresAtMs == hash.deadline()) {
                continue;
            }
            if (expiresAtMs != Database.NO_EXPIRY
                    && expiresAtMs <= call.database().nowMs()) {
                hash.remove();
            } else if (!hash.expireAt(call.address(i), call.length(i), expiresAtMs)) {
                call.reply().rewind(mark);
                call.outOfMemory();
                return;
            }
        }
    }

    static void hsetex(Invocation call) {
        HashFieldOptions options = call.hashFieldOptions();
        if (!options.parse(call, HashFieldOptions.KEEP_TTL | HashFieldOptions.FNX | HashFieldOptions.FXX, 2)) {
            return;
        }
        HashValue hash = HashCommands.toChange(call);
        if (hash == null) {
            return;
        }
        if (options.has(HashFieldOptions.FNX | HashFieldOptions.FXX)) {
            boolean mustExist = options.has(HashFieldOptions.FXX);
            for (int i = options.fields(); i < options.end(); i += 2) {
                if (HashCommands.find(call, hash, i) != mustExist) {
                    call.integerReply(CONDITION_FAILED);
                    return;
                }
            }
        }
        long expiresAtMs = options.expiresAtMs();
        boolean isOver = expiresAtMs != Database.NO_EXPIRY
                && expiresAtMs != Database.KEEP_EXPIRY
                && expiresAtMs <= call.database().nowMs();
        long bytesToCome = hash.exists() ? 0 : HashCommands.bytesOf(call, options.fields(), options.end());
        for (int i = options.fields(); i < options.end(); i += 2) {
            if (isOver) {
                if (HashCommands.find(call, hash, i)) {
                    hash.remove();
                }
            } else if (HashCommands.put(call, hash, i, expiresAtMs, bytesToCome) == HashValue.NO_MEMORY) {
                call.outOfMemory();
                return;
            }
        }
        hash.trim();
        call.integerReply(DONE);
    }

    static void hgetdel(Invocation call) {
        int fields = HashFieldOptions.fields(call, 2, 1);
        if (fields == HashFieldOptions.INVALID) {
            return;
        }
        HashValue hash = HashCommands.toChange(call);
        if (hash == null) {
            return;
        }
        call.reply().arrayHeader(call.argumentCount() - fields);
        for (int i = fields; i < call.argumentCount(); i++) {
            if (HashCommands.find(call, hash, i)) {
                call.item(hash.value());
                hash.remove();
            } else {
                call.nil();
            }
        }
    }
}
