// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.BinaryWire;
import net.openhft.chronicle.wire.Wire;

/**
 * What a snapshot file looks like: a sequence of Chronicle Wire documents (binary, without padding), each with a checksum
 * of its own.
 *
 * <pre>
 *   header (meta document)     Wire fields format, version, createdMs                              int CRC
 *   block  (data document) *   entries …                                        int entry count   int CRC
 *   footer (meta document)     Wire fields blocks, entries, chain                                 int CRC
 *   end of file
 *
 *   entry:  byte type, its high bit set when there is a deadline
 *           stop-bit encoded number of the database
 *           long deadline, ms since the epoch (only with that bit)
 *           stop-bit encoded length, then bytes, of the key; the same of the value
 * </pre>
 *
 * A document begins with Wire's four-byte header: length in the low 30 bits, then the bits "meta" and "not complete".
 * The CRC (CRC32C) covers the kind of document and all its bytes before the CRC. {@code chain} is the CRC32C of the CRCs
 * of all blocks in their order, so that a block that is missing, doubled or in another place is found. Numbers outside of
 * Wire's fields are little-endian.
 *
 * <p>Threading: stateless.
 */
final class SnapshotFormat {
    /** What a file begins with, after Wire's own header: others are not of this format. */
    static final String NAME = "redistill-snapshot";

    /** Readers refuse others. */
    static final int VERSION = 1;

    static final String FORMAT_FIELD = "format";
    static final String VERSION_FIELD = "version";
    static final String CREATED_FIELD = "createdMs";
    static final String BLOCKS_FIELD = "blocks";
    static final String ENTRIES_FIELD = "entries";
    static final String CHAIN_FIELD = "chain";

    /** A block is closed when it has so many bytes; a single large entry makes it longer. */
    static final int BLOCK_BYTES = 256 << 10;

    /** Wire's length field has 30 bits. */
    static final int MAX_DOCUMENT_BYTES = (1 << 30) - 1;

    /** Wire's header of a document. */
    static final int DOCUMENT_HEADER_BYTES = Integer.BYTES;

    static final int CRC_BYTES = Integer.BYTES;
    static final int HAS_EXPIRY = 0x80;

    /** Most bytes of an entry beside key and value: type, database, deadline, two lengths. */
    static final int MAX_ENTRY_OVERHEAD_BYTES = 1 + 5 + Long.BYTES + 5 + 5;

    private SnapshotFormat() {}

    static Wire wire(Bytes<ByteBuffer> bytes) {
        Wire wire = new BinaryWire(bytes);
        wire.usePadding(false);
        return wire;
    }

    /** The checksum of a document's bytes, which lie from {@code from} to {@code to} in {@code bytes}. */
    static int crc(boolean meta, Bytes<ByteBuffer> bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(meta ? 1 : 0);
        ByteBuffer all = underlying(bytes).duplicate();
        crc.update(all.limit(to).position(from));
        return (int) crc.getValue();
    }

    /** The checksum of the checksums so far and one more. */
    static void chain(CRC32C chain, int blockCrc) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            chain.update(blockCrc >>> shift);
        }
    }

    /** The buffer behind {@code bytes}; another one after each growth. Offsets are those of {@code bytes}. */
    static ByteBuffer underlying(Bytes<ByteBuffer> bytes) {
        ByteBuffer buffer = bytes.underlyingObject();
        if (buffer == null) {
            throw new IllegalStateException("no buffer");
        }
        return buffer;
    }
}
