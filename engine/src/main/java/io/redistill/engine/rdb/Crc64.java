// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import io.redistill.engine.memory.Memory;

/**
 * The checksum of RDB files and of DUMP: CRC-64 with the polynomial 0xad93d23594c935a9 (Jones), reflected, beginning with
 * 0 and without a final inversion.
 *
 * <p>Threading: stateless.
 */
public final class Crc64 {
    /** The polynomial with its bits reversed. */
    private static final long REVERSED_POLYNOMIAL = Long.reverse(0xad93d23594c935a9L);

    private static final long[] TABLE = table();

    private Crc64() {}

    private static long[] table() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long crc = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ REVERSED_POLYNOMIAL : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }

    /** The checksum of bytes at an address. */
    static long of(long address, long length) {
        long value = 0;
        for (long at = address; at < address + length; at++) {
            value = TABLE[(int) (value ^ Memory.getByte(at)) & 0xff] ^ value >>> Byte.SIZE;
        }
        return value;
    }

    /** The checksum of what {@code crc} is one of, 0 for nothing, and of more bytes. */
    public static long update(long crc, byte[] bytes, int offset, int length) {
        long value = crc;
        for (int i = offset; i < offset + length; i++) {
            value = TABLE[(int) (value ^ bytes[i]) & 0xff] ^ value >>> Byte.SIZE;
        }
        return value;
    }
}
