// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * A piece of an event loop's input memory, into which the sockets of all its connections are read one behind the other.
 * Batches borrow parts of it; when none is borrowed it is filled from the start again.
 *
 * <p>Threading: confined to the event loop; shards read borrowed parts.
 */
final class InputChunk {
    static final int CAPACITY_BYTES = 128 << 10;

    private final ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(CAPACITY_BYTES, CAPACITY_BYTES);
    private final long address = buffer.memoryAddress();
    private int position;
    private int borrowers;

    ByteBuf buffer() {
        return buffer;
    }

    long address() {
        return address;
    }

    /** Offset of the first byte that is free. */
    int position() {
        return position;
    }

    /** Marks what lies before an offset as taken. */
    void position(int offset) {
        position = offset;
    }

    int room() {
        return CAPACITY_BYTES - position;
    }

    void borrow() {
        borrowers++;
    }

    /** Ends one borrowing; true when it was the last. */
    boolean giveBack() {
        return --borrowers == 0;
    }

    boolean isBorrowed() {
        return borrowers > 0;
    }

    void free() {
        buffer.release();
    }
}
