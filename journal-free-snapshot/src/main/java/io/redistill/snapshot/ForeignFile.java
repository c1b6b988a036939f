// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Files of other programs that people give us as snapshots, and which {@code snapshot import} can convert.
 *
 * <p>Threading: stateless.
 */
final class ForeignFile {
    static final String RDB_MAGIC = "REDIS";
    static final String RDST_MAGIC = "RDST";

    private ForeignFile() {}

    /** Throws when the file is one of them; leaves the channel at its beginning. */
    static void refuse(String name, SeekableByteChannel channel) throws IOException {
        String head = head(channel, RDB_MAGIC.length());
        String kind = head.equals(RDB_MAGIC)
                ? "Redis RDB file"
                : head.startsWith(RDST_MAGIC) ? "snapshot of the Rust project Redistill" : null;
        if (kind != null) {
            throw new SnapshotDamagedException(
                    name, 0, "it is a " + kind + "; convert it with: redistill snapshot import " + name + " OUT");
        }
    }

    /** The first bytes, as many as there are up to {@code length}; leaves the channel at its beginning. */
    static String head(SeekableByteChannel channel, int length) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(length);
        while (head.hasRemaining() && channel.read(head) >= 0) {}
        channel.position(0);
        return new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
    }
}
