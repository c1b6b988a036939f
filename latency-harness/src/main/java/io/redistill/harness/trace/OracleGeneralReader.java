// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * libCacheSim's format oracleGeneral: packed records of 24 bytes, little-endian.
 *
 * <pre>
 *   0          4         12       16                      24
 *   | seconds  | id      | size   | next request of the id |
 * </pre>
 *
 * <p>Source: {@code traceReader/customizedReader/oracle/oracleGeneralBin.h} of libCacheSim. The last field is not used.
 */
final class OracleGeneralReader extends TraceReader {
    private static final int RECORD_BYTES = 24;
    private static final int ID = 4;
    private static final int SIZE = 12;

    private final Path file;
    private final InputStream in;
    private final byte[] bytes = new byte[RECORD_BYTES];
    private final ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] key = new byte[Long.BYTES];
    private long records;

    OracleGeneralReader(Path file) throws IOException {
        this(file, new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    private OracleGeneralReader(Path file, InputStream in) {
        super(in);
        this.file = file;
        this.in = in;
    }

    @Override
    boolean next() throws IOException {
        int length = in.readNBytes(bytes, 0, RECORD_BYTES);
        if (length == 0) {
            return false;
        }
        if (length < RECORD_BYTES) {
            throw new IOException(file + " ends within a record, after " + records + " whole ones of " + RECORD_BYTES
                    + " bytes: not the format oracleGeneral");
        }
        records++;
        System.arraycopy(bytes, ID, key, 0, key.length);
        long bytesOfObject = Integer.toUnsignedLong(record.getInt(SIZE));
        if (bytesOfObject > MAX_SIZE) {
            throw new IOException(file + ": record " + records + " has an object of " + bytesOfObject
                    + " bytes; at most " + MAX_SIZE + " are taken");
        }
        long ms = 1000 * Integer.toUnsignedLong(record.getInt(0));
        request(key, (int) bytesOfObject, 0, Math.max(timeMs(), ms));
        return true;
    }
}
