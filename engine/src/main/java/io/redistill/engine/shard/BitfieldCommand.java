// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.EntryView;
import org.jspecify.annotations.Nullable;

/**
 * BITFIELD and BITFIELD_RO: integers of any width at any bit of a string.
 *
 * <p>The operations are read twice: once for errors and for the length that the string needs, so that nothing is changed
 * when one is wrong, then to be executed.
 *
 * <p>Source: the Redis command reference, group <i>bitmap</i>, as of 7.0. Threading: confined to one call on the shard
 * thread. Allocates one object.
 */
final class BitfieldCommand {
    private static final byte[] BAD_TYPE = Errors.encoded(
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
    private static final byte[] BAD_OVERFLOW = Errors.encoded("ERR Invalid OVERFLOW type specified");
    private static final byte[] READ_ONLY = Errors.encoded("ERR BITFIELD_RO only supports the GET subcommand");

    private enum Kind {
        GET,
        SET,
        INCRBY,
        OVERFLOW
    }

    private enum Overflow {
        WRAP,
        SAT,
        FAIL
    }

    private final Invocation call;
    private final boolean readOnly;

    // The operation that was read last.
    private Kind kind = Kind.GET;
    private Overflow overflow = Overflow.WRAP;
    private boolean signed;
    private int bits;
    private long offset;
    private long operand;

    private int count;
    private long highestWrite = -1;
    private boolean changed;

    private BitfieldCommand(Invocation call, boolean readOnly) {
        this.call = call;
        this.readOnly = readOnly;
    }

    static void execute(Invocation call, boolean readOnly) {
        BitfieldCommand command = new BitfieldCommand(call, readOnly);
        if (command.readAll()) {
            command.executeAll();
        }
    }

    // ---- reading

    /** False after an error reply. */
    private boolean readAll() {
        boolean writes = false;
        for (int i = 2; i < call.argumentCount(); i = next(i)) {
            if (!read(i)) {
                return false;
            }
            if (kind == Kind.OVERFLOW) {
                continue;
            }
            count++;
            if (kind != Kind.GET) {
                writes = true;
                highestWrite = Math.max(highestWrite, offset + bits - 1);
            }
        }
        if (writes && readOnly) {
            call.error(READ_ONLY);
            return false;
        }
        return true;
    }

    private int next(int argument) {
        return argument
                + switch (kind) {
                    case GET -> 3;
                    case SET, INCRBY -> 4;
                    case OVERFLOW -> 2;
                };
    }

    /** Reads the operation at an argument; false after an error reply. */
    private boolean read(int at) {
        int more = call.argumentCount() - 1 - at;
        if (call.isWord(at, "GET") && more >= 2) {
            kind = Kind.GET;
        } else if (call.isWord(at, "SET") && more >= 3) {
            kind = Kind.SET;
        } else if (call.isWord(at, "INCRBY") && more >= 3) {
            kind = Kind.INCRBY;
        } else if (call.isWord(at, "OVERFLOW") && more >= 1) {
            kind = Kind.OVERFLOW;
            return readOverflow(at + 1);
        } else {
            call.error(Errors.SYNTAX);
            return false;
        }
        if (!readType(at + 1)) {
            call.error(BAD_TYPE);
            return false;
        }
        if (!readOffset(at + 2)) {
            call.error(BitCommands.BAD_OFFSET);
            return false;
        }
        if (kind != Kind.GET) {
            if (!call.isInteger(at + 3)) {
                call.error(Errors.NOT_AN_INTEGER);
                return false;
            }
            operand = call.integer(at + 3);
        }
        return true;
    }

    private boolean readOverflow(int argument) {
        for (Overflow each : Overflow.values()) {
            if (call.isWord(argument, each.name())) {
                overflow = each;
                return true;
            }
        }
        call.error(BAD_OVERFLOW);
        return false;
    }

    /** {@code i1} to {@code i64}, {@code u1} to {@code u63}. */
    private boolean readType(int argument) {
        long address = call.address(argument);
        int length = call.length(argument);
        if (length == 0) {
            return false;
        }
        byte sign = Memory.getByte(address);
        if (sign != 'i' && sign != 'u' || !call.isInteger(argument, 1)) {
            return false;
        }
        long width = call.integer(argument, 1);
        signed = sign == 'i';
        bits = (int) Math.min(width, Integer.MAX_VALUE);
        return width >= 1 && width <= (signed ? Long.SIZE : Long.SIZE - 1);
    }

    /** A number of bits, or with a hash sign of integers of the type. */
    private boolean readOffset(int argument) {
        boolean ofIntegers = call.length(argument) > 0 && Memory.getByte(call.address(argument)) == '#';
        int skipped = ofIntegers ? 1 : 0;
        if (!call.isInteger(argument, skipped)) {
            return false;
        }
        offset = call.integer(argument, skipped);
        if (ofIntegers) {
            if (offset > Long.MAX_VALUE / bits) {
                return false;
            }
            offset *= bits;
        }
        return offset >= 0 && offset >> 3 < StringCommands.MAX_STRING_BYTES;
    }

    // ---- executing

    private void executeAll() {
        boolean writes = highestWrite >= 0;
        EntryView existing = writes ? call.find() : call.lookUp();
        if (call.rejectUnlessString(existing)) {
            return;
        }
        int length = existing == null ? 0 : existing.stringLength();
        long bytes;
        if (writes) {
            int least = (int) (highestWrite >> 3) + 1;
            bytes = call.edit(existing, least);
            if (bytes == 0) {
                call.outOfMemory();
                return;
            }
            changed = length < least;
            length = Math.max(length, least);
        } else {
            bytes = bytes(existing);
        }
        call.reply().arrayHeader(count);
        overflow = Overflow.WRAP;
        for (int i = 2; i < call.argumentCount(); i = next(i)) {
            read(i);
            switch (kind) {
                case GET -> call.integerReply(get(bytes, length));
                case SET, INCRBY -> change(bytes, length);
                case OVERFLOW -> {}
            }
        }
        if (writes && !changed) {
            call.database().editedNothing();
        }
    }

    private long bytes(@Nullable EntryView existing) {
        return existing == null ? 0 : call.bytes(existing);
    }

    /** The integer at the offset; what lies behind the string is zeros. */
    private long get(long bytes, int length) {
        long value = 0;
        for (long bit = offset; bit < offset + bits; bit++) {
            long at = bit >> 3;
            int one = at < length ? Memory.getByte(bytes + at) >> (7 - (bit & 7)) & 1 : 0;
            value = value << 1 | one;
        }
        return signed ? value << (Long.SIZE - bits) >> (Long.SIZE - bits) : value;
    }

    private void put(long bytes, long value) {
        for (int i = 0; i < bits; i++) {
            long bit = offset + i;
            long place = bytes + (bit >> 3);
            int shift = 7 - (int) (bit & 7);
            int one = (int) (value >>> (bits - 1 - i)) & 1;
            Memory.putByte(place, (byte) (Memory.getByte(place) & ~(1 << shift) | one << shift));
        }
    }

    private void change(long bytes, int length) {
        long old = get(bytes, length);
        long base = kind == Kind.SET ? operand : old;
        long increment = kind == Kind.SET ? 0 : operand;
        int direction = signed ? signedOverflow(base, increment) : unsignedOverflow(base, increment);
        long value = base + increment;
        if (direction != 0) {
            if (overflow == Overflow.FAIL) {
                call.nil();
                return;
            }
            value = overflow == Overflow.WRAP ? wrap(value) : direction > 0 ? greatest() : least();
        }
        if (value != old) {
            put(bytes, value);
            changed = true;
        }
        call.integerReply(kind == Kind.SET ? old : value);
    }

    private long wrap(long value) {
        int unused = Long.SIZE - bits;
        return signed ? value << unused >> unused : value << unused >>> unused;
    }

    private long greatest() {
        return signed ? Long.MAX_VALUE >> (Long.SIZE - bits) : -1L >>> (Long.SIZE - bits);
    }

    private long least() {
        return signed ? Long.MIN_VALUE >> (Long.SIZE - bits) : 0;
    }

    /** Above 0 when a sum is too great, below 0 when it is too small. A value out of range counts as too great or small. */
    private int signedOverflow(long value, long increment) {
        long max = greatest();
        long min = least();
        // These may wrap around; then they are not looked at, as the other half of each condition says.
        long mostIncrement = max - value;
        long leastIncrement = min - value;
        if (value > max
                || bits != Long.SIZE && increment > mostIncrement
                || value >= 0 && increment > 0 && increment > mostIncrement) {
            return 1;
        }
        if (value < min
                || bits != Long.SIZE && increment < leastIncrement
                || value < 0 && increment < 0 && increment < leastIncrement) {
            return -1;
        }
        return 0;
    }

    /** The same for an unsigned value, negative operands of SET being great ones. */
    private int unsignedOverflow(long value, long increment) {
        long max = greatest();
        long mostIncrement = max - value;
        if (Long.compareUnsigned(value, max) > 0 || increment > 0 && increment > mostIncrement) {
            return 1;
        }
        return increment < 0 && increment < -value ? -1 : 0;
    }
}
