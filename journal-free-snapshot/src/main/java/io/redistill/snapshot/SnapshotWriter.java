// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;

/**
 * Writes blocks of records to a channel as {@link SnapshotFormat} has it. What was written is a snapshot only once
 * {@link #finish} has returned; without its footer a reader refuses it.
 *
 * <p>One buffer holds the document being written, or a part of one that is long. After an exception nothing more can be
 * written, and the file is to be thrown away.
 *
 * <p>Threading: one thread at a time. The channel stays the caller's.
 */
public final class SnapshotWriter implements EntryVisitor, AutoCloseable {
    /** Most bytes written at once: some tens of microseconds for the page cache. */
    static final int PIECE_BYTES = 64 << 10;

    private final WritableByteChannel channel;
    private final Codec codec;
    private final Runnable giveWay;
    private final Bytes<ByteBuffer> buffer =
            Bytes.elasticByteBuffer(SnapshotFormat.BLOCK_BYTES + 1024, SnapshotFormat.MAX_DOCUMENT_BYTES);
    private final Wire wire = SnapshotFormat.wire(buffer);
    private final CRC32C chain = new CRC32C();
    private Bytes<ByteBuffer> raw = Bytes.elasticByteBuffer(0, SnapshotFormat.MAX_DOCUMENT_BYTES);

    /** Records of {@link #visit} that wait until a block is full; 0 before the first. */
    private long open;

    private int openLength;
    private int openCount;

    private long blockCount;
    private long entryCount;
    private long bytesWritten;
    private boolean broken;

    /** Writes the header; the rest as with the other one, but writes one piece after another. */
    public SnapshotWriter(WritableByteChannel channel, Codec codec, long createdMs, String product) throws IOException {
        this(channel, codec, createdMs, product, () -> {});
    }

    /**
     * Writes the header.
     *
     * @param createdMs the instant of which the snapshot is, ms since the epoch
     * @param product what wrote it, for people
     * @param giveWay called after each piece of at most {@link #PIECE_BYTES}
     */
    SnapshotWriter(WritableByteChannel channel, Codec codec, long createdMs, String product, Runnable giveWay)
            throws IOException {
        this.channel = channel;
        this.codec = codec;
        this.giveWay = giveWay;
        try {
            DocumentContext header = wire.writingDocument(true);
            wire.write(SnapshotFormat.FORMAT_FIELD).text(SnapshotFormat.NAME);
            wire.write(SnapshotFormat.VERSION_FIELD).int32(SnapshotFormat.VERSION);
            wire.write(SnapshotFormat.CREATED_FIELD).int64(createdMs);
            wire.write(SnapshotFormat.PRODUCT_FIELD).text(product);
            seal(header, true);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Bytes given to the channel so far. */
    public long bytesWritten() {
        return bytesWritten;
    }

    /** Entries written so far. */
    public long entryCount() {
        return entryCount;
    }

    // ---- blocks

    /** Writes a block of records. If the last one is large, {@link #value} must follow until its value is complete. */
    void records(long address, int length, int count) throws IOException {
        block(SnapshotFormat.KIND_RECORDS, address, length, count);
        entryCount += count;
    }

    /** Writes the whole value of the large record before. */
    void value(long address, int length) throws IOException {
        for (int offset = 0; offset < length; offset += SnapshotFormat.VALUE_BLOCK_BYTES) {
            int part = Math.min(SnapshotFormat.VALUE_BLOCK_BYTES, length - offset);
            block(SnapshotFormat.KIND_VALUE, address + offset, part, 0);
        }
    }

    private void block(int kind, long address, int length, int count) throws IOException {
        checkUsable();
        if (length > SnapshotFormat.LONG_BLOCK_BYTES) {
            longBlock(kind, address, length, count);
            return;
        }
        long longest = Math.max(length, codec.maxLength(length));
        DocumentContext document = wire.writingDocument(false);
        long start = buffer.writePosition();
        SnapshotFormat.ensureCapacity(
                buffer, start + SnapshotFormat.BLOCK_HEADER_BYTES + longest + SnapshotFormat.CRC_BYTES);
        long payload = start + SnapshotFormat.BLOCK_HEADER_BYTES;
        int written = codec == Codec.NONE ? length : compress(address, length, (int) payload);
        Codec used = codec;
        if (written >= length) {
            used = Codec.NONE;
            written = length;
            Memory.copy(address, buffer.addressForWrite(payload), length);
        }
        buffer.writeUnsignedByte(kind | used.ordinal() << SnapshotFormat.CODEC_SHIFT);
        buffer.writeInt(count);
        buffer.writeInt(length);
        buffer.writeSkip(written);
        blockCount++;
        SnapshotFormat.chain(chain, seal(document, false));
    }

    /** The same document as of a shorter block, but never as a whole in the buffer. */
    private void longBlock(int kind, long address, int length, int count) throws IOException {
        if (length > SnapshotFormat.MAX_DOCUMENT_BYTES - SnapshotFormat.BLOCK_BYTES) {
            throw new IllegalArgumentException("a block of " + length + " bytes does not fit into a document");
        }
        broken = true;
        ByteBuffer bytes = SnapshotFormat.underlying(buffer).duplicate().order(ByteOrder.LITTLE_ENDIAN);
        bytes.clear();
        bytes.putInt(SnapshotFormat.BLOCK_HEADER_BYTES + length + SnapshotFormat.CRC_BYTES); // data, and complete
        bytes.put((byte) kind).putInt(count).putInt(length).flip();
        CRC32C crc = SnapshotFormat.crc(false);
        crc.update(bytes.duplicate().position(SnapshotFormat.DOCUMENT_HEADER_BYTES));
        write(bytes);
        for (int offset = 0; offset < length; offset += SnapshotFormat.BLOCK_BYTES) {
            int part = Math.min(SnapshotFormat.BLOCK_BYTES, length - offset);
            Memory.copy(address + offset, buffer.addressForWrite(0), part);
            bytes.clear().limit(part);
            crc.update(bytes.duplicate());
            write(bytes);
        }
        bytes.clear();
        bytes.putInt((int) crc.getValue()).flip();
        write(bytes);
        broken = false;
        blockCount++;
        SnapshotFormat.chain(chain, (int) crc.getValue());
    }

    private void write(ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + PIECE_BYTES));
            bytesWritten += channel.write(bytes);
            giveWay.run();
        }
    }

    private int compress(long address, int length, int payload) throws IOException {
        raw.clear();
        SnapshotFormat.ensureCapacity(raw, length);
        Memory.copy(address, raw.addressForWrite(0), length);
        ByteBuffer source = SnapshotFormat.underlying(raw).duplicate();
        source.position(0).limit(length);
        return codec.compress(
                source, SnapshotFormat.underlying(buffer).duplicate().clear(), payload);
    }

    // ---- entries one by one

    /**
     * Takes an entry.
     *
     * @throws IOException as the channel
     * @throws IllegalArgumentException when the format cannot hold it; then nothing was written
     */
    @Override
    public void visit(
            int database,
            int type,
            boolean number,
            long keyAddress,
            int keyLength,
            long valueAddress,
            int valueLength,
            long expiresAtMs,
            int recency)
            throws IOException {
        checkUsable();
        if (type < 0 || type > RecordLayout.TYPE_MASK || database < 0 || recency > 0xffff) {
            throw new IllegalArgumentException(
                    "type=" + type + ", database=" + database + " or recency=" + recency + " is not of an entry");
        }
        boolean large = valueLength >= SnapshotFormat.LARGE_VALUE_BYTES;
        int inline = large ? 0 : valueLength;
        if (keyLength > SnapshotFormat.MAX_VALUE_BYTES || valueLength > SnapshotFormat.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "a key of " + keyLength + " bytes or a value of " + valueLength + " bytes is too long");
        }
        int longest = RecordLayout.MAX_OVERHEAD_BYTES + keyLength + inline;
        if (openLength > 0 && openLength + longest > SnapshotFormat.BLOCK_BYTES) {
            closeBlock();
        }
        if (open == 0) {
            open = Memory.allocate(Math.max(longest, SnapshotFormat.BLOCK_BYTES));
        }
        int flags = (number ? RecordLayout.NUMBER : 0) | (large ? RecordLayout.LARGE : 0);
        long end = RecordLayout.write(
                open + openLength, type | flags, database, expiresAtMs, recency, keyAddress, keyLength, valueLength);
        Memory.copy(valueAddress, end, inline);
        openLength = (int) (end - open) + inline;
        openCount++;
        if (large) {
            closeBlock();
            value(valueAddress, valueLength);
        }
    }

    private void closeBlock() throws IOException {
        if (openCount > 0) {
            try {
                records(open, openLength, openCount);
            } finally {
                freeOpen();
            }
        }
    }

    private void freeOpen() {
        if (open != 0) {
            Memory.free(open);
        }
        open = 0;
        openLength = 0;
        openCount = 0;
    }

    // ---- the end

    /** Writes the last block and the footer. Making the file durable is the caller's task. */
    public void finish() throws IOException {
        checkUsable();
        closeBlock();
        DocumentContext footer = wire.writingDocument(true);
        wire.write(SnapshotFormat.BLOCKS_FIELD).int64(blockCount);
        wire.write(SnapshotFormat.ENTRIES_FIELD).int64(entryCount);
        wire.write(SnapshotFormat.CHAIN_FIELD).int32((int) chain.getValue());
        seal(footer, true);
        broken = true; // nothing belongs behind the footer
    }

    /** Ends a document with its checksum, which it returns, and hands it to the channel. */
    private int seal(DocumentContext document, boolean meta) throws IOException {
        broken = true;
        int crc = SnapshotFormat.crc(meta, buffer, SnapshotFormat.DOCUMENT_HEADER_BYTES, (int) buffer.writePosition());
        buffer.writeInt(crc);
        document.close();
        ByteBuffer bytes = SnapshotFormat.underlying(buffer).duplicate();
        bytes.position(0).limit((int) buffer.writePosition());
        write(bytes);
        buffer.clear();
        broken = false;
        return crc;
    }

    private void checkUsable() {
        if (broken) {
            throw new IllegalStateException("this snapshot is finished or has failed");
        }
    }

    /** Frees the buffers. */
    @Override
    public void close() {
        broken = true;
        freeOpen();
        buffer.releaseLast();
        raw.releaseLast();
    }
}
