// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import java.util.concurrent.atomic.AtomicInteger;

/** Reply memory that counts what is not given back, writes over what is, and can be told to fail. */
public final class TestChunks implements ReplyChunk.Factory {
    private static final byte POISON = (byte) 0xdb;

    private final AtomicInteger live = new AtomicInteger();
    private volatile boolean failNext;

    /** Chunks made and not freed. */
    public int live() {
        return live.get();
    }

    /** Makes the next request fail, as a bug inside a command would. */
    public void failNext() {
        failNext = true;
    }

    @Override
    public ReplyChunk newChunk(boolean isFirst) {
        if (failNext) {
            failNext = false;
            throw new IllegalStateException("told to fail");
        }
        live.incrementAndGet();
        long address = Memory.allocate(ReplyBuffer.CHUNK_BYTES);
        Memory.fill(address, ReplyBuffer.CHUNK_BYTES, POISON);
        return new Chunk(address);
    }

    private final class Chunk extends ReplyChunk {
        Chunk(long address) {
            super(address, ReplyBuffer.CHUNK_BYTES);
        }

        @Override
        public void free() {
            live.decrementAndGet();
            Memory.free(address());
        }
    }
}
