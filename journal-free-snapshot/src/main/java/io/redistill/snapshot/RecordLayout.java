// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;

/**
 * One entry as bytes.
 *
 * <pre>
 *   byte    type in bits 0-3, then the bits NUMBER, RECENCY, LARGE, EXPIRY
 *   varint  number of the database
 *   long    deadline, ms since the epoch (only with EXPIRY)
 *   short   recency (only with RECENCY)
 *   varint  length of the key
 *   varint  length of the value
 *   bytes   the key, then the value (the latter not with LARGE: it follows in blocks of its own)
 * </pre>
 *
 * Types are {@link #STRING}, whose value is what a client would read, {@link #HASH}, whose value is {@link HashRecord}, and
 * {@link #TIMED_HASH}, the same with a deadline for each field. A large hash comes as one of these and any number of
 * {@link #HASH_PART} and {@link #TIMED_HASH_PART} behind it, with more fields of the same key. With NUMBER the
 * string was kept as an integer. Recency is 0x8000 and a logarithmic counter of uses, where keys were evicted by
 * frequency, else the age of the last use at the cut, from 0 to 3072: a 1024th of the keys was added, or a second passed,
 * from one age to the next. Varints have seven bits a byte, the lowest first, the high bit saying that more follow.
 * All little-endian.
 *
 * <p>Threading: stateless.
 */
final class RecordLayout {
    /** The types have the numbers that Redis's RDB format gives them. */
    static final int STRING = 0;

    static final int HASH = 4;

    /** Ours: a hash some of whose fields have a deadline. */
    static final int TIMED_HASH = 5;

    /** Ours, from version 2 on: more fields of a hash. */
    static final int HASH_PART = 6;

    /** The same, some of which have a deadline. */
    static final int TIMED_HASH_PART = 7;

    static final int TYPE_MASK = 0xf;
    static final int NUMBER = 0x10;
    static final int HAS_RECENCY = 0x20;
    static final int LARGE = 0x40;
    static final int HAS_EXPIRY = 0x80;

    static final int MAX_VARINT_BYTES = 5;

    /** Most bytes of a record beside key and value. */
    static final int MAX_OVERHEAD_BYTES = 1 + MAX_VARINT_BYTES + Long.BYTES + Short.BYTES + 2 * MAX_VARINT_BYTES;

    private RecordLayout() {}

    /**
     * Writes a record without its value and returns the address behind it.
     *
     * @param typeAndFlags without HAS_EXPIRY and HAS_RECENCY, which follow from the arguments
     * @param recency or a negative number for none
     */
    static long write(
            long target,
            int typeAndFlags,
            int database,
            long expiresAtMs,
            int recency,
            long keyAddress,
            int keyLength,
            int valueLength) {
        int head = typeAndFlags;
        long at = writeVarint(target + 1, database);
        if (expiresAtMs != EntryVisitor.NO_EXPIRY) {
            head |= HAS_EXPIRY;
            Memory.putLong(at, expiresAtMs);
            at += Long.BYTES;
        }
        if (recency >= 0) {
            head |= HAS_RECENCY;
            Memory.putShort(at, (short) recency);
            at += Short.BYTES;
        }
        Memory.putByte(target, (byte) head);
        at = writeVarint(at, keyLength);
        at = writeVarint(at, valueLength);
        Memory.copy(keyAddress, at, keyLength);
        return at + keyLength;
    }

    static int varintLength(int value) {
        return value == 0 ? 1 : (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7;
    }

    static long writeVarint(long target, int value) {
        long at = target;
        int rest = value;
        while (rest > 0x7f) {
            Memory.putByte(at++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        Memory.putByte(at++, (byte) rest);
        return at;
    }
}
