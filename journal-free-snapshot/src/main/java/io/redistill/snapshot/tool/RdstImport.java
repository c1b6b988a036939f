// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import io.redistill.engine.rdb.RdbException;
import io.redistill.engine.rdb.RdbInput;
import io.redistill.engine.rdb.RdbValues;
import io.redistill.snapshot.EntryVisitor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot of the Rust project Redistill, version 1.
 *
 * <pre>
 *   "RDST"   byte 1   long time of saving, seconds   long number of entries, at most
 *   of each entry: int length, then bincode (all numbers little-endian, lengths as longs):
 *     key:     length, bytes
 *     value:   int 0, length, bytes | int 1, number of fields, of each: length, bytes, length, bytes
 *     expiry:  byte 0 | byte 1, long seconds since the epoch
 *   in files of its first releases the value is length, bytes
 * </pre>
 *
 * <p>Threading: confined to its user.
 */
final class RdstImport {
    static final String MAGIC = "RDST";

    private static final int VERSION = 1;
    private static final long MS_PER_SECOND = 1000;

    private final FileInput in;
    private final EntryCopier target;

    /** Reads on behind {@link #MAGIC}. */
    RdstImport(FileInput in, EntryCopier target) {
        this.in = in;
        this.target = target;
    }

    void run() throws IOException {
        int version = in.read();
        if (version != VERSION) {
            throw new RdbException(
                    "it has version " + version + " of the RDST format, this program reads version " + VERSION);
        }
        RdbValues.littleEndian(in, Long.BYTES); // when it was saved
        long count = RdbValues.littleEndian(in, Long.BYTES);
        // Keys that expired while it was written count without being there.
        for (long i = 0; i < count && in.remaining() > 0; i++) {
            long length = RdbValues.littleEndian(in, Integer.BYTES);
            if (length > in.remaining()) {
                throw new RdbException("the file ends too early");
            }
            byte[] entry = new byte[(int) length];
            in.read(entry);
            if (!entry(entry, false) && !entry(entry, true)) {
                throw new RdbException("an entry that cannot be read");
            }
        }
        if (in.remaining() != 0) {
            throw new RdbException("bytes after the end");
        }
    }

    /** Reads an entry in one of the two forms; false when it is not in that form, and nothing was given. */
    private boolean entry(byte[] bytes, boolean old) throws IOException {
        RdbInput entry = RdbInput.of(bytes);
        byte[] key;
        byte[] string = null;
        EntryCopier.Hash hash = null;
        long expiresAtMs = EntryVisitor.NO_EXPIRY;
        try {
            key = bytes(entry);
            long variant = old ? 0 : RdbValues.littleEndian(entry, Integer.BYTES);
            if (variant == 0) {
                string = bytes(entry);
            } else if (variant == 1) {
                hash = hash(entry);
            } else {
                return false;
            }
            int hasExpiry = entry.read();
            if (hasExpiry == 1) {
                expiresAtMs = RdbValues.littleEndian(entry, Long.BYTES) * MS_PER_SECOND;
            }
            if (hasExpiry > 1 || entry.remaining() != 0) {
                return false;
            }
        } catch (RdbException notOfThisForm) {
            return false;
        }
        give(key, string, hash, expiresAtMs);
        return true;
    }

    private void give(byte[] key, byte @Nullable [] string, EntryCopier.@Nullable Hash hash, long expiresAtMs)
            throws IOException {
        if (string != null) {
            target.string(0, key, string, expiresAtMs, EntryVisitor.NO_RECENCY);
        } else if (hash != null) {
            target.hash(0, key, hash, expiresAtMs, EntryVisitor.NO_RECENCY);
        }
    }

    private static EntryCopier.Hash hash(RdbInput entry) throws IOException {
        EntryCopier.Hash hash = new EntryCopier.Hash();
        for (long left = RdbValues.littleEndian(entry, Long.BYTES); left != 0; left--) {
            hash.add(bytes(entry), bytes(entry));
        }
        return hash;
    }

    private static byte[] bytes(RdbInput entry) throws IOException {
        long length = RdbValues.littleEndian(entry, Long.BYTES);
        if (length < 0 || length > entry.remaining()) {
            throw new RdbException("a length of " + length);
        }
        byte[] bytes = new byte[(int) length];
        entry.read(bytes);
        return bytes;
    }
}
