// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import java.util.Arrays;

/**
 * A working copy of a HyperLogLog, laid out as {@link HyperLogLogFormat} says, and what counting needs. Every change
 * leaves the same bytes as Redis 7.0's would: it decides by them how runs are split and joined and when a sparse one
 * becomes dense.
 *
 * <p>Owns memory, which {@link #free} gives back. Threading: confined to the shard thread.
 */
final class HyperLogLog {
    static final int CORRUPTED = -1;

    /** Bytes behind the end that a change may need. */
    private static final int ROOM = 4;

    private static final int MAX_VALUES_IN_RUN = 4;
    private static final int RUNS_TO_JOIN = 5;

    private final byte[] registers = new byte[HyperLogLogFormat.REGISTERS];
    private final int[] occurrences = new int[HyperLogLogFormat.REGISTER_MASK + 1];
    private long own = Memory.allocate(HyperLogLogFormat.DENSE_BYTES + ROOM);
    private long spare = Memory.allocate(HyperLogLogFormat.DENSE_BYTES + ROOM);
    private long address = own;
    private int length;
    private boolean changed;

    /** The run before the one before that which the last look-up found, or the first: where the next begins. */
    private long from;

    private int fromRegister;
    private int lastRegister;

    /** Gives memory back; the last call. */
    void free() {
        release();
        Memory.free(own);
        Memory.free(spare);
    }

    /** Makes this a copy of a valid one; {@link #release} after use. */
    void copyOf(long source, int sourceLength) {
        if (sourceLength > HyperLogLogFormat.DENSE_BYTES) {
            address = Memory.allocate(sourceLength + (long) ROOM);
        }
        Memory.copy(source, address, sourceLength);
        length = sourceLength;
        changed = false;
        restart();
    }

    /** Makes this a new one, sparse and without elements. */
    void clear() {
        HyperLogLogFormat.writeEmpty(address);
        length = HyperLogLogFormat.EMPTY_BYTES;
        changed = true;
        restart();
    }

    /** Gives back what a long copy took. */
    void release() {
        if (address != own) {
            Memory.free(address);
            address = own;
        }
    }

    long address() {
        return address;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    /** Whether it is no longer what it is a copy of. */
    boolean isChanged() {
        return changed;
    }

    void cardinalityIsOutOfDate() {
        HyperLogLogFormat.cardinalityIsOutOfDate(address);
        changed = true;
    }

    // ---- many at once

    /** Forgets what {@link #merge} has seen. */
    void beginMerge() {
        Arrays.fill(registers, (byte) 0);
    }

    /** Takes the larger of each register so far and another's; false when that is corrupted. */
    boolean merge(long other, int otherLength) {
        return HyperLogLogFormat.raise(registers, other, otherLength);
    }

    /** The estimated number of different elements of what was merged. */
    long countMerged() {
        return HyperLogLogFormat.count(registers, occurrences);
    }

    /** Raises this one's registers to what was merged. */
    void raiseToMerged() {
        for (int i = 0; i < registers.length; i++) {
            if (registers[i] != 0) {
                raise(i, registers[i]);
            }
        }
    }

    // ---- one register

    /**
     * Adds an element.
     *
     * @return 1 when a register was raised, 0 when none was, {@link #CORRUPTED}
     */
    int add(long element, int elementLength) {
        long hash = HyperLogLogFormat.hash(element, elementLength);
        return raise(HyperLogLogFormat.registerOf(hash), HyperLogLogFormat.valueOf(hash));
    }

    private int raise(int register, int value) {
        return HyperLogLogFormat.isDense(address) ? raiseDense(register, value) : raiseSparse(register, value);
    }

    private int raiseDense(int register, int value) {
        if (HyperLogLogFormat.denseRegister(address, register) >= value) {
            return 0;
        }
        HyperLogLogFormat.denseRegister(address, register, value);
        changed = true;
        return 1;
    }

    private int raiseSparse(int register, int value) {
        if (value > HyperLogLogFormat.MAX_SPARSE_VALUE) {
            return raiseOnceDense(register, value);
        }
        if (register <= lastRegister) {
            restart();
        }
        lastRegister = register;
        long end = address + length;
        long previous = 0;
        int previousFirst = 0;
        long run = from;
        int first = fromRegister;
        int span = 0;
        while (run < end) {
            span = HyperLogLogFormat.runLength(run, end);
            if (register < first + span) {
                break;
            }
            if (previous != 0) {
                from = previous;
                fromRegister = previousFirst;
            }
            previous = run;
            previousFirst = first;
            run += HyperLogLogFormat.runBytes(Memory.getByte(run));
            first += span;
        }
        if (run >= end) {
            return CORRUPTED;
        }
        int old = Memory.getByte(run);
        boolean zeros = HyperLogLogFormat.isZeros(old);
        if (!zeros && HyperLogLogFormat.runValue(old) >= value) {
            return 0;
        }
        if (span == 1 && HyperLogLogFormat.runBytes(old) == 1) {
            HyperLogLogFormat.writeValues(run, value, 1);
        } else if (!split(run, first, span, register, value)) {
            return raiseOnceDense(register, value);
        }
        join(previous == 0 ? address + HyperLogLogFormat.HEADER_BYTES : previous);
        cardinalityIsOutOfDate();
        return 1;
    }

    /** Replaces a run by up to three, the one in the middle being the register; false when it would become too long. */
    private boolean split(long run, int first, int span, int register, int value) {
        int old = Memory.getByte(run);
        boolean zeros = HyperLogLogFormat.isZeros(old);
        int before = register - first;
        int behind = first + span - 1 - register;
        int oldBytes = HyperLogLogFormat.runBytes(old);
        int more = bytes(before, zeros) + 1 + bytes(behind, zeros) - oldBytes;
        if (more > 0 && length + more > HyperLogLogFormat.MAX_SPARSE_BYTES) {
            return false;
        }
        long next = run + oldBytes;
        Memory.move(next, next + more, Math.max(0, address + length - next));
        length += more;
        long at = write(run, old, before);
        at = HyperLogLogFormat.writeValues(at, value, 1);
        write(at, old, behind);
        return true;
    }

    private static int bytes(int runLength, boolean zeros) {
        return runLength == 0 ? 0 : zeros ? HyperLogLogFormat.zerosBytes(runLength) : 1;
    }

    /** Writes a run like an old one but of another length, which may be 0; returns the address behind it. */
    private static long write(long at, int old, int runLength) {
        if (runLength == 0) {
            return at;
        }
        return HyperLogLogFormat.isZeros(old)
                ? HyperLogLogFormat.writeZeros(at, runLength)
                : HyperLogLogFormat.writeValues(at, HyperLogLogFormat.runValue(old), runLength);
    }

    /** Joins equal neighbours among the next few runs. */
    private void join(long first) {
        long run = first;
        for (int i = 0; i < RUNS_TO_JOIN && run < address + length; i++) {
            int one = Memory.getByte(run);
            long end = address + length;
            if (!HyperLogLogFormat.isZeros(one) && run + 1 < end) {
                int other = Memory.getByte(run + 1);
                int sum = HyperLogLogFormat.runLength(run, end) + HyperLogLogFormat.runLength(run + 1, end);
                if (!HyperLogLogFormat.isZeros(other)
                        && HyperLogLogFormat.runValue(one) == HyperLogLogFormat.runValue(other)
                        && sum <= MAX_VALUES_IN_RUN) {
                    HyperLogLogFormat.writeValues(run + 1, HyperLogLogFormat.runValue(one), sum);
                    Memory.move(run + 1, run, end - run - 1);
                    length--;
                    continue;
                }
            }
            run += HyperLogLogFormat.runBytes(one);
        }
    }

    private int raiseOnceDense(int register, int value) {
        return toDense() ? raiseDense(register, value) : CORRUPTED;
    }

    /** Makes it dense if it is not; false when it is corrupted, and then it stays as it is. */
    boolean toDense() {
        if (HyperLogLogFormat.isDense(address)) {
            return true;
        }
        if (!HyperLogLogFormat.copyDense(address, length, spare)) {
            return false;
        }
        if (address == own) {
            own = spare;
            spare = address;
        } else {
            Memory.free(address);
            long copy = spare;
            spare = own;
            own = copy;
        }
        address = own;
        length = HyperLogLogFormat.DENSE_BYTES;
        changed = true;
        return true;
    }

    private void restart() {
        from = address + HyperLogLogFormat.HEADER_BYTES;
        fromRegister = 0;
        lastRegister = -1;
    }
}
