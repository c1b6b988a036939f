// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;
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
 *   header (meta document)     Wire fields format, version, createdMs, product            int CRC
 *   block  (data document) *   byte kind and codec   int record count   int raw length
 *                              payload                                                    int CRC
 *   footer (meta document)     Wire fields blocks, entries, chain                         int CRC
 *   end of file
 *
 *   payload of kind RECORDS:   records, see {@link RecordLayout}, as many as the count says
 *   payload of kind VALUE:     bytes of the value of the last record before it, which is marked as large: so many of
 *                              these blocks follow it as that value needs; the count is 0
 * </pre>
 *
 * A document begins with Wire's four-byte header: length in the low 30 bits, then the bits "meta" and "not complete".
 * The CRC (CRC32C) covers the kind of document and all its bytes before the CRC. {@code chain} is the CRC32C of the CRCs
 * of all blocks in their order, so that a block that is missing, doubled or in another place is found. A payload may be
 * compressed; its raw length is what it has then been before. Numbers outside of Wire's fields are little-endian.
 *
 * <p>Threading: stateless.
 */
final class SnapshotFormat {
    /** What a file begins with, after Wire's own header: others are not of this format. */
    static final String NAME = "redistill-snapshot";

    /** Readers refuse later ones. Version 2 has hashes in parts. */
    static final int VERSION = 2;

    static final String FORMAT_FIELD = "format";
    static final String VERSION_FIELD = "version";
    static final String CREATED_FIELD = "createdMs";
    static final String PRODUCT_FIELD = "product";
    static final String BLOCKS_FIELD = "blocks";
    static final String ENTRIES_FIELD = "entries";
    static final String CHAIN_FIELD = "chain";

    /** A block of records is closed when no further one fits into so many bytes; a single long record makes it longer. */
    static final int BLOCK_BYTES = 256 << 10;

    /** Values from this length on follow their record in blocks of their own. */
    static final int LARGE_VALUE_BYTES = 64 << 10;

    /** Most bytes of a block of kind VALUE. */
    static final int VALUE_BLOCK_BYTES = 1 << 20;

    /**
     * Longer blocks are written and read through a small buffer, since the JVM may have none of their length; and as they
     * are, since whatever compresses needs one.
     */
    static final int LONG_BLOCK_BYTES = 4 << 20;

    /** Longest value of a string, as in the protocol. */
    static final int MAX_VALUE_BYTES = 512 << 20;

    /** Wire's length field has 30 bits. */
    static final int MAX_DOCUMENT_BYTES = (1 << 30) - 1;

    /** Wire's header of a document. */
    static final int DOCUMENT_HEADER_BYTES = Integer.BYTES;

    static final int CRC_BYTES = Integer.BYTES;

    /** Kind, count and raw length of a block. */
    static final int BLOCK_HEADER_BYTES = 1 + Integer.BYTES + Integer.BYTES;

    static final int KIND_RECORDS = 0;
    static final int KIND_VALUE = 1;
    static final int KIND_MASK = 0xf;
    static final int CODEC_SHIFT = 4;

    private SnapshotFormat() {}

    static Wire wire(Bytes<ByteBuffer> bytes) {
        Wire wire = new BinaryWire(bytes);
        wire.usePadding(false);
        return wire;
    }

    /** The checksum of a document's bytes, which lie from {@code from} to {@code to} in {@code bytes}. */
    static int crc(boolean meta, Bytes<ByteBuffer> bytes, int from, int to) {
        CRC32C crc = crc(meta);
        ByteBuffer all = underlying(bytes).duplicate();
        crc.update(all.limit(to).position(from));
        return (int) crc.getValue();
    }

    /** The checksum of a document of which no byte has come yet. */
    static CRC32C crc(boolean meta) {
        CRC32C crc = new CRC32C();
        crc.update(meta ? 1 : 0);
        return crc;
    }

    /** The checksum of the checksums so far and one more. */
    static void chain(CRC32C chain, int blockCrc) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            chain.update(blockCrc >>> shift);
        }
    }

    /**
     * Makes room.
     *
     * @throws IOException when the JVM has no memory for it
     */
    static void ensureCapacity(Bytes<ByteBuffer> bytes, long capacity) throws IOException {
        try {
            bytes.ensureCapacity(capacity);
        } catch (OutOfMemoryError e) {
            throw new IOException(
                    "a block of " + capacity + " bytes, for which there is no memory outside of the heap"
                            + " (-XX:MaxDirectMemorySize, which is -Xmx unless it is given)",
                    e);
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
