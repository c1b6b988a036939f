// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.CommandTable;
import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import io.redistill.engine.store.HashItem;
import io.redistill.engine.store.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * Commands that read and write fields of hashes.
 *
 * <p>Source: the Redis command reference, group <i>hash</i>, as of 7.0. Threading: stateless; called on the shard thread.
 */
final class HashCommands {
    /** Bytes of a pair beside its field and value. */
    private static final int PAIR_OVERHEAD_BYTES = 2;

    private HashCommands() {}

    // ---- opening

    /** The hash to be read, which may not be there; null after an error reply. */
    static @Nullable HashValue toRead(Invocation call) {
        return open(call, call.lookUp());
    }

    /** The hash to be changed, which may not be there; null after an error reply. */
    static @Nullable HashValue toChange(Invocation call) {
        return open(call, call.find());
    }

    private static @Nullable HashValue open(Invocation call, @Nullable EntryView existing) {
        if (call.rejectUnlessHash(existing)) {
            return null;
        }
        return call.database().hash().open(call.hash(), call.keyAddress(), call.keyLength(), existing);
    }

    static boolean find(Invocation call, HashValue hash, int argument) {
        return hash.find(call.address(argument), call.length(argument));
    }

    // ---- reading

    static void hget(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            valueOrNil(call, hash, 2);
        }
    }

    static void valueOrNil(Invocation call, HashValue hash, int argument) {
        if (find(call, hash, argument)) {
            call.item(hash.value());
        } else {
            call.nil();
        }
    }

    static void hmget(Invocation call) {
        HashValue hash = toRead(call);
        if (hash == null) {
            return;
        }
        call.reply().arrayHeader(call.argumentCount() - 2);
        for (int i = 2; i < call.argumentCount(); i++) {
            valueOrNil(call, hash, i);
        }
    }

    static void hexists(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.integerReply(find(call, hash, 2) ? 1 : 0);
        }
    }

    static void hlen(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.integerReply(hash.length());
        }
    }

    static void hstrlen(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.integerReply(find(call, hash, 2) ? hash.value().length() : 0);
        }
    }

    static void hgetall(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.mapHeader(hash.liveLength());
            hash.rewind();
            while (hash.next()) {
                call.item(hash.field());
                call.item(hash.value());
            }
        }
    }

    static void hkeys(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.reply().arrayHeader(hash.liveLength());
            hash.rewind();
            while (hash.next()) {
                call.item(hash.field());
            }
        }
    }

    static void hvals(Invocation call) {
        HashValue hash = toRead(call);
        if (hash != null) {
            call.reply().arrayHeader(hash.liveLength());
            hash.rewind();
            while (hash.next()) {
                call.item(hash.value());
            }
        }
    }

    // ---- writing

    /** HSET and HMSET. */
    static void hset(Invocation call, boolean replyOk) {
        int end = call.argumentCount();
        if (end % 2 != 0) {
            call.error(ErrorReplies.wrongNumberOfArguments(
                            CommandTable.spec(call.opcode()).fullName())
                    .toBytes(false));
            return;
        }
        HashValue hash = toChange(call);
        if (hash == null) {
            return;
        }
        long bytesToCome = hash.exists() ? 0 : bytesOf(call, 2, end);
        int added = 0;
        for (int i = 2; i < end; i += 2) {
            int result = put(call, hash, i, Database.NO_EXPIRY, bytesToCome);
            if (result == HashValue.NO_MEMORY) {
                call.outOfMemory();
                return;
            }
            added += result;
        }
        if (end > 4) {
            hash.trim();
        }
        if (replyOk) {
            call.ok();
        } else {
            call.integerReply(added);
        }
    }

    /** Room that the pairs in arguments {@code from} to {@code end} take. */
    static long bytesOf(Invocation call, int from, int end) {
        long bytes = 0;
        for (int i = from; i < end; i += 2) {
            bytes += PAIR_OVERHEAD_BYTES + call.length(i) + call.length(i + 1);
        }
        return bytes;
    }

    /** Puts the pair whose field is an argument; the results of {@link HashValue#put}. */
    static int put(Invocation call, HashValue hash, int argument, long expiresAtMs, long bytesToCome) {
        return hash.put(
                call.address(argument),
                call.length(argument),
                call.address(argument + 1),
                call.length(argument + 1),
                call.isBlock(argument + 1),
                expiresAtMs,
                bytesToCome);
    }

    static void hsetnx(Invocation call) {
        HashValue hash = toChange(call);
        if (hash == null) {
            return;
        }
        if (find(call, hash, 2)) {
            call.integerReply(0);
        } else if (put(call, hash, 2, Database.NO_EXPIRY, 0) == HashValue.NO_MEMORY) {
            call.outOfMemory();
        } else {
            call.integerReply(1);
        }
    }

    static void hdel(Invocation call) {
        HashValue hash = toChange(call);
        if (hash == null) {
            return;
        }
        long removed = 0;
        for (int i = 2; i < call.argumentCount() && hash.exists(); i++) {
            if (find(call, hash, i)) {
                hash.remove();
                removed++;
            }
        }
        call.integerReply(removed);
    }

    static void hincrby(Invocation call) {
        if (!call.isInteger(3)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        HashValue hash = toChange(call);
        if (hash == null) {
            return;
        }
        long value = 0;
        if (find(call, hash, 2)) {
            HashItem item = hash.value();
            if (item.isInteger()) {
                value = item.integer();
            } else if (Decimal.isInteger(item.address(), item.length())) {
                value = Decimal.parse(item.address(), item.length());
            } else {
                call.error(Errors.HASH_VALUE_NOT_AN_INTEGER);
                return;
            }
        }
        long delta = call.integer(3);
        long sum = value + delta;
        if (((value ^ sum) & (delta ^ sum)) < 0) {
            call.error(Errors.OVERFLOW);
        } else if (hash.putInteger(call.address(2), call.length(2), sum, Database.KEEP_EXPIRY) == HashValue.NO_MEMORY) {
            call.outOfMemory();
        } else {
            call.integerReply(sum);
        }
    }

    static void hincrbyfloat(Invocation call) {
        ExtendedReal delta = ExtendedReal.parse(Memory.toArray(call.address(3), call.length(3)));
        if (delta == null) {
            call.error(Errors.NOT_A_FLOAT);
            return;
        }
        if (!delta.isFinite()) {
            call.error(Errors.NOT_FINITE);
            return;
        }
        HashValue hash = toChange(call);
        if (hash == null) {
            return;
        }
        ExtendedReal value = find(call, hash, 2) ? real(hash.value()) : ExtendedReal.ZERO;
        if (value == null) {
            call.error(Errors.HASH_VALUE_NOT_A_FLOAT);
            return;
        }
        ExtendedReal sum = value.plus(delta);
        if (!sum.isFinite()) {
            call.error(Errors.INCREMENT_NOT_FINITE);
            return;
        }
        byte[] digits = sum.toBytes();
        long copy = Memory.allocate(digits.length);
        try {
            Memory.copyFromArray(digits, 0, copy, digits.length);
            int result = hash.put(call.address(2), call.length(2), copy, digits.length, false, Database.KEEP_EXPIRY, 0);
            if (result == HashValue.NO_MEMORY) {
                call.outOfMemory();
            } else {
                call.reply().bulk(copy, digits.length);
            }
        } finally {
            Memory.free(copy);
        }
    }

    private static @Nullable ExtendedReal real(HashItem item) {
        return item.isInteger()
                ? ExtendedReal.of(item.integer())
                : ExtendedReal.parse(Memory.toArray(item.address(), item.length()));
    }
}
