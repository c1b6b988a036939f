// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;

/**
 * The options of commands on deadlines of fields. One object per shard, filled by {@link #parse} for HGETEX and HSETEX,
 * whose options and fields may come in any order; the others have a fixed one.
 *
 * <p>Threading: confined to the shard thread.
 */
final class HashFieldOptions {
    /** After an error reply. */
    static final int INVALID = -1;

    /** After an error reply. */
    static final long INVALID_TIME = Long.MIN_VALUE;

    static final int NONE = 0;
    static final int NX = 1;
    static final int XX = 2;
    static final int GT = 4;
    static final int LT = 8;

    static final int PERSIST = 1;
    static final int KEEP_TTL = 1 << 1;
    static final int FNX = 1 << 2;
    static final int FXX = 1 << 3;
    private static final int DEADLINE = 1 << 4;
    private static final int FIELDS = 1 << 5;

    private int found;
    private int fields;
    private int end;
    private long expiresAtMs;

    // ---- commands with a fixed order

    /** The condition that an argument names, or {@link #NONE}. */
    static int condition(Invocation call, int argument) {
        if (call.isWord(argument, "NX")) {
            return NX;
        }
        if (call.isWord(argument, "XX")) {
            return XX;
        }
        if (call.isWord(argument, "GT")) {
            return GT;
        }
        return call.isWord(argument, "LT") ? LT : NONE;
    }

    /**
     * The first field behind {@code FIELDS} and the number of fields, which begin at an argument and end the command; after
     * an error reply, {@link #INVALID}.
     *
     * @param width arguments of a field: 2 with its value
     */
    static int fields(Invocation call, int argument, int width) {
        int last = lastOfFields(call, argument, width);
        if (last == INVALID) {
            return INVALID;
        }
        if (last != call.argumentCount()) {
            call.error(Errors.NUMBER_OF_FIELDS);
            return INVALID;
        }
        return argument + 2;
    }

    /** The argument behind the last field. */
    private static int lastOfFields(Invocation call, int argument, int width) {
        if (argument + 1 >= call.argumentCount() || !call.isWord(argument, "FIELDS")) {
            call.error(Errors.SYNTAX);
            return INVALID;
        }
        if (!call.isInteger(argument + 1)) {
            call.error(Errors.NOT_AN_INTEGER);
            return INVALID;
        }
        long count = call.integer(argument + 1);
        if (count < 1 || count > (call.argumentCount() - argument - 2) / width) {
            call.error(Errors.NUMBER_OF_FIELDS);
            return INVALID;
        }
        return argument + 2 + (int) count * width;
    }

    /**
     * The deadline that an argument names, ms since the epoch, 0 or later, and maybe in the past; after an error reply,
     * {@link #INVALID_TIME}.
     */
    static long deadline(Invocation call, int argument, boolean seconds, boolean absolute) {
        if (!call.isInteger(argument)) {
            call.error(Errors.NOT_AN_INTEGER);
            return INVALID_TIME;
        }
        long time = call.integer(argument);
        long nowMs = absolute ? 0 : call.database().nowMs();
        if (time < 0 || seconds && time > Long.MAX_VALUE / 1000) {
            call.error(StringOptions.invalidExpireTime(call.opcode()));
            return INVALID_TIME;
        }
        long ms = seconds ? time * 1000 : time;
        if (ms > Long.MAX_VALUE - nowMs) {
            call.error(StringOptions.invalidExpireTime(call.opcode()));
            return INVALID_TIME;
        }
        return ms + nowMs;
    }

    // ---- commands with any order

    /**
     * Reads the arguments behind the key.
     *
     * @param allowed the options that the command has beside deadlines
     * @param width arguments of a field
     * @return false after an error reply
     */
    boolean parse(Invocation call, int allowed, int width) {
        found = NONE;
        expiresAtMs = (allowed & PERSIST) != 0 ? Database.KEEP_EXPIRY : Database.NO_EXPIRY;
        int argument = 2;
        while (argument < call.argumentCount()) {
            int option = option(call, argument) & (allowed | DEADLINE | FIELDS);
            if (option == NONE || conflicts(option)) {
                call.error(Errors.SYNTAX);
                return false;
            }
            found |= option;
            if (option == FIELDS) {
                fields = argument + 2;
                end = lastOfFields(call, argument, width);
                argument = end;
            } else if (option == DEADLINE) {
                argument = takeDeadline(call, argument);
            } else {
                takeWord(option);
                argument++;
            }
            if (argument == INVALID) {
                return false;
            }
        }
        if (!has(FIELDS)) {
            call.error(Errors.SYNTAX);
            return false;
        }
        return true;
    }

    private static int option(Invocation call, int argument) {
        if (call.isWord(argument, "FIELDS")) {
            return FIELDS;
        }
        if (call.isWord(argument, "PERSIST")) {
            return PERSIST;
        }
        if (call.isWord(argument, "KEEPTTL")) {
            return KEEP_TTL;
        }
        if (call.isWord(argument, "FNX")) {
            return FNX;
        }
        if (call.isWord(argument, "FXX")) {
            return FXX;
        }
        boolean deadline = call.isWord(argument, "EX")
                || call.isWord(argument, "PX")
                || call.isWord(argument, "EXAT")
                || call.isWord(argument, "PXAT");
        return deadline ? DEADLINE : NONE;
    }

    private boolean conflicts(int option) {
        int others = option;
        if ((option & (PERSIST | KEEP_TTL | DEADLINE)) != 0) {
            others |= PERSIST | KEEP_TTL | DEADLINE;
        }
        if ((option & (FNX | FXX)) != 0) {
            others |= FNX | FXX;
        }
        return (found & others) != 0;
    }

    private int takeDeadline(Invocation call, int argument) {
        if (argument + 1 >= call.argumentCount()) {
            call.error(Errors.SYNTAX);
            return INVALID;
        }
        boolean seconds = call.isWord(argument, "EX") || call.isWord(argument, "EXAT");
        boolean absolute = call.isWord(argument, "EXAT") || call.isWord(argument, "PXAT");
        expiresAtMs = deadline(call, argument + 1, seconds, absolute);
        return expiresAtMs == INVALID_TIME ? INVALID : argument + 2;
    }

    private void takeWord(int option) {
        if (option == PERSIST) {
            expiresAtMs = Database.NO_EXPIRY;
        } else if (option == KEEP_TTL) {
            expiresAtMs = Database.KEEP_EXPIRY;
        }
    }

    /** Whether at least one of the options was given. */
    boolean has(int options) {
        return (found & options) != 0;
    }

    /** The first field. */
    int fields() {
        return fields;
    }

    /** The argument behind the last field or value. */
    int end() {
        return end;
    }

    /** A deadline, {@link Database#NO_EXPIRY} or {@link Database#KEEP_EXPIRY}. */
    long expiresAtMs() {
        return expiresAtMs;
    }
}
