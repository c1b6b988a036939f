// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.reply.Errors;

/**
 * The options of SET and GETEX, parsed as {@code parseExtendedStringArgumentsOrReply} of Redis 7.0 does; with IFEQ, as
 * Valkey 8.1 documents it.
 *
 * <p>Threading: stateless; called on the shard thread.
 */
final class StringOptions {
    static final int NX = 1;
    static final int XX = 1 << 1;
    static final int GET = 1 << 2;
    static final int KEEP_TTL = 1 << 3;
    static final int PERSIST = 1 << 4;
    static final int EX = 1 << 5;
    static final int PX = 1 << 6;
    static final int EXAT = 1 << 7;
    static final int PXAT = 1 << 8;
    static final int IFEQ = 1 << 9;

    /** Options that cannot be. */
    static final long INVALID = -1;

    /** Returned by {@link #deadline} after an error reply. */
    static final long NO_DEADLINE = Long.MIN_VALUE;

    private static final int DEADLINES = EX | PX | EXAT | PXAT;

    private static final int CONDITIONS = NX | XX | IFEQ;

    /** The argument that holds the time is kept above the option bits, and above it the one to compare with. */
    private static final int TIME_ARGUMENT_SHIFT = 16;

    private static final int COMPARED_ARGUMENT_SHIFT = 40;
    private static final int ARGUMENT_MASK = (1 << 24) - 1;

    private static final byte[][] INVALID_EXPIRE_TIME = invalidExpireTimes();

    private StringOptions() {}

    private static byte[][] invalidExpireTimes() {
        byte[][] errors = new byte[Opcode.COUNT][];
        for (int opcode = 0; opcode < errors.length; opcode++) {
            errors[opcode] = Errors.invalidExpireTime(CommandTable.spec(opcode).fullName());
        }
        return errors;
    }

    /** The error for a time that cannot be, naming the command. */
    static byte[] invalidExpireTime(int opcode) {
        return INVALID_EXPIRE_TIME[opcode];
    }

    /**
     * The options from argument {@code from} on.
     *
     * @param set whether these are SET's (else GETEX's)
     * @return option bits with the arguments above them, or {@link #INVALID}
     */
    static long parse(Invocation call, int from, boolean set) {
        int options = 0;
        long timeArgument = 0;
        long comparedArgument = 0;
        for (int i = from; i < call.argumentCount(); i++) {
            boolean hasNext = i + 1 < call.argumentCount();
            int others = DEADLINES | KEEP_TTL | PERSIST;
            if (set && call.isWord(i, "NX") && (options & (CONDITIONS & ~NX)) == 0) {
                options |= NX;
            } else if (set && call.isWord(i, "XX") && (options & (CONDITIONS & ~XX)) == 0) {
                options |= XX;
            } else if (set && call.isWord(i, "IFEQ") && hasNext && (options & CONDITIONS) == 0) {
                options |= IFEQ;
                comparedArgument = ++i;
            } else if (set && call.isWord(i, "GET")) {
                options |= GET;
            } else if (set && call.isWord(i, "KEEPTTL") && (options & (others & ~KEEP_TTL)) == 0) {
                options |= KEEP_TTL;
            } else if (!set && call.isWord(i, "PERSIST") && (options & (others & ~PERSIST)) == 0) {
                options |= PERSIST;
            } else {
                int deadline = deadlineOption(call, i);
                if (deadline == 0 || !hasNext || (options & (others & ~deadline)) != 0) {
                    return INVALID;
                }
                options |= deadline;
                timeArgument = ++i;
            }
        }
        return options | timeArgument << TIME_ARGUMENT_SHIFT | comparedArgument << COMPARED_ARGUMENT_SHIFT;
    }

    private static int deadlineOption(Invocation call, int argument) {
        if (call.isWord(argument, "EX")) {
            return EX;
        }
        if (call.isWord(argument, "PX")) {
            return PX;
        }
        if (call.isWord(argument, "EXAT")) {
            return EXAT;
        }
        return call.isWord(argument, "PXAT") ? PXAT : 0;
    }

    /** The argument behind IFEQ. */
    static int comparedArgument(long options) {
        return (int) (options >>> COMPARED_ARGUMENT_SHIFT) & ARGUMENT_MASK;
    }

    static boolean hasDeadline(long options) {
        return (options & DEADLINES) != 0;
    }

    static boolean isAbsolute(long options) {
        return (options & (EXAT | PXAT)) != 0;
    }

    /** The deadline that the options name, ms since the epoch; after an error reply, {@link #NO_DEADLINE}. */
    static long deadline(Invocation call, long options) {
        int argument = (int) (options >>> TIME_ARGUMENT_SHIFT) & ARGUMENT_MASK;
        boolean seconds = (options & (EX | EXAT)) != 0;
        return deadline(call, argument, seconds, isAbsolute(options));
    }

    /** The deadline of a time from now; after an error reply, {@link #NO_DEADLINE}. */
    static long relativeDeadline(Invocation call, int argument, boolean seconds) {
        return deadline(call, argument, seconds, false);
    }

    private static long deadline(Invocation call, int argument, boolean seconds, boolean absolute) {
        if (!call.isInteger(argument)) {
            call.error(Errors.NOT_AN_INTEGER);
            return NO_DEADLINE;
        }
        long time = call.integer(argument);
        if (time <= 0 || seconds && time > Long.MAX_VALUE / 1000) {
            call.error(invalidExpireTime(call.opcode()));
            return NO_DEADLINE;
        }
        long ms = seconds ? time * 1000 : time;
        if (absolute) {
            return ms;
        }
        long nowMs = call.database().nowMs();
        if (ms > Long.MAX_VALUE - nowMs) {
            call.error(invalidExpireTime(call.opcode()));
            return NO_DEADLINE;
        }
        return ms + nowMs;
    }
}
