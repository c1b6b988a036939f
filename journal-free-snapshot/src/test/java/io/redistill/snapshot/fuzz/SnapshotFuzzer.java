// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.fuzz;

import io.redistill.snapshot.EntryVisitor;
import io.redistill.snapshot.HashReader;
import io.redistill.snapshot.SnapshotDamagedException;
import io.redistill.snapshot.SnapshotReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32C;

/** Any bytes as a snapshot: read, or refused in our own words. Checksums are put right, so that what is behind them is reached. */
public final class SnapshotFuzzer {
    private static final int LENGTH_MASK = (1 << 30) - 1;

    private SnapshotFuzzer() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        byte[] file = data.clone();
        repairChecksums(file);
        HashReader hash = new HashReader();
        try {
            SnapshotReader.read(
                    "fuzz",
                    new ArrayChannel(file),
                    (database, type, number, key, keyLength, value, valueLength, expires, recency) -> {
                        if (type == EntryVisitor.TYPE_HASH || type == EntryVisitor.TYPE_TIMED_HASH) {
                            hash.wrap(type, value, valueLength);
                            while (hash.next()) {
                                hash.name();
                            }
                        }
                    });
        } catch (SnapshotDamagedException refused) {
            // As it should be.
        }
    }

    private static void repairChecksums(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + Integer.BYTES <= file.length; ) {
            int header = bytes.getInt(at);
            int length = header & LENGTH_MASK;
            int end = at + Integer.BYTES + length;
            if (length < Integer.BYTES || end > file.length || end < 0) {
                return;
            }
            CRC32C crc = new CRC32C();
            crc.update((header & 1 << 30) != 0 ? 1 : 0);
            crc.update(file, at + Integer.BYTES, length - Integer.BYTES);
            bytes.putInt(end - Integer.BYTES, (int) crc.getValue());
            at = end;
        }
    }

    /** An array as a file. */
    private static final class ArrayChannel implements SeekableByteChannel {
        private final byte[] bytes;
        private int position;

        ArrayChannel(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(ByteBuffer target) {
            if (position == bytes.length) {
                return -1;
            }
            int count = Math.min(target.remaining(), bytes.length - position);
            target.put(bytes, position, count);
            position += count;
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long newPosition) {
            position = (int) newPosition;
            return this;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
