// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The steps by which a file comes into being, each a system call of its own: a port, so that tests can watch their order
 * and let each of them fail.
 *
 * <p>Threading: one thread at a time.
 */
public interface SnapshotStorage {
    /** A file being written. */
    interface Output extends WritableByteChannel {
        /** Makes what was written durable. */
        void force() throws IOException;
    }

    /** Opens an empty file, in place of one that is there. */
    Output create(Path path) throws IOException;

    /** Gives a file another's name, whose content is then gone; at once or not at all. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** Removes a file if it is there. */
    void delete(Path path) throws IOException;

    /** The file system. */
    SnapshotStorage FILES = new SnapshotStorage() {
        @Override
        public Output create(Path path) throws IOException {
            return new FileOutput(FileChannel.open(
                    path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }
    };

    /** A file of the file system. */
    record FileOutput(FileChannel channel) implements Output {
        @Override
        public int write(java.nio.ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
