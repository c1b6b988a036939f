// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.EntryVisitor;
import io.redistill.engine.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries to a channel as {@link SnapshotFormat} has it. What was written is a snapshot only once {@link #finish}
 * has returned; without its footer a reader refuses it.
 *
 * <p>One buffer holds the open block. After an exception nothing more can be written, and the file is to be thrown away.
 *
 * <p>Threading: one thread at a time. The channel stays the caller's.
 */
public final class SnapshotWriter implements EntryVisitor, AutoCloseable {
    private final WritableByteChannel channel;
    private final Bytes<ByteBuffer> buffer = Bytes.elasticByteBuffer(SnapshotFormat.BLOCK_BYTES * 2);
    private final Wire wire = SnapshotFormat.wire(buffer);
    private final CRC32C chain = new CRC32C();
    private @Nullable DocumentContext block;
    private long blockCount;
    private long entryCount;
    private int entriesOfBlock;
    private boolean broken;

    /**
     * Writes the header.
     *
     * @param createdMs the instant of which the snapshot is, ms since the epoch
     */
    public SnapshotWriter(WritableByteChannel channel, long createdMs) throws IOException {
        this.channel = channel;
        buffer.singleThreadedCheckDisabled(true);
        try {
            DocumentContext header = wire.writingDocument(true);
            wire.write(SnapshotFormat.FORMAT_FIELD).text(SnapshotFormat.NAME);
            wire.write(SnapshotFormat.VERSION_FIELD).int32(SnapshotFormat.VERSION);
            wire.write(SnapshotFormat.CREATED_FIELD).int64(createdMs);
            seal(header, true);
        } catch (IOException | RuntimeException e) {
            buffer.releaseLast();
            throw e;
        }
    }

    /**
     * Adds an entry.
     *
     * @throws UncheckedIOException when the channel fails
     * @throws IllegalArgumentException when the entry is longer than a document can be, nearly 1 GiB
     */
    @Override
    public void visit(
            int database,
            int type,
            long keyAddress,
            int keyLength,
            long valueAddress,
            int valueLength,
            long expiresAtMs) {
        checkUsable();
        if (type < 0 || type >= SnapshotFormat.HAS_EXPIRY || database < 0) {
            throw new IllegalArgumentException("type=" + type + " or database=" + database + " is not of an entry");
        }
        long length = SnapshotFormat.MAX_ENTRY_OVERHEAD_BYTES + (long) keyLength + valueLength;
        if (length > SnapshotFormat.MAX_DOCUMENT_BYTES - SnapshotFormat.BLOCK_BYTES) {
            throw new IllegalArgumentException("an entry of " + length + " bytes does not fit into a document");
        }
        if (block == null) {
            block = wire.writingDocument(false); // open until it is full; its length is filled in then
        }
        buffer.ensureCapacity(buffer.writePosition() + length);
        boolean isVolatile = expiresAtMs != NO_EXPIRY;
        buffer.writeUnsignedByte(isVolatile ? type | SnapshotFormat.HAS_EXPIRY : type);
        buffer.writeStopBit(database);
        if (isVolatile) {
            buffer.writeLong(expiresAtMs);
        }
        put(keyAddress, keyLength);
        put(valueAddress, valueLength);
        entriesOfBlock++;
        if (buffer.writePosition() >= SnapshotFormat.BLOCK_BYTES) {
            try {
                closeBlock();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void put(long address, int length) {
        buffer.writeStopBit(length);
        Memory.copy(address, buffer.addressForWrite(buffer.writePosition()), length);
        buffer.writeSkip(length);
    }

    private void closeBlock() throws IOException {
        DocumentContext full = block;
        if (full == null) {
            return;
        }
        block = null;
        buffer.writeInt(entriesOfBlock);
        blockCount++;
        entryCount += entriesOfBlock;
        entriesOfBlock = 0;
        SnapshotFormat.chain(chain, seal(full, false));
    }

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
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        buffer.clear();
        broken = false;
        return crc;
    }

    private void checkUsable() {
        if (broken) {
            throw new IllegalStateException("this snapshot is finished or has failed");
        }
    }

    /** Frees the buffer. */
    @Override
    public void close() {
        broken = true;
        buffer.releaseLast();
    }
}
