// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.EntryVisitor;
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
 * before its checksum is right.
 *
 * <p>Threading: one thread, the caller's. The channel stays the caller's.
 */
public final class SnapshotReader {
    private final String name;
    private final SeekableByteChannel channel;
    private final long fileBytes;
    private final Bytes<ByteBuffer> buffer = Bytes.elasticByteBuffer(SnapshotFormat.BLOCK_BYTES * 2);
    private final Wire wire = SnapshotFormat.wire(buffer);

    /** Where in the file the document in the buffer begins, and how long it is. */
    private long offset;

    private int documentBytes;
    private boolean meta;
    private int crc;

    private SnapshotReader(String name, SeekableByteChannel channel) throws IOException {
        this.name = name;
        this.channel = channel;
        fileBytes = channel.size();
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
        SnapshotReader reader = new SnapshotReader(name, channel);
        try {
            return reader.read(visitor);
        } finally {
            reader.buffer.releaseLast();
        }
    }

    /**
     * What a snapshot says about itself.
     *
     * @param createdMs the instant of which it is, ms since the epoch
     * @param entryCount entries in it
     */
    public record Contents(long createdMs, long entryCount) {}

    private Contents read(EntryVisitor visitor) throws IOException {
        CRC32C chain = new CRC32C();
        long blockCount = 0;
        long entryCount = 0;
        nextDocument();
        if (!meta) {
            throw damaged("a block where the header should be");
        }
        long createdMs = header();
        for (nextDocument(); !meta; nextDocument()) {
            SnapshotFormat.chain(chain, crc);
            entryCount += block(visitor);
            blockCount++;
        }
        footer(blockCount, entryCount, (int) chain.getValue());
        offset += documentBytes;
        if (offset != fileBytes) {
            throw damaged("bytes after the end");
        }
        return new Contents(createdMs, entryCount);
    }

    // ---- documents

    /** Loads the next document and checks it; the buffer then reads what lies between its header and its checksum. */
    private void nextDocument() throws IOException {
        offset += documentBytes;
        documentBytes = 0;
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
        load(length);
        meta = !Wires.isData(documentHeader);
        int end = documentBytes - SnapshotFormat.CRC_BYTES;
        crc = SnapshotFormat.crc(meta, buffer, SnapshotFormat.DOCUMENT_HEADER_BYTES, end);
        if (crc != buffer.readInt(end)) {
            throw damaged("the checksum is wrong");
        }
        buffer.readPositionRemaining(SnapshotFormat.DOCUMENT_HEADER_BYTES, end - SnapshotFormat.DOCUMENT_HEADER_BYTES);
    }

    private void load(int bytes) throws IOException {
        if (bytes > fileBytes - offset - documentBytes) {
            throw damaged("the file ends too early");
        }
        buffer.ensureCapacity((long) documentBytes + bytes);
        ByteBuffer target = SnapshotFormat.underlying(buffer).duplicate();
        target.limit(documentBytes + bytes).position(documentBytes);
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw damaged("the file ends too early");
            }
        }
        documentBytes += bytes;
        buffer.writePosition(documentBytes);
    }

    // ---- their contents: the checksum was right, so what does not fit was written by another program

    private long header() throws IOException {
        try {
            String format = wire.read(SnapshotFormat.FORMAT_FIELD).text();
            if (!SnapshotFormat.NAME.equals(format)) {
                throw damaged("not a snapshot");
            }
            int version = wire.read(SnapshotFormat.VERSION_FIELD).int32();
            if (version != SnapshotFormat.VERSION) {
                throw damaged("version=" + version + " is not " + SnapshotFormat.VERSION);
            }
            return wire.read(SnapshotFormat.CREATED_FIELD).int64();
        } catch (RuntimeException e) {
            throw damaged("a header that cannot be read", e);
        }
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

    private int block(EntryVisitor visitor) throws IOException {
        long end = buffer.readLimit() - Integer.BYTES;
        int count = end < buffer.readPosition() ? -1 : buffer.readInt(end);
        for (int i = 0; i < count; i++) {
            entry(end, visitor);
        }
        if (count < 1 || buffer.readPosition() != end) {
            throw damaged("a block whose count and length disagree");
        }
        return count;
    }

    private void entry(long end, EntryVisitor visitor) throws IOException {
        int type;
        int database;
        long expiresAtMs;
        long keyAddress;
        int keyLength;
        long valueAddress;
        int valueLength;
        try {
            type = buffer.readUnsignedByte();
            database = Math.toIntExact(buffer.readStopBit());
            expiresAtMs = (type & SnapshotFormat.HAS_EXPIRY) != 0 ? buffer.readLong() : EntryVisitor.NO_EXPIRY;
            keyLength = length(end);
            keyAddress = buffer.addressForRead(buffer.readPosition());
            buffer.readSkip(keyLength);
            valueLength = length(end);
            valueAddress = buffer.addressForRead(buffer.readPosition());
            buffer.readSkip(valueLength);
        } catch (RuntimeException e) {
            throw damaged("an entry that cannot be read", e);
        }
        visitor.visit(
                database,
                type & ~SnapshotFormat.HAS_EXPIRY,
                keyAddress,
                keyLength,
                valueAddress,
                valueLength,
                expiresAtMs);
    }

    private int length(long end) throws IOException {
        long length = buffer.readStopBit();
        if (length < 0 || length > end - buffer.readPosition()) {
            throw damaged("an entry that is longer than its block");
        }
        return (int) length;
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
