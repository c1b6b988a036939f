// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;

/**
 * The cursor argument of SCAN and its relatives, read as Redis reads it with {@code strtoul}: an optional sign, digits,
 * the end or a NUL. Ours have at most 53 bits; what a client makes up is cut down where it is used.
 *
 * <p>Threading: stateless; called on the shard thread.
 */
final class ScanCursor {
    private ScanCursor() {}

    static boolean isValid(Invocation call, int argument) {
        long address = call.address(argument);
        int length = length(address, call.length(argument));
        if (length == 0) {
            return true;
        }
        int start = start(address);
        if (start == length) {
            return false;
        }
        long value = 0;
        for (int i = start; i < length; i++) {
            int digit = Memory.getByte(address + i) - '0';
            if (digit < 0 || digit > 9 || overflows(value, digit)) {
                return false;
            }
            value = value * 10 + digit;
        }
        return true;
    }

    /** Whether value times ten plus digit has more than 64 bits, unsigned. */
    private static boolean overflows(long value, int digit) {
        long most = Long.divideUnsigned(-1, 10);
        int order = Long.compareUnsigned(value, most);
        return order > 0 || order == 0 && digit > Long.remainderUnsigned(-1, 10);
    }

    /** The cursor of an argument that {@link #isValid}. */
    static long of(Invocation call, int argument) {
        long address = call.address(argument);
        int length = length(address, call.length(argument));
        if (length == 0) {
            return 0;
        }
        long value = 0;
        for (int i = start(address); i < length; i++) {
            value = value * 10 + (Memory.getByte(address + i) - '0');
        }
        return Memory.getByte(address) == '-' ? -value : value;
    }

    private static int start(long address) {
        byte first = Memory.getByte(address);
        return first == '-' || first == '+' ? 1 : 0;
    }

    /** Bytes before the first NUL. */
    private static int length(long address, int length) {
        for (int i = 0; i < length; i++) {
            if (Memory.getByte(address + i) == 0) {
                return i;
            }
        }
        return length;
    }
}
