// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;

/**
 * Writes entries as {@link EntryLayout} lays them out, all but their values.
 *
 * <p>Threading: stateless; on the thread that owns the memory.
 */
final class EntryWriter {
    private static final int LARGE_KEY_BYTES = 4 << 10;

    private EntryWriter() {}

    /**
     * The flags of an entry.
     *
     * @param valueFlag {@link EntryLayout#LARGE_VALUE} or 0
     * @param expiresAtMs a deadline or {@link Database#NO_EXPIRY}
     */
    static int flags(int valueFlag, int keyLength, long expiresAtMs) {
        int flags = valueFlag | Deadlines.flags(expiresAtMs);
        if (keyLength > EntryLayout.MAX_NARROW_KEY_BYTES) {
            flags |= EntryLayout.WIDE_KEY;
            if (keyLength > LARGE_KEY_BYTES) {
                flags |= EntryLayout.LARGE_KEY;
            }
        }
        return flags;
    }

    /** Bytes of an entry whose value takes {@code valueBytes} in it. */
    static int length(int flags, int keyLength, int valueBytes) {
        int keyBytes = (flags & EntryLayout.LARGE_KEY) == 0 ? keyLength : EntryLayout.FIELD_BYTES;
        return EntryLayout.payloadOffset(flags) + keyBytes + valueBytes;
    }

    /**
     * The first eight bytes, with a snapshot stamp of 0.
     *
     * @param kind one of the kinds of {@link EntryLayout}
     */
    static long header(int kind, int flags, int keyLength, int valueLength) {
        long narrowKeyLength = (flags & EntryLayout.WIDE_KEY) == 0 ? keyLength : EntryLayout.KEY_LENGTH_MASK;
        return (long) kind
                | (long) flags << EntryLayout.FLAGS_SHIFT
                | narrowKeyLength << EntryLayout.KEY_LENGTH_SHIFT
                | (long) valueLength << EntryLayout.VALUE_LENGTH_SHIFT;
    }

    /**
     * Writes everything but the value.
     *
     * @param keyBlock the {@link LargeBlock} that already holds a large key, or 0: then one is made
     */
    static void fill(long entry, long header, int flags, long expiry, long keyAddress, int keyLength, long keyBlock) {
        Memory.putLong(entry, header);
        if (expiry != Database.NO_EXPIRY) {
            Memory.putLong(entry + EntryLayout.EXPIRY_OFFSET, expiry);
        }
        long payload = entry + EntryLayout.payloadOffset(flags);
        if ((flags & EntryLayout.WIDE_KEY) != 0) {
            Memory.putLong(payload - EntryLayout.FIELD_BYTES, keyLength);
        }
        if ((flags & EntryLayout.LARGE_KEY) != 0) {
            long block = keyBlock;
            if (block == 0) {
                block = LargeBlock.allocate(keyLength);
                Memory.copy(keyAddress, block, keyLength);
            }
            Memory.putLong(payload, block);
        } else {
            Memory.copy(keyAddress, payload, keyLength);
        }
    }
}
