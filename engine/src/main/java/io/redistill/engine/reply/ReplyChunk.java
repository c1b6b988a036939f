// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import org.jspecify.annotations.Nullable;

/**
 * A fixed piece of off-heap memory for encoded replies. Made by the network side, which knows how to send it.
 *
 * <p>Threading: as the {@link ReplyBuffer} that holds it.
 */
public abstract class ReplyChunk {
    private final long address;
    private final int capacity;
    private int length;

    protected ReplyChunk(long address, int capacity) {
        this.address = address;
        this.capacity = capacity;
    }

    public final long address() {
        return address;
    }

    /** Bytes available. */
    public final int capacity() {
        return capacity;
    }

    /** Bytes written. */
    public final int length() {
        return length;
    }

    final void length(int bytes) {
        length = bytes;
    }

    /** Gives the memory back; the chunk is not used again. */
    public abstract void free();

    /** Makes chunks, on any thread. */
    @FunctionalInterface
    public interface Factory {
        /**
         * A chunk of {@link ReplyBuffer#CHUNK_BYTES}, or null when there is no memory for it.
         *
         * @param isFirst whether the buffer has none yet: that is all that most clients ever need, so that it is given when
         *     long replies are refused
         */
        @Nullable
        ReplyChunk newChunk(boolean isFirst);
    }
}
