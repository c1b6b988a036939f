// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import java.io.ByteArrayOutputStream;

/** What a connection would send for a reply buffer. */
public final class ReplyBytes {
    private ReplyBytes() {}

    /** Finishes the buffer and returns its bytes; large values are let go, as after sending. */
    public static byte[] of(ReplyBuffer replies) {
        replies.finish();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long position = 0;
        int splice = 0;
        for (int i = 0; i < replies.chunkCount(); i++) {
            ReplyChunk chunk = replies.chunk(i);
            int offset = 0;
            while (splice < replies.spliceCount() && replies.splicePosition(splice) <= position + chunk.length()) {
                int until = (int) (replies.splicePosition(splice) - position);
                bytes.writeBytes(Memory.toArray(chunk.address() + offset, until - offset));
                offset = until;
                long block = replies.takeSplice(splice);
                bytes.writeBytes(Memory.toArray(block, replies.spliceLength(splice)));
                LargeBlock.release(block);
                splice++;
            }
            bytes.writeBytes(Memory.toArray(chunk.address() + offset, chunk.length() - offset));
            position += chunk.length();
        }
        if (splice != replies.spliceCount()) {
            throw new AssertionError("splice " + splice + " lies behind the last chunk");
        }
        return bytes.toByteArray();
    }
}
