// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;

/** Reply memory for an engine without a network. */
final class NativeReplyChunk extends ReplyChunk {
    NativeReplyChunk() {
        super(Memory.allocate(ReplyBuffer.CHUNK_BYTES), ReplyBuffer.CHUNK_BYTES);
    }

    @Override
    public void free() {
        Memory.free(address());
    }
}
