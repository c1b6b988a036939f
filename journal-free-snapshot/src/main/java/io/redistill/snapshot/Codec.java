// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/** How the payloads of a file's blocks are written; the numbers stand in the file. */
public enum Codec {
    /** As they are. */
    NONE,
    /** LZ4's block format, where that makes them shorter. */
    LZ4;

    /** Most raw bytes that a compressed byte can stand for. */
    private static final int MAX_RATIO = 255;

    private static final int RATIO_SLACK = 64;

    /** Bytes that compressing may need for a result. */
    int maxLength(int rawLength) {
        return this == NONE ? 0 : compressor().maxCompressedLength(rawLength);
    }

    /** Compresses all that remains in the source; returns the length of the result. */
    int compress(ByteBuffer source, ByteBuffer target, int targetOffset) {
        return compressor()
                .compress(
                        source,
                        source.position(),
                        source.remaining(),
                        target,
                        targetOffset,
                        target.capacity() - targetOffset);
    }

    private static LZ4Compressor compressor() {
        return LZ4Factory.fastestInstance().fastCompressor();
    }

    /** Whether so many compressed bytes can stand for so many raw ones: asked before memory is taken for them. */
    boolean isPlausible(int compressedLength, int rawLength) {
        return this == NONE
                ? compressedLength == rawLength
                : rawLength <= (long) compressedLength * MAX_RATIO + RATIO_SLACK;
    }

    /** Fills the target from the source; false when the source does not stand for exactly so many bytes. */
    boolean decompress(ByteBuffer source, ByteBuffer target) {
        try {
            LZ4Factory.fastestInstance().safeDecompressor().decompress(source, target);
            return !target.hasRemaining();
        } catch (LZ4Exception damaged) {
            return false;
        }
    }
}
