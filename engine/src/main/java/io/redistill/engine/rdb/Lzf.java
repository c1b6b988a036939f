// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import io.redistill.engine.memory.Memory;
import java.util.Arrays;

/**
 * Marc Lehmann's LZF, by which Redis compresses strings.
 *
 * <pre>
 *   000LLLLL                            L + 1 bytes follow as they are
 *   LLLooooo oooooooo                   L + 2 bytes from o + 1 bytes back, L from 1 to 6
 *   111ooooo LLLLLLLL oooooooo          L + 9 bytes from o + 1 bytes back
 * </pre>
 *
 * <p>Threading: stateless.
 */
public final class Lzf {
    private static final int MAX_LITERALS = 1 << 5;
    private static final int LENGTH_SHIFT = 5;
    private static final int LONG_LENGTH = 7;
    private static final int MAX_DISTANCE = 1 << 13;

    /** liblzf compares so many bytes without a look at how many there may be, which there are. */
    private static final int UNROLLED = 16;

    private static final int MAX_COUNT = (1 << 8) + (1 << 3);

    /** Most bytes that a compressed byte can stand for: 264 of three. */
    private static final int MAX_RATIO = 88;

    private Lzf() {}

    /** Whether so many compressed bytes can stand for so many. */
    static boolean isPlausible(long compressedLength, long length) {
        return length <= compressedLength * MAX_RATIO;
    }

    /** The {@code length} bytes that the compressed ones stand for. */
    static byte[] decompress(byte[] compressed, int length) throws RdbException {
        if (!isPlausible(compressed.length, length)) {
            throw new RdbException("a compressed string whose lengths disagree");
        }
        long source = Memory.allocate(compressed.length + (long) length + 1);
        try {
            Memory.copyFromArray(compressed, 0, source, compressed.length);
            decompress(source, compressed.length, source + compressed.length, length);
            return Memory.toArray(source + compressed.length, length);
        } finally {
            Memory.free(source);
        }
    }

    /**
     * Writes the {@code length} bytes that the compressed ones stand for. Nothing outside of both is touched, whatever they
     * say.
     */
    static void decompress(long source, int compressedLength, long target, int length) throws RdbException {
        int in = 0;
        int out = 0;
        while (in < compressedLength) {
            int control = unsigned(source + in++);
            int count;
            if (control < MAX_LITERALS) {
                count = control + 1;
                check(count <= compressedLength - in && count <= length - out);
                Memory.copy(source + in, target + out, count);
                in += count;
                out += count;
                continue;
            }
            count = control >> LENGTH_SHIFT;
            if (count == LONG_LENGTH) {
                check(in < compressedLength);
                count += unsigned(source + in++);
            }
            count += 2;
            check(in < compressedLength);
            int from = out - ((control & 0x1f) << Byte.SIZE | unsigned(source + in++)) - 1;
            check(from >= 0 && count <= length - out);
            // Byte by byte: source and target may overlap, which repeats what was just written.
            for (int end = out + count; out < end; out++, from++) {
                Memory.putByte(target + out, Memory.getByte(target + from));
            }
        }
        check(out == length);
    }

    private static void check(boolean holds) throws RdbException {
        if (!holds) {
            throw new RdbException("a compressed string that cannot be decompressed");
        }
    }

    /**
     * Compresses as liblzf does with a table of 2^16 places ({@code VERY_FAST}), whose table is empty at first.
     *
     * @param room bytes that there are at the target
     * @param table used from call to call
     * @return how many bytes it took, or 0 when there was no room for them
     */
    static int compress(long source, int length, long target, int room, Table table) {
        table.begin(length);
        int in = 0;
        int out = 1; // the first byte tells how many literals follow
        int literals = 0;
        int trigram = length > 1 ? unsigned(source) << Byte.SIZE | unsigned(source + 1) : 0;
        while (in < length - 2) {
            trigram = trigram << Byte.SIZE | unsigned(source + in + 2);
            int reference = table.exchange(trigram, in);
            int distance = in - reference - 1;
            // Nothing refers to the very first byte.
            if (reference > 0 && distance < MAX_DISTANCE && isSame(source + reference, source + in)) {
                if (out - (literals == 0 ? 1 : 0) + 4 >= room) {
                    return 0;
                }
                out = endLiterals(target, out, literals);
                int most = Math.min(length - in - 2, MAX_COUNT);
                if (most > UNROLLED) {
                    most = Math.max(most, UNROLLED + 3);
                }
                int count = 3;
                while (count < most
                        && Memory.getByte(source + reference + count) == Memory.getByte(source + in + count)) {
                    count++;
                }
                int coded = count - 2;
                if (coded < LONG_LENGTH) {
                    Memory.putByte(target + out++, (byte) ((distance >> Byte.SIZE) + (coded << LENGTH_SHIFT)));
                } else {
                    Memory.putByte(target + out++, (byte) ((distance >> Byte.SIZE) + (LONG_LENGTH << LENGTH_SHIFT)));
                    Memory.putByte(target + out++, (byte) (coded - LONG_LENGTH));
                }
                Memory.putByte(target + out++, (byte) distance);
                literals = 0;
                out++;
                in += count;
                if (in >= length - 2) {
                    break;
                }
                // Of what was passed over, the last two places are noted.
                in -= 2;
                trigram = unsigned(source + in) << Byte.SIZE | unsigned(source + in + 1);
                for (int i = 0; i < 2; i++, in++) {
                    trigram = trigram << Byte.SIZE | unsigned(source + in + 2);
                    table.exchange(trigram, in);
                }
            } else {
                if (out >= room) {
                    return 0;
                }
                literals++;
                Memory.putByte(target + out++, Memory.getByte(source + in++));
                if (literals == MAX_LITERALS) {
                    out = endLiterals(target, out, literals) + 1;
                    literals = 0;
                }
            }
        }
        if (out + 3 > room) {
            return 0;
        }
        while (in < length) {
            literals++;
            Memory.putByte(target + out++, Memory.getByte(source + in++));
            if (literals == MAX_LITERALS) {
                out = endLiterals(target, out, literals) + 1;
                literals = 0;
            }
        }
        return endLiterals(target, out, literals);
    }

    /** Writes how many literals there were before what they are; returns where to go on: if there were none, there. */
    private static int endLiterals(long target, int out, int literals) {
        if (literals == 0) {
            return out - 1;
        }
        Memory.putByte(target + out - literals - 1, (byte) (literals - 1));
        return out;
    }

    private static boolean isSame(long left, long right) {
        return Memory.getShort(left) == Memory.getShort(right) && Memory.getByte(left + 2) == Memory.getByte(right + 2);
    }

    private static int unsigned(long address) {
        return Memory.getByte(address) & 0xff;
    }

    /**
     * Where each group of three bytes was seen last, by a hash of it. It is emptied by counting on: what is below the first
     * number of a string is of one before.
     *
     * <p>Threading: confined to its user.
     */
    static final class Table {
        private static final int BITS = 16;

        private final int[] places = new int[1 << BITS];
        private int first = 1;
        private int end = 1;

        private void begin(int length) {
            if (end > Integer.MAX_VALUE - length) {
                Arrays.fill(places, 0);
                end = 1;
            }
            first = end;
            end += length;
        }

        /** Notes the place of a group; returns the one before, or -1. */
        private int exchange(int trigram, int place) {
            int slot = (trigram >>> 3 * Byte.SIZE - BITS) - trigram * 5 & (1 << BITS) - 1;
            int before = places[slot] - first;
            places[slot] = first + place;
            return Math.max(before, -1);
        }
    }
}
