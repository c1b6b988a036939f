// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import io.redistill.engine.rdb.Crc64;
import io.redistill.engine.rdb.RdbException;
import io.redistill.engine.rdb.RdbInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read once from its beginning to its end, with the checksum of what was read.
 *
 * <p>Threading: confined to its user.
 */
final class FileInput implements RdbInput, AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final InputStream in;
    private final long length;
    private final byte[] single = new byte[1];
    private long position;
    private long crc;

    FileInput(Path file) throws IOException {
        length = Files.size(file);
        in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    }

    @Override
    public int read() throws IOException {
        read(single);
        return single[0] & 0xff;
    }

    @Override
    public void read(byte[] target) throws IOException {
        if (in.readNBytes(target, 0, target.length) != target.length) {
            throw new RdbException("the file ends too early");
        }
        position += target.length;
        crc = Crc64.update(crc, target, 0, target.length);
    }

    @Override
    public long remaining() {
        return length - position;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    /** The checksum of all that was read so far, as RDB has it. */
    long crc() {
        return crc;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
