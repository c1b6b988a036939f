// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.Wire;
import net.openhft.chronicle.wire.Wires;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link SnapshotWriter} wrote, whole or not at all: a file that is cut, damaged or of another kind is refused.
 *
 * <p>Each document is held in memory, its length bounded by what is left of the file, and nothing in it is looked at
 * before its checksum is right. (The header is: a file of a later version is to be told from a damaged one.)
 *
 * <p>Threading: one thread, the caller's. The channel stays the caller's.
 */
public final class SnapshotReader {
    private final String name;
    private final SeekableByteChannel channel;
    private final long fileBytes;
    private final Bytes<ByteBuffer> buffer =
            Bytes.elasticByteBuffer(SnapshotFormat.BLOCK_BYTES + 1024, SnapshotFormat.MAX_DOCUMENT_BYTES + 64);
    private final Bytes<ByteBuffer> raw =
            Bytes.elasticByteBuffer(SnapshotFormat.BLOCK_BYTES, SnapshotFormat.MAX_DOCUMENT_BYTES);
    private final Wire wire = SnapshotFormat.wire(buffer);

    /** Where in the file the document in the buffer begins, and how long it is. */
    private long offset;

    private int documentBytes;

    /** Its bytes behind its header when it is a long one, which is not in the buffer, else 0. */
    private long longDocument;

    private boolean meta;
    private int crc;

    private SnapshotReader(String name, SeekableByteChannel channel) throws IOException {
        this.name = name;
        this.channel = channel;
        fileBytes = channel.size();
    }

    /**
     * What a snapshot says about itself.
     *
     * @param version of the format
     * @param createdMs the instant of which it is, ms since the epoch
     * @param product what wrote it
     * @param blockCount blocks in it
     * @param entryCount entries in it
     */
    public record Contents(int version, long createdMs, String product, long blockCount, long entryCount) {}

    /** Takes the blocks of a file in their order. */
    interface BlockVisitor {
        /**
         * Takes a block of records, borrowed until return.
         *
         * @param position of what has been read, bytes from the beginning of the file
         */
        void records(long address, int length, int count, long position) throws IOException;

        /** Takes the next bytes of the value of the last record, which was marked as large. */
        void value(long address, int length) throws IOException;

        /** The last block has come. */
        void end() throws IOException;
    }

    /** What a block visitor throws at a block that it cannot read. */
    static final class BadBlockException extends IOException {
        private static final long serialVersionUID = 1L;

        BadBlockException(String reason) {
            super(reason);
        }
    }

    /**
     * Gives a visitor every entry of a snapshot, in the order in which they were written.
     *
     * <p>Entries come before the end of the file is known to be sound. A caller to which this throws must throw away
     * what the visitor was given.
     *
     * @param name of the file, for messages
     * @return what the file says about itself
     * @throws SnapshotDamagedException when the file is not a whole snapshot of a known version
     */
    public static Contents read(String name, SeekableByteChannel channel, EntryVisitor visitor) throws IOException {
        try (EntryAssembler assembler = new EntryAssembler(visitor)) {
            return readBlocks(name, channel, assembler);
        }
    }

    /** The same, block by block. */
    static Contents readBlocks(String name, SeekableByteChannel channel, BlockVisitor visitor) throws IOException {
        SnapshotReader reader = new SnapshotReader(name, channel);
        try {
            return reader.read(visitor);
        } finally {
            reader.freeLongDocument();
            reader.buffer.releaseLast();
            reader.raw.releaseLast();
        }
    }

    private Contents read(BlockVisitor visitor) throws IOException {
        CRC32C chain = new CRC32C();
        long blockCount = 0;
        long entryCount = 0;
        ForeignFile.refuse(name, channel);
        nextDocument();
        if (!meta) {
            throw damaged("a block where the header should be");
        }
        Contents header = header();
        for (nextDocument(); !meta; nextDocument()) {
            SnapshotFormat.chain(chain, crc);
            entryCount += block(visitor);
            blockCount++;
        }
        try {
            visitor.end();
        } catch (BadBlockException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
        footer(blockCount, entryCount, (int) chain.getValue());
        if (offset + documentBytes != fileBytes) {
            throw damaged("bytes after the end");
        }
        return new Contents(header.version(), header.createdMs(), header.product(), blockCount, entryCount);
    }

    // ---- documents

    /** Loads the next document and checks it; the buffer then reads what lies between its header and its checksum. */
    private void nextDocument() throws IOException {
        offset += documentBytes;
        documentBytes = 0;
        freeLongDocument();
        buffer.clear();
        load(SnapshotFormat.DOCUMENT_HEADER_BYTES);
        int documentHeader = buffer.readInt(0);
        if (!Wires.isReady(documentHeader)) {
            throw damaged("a document that was not completed");
        }
        int length = Wires.lengthOf(documentHeader);
        if (length < SnapshotFormat.CRC_BYTES) {
            throw damaged("a document of " + length + " bytes");
        }
        meta = !Wires.isData(documentHeader);
        if (!meta && length > SnapshotFormat.LONG_BLOCK_BYTES + SnapshotFormat.BLOCK_BYTES) {
            loadLong(length);
            return;
        }
        load(length);
        int end = documentBytes - SnapshotFormat.CRC_BYTES;
        buffer.readPositionRemaining(SnapshotFormat.DOCUMENT_HEADER_BYTES, end - SnapshotFormat.DOCUMENT_HEADER_BYTES);
        crc = SnapshotFormat.crc(meta, buffer, SnapshotFormat.DOCUMENT_HEADER_BYTES, end);
        if (crc
                != SnapshotFormat.underlying(buffer)
                        .duplicate()
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getInt(end)) {
            throw damaged("the checksum is wrong");
        }
    }

    /** The same for a document for which the JVM may have no buffer: it comes through a small one. */
    private void loadLong(int length) throws IOException {
        checkLength(length);
        longDocument = Memory.allocate(length); // address space only, until bytes arrive
        CRC32C computed = SnapshotFormat.crc(meta);
        int end = length - SnapshotFormat.CRC_BYTES;
        ByteBuffer target = SnapshotFormat.underlying(buffer).duplicate();
        for (int loaded = 0; loaded < length; loaded += SnapshotFormat.BLOCK_BYTES) {
            int part = Math.min(SnapshotFormat.BLOCK_BYTES, length - loaded);
            readFully(target.clear().limit(part));
            Memory.copy(buffer.addressForWrite(0), longDocument + loaded, part);
            computed.update(target.clear().limit(Math.max(0, Math.min(part, end - loaded))));
        }
        documentBytes += length;
        crc = (int) computed.getValue();
        if (crc != Memory.getInt(longDocument + end)) {
            throw damaged("the checksum is wrong");
        }
    }

    private void freeLongDocument() {
        if (longDocument != 0) {
            Memory.free(longDocument);
            longDocument = 0;
        }
    }

    private void checkLength(int bytes) throws IOException {
        if (bytes > fileBytes - offset - documentBytes) {
            throw damaged("the file ends too early");
        }
    }

    private void readFully(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw damaged("the file ends too early");
            }
        }
    }

    private void load(int bytes) throws IOException {
        checkLength(bytes);
        ensureCapacity(buffer, (long) documentBytes + bytes);
        ByteBuffer target = SnapshotFormat.underlying(buffer).duplicate();
        readFully(target.limit(documentBytes + bytes).position(documentBytes));
        documentBytes += bytes;
        buffer.writePosition(documentBytes);
    }

    // ---- their contents: the checksum was right, so what does not fit was written by another program

    private Contents header() throws IOException {
        int version;
        long createdMs;
        String product;
        try {
            String format = wire.read(SnapshotFormat.FORMAT_FIELD).text();
            if (!SnapshotFormat.NAME.equals(format)) {
                throw damaged("not a snapshot");
            }
            version = wire.read(SnapshotFormat.VERSION_FIELD).int32();
            if (version < 1 || version > SnapshotFormat.VERSION) {
                throw damaged("it has version " + version + " of the format, this program reads up to version "
                        + SnapshotFormat.VERSION);
            }
            createdMs = wire.read(SnapshotFormat.CREATED_FIELD).int64();
            product = String.valueOf(wire.read(SnapshotFormat.PRODUCT_FIELD).text());
        } catch (RuntimeException e) {
            throw damaged("a header that cannot be read", e);
        }
        return new Contents(version, createdMs, product, 0, 0);
    }

    private void footer(long blockCount, long entryCount, int chain) throws IOException {
        try {
            if (wire.read(SnapshotFormat.BLOCKS_FIELD).int64() != blockCount
                    || wire.read(SnapshotFormat.ENTRIES_FIELD).int64() != entryCount
                    || wire.read(SnapshotFormat.CHAIN_FIELD).int32() != chain) {
                throw damaged("blocks are missing, doubled or in another order");
            }
        } catch (RuntimeException e) {
            throw damaged("a footer that cannot be read", e);
        }
    }

    private int block(BlockVisitor visitor) throws IOException {
        if (longDocument != 0 && Memory.getByte(longDocument) >> SnapshotFormat.CODEC_SHIFT == Codec.NONE.ordinal()) {
            return longBlock(visitor);
        }
        if (longDocument != 0) {
            // Compressed, as it was done with blocks of any length once.
            int bytes = documentBytes - SnapshotFormat.DOCUMENT_HEADER_BYTES;
            ensureCapacity(buffer, documentBytes);
            Memory.copy(longDocument, buffer.addressForWrite(SnapshotFormat.DOCUMENT_HEADER_BYTES), bytes);
            buffer.writePosition(documentBytes);
            buffer.readPositionRemaining(SnapshotFormat.DOCUMENT_HEADER_BYTES, bytes - SnapshotFormat.CRC_BYTES);
        }
        long remaining = buffer.readRemaining() - SnapshotFormat.BLOCK_HEADER_BYTES;
        if (remaining < 0) {
            throw damaged("a block without its header");
        }
        int kind = buffer.readUnsignedByte();
        int count = buffer.readInt();
        int rawLength = buffer.readInt();
        int codec = kind >> SnapshotFormat.CODEC_SHIFT;
        if (codec >= Codec.values().length) {
            throw damaged("a block compressed in a way that this program does not know");
        }
        if (rawLength < 0
                || rawLength > SnapshotFormat.MAX_DOCUMENT_BYTES
                || count < 0
                || !Codec.values()[codec].isPlausible((int) remaining, rawLength)) {
            throw damaged("a block whose lengths disagree");
        }
        visit(visitor, kind, payload(Codec.values()[codec], rawLength), rawLength, count);
        return count;
    }

    private int longBlock(BlockVisitor visitor) throws IOException {
        int count = Memory.getInt(longDocument + 1);
        int length = Memory.getInt(longDocument + 1 + Integer.BYTES);
        int there = documentBytes
                - SnapshotFormat.DOCUMENT_HEADER_BYTES
                - SnapshotFormat.BLOCK_HEADER_BYTES
                - SnapshotFormat.CRC_BYTES;
        if (length != there || count < 0) {
            throw damaged("a block whose lengths disagree");
        }
        long address = longDocument + SnapshotFormat.BLOCK_HEADER_BYTES;
        visit(visitor, Memory.getByte(longDocument), address, length, count);
        return count;
    }

    private void visit(BlockVisitor visitor, int kind, long address, int rawLength, int count) throws IOException {
        try {
            switch (kind & SnapshotFormat.KIND_MASK) {
                case SnapshotFormat.KIND_RECORDS -> visitor.records(address, rawLength, count, offset + documentBytes);
                case SnapshotFormat.KIND_VALUE -> visitor.value(address, rawLength);
                default -> throw damaged("a block of a kind that this program does not know");
            }
        } catch (BadBlockException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private long payload(Codec codec, int rawLength) throws IOException {
        if (codec == Codec.NONE) {
            return buffer.addressForRead(buffer.readPosition());
        }
        raw.clear();
        ensureCapacity(raw, rawLength);
        ByteBuffer source = SnapshotFormat.underlying(buffer).duplicate();
        source.limit((int) buffer.readLimit()).position((int) buffer.readPosition());
        ByteBuffer target = SnapshotFormat.underlying(raw).duplicate();
        target.clear().limit(rawLength);
        if (!codec.decompress(source, target)) {
            throw damaged("a block that cannot be decompressed");
        }
        return raw.addressForWrite(0);
    }

    private void ensureCapacity(Bytes<ByteBuffer> bytes, long capacity) throws IOException {
        try {
            SnapshotFormat.ensureCapacity(bytes, capacity);
        } catch (IOException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private SnapshotDamagedException damaged(String reason) {
        return new SnapshotDamagedException(name, offset, reason);
    }

    private SnapshotDamagedException damaged(String reason, @Nullable Throwable cause) {
        SnapshotDamagedException damaged = damaged(reason);
        damaged.initCause(cause);
        return damaged;
    }
}
