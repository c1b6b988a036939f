// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;

/**
 * Strings as rows of bits, the most significant bit of each byte first: SETBIT, GETBIT, BITCOUNT, BITPOS and BITOP.
 *
 * <p>Source: the Redis command reference, group <i>bitmap</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class BitCommands {
    static final byte[] BAD_OFFSET = Errors.encoded("ERR bit offset is not an integer or out of range");

    private static final byte[] BAD_BIT = Errors.encoded("ERR bit is not an integer or out of range");
    private static final byte[] BAD_BIT_ARGUMENT = Errors.encoded("ERR The bit argument must be 1 or 0.");
    private static final byte[] NOT_OF_SEVERAL =
            Errors.encoded("ERR BITOP NOT must be called with a single source key.");

    private BitCommands() {}

    static void setbit(Invocation call) {
        long offset = offset(call, 2);
        if (offset < 0) {
            return;
        }
        if (!call.isInteger(3) || (call.integer(3) & ~1) != 0) {
            call.error(BAD_BIT);
            return;
        }
        int bit = (int) call.integer(3);
        EntryView existing = call.find();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int oldLength = existing == null ? 0 : existing.stringLength();
        long value = call.edit(existing, (int) (offset >> 3) + 1);
        if (value == 0) {
            call.outOfMemory();
            return;
        }
        long place = value + (offset >> 3);
        int shift = 7 - (int) (offset & 7);
        int old = Memory.getByte(place) & 0xff;
        int changed = old & ~(1 << shift) | bit << shift;
        Memory.putByte(place, (byte) changed);
        if (changed == old && oldLength > offset >> 3) {
            call.database().editedNothing();
        }
        call.integerReply(old >> shift & 1);
    }

    static void getbit(Invocation call) {
        long offset = offset(call, 2);
        if (offset < 0) {
            return;
        }
        EntryView existing = call.lookUp();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        if (existing == null || offset >> 3 >= existing.stringLength()) {
            call.integerReply(0);
        } else {
            call.integerReply(Memory.getByte(call.bytes(existing) + (offset >> 3)) >> (7 - (offset & 7)) & 1);
        }
    }

    /** A bit's number in a string of the longest length; -1 after an error reply. */
    private static long offset(Invocation call, int argument) {
        if (call.isInteger(argument)) {
            long offset = call.integer(argument);
            if (offset >= 0 && offset >> 3 < StringCommands.MAX_STRING_BYTES) {
                return offset;
            }
        }
        call.error(BAD_OFFSET);
        return -1;
    }

    // ---- counting and searching

    static void bitcount(Invocation call) {
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.integerReply(0);
            return;
        }
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int count = call.argumentCount();
        long length = existing.stringLength();
        if (count == 2) {
            call.integerReply(countBits(call.bytes(existing), 0, length * 8 - 1));
            return;
        }
        if (count != 4 && count != 5) {
            call.error(Errors.SYNTAX);
            return;
        }
        if (!call.isInteger(2) || !call.isInteger(3)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long start = call.integer(2);
        long end = call.integer(3);
        if (start < 0 && end < 0 && start > end) {
            call.integerReply(0);
            return;
        }
        boolean bits = false;
        if (count == 5) {
            bits = call.isWord(4, "BIT");
            if (!bits && !call.isWord(4, "BYTE")) {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        long total = bits ? length * 8 : length;
        start = Math.max(0, start < 0 ? total + start : start);
        end = Math.min(total - 1, Math.max(0, end < 0 ? total + end : end));
        if (start > end) {
            call.integerReply(0);
        } else {
            long address = call.bytes(existing);
            call.integerReply(bits ? countBits(address, start, end) : countBits(address, start * 8, end * 8 + 7));
        }
    }

    /** Bits set from one to another, both included. */
    private static long countBits(long address, long first, long last) {
        long count = 0;
        long bit = first;
        while (bit <= last) {
            if ((bit & 7) == 0 && last - bit >= Long.SIZE - 1) {
                count += Long.bitCount(Memory.getLong(address + (bit >> 3)));
                bit += Long.SIZE;
            } else {
                int from = (int) (bit & 7);
                int to = (int) Math.min(7, from + last - bit);
                count += Integer.bitCount(Memory.getByte(address + (bit >> 3)) & mask(from, to));
                bit += to - from + 1;
            }
        }
        return count;
    }

    /** Bits of a byte from one to another, both included, 0 being the most significant. */
    private static int mask(int from, int to) {
        return 0xff >> from & 0xff << (7 - to);
    }

    static void bitpos(Invocation call) {
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long bit = call.integer(2);
        if (bit != 0 && bit != 1) {
            call.error(BAD_BIT_ARGUMENT);
            return;
        }
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.integerReply(bit == 0 ? 0 : -1);
            return;
        }
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int count = call.argumentCount();
        if (count > 6) {
            call.error(Errors.SYNTAX);
            return;
        }
        boolean bits = false;
        if (count > 3 && !call.isInteger(3)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        if (count == 6) {
            bits = call.isWord(5, "BIT");
            if (!bits && !call.isWord(5, "BYTE")) {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        boolean endGiven = count > 4;
        if (endGiven && !call.isInteger(4)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long length = existing.stringLength();
        long total = bits ? length * 8 : length;
        long start = count > 3 ? call.integer(3) : 0;
        long end = endGiven ? call.integer(4) : total - 1;
        start = Math.max(0, start < 0 ? total + start : start);
        end = Math.min(total - 1, end < 0 ? Math.max(0, total + end) : end);
        if (count == 3) {
            end = total - 1;
        }
        if (start > end) {
            call.integerReply(-1);
            return;
        }
        long first = bits ? start : start * 8;
        long last = bits ? end : end * 8 + 7;
        long found = findBit(call.bytes(existing), first, last, bit == 1);
        // What follows a string without an end given counts as zeros.
        call.integerReply(found < 0 && bit == 0 && !endGiven ? last + 1 : found);
    }

    /** The first bit of a kind from one to another, both included, or -1. */
    private static long findBit(long address, long first, long last, boolean set) {
        long bit = first;
        long skipped = set ? 0 : -1L;
        while (bit <= last) {
            if ((bit & 7) == 0 && last - bit >= Long.SIZE - 1 && Memory.getLong(address + (bit >> 3)) == skipped) {
                bit += Long.SIZE;
                continue;
            }
            int from = (int) (bit & 7);
            int to = (int) Math.min(7, from + last - bit);
            int value = Memory.getByte(address + (bit >> 3));
            int candidates = (set ? value : ~value) & mask(from, to);
            if (candidates != 0) {
                return (bit & ~7L) + Integer.numberOfLeadingZeros(candidates) - (Integer.SIZE - Byte.SIZE);
            }
            bit += to - from + 1;
        }
        return -1;
    }

    // ---- combining

    private enum Operation {
        AND,
        OR,
        XOR,
        NOT
    }

    static void bitop(Invocation call) {
        Operation operation = null;
        for (Operation each : Operation.values()) {
            if (call.isWord(1, each.name())) {
                operation = each;
            }
        }
        if (operation == null) {
            call.error(Errors.SYNTAX);
            return;
        }
        if (operation == Operation.NOT && call.argumentCount() != 4) {
            call.error(NOT_OF_SEVERAL);
            return;
        }
        int length = 0;
        for (int i = 3; i < call.argumentCount(); i++) {
            call.keyOfAny(i);
            EntryView source = call.lookUp();
            if (call.rejectUnlessString(source)) {
                return;
            }
            length = Math.max(length, source == null ? 0 : source.stringLength());
        }
        long result = length == 0 ? 0 : Memory.allocate(length);
        try {
            for (int i = 3; i < call.argumentCount(); i++) {
                call.keyOfAny(i);
                combine(call, i == 3 ? null : operation, result, length);
            }
            if (operation == Operation.NOT) {
                for (int i = 0; i < length; i++) {
                    Memory.putByte(result + i, (byte) ~Memory.getByte(result + i));
                }
            }
            storeResult(call, result, length);
        } finally {
            if (result != 0) {
                Memory.free(result);
            }
        }
    }

    /** Combines the result so far with the current key's string; without an operation the string itself. */
    private static void combine(
            Invocation call, @org.jspecify.annotations.Nullable Operation operation, long result, int length) {
        EntryView source = call.find();
        int sourceLength = source == null ? 0 : source.stringLength();
        long bytes = source == null ? 0 : call.bytes(source);
        if (operation == null) {
            Memory.copy(bytes, result, sourceLength);
            Memory.fill(result + sourceLength, length - sourceLength, (byte) 0);
            return;
        }
        int i = 0;
        for (; i + Long.BYTES <= sourceLength; i += Long.BYTES) {
            Memory.putLong(result + i, combine(operation, Memory.getLong(result + i), Memory.getLong(bytes + i)));
        }
        for (; i < sourceLength; i++) {
            Memory.putByte(
                    result + i, (byte) combine(operation, Memory.getByte(result + i), Memory.getByte(bytes + i)));
        }
        if (operation == Operation.AND) {
            Memory.fill(result + sourceLength, length - sourceLength, (byte) 0);
        }
    }

    private static long combine(Operation operation, long left, long right) {
        return switch (operation) {
            case AND -> left & right;
            case OR -> left | right;
            case XOR -> left ^ right;
            case NOT -> throw new IllegalArgumentException("NOT has one operand");
        };
    }

    private static void storeResult(Invocation call, long result, int length) {
        call.keyOfAny(2);
        EntryView existing = call.find();
        if (length == 0) {
            if (existing != null) {
                call.database().remove(call.hash(), existing);
            }
        } else {
            long target = call.database()
                    .writeBytes(
                            existing,
                            call.hash(),
                            call.keyAddress(),
                            call.keyLength(),
                            length,
                            Database.NO_EXPIRY,
                            false);
            if (target == 0) {
                call.outOfMemory();
                return;
            }
            Memory.copy(result, target, length);
        }
        call.integerReply(length);
    }
}
