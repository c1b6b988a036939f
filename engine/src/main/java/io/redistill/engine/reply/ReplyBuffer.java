// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing sequence of RESP replies, encoded where they are written: a stream of bytes in {@link ReplyChunk}s, into
 * which large values are spliced by reference instead of being copied.
 *
 * <p>Where there is no memory to go on, the methods that encode throw {@link ReplyMemoryException}; what was written of
 * that reply can be {@linkplain #rewind taken back}.
 *
 * <p>Each spliced {@link LargeBlock} is held once from here until {@link #reset}, or until the holding is
 * {@link #takeSplice taken} over. The first chunk stays with the buffer when it is reset; more are given back.
 *
 * <p>Protocol: the Redis serialization protocol specification, versions 2 and 3.
 *
 * <p>Threading: confined to one writer (the shard whose replies these are, or the event loop), then, after hand-back, to
 * the event loop.
 */
public final class ReplyBuffer {
    /** Length of every chunk; more than the longest reply that is copied into one. */
    public static final int CHUNK_BYTES = 64 << 10;

    private static final int KEPT_CHUNKS = 1;

    /** A longer list of chunks is not kept, since it still names those that it had. */
    private static final int MAX_KEPT_REFERENCES = 64;

    /** Longest encoding of a number with its type byte and CRLF. */
    private static final int MAX_NUMBER_BYTES = 32;

    private static final int SMALL_NUMBERS = 1024;
    private static final long[] BULK_HEADERS = smallNumbers('$');
    private static final long[] INTEGERS = smallNumbers(':');
    private static final int CRLF = '\r' | '\n' << 8;
    private static final int INITIAL_CHUNKS = 4;

    private static final long OK = packed("+OK\r\n");
    private static final long NULL_BULK = packed("$-1\r\n");
    private static final long NULL_RESP3 = packed("_\r\n");

    private final ReplyChunk.Factory factory;
    private ReplyChunk[] chunks = new ReplyChunk[INITIAL_CHUNKS];
    private int chunkCount;
    private int openChunks;

    /** Absolute address of the next byte and of the end of the open chunk; equal while no chunk is open. */
    private long address;

    private long limit;

    /** Stream position of the open chunk's first byte, and its address. */
    private long chunkPosition;

    private long chunkAddress;

    private long[] splicePositions = new long[0];
    private long[] spliceBlocks = new long[0];
    private int[] spliceLengths = new int[0];
    private int spliceCount;

    public ReplyBuffer(ReplyChunk.Factory factory) {
        this.factory = factory;
    }

    // ---- encoding

    public void ok() {
        ensure(Long.BYTES);
        Memory.putLong(address, OK);
        address += 5;
    }

    /** The null reply of the protocol version. */
    public void nil(boolean resp3) {
        ensure(Long.BYTES);
        Memory.putLong(address, resp3 ? NULL_RESP3 : NULL_BULK);
        address += resp3 ? 3 : 5;
    }

    /** An integer reply. */
    public void integer(long value) {
        ensure(MAX_NUMBER_BYTES);
        if (value >= 0 && value < SMALL_NUMBERS) {
            Memory.putLong(address, INTEGERS[(int) value]);
            address += 3 + digits((int) value);
        } else {
            number((byte) ':', value);
        }
    }

    /** A bulk string of any length, copied. */
    public void bulk(long source, int length) {
        if (length > CHUNK_BYTES - MAX_NUMBER_BYTES) {
            bulkSlowPath(source, length);
            return;
        }
        ensure(length + MAX_NUMBER_BYTES);
        bulkHeader(length);
        Memory.copy(source, address, length);
        Memory.putShort(address + length, (short) CRLF);
        address += length + 2;
    }

    private void bulkSlowPath(long source, int length) {
        ensure(MAX_NUMBER_BYTES);
        bulkHeader(length);
        int done = 0;
        while (done < length) {
            ensure(1);
            int piece = (int) Math.min(length - done, limit - address);
            Memory.copy(source + done, address, piece);
            address += piece;
            done += piece;
        }
        ensure(Short.BYTES);
        crlf();
    }

    /** A bulk string that is a large block, by reference. */
    public void bulkBlock(long block, int length) {
        ensure(MAX_NUMBER_BYTES);
        bulkHeader(length);
        LargeBlock.retain(block);
        addSplice(position(), block, length);
        Memory.putShort(address, (short) CRLF);
        address += 2;
    }

    /** The decimal digits of a number as a bulk string. */
    public void bulkInteger(long value) {
        ensure(2 * MAX_NUMBER_BYTES);
        int length = Decimal.length(value);
        bulkHeader(length);
        Decimal.write(address, value, length);
        address += length;
        crlf();
    }

    /** The header of an array of {@code count} replies. */
    public void arrayHeader(long count) {
        ensure(MAX_NUMBER_BYTES);
        number((byte) '*', count);
    }

    /** The header of a map of {@code pairs} pairs: in RESP2 of an array. */
    public void mapHeader(long pairs, boolean resp3) {
        ensure(MAX_NUMBER_BYTES);
        if (resp3) {
            number((byte) '%', pairs);
        } else {
            number((byte) '*', pairs * 2);
        }
    }

    /** A bulk string of any length that is on the heap. */
    public void bulk(byte[] bytes) {
        ensure(MAX_NUMBER_BYTES);
        bulkHeader(bytes.length);
        raw(bytes);
        ensure(Short.BYTES);
        crlf();
    }

    /** Bytes that are already encoded, of any length. */
    public void raw(byte[] encoded) {
        int done = 0;
        while (done < encoded.length) {
            ensure(1);
            int piece = (int) Math.min(encoded.length - done, limit - address);
            Memory.copyFromArray(encoded, done, address, piece);
            address += piece;
            done += piece;
        }
    }

    private void bulkHeader(int length) {
        if (length < SMALL_NUMBERS) {
            Memory.putLong(address, BULK_HEADERS[length]);
            address += 3 + digits(length);
        } else {
            number((byte) '$', length);
        }
    }

    private void number(byte type, long value) {
        Memory.putByte(address, type);
        address += 1 + Decimal.write(address + 1, value);
        crlf();
    }

    private void crlf() {
        Memory.putShort(address, (short) CRLF);
        address += 2;
    }

    private void ensure(int bytes) {
        if (limit - address < bytes) {
            openChunkSlowPath();
        }
    }

    private void openChunkSlowPath() {
        if (openChunks == chunkCount) {
            // First of all, so that nothing has changed if there is no memory.
            ReplyChunk another = factory.newChunk(chunkCount == 0);
            if (another == null) {
                throw ReplyMemoryException.INSTANCE;
            }
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunkCount * 2);
            }
            chunks[chunkCount++] = another;
        }
        closeChunk();
        ReplyChunk chunk = chunks[openChunks++];
        chunkAddress = chunk.address();
        address = chunkAddress;
        limit = chunkAddress + chunk.capacity();
    }

    /** Notes the length of the open chunk. */
    private void closeChunk() {
        if (openChunks > 0) {
            int length = (int) (address - chunkAddress);
            chunks[openChunks - 1].length(length);
            chunkPosition += length;
            chunkAddress = address;
        }
    }

    private void addSplice(long position, long block, int length) {
        if (spliceCount == splicePositions.length) {
            int capacity = Math.max(4, spliceCount * 2);
            splicePositions = Arrays.copyOf(splicePositions, capacity);
            spliceBlocks = Arrays.copyOf(spliceBlocks, capacity);
            spliceLengths = Arrays.copyOf(spliceLengths, capacity);
        }
        splicePositions[spliceCount] = position;
        spliceBlocks[spliceCount] = block;
        spliceLengths[spliceCount++] = length;
    }

    // ---- marks

    /** Bytes written so far, splices not counted. */
    public long position() {
        return chunkPosition + (address - chunkAddress);
    }

    /** Takes back what was written since {@code position}, splices included. */
    public void rewind(long position) {
        while (spliceCount > 0 && splicePositions[spliceCount - 1] >= position) {
            LargeBlock.release(spliceBlocks[--spliceCount]);
        }
        while (position < chunkPosition) {
            openChunks--;
            ReplyChunk chunk = chunks[openChunks - 1];
            chunkPosition -= chunk.length();
            chunkAddress = chunk.address();
            limit = chunkAddress + chunk.capacity();
        }
        address = chunkAddress + (position - chunkPosition);
    }

    // ---- sending, by the event loop

    /** Ends writing; chunks and splices can be read. */
    public void finish() {
        if (openChunks > 0) {
            chunks[openChunks - 1].length((int) (address - chunkAddress));
        }
    }

    /** Chunks that hold replies. */
    public int chunkCount() {
        return openChunks;
    }

    public ReplyChunk chunk(int i) {
        return chunks[i];
    }

    public int spliceCount() {
        return spliceCount;
    }

    /** Stream position before which a splice stands. */
    public long splicePosition(int i) {
        return splicePositions[i];
    }

    public int spliceLength(int i) {
        return spliceLengths[i];
    }

    /** The block of a splice; its holding passes to the caller, once. */
    public long takeSplice(int i) {
        long block = spliceBlocks[i];
        spliceBlocks[i] = 0;
        return block;
    }

    /**
     * Copies bytes from another buffer, the stream positions {@code from} to {@code to}, with the splices among them.
     * Both finished or being written by the caller.
     *
     * @param cursor a cursor over {@code source} that stands at {@code from} and is moved to {@code to}
     */
    public void append(ReplyBuffer source, Cursor cursor, long to) {
        while (cursor.position < to
                || cursor.splice < source.spliceCount && source.splicePositions[cursor.splice] < to) {
            long stop = to;
            if (cursor.splice < source.spliceCount && source.splicePositions[cursor.splice] <= stop) {
                stop = source.splicePositions[cursor.splice];
            }
            if (stop == cursor.position) {
                addSplice(position(), source.takeSplice(cursor.splice), source.spliceLengths[cursor.splice]);
                cursor.splice++;
                continue;
            }
            ReplyChunk chunk = source.chunks[cursor.chunk];
            if (cursor.offset == chunk.length()) {
                cursor.chunk++;
                cursor.offset = 0;
                continue;
            }
            ensure(1);
            int piece =
                    (int) Math.min(Math.min(stop - cursor.position, chunk.length() - cursor.offset), limit - address);
            Memory.copy(chunk.address() + cursor.offset, address, piece);
            address += piece;
            cursor.offset += piece;
            cursor.position += piece;
        }
    }

    /** A position in a finished buffer, see {@link #append}. */
    public static final class Cursor {
        private long position;
        private int chunk;
        private int offset;
        private int splice;

        /** Back to the start. */
        public void reset() {
            position = 0;
            chunk = 0;
            offset = 0;
            splice = 0;
        }
    }

    /** Empties the buffer. */
    public void reset() {
        if (spliceCount > 0) {
            for (int i = 0; i < spliceCount; i++) {
                if (spliceBlocks[i] != 0) {
                    LargeBlock.release(spliceBlocks[i]);
                }
            }
            spliceCount = 0;
        }
        if (openChunks > 0) {
            while (chunkCount > KEPT_CHUNKS) {
                chunks[--chunkCount].free();
            }
            if (chunks.length > MAX_KEPT_REFERENCES) {
                chunks = Arrays.copyOf(chunks, INITIAL_CHUNKS);
            }
            openChunks = 0;
            address = 0;
            limit = 0;
            chunkAddress = 0;
            chunkPosition = 0;
        }
    }

    /** Gives all memory back; the buffer can still be used. */
    public void release() {
        reset();
        while (chunkCount > 0) {
            chunks[--chunkCount].free();
        }
    }

    private static int digits(int small) {
        return small < 10 ? 1 : small < 100 ? 2 : small < 1000 ? 3 : 4;
    }

    private static long[] smallNumbers(char type) {
        long[] encoded = new long[SMALL_NUMBERS];
        for (int i = 0; i < SMALL_NUMBERS; i++) {
            encoded[i] = packed(type + Integer.toString(i) + "\r\n");
        }
        return encoded;
    }

    private static long packed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        long packed = 0;
        for (int i = 0; i < bytes.length; i++) {
            packed |= (bytes[i] & 0xffL) << i * Byte.SIZE;
        }
        return packed;
    }
}
