// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import org.jspecify.annotations.Nullable;

/**
 * GET, SET and the other commands that read or replace whole strings, and the counters.
 *
 * <p>Source: the Redis command reference, group <i>string</i>, as of 7.0, and Valkey's for IFEQ (8.1) and DELIFEQ (9.0).
 * Threading: stateless; called on the shard
 * thread.
 */
final class StringCommands {
    /** Longest string, {@code proto-max-bulk-len}. */
    static final int MAX_STRING_BYTES = 512 << 20;

    private StringCommands() {}

    static void get(Invocation call) {
        EntryView existing = call.lookUp();
        if (!call.rejectUnlessString(existing)) {
            call.valueOrNil(existing);
        }
    }

    static void set(Invocation call) {
        if (call.argumentCount() == 3) {
            if (store(call, call.find(), 2, Database.NO_EXPIRY)) {
                call.ok();
            }
            return;
        }
        setWithOptions(call);
    }

    private static void setWithOptions(Invocation call) {
        long options = StringOptions.parse(call, 3, true);
        if (options == StringOptions.INVALID) {
            call.error(Errors.SYNTAX);
            return;
        }
        long expiresAtMs = (options & StringOptions.KEEP_TTL) != 0 ? Database.KEEP_EXPIRY : Database.NO_EXPIRY;
        if (StringOptions.hasDeadline(options)) {
            expiresAtMs = StringOptions.deadline(call, options);
            if (expiresAtMs == StringOptions.NO_DEADLINE) {
                return;
            }
        }
        boolean get = (options & StringOptions.GET) != 0;
        EntryView existing = get ? call.lookUp() : call.find();
        boolean compare = (options & StringOptions.IFEQ) != 0;
        if ((get || compare) && call.rejectUnlessString(existing)) {
            return;
        }
        long mark = call.reply().position();
        if (get) {
            call.valueOrNil(existing);
        }
        if ((options & StringOptions.NX) != 0 && existing != null
                || (options & StringOptions.XX) != 0 && existing == null
                || compare && !isEqual(call, existing, StringOptions.comparedArgument(options))) {
            if (!get) {
                call.nil();
            }
            return;
        }
        if (!store(call, existing, 2, expiresAtMs, mark)) {
            return;
        }
        if (!get) {
            call.ok();
        }
    }

    static void delifeq(Invocation call) {
        EntryView existing = call.find();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        if (existing != null && isEqual(call, existing, 2)) {
            call.database().remove(call.hash(), existing);
            call.integerReply(1);
        } else {
            call.integerReply(0);
        }
    }

    /** Whether there is a string of the same bytes as an argument. */
    private static boolean isEqual(Invocation call, @Nullable EntryView string, int argument) {
        int length = call.length(argument);
        return string != null
                && string.stringLength() == length
                && Memory.equal(call.bytes(string), call.address(argument), length);
    }

    static void setnx(Invocation call) {
        if (call.find() != null) {
            call.integerReply(0);
        } else if (store(call, null, 2, Database.NO_EXPIRY)) {
            call.integerReply(1);
        }
    }

    /** SETEX and PSETEX. */
    static void setex(Invocation call, boolean seconds) {
        long expiresAtMs = StringOptions.relativeDeadline(call, 2, seconds);
        if (expiresAtMs != StringOptions.NO_DEADLINE && store(call, call.find(), 3, expiresAtMs)) {
            call.ok();
        }
    }

    static void getset(Invocation call) {
        EntryView existing = call.lookUp();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        long mark = call.reply().position();
        call.valueOrNil(existing);
        store(call, existing, 2, Database.NO_EXPIRY, mark);
    }

    static void getdel(Invocation call) {
        EntryView existing = call.lookUp();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        call.valueOrNil(existing);
        if (existing != null) {
            call.database().remove(call.hash(), existing);
        }
    }

    static void getex(Invocation call) {
        long options = StringOptions.parse(call, 2, false);
        if (options == StringOptions.INVALID) {
            call.error(Errors.SYNTAX);
            return;
        }
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.nil();
            return;
        }
        if (call.rejectUnlessString(existing)) {
            return;
        }
        long expiresAtMs = Database.NO_EXPIRY;
        if (StringOptions.hasDeadline(options)) {
            expiresAtMs = StringOptions.deadline(call, options);
            if (expiresAtMs == StringOptions.NO_DEADLINE) {
                return;
            }
        } else if ((options & StringOptions.PERSIST) == 0 || !existing.hasExpiry()) {
            call.value(existing);
            return;
        }
        long mark = call.reply().position();
        call.value(existing);
        if (StringOptions.isAbsolute(options) && expiresAtMs <= call.database().nowMs()) {
            call.database().remove(call.hash(), existing);
        } else if (!call.database().expireAt(existing, call.hash(), expiresAtMs)) {
            call.reply().rewind(mark);
            call.outOfMemory();
        }
    }

    static void strlen(Invocation call) {
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.integerReply(0);
        } else if (!call.rejectUnlessString(existing)) {
            call.integerReply(existing.stringLength());
        }
    }

    static void append(Invocation call) {
        EntryView existing = call.find();
        int tailLength = call.length(2);
        if (existing == null) {
            if (store(call, null, 2, Database.NO_EXPIRY)) {
                call.integerReply(tailLength);
            }
            return;
        }
        if (call.rejectUnlessString(existing)) {
            return;
        }
        if ((long) existing.stringLength() + tailLength > MAX_STRING_BYTES) {
            call.error(Errors.STRING_TOO_LONG);
            return;
        }
        int length = existing.stringLength() + tailLength;
        if (call.database()
                .append(existing, call.hash(), call.keyAddress(), call.keyLength(), call.address(2), tailLength)) {
            call.integerReply(length);
        } else {
            call.outOfMemory();
        }
    }

    // ---- counters

    static void increment(Invocation call, long delta) {
        EntryView existing = call.find();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        long value = 0;
        if (existing != null) {
            if (existing.isInteger()) {
                value = existing.integerValue();
            } else if (Decimal.isInteger(existing.valueAddress(), existing.valueLength())) {
                value = Decimal.parse(existing.valueAddress(), existing.valueLength());
            } else {
                call.error(Errors.NOT_AN_INTEGER);
                return;
            }
        }
        long sum = value + delta;
        if (((value ^ sum) & (delta ^ sum)) < 0) {
            call.error(Errors.OVERFLOW);
            return;
        }
        if (call.database()
                .writeInteger(existing, call.hash(), call.keyAddress(), call.keyLength(), sum, Database.KEEP_EXPIRY)) {
            call.integerReply(sum);
        } else {
            call.outOfMemory();
        }
    }

    /** INCRBY and DECRBY. */
    static void incrementBy(Invocation call, boolean negate) {
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long delta = call.integer(2);
        if (negate && delta == Long.MIN_VALUE) {
            call.error(Errors.DECREMENT_OVERFLOW);
            return;
        }
        increment(call, negate ? -delta : delta);
    }

    static void incrementByFloat(Invocation call) {
        EntryView existing = call.find();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        ExtendedReal value = existing == null ? ExtendedReal.ZERO : real(existing);
        ExtendedReal delta = ExtendedReal.parse(Memory.toArray(call.address(2), call.length(2)));
        if (value == null || delta == null) {
            call.error(Errors.NOT_A_FLOAT);
            return;
        }
        ExtendedReal sum = value.plus(delta);
        if (!sum.isFinite()) {
            call.error(Errors.INCREMENT_NOT_FINITE);
            return;
        }
        byte[] digits = sum.toBytes();
        long target = call.database()
                .writeBytes(
                        existing,
                        call.hash(),
                        call.keyAddress(),
                        call.keyLength(),
                        digits.length,
                        Database.KEEP_EXPIRY,
                        true);
        if (target == 0) {
            call.outOfMemory();
            return;
        }
        Memory.copyFromArray(digits, 0, target, digits.length);
        call.reply().bulk(target, digits.length);
    }

    private static @Nullable ExtendedReal real(EntryView entry) {
        return entry.isInteger()
                ? ExtendedReal.of(entry.integerValue())
                : ExtendedReal.parse(Memory.toArray(entry.valueAddress(), entry.valueLength()));
    }

    // ---- values

    /** Stores an argument as the current key's value; replies with an error and returns false when there is no memory. */
    static boolean store(Invocation call, @Nullable EntryView existing, int argument, long expiresAtMs) {
        return store(call, existing, argument, expiresAtMs, call.reply().position());
    }

    /** The same; an error takes the place of what was replied since {@code mark}. */
    private static boolean store(
            Invocation call, @Nullable EntryView existing, int argument, long expiresAtMs, long mark) {
        if (write(call, existing, argument, expiresAtMs)) {
            return true;
        }
        call.reply().rewind(mark);
        call.outOfMemory();
        return false;
    }

    /** Writes an argument as the current key's value; false when there is no memory. */
    static boolean write(Invocation call, @Nullable EntryView existing, int argument, long expiresAtMs) {
        return write(
                call, existing, call.address(argument), call.length(argument), call.isBlock(argument), expiresAtMs);
    }

    /**
     * Writes a string as the current key's value; false when there is no memory.
     *
     * @param isBlock whether it is a {@link LargeBlock}: then one more holding of it is taken if it is long enough
     */
    static boolean write(
            Invocation call,
            @Nullable EntryView existing,
            long address,
            int length,
            boolean isBlock,
            long expiresAtMs) {
        if (length >= Database.LARGE_VALUE_BYTES) {
            return writeLarge(call, existing, address, length, isBlock, expiresAtMs);
        }
        long target =
                call.database().write(existing, call.hash(), call.keyAddress(), call.keyLength(), length, expiresAtMs);
        if (target == 0) {
            return false;
        }
        Memory.copy(address, target, length);
        return true;
    }

    private static boolean writeLarge(
            Invocation call,
            @Nullable EntryView existing,
            long address,
            int length,
            boolean isBlock,
            long expiresAtMs) {
        long block = LargeBlock.hold(address, length, isBlock);
        boolean stored = call.database()
                .writeLarge(existing, call.hash(), call.keyAddress(), call.keyLength(), block, length, expiresAtMs);
        if (!stored) {
            LargeBlock.release(block);
        }
        return stored;
    }
}
