// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

/**
 * Marc Lehmann's LZF, by which Redis compresses strings.
 *
 * <pre>
 *   000LLLLL                            L + 1 bytes follow as they are
 *   LLLooooo oooooooo                   L + 2 bytes from o + 1 bytes back, L from 1 to 6
 *   111ooooo LLLLLLLL oooooooo          L + 9 bytes from o + 1 bytes back
 * </pre>
 *
 * <p>Threading: stateless.
 */
public final class Lzf {
    /** Most bytes that a compressed byte can stand for: 264 of three. */
    private static final int MAX_RATIO = 88;

    private Lzf() {}

    /** Whether so many compressed bytes can stand for so many. */
    static boolean isPlausible(long compressedLength, long length) {
        return length <= compressedLength * MAX_RATIO;
    }

    /** The {@code length} bytes that the compressed ones stand for. */
    public static byte[] decompress(byte[] compressed, int length) throws RdbException {
        if (!isPlausible(compressed.length, length)) {
            throw new RdbException("a compressed string whose lengths disagree");
        }
        byte[] target = new byte[length];
        int in = 0;
        int out = 0;
        try {
            while (in < compressed.length) {
                int control = compressed[in++] & 0xff;
                if (control < 1 << 5) {
                    System.arraycopy(compressed, in, target, out, control + 1);
                    in += control + 1;
                    out += control + 1;
                    continue;
                }
                int count = control >> 5;
                if (count == 7) {
                    count += compressed[in++] & 0xff;
                }
                int from = out - ((control & 0x1f) << 8 | compressed[in++] & 0xff) - 1;
                // Byte by byte: source and target may overlap, which repeats what was just written.
                for (int end = out + count + 2; out < end; ) {
                    target[out++] = target[from++];
                }
            }
        } catch (IndexOutOfBoundsException damaged) {
            throw new RdbException("a compressed string that cannot be decompressed");
        }
        if (out != length) {
            throw new RdbException("a compressed string of another length than it says");
        }
        return target;
    }
}
