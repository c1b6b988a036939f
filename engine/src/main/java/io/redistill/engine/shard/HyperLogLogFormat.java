// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import java.util.Arrays;

/**
 * HyperLogLogs as Redis keeps them in strings, to be read and, where the length stays, written in place.
 *
 * <pre>
 *    0      4          5         8                 16
 *   +------+----------+---------+-----------------+-----------
 *   | HYLL | encoding | nothing | cardinality     | registers     the highest bit of the cardinality says: out of date
 *   +------+----------+---------+-----------------+-----------
 *
 *   dense:  16384 registers of 6 bits, each beginning at the lowest bit that is free
 *   sparse: runs of registers, one after the other
 *           00nnnnnn           n + 1 registers of 0            (ZERO)
 *           01nnnnnn nnnnnnnn  n + 1 registers of 0            (XZERO)
 *           1vvvvvnn           n + 1 registers of v + 1        (VAL)
 * </pre>
 *
 * A register holds the largest number of trailing zero bits, plus one, among the hashes of the elements that fall to it.
 * The runs of a sparse one may be anything that a client has written; what does not come to 16384 registers is refused
 * as corrupted. A second byte that is missing at the end counts as 0.
 *
 * <p>Source: Redis 7.0's format, as its documentation of PFADD and its RDB files have it; the estimator is that of
 * O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017). Threading: stateless; on the thread
 * that owns the memory.
 */
final class HyperLogLogFormat {
    static final int REGISTERS = 1 << 14;
    static final int HEADER_BYTES = 16;
    static final int DENSE_BYTES = HEADER_BYTES + REGISTERS * 6 / Byte.SIZE;

    /** The longest that a sparse one may become ({@code hll-sparse-max-bytes}). */
    static final int MAX_SPARSE_BYTES = 3000;

    /** The bytes of a new one: its one run is all registers. */
    static final int EMPTY_BYTES = HEADER_BYTES + 2;

    /** The largest register that a sparse one can have. */
    static final int MAX_SPARSE_VALUE = 32;

    /** The highest value that registers take: the hash bits that do not choose the register, plus one. */
    private static final int MAX_VALUE = 64 - 14 + 1;

    /** The highest value that there is room for. */
    static final int REGISTER_MASK = 63;

    private static final int DENSE = 0;
    private static final int SPARSE = 1;
    private static final int ENCODING_OFFSET = 4;
    private static final int CARDINALITY_OFFSET = 8;
    private static final int MAGIC = 'H' | 'Y' << 8 | 'L' << 16 | 'L' << 24;
    private static final double ALPHA = 0.721347520444481703680;

    private static final long SEED = 0xadc83b19L;
    private static final long MULTIPLIER = 0xc6a4a7935bd1e995L;
    private static final int SHIFT = 47;

    private HyperLogLogFormat() {}

    // ---- header

    /** Whether these bytes begin as a HyperLogLog does and can be one by their length. */
    static boolean isValid(long address, int length) {
        if (length < HEADER_BYTES || Memory.getInt(address) != MAGIC) {
            return false;
        }
        int encoding = Memory.getByte(address + ENCODING_OFFSET);
        return encoding == DENSE ? length == DENSE_BYTES : encoding == SPARSE;
    }

    static boolean isDense(long address) {
        return Memory.getByte(address + ENCODING_OFFSET) == DENSE;
    }

    private static void markDense(long address) {
        Memory.putByte(address + ENCODING_OFFSET, (byte) DENSE);
    }

    /** Writes a new one, sparse and empty, of {@link #EMPTY_BYTES}. */
    static void writeEmpty(long address) {
        Memory.putLong(address, MAGIC | (long) SPARSE << 32);
        Memory.putLong(address + CARDINALITY_OFFSET, 0);
        writeZeros(address + HEADER_BYTES, REGISTERS);
    }

    /** The cardinality that was counted last, or below 0 where registers have changed since. */
    static long cardinality(long address) {
        return Memory.getLong(address + CARDINALITY_OFFSET);
    }

    static void cardinality(long address, long count) {
        Memory.putLong(address + CARDINALITY_OFFSET, count);
    }

    static void cardinalityIsOutOfDate(long address) {
        Memory.putLong(address + CARDINALITY_OFFSET, cardinality(address) | Long.MIN_VALUE);
    }

    // ---- elements

    /** The hash of an element: MurmurHash64A. */
    static long hash(long address, int length) {
        long hash = SEED ^ length * MULTIPLIER;
        int offset = 0;
        for (; offset + Long.BYTES <= length; offset += Long.BYTES) {
            long word = Memory.getLong(address + offset) * MULTIPLIER;
            word ^= word >>> SHIFT;
            hash = (hash ^ word * MULTIPLIER) * MULTIPLIER;
        }
        if (offset < length) {
            long rest = 0;
            for (int i = length - 1; i >= offset; i--) {
                rest = rest << Byte.SIZE | Memory.getByte(address + i) & 0xff;
            }
            hash = (hash ^ rest) * MULTIPLIER;
        }
        hash ^= hash >>> SHIFT;
        hash *= MULTIPLIER;
        return hash ^ hash >>> SHIFT;
    }

    /** The register that a hash falls to. */
    static int registerOf(long hash) {
        return (int) hash & REGISTERS - 1;
    }

    /** What the register must at least be: 1 to 51. */
    static int valueOf(long hash) {
        return Math.min(Long.numberOfTrailingZeros(hash >>> 14), MAX_VALUE - 1) + 1;
    }

    // ---- dense registers

    static int denseRegister(long address, int register) {
        int bit = register * 6;
        long at = address + HEADER_BYTES + (bit >> 3);
        int shift = bit & 7;
        int value = (Memory.getByte(at) & 0xff) >> shift;
        if (shift > 2) {
            value |= Memory.getByte(at + 1) << Byte.SIZE - shift;
        }
        return value & REGISTER_MASK;
    }

    static void denseRegister(long address, int register, int value) {
        int bit = register * 6;
        long at = address + HEADER_BYTES + (bit >> 3);
        int shift = bit & 7;
        Memory.putByte(at, (byte) (Memory.getByte(at) & ~(REGISTER_MASK << shift) | value << shift));
        if (shift > 2) {
            int below = Byte.SIZE - shift;
            Memory.putByte(at + 1, (byte) (Memory.getByte(at + 1) & ~(REGISTER_MASK >> below) | value >> below));
        }
    }

    // ---- runs of a sparse one

    static boolean isZeros(int first) {
        return (first & 0x80) == 0;
    }

    /** Bytes of a run that begins with this byte. */
    static int runBytes(int first) {
        return (first & 0xc0) == 0x40 ? 2 : 1;
    }

    /** Registers of the run that begins at an address. */
    static int runLength(long run, long end) {
        int first = Memory.getByte(run);
        if ((first & 0x80) != 0) {
            return (first & 3) + 1;
        }
        int length = first & 0x3f;
        if ((first & 0x40) != 0) {
            length = length << Byte.SIZE | (run + 1 < end ? Memory.getByte(run + 1) & 0xff : 0);
        }
        return length + 1;
    }

    /** The registers' value in a run of values that begins with this byte. */
    static int runValue(int first) {
        return (first >> 2 & 0x1f) + 1;
    }

    /** Writes a run of 1 to 4 registers with a value of up to 32; returns the address behind it. */
    static long writeValues(long run, int value, int length) {
        Memory.putByte(run, (byte) (0x80 | value - 1 << 2 | length - 1));
        return run + 1;
    }

    /** Writes a run of 0 in as few bytes as hold its length; returns the address behind it. */
    static long writeZeros(long run, int length) {
        int count = length - 1;
        if (zerosBytes(length) == 1) {
            Memory.putByte(run, (byte) count);
            return run + 1;
        }
        Memory.putByte(run, (byte) (0x40 | count >> Byte.SIZE));
        Memory.putByte(run + 1, (byte) count);
        return run + 2;
    }

    /** Bytes of a run of so many zeros. */
    static int zerosBytes(int length) {
        return length <= 64 ? 1 : 2;
    }

    /** The runs of a sparse one as PFDEBUG DECODE shows them. */
    static String describe(long address, int length) {
        StringBuilder text = new StringBuilder();
        long end = address + length;
        for (long run = address + HEADER_BYTES; run < end; run += runBytes(Memory.getByte(run))) {
            int first = Memory.getByte(run);
            text.append(isZeros(first) ? runBytes(first) == 1 ? "z:" : "Z:" : "v:" + runValue(first) + ",");
            text.append(runLength(run, end)).append(' ');
        }
        return text.toString().stripTrailing();
    }

    // ---- all registers

    /** Writes a dense copy, of {@link #DENSE_BYTES}, of a valid sparse one; false when that is corrupted. */
    static boolean copyDense(long address, int length, long target) {
        Memory.copy(address, target, HEADER_BYTES);
        markDense(target);
        Memory.fill(target + HEADER_BYTES, DENSE_BYTES - HEADER_BYTES, (byte) 0);
        int register = 0;
        long end = address + length;
        for (long run = address + HEADER_BYTES; run < end; run += runBytes(Memory.getByte(run))) {
            int first = Memory.getByte(run);
            int next = register + runLength(run, end);
            if (next > REGISTERS) {
                return false;
            }
            for (int i = register; i < next && !isZeros(first); i++) {
                denseRegister(target, i, runValue(first));
            }
            register = next;
        }
        return register == REGISTERS;
    }

    /**
     * Raises registers to those of a valid HyperLogLog where they are lower.
     *
     * @param registers a byte each, raised
     * @return false when its runs do not come to as many registers; then some may have been raised
     */
    static boolean raise(byte[] registers, long address, int length) {
        if (isDense(address)) {
            for (int i = 0; i < REGISTERS; i++) {
                registers[i] = (byte) Math.max(registers[i], denseRegister(address, i));
            }
            return true;
        }
        int register = 0;
        long end = address + length;
        for (long run = address + HEADER_BYTES; run < end; run += runBytes(Memory.getByte(run))) {
            int first = Memory.getByte(run);
            int next = register + runLength(run, end);
            if (next > REGISTERS) {
                return false;
            }
            if (!isZeros(first)) {
                for (int i = register; i < next; i++) {
                    registers[i] = (byte) Math.max(registers[i], runValue(first));
                }
            }
            register = next;
        }
        return register == REGISTERS;
    }

    /** The estimated number of different elements; {@code occurrences} is room for 64 numbers. */
    static long count(byte[] registers, int[] occurrences) {
        Arrays.fill(occurrences, 0);
        for (byte register : registers) {
            occurrences[register]++;
        }
        double all = REGISTERS;
        double sum = all * tau((all - occurrences[MAX_VALUE]) / all);
        for (int value = MAX_VALUE - 1; value >= 1; value--) {
            sum = (sum + occurrences[value]) * 0.5;
        }
        sum += all * sigma(occurrences[0] / all);
        double estimate = ALPHA * all * all / sum;
        // What C makes of a number that is none; registers above the highest value lead there.
        return Double.isInfinite(estimate) ? Long.MIN_VALUE : Math.round(estimate);
    }

    private static double sigma(double share) {
        if (share == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double power = share;
        double weight = 1;
        double sum = share;
        double before;
        do {
            power *= power;
            before = sum;
            sum += power * weight;
            weight += weight;
        } while (before != sum);
        return sum;
    }

    private static double tau(double share) {
        if (share == 0 || share == 1) {
            return 0;
        }
        double root = share;
        double weight = 1;
        double sum = 1 - share;
        double before;
        do {
            root = Math.sqrt(root);
            before = sum;
            weight *= 0.5;
            sum -= (1 - root) * (1 - root) * weight;
        } while (before != sum);
        return sum / 3;
    }
}
