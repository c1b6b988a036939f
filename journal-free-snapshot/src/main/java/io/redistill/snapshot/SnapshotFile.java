// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A snapshot on its way to the disk: written under a temporary name beside its own, and given that only when all of it is
 * durable. Whenever the machine stops, the name stands for the old snapshot or the new one, whole.
 *
 * <pre>
 *   create temporary, write …, fsync, close, rename, fsync of the directory
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
public final class SnapshotFile implements AutoCloseable {
    private final SnapshotStorage storage;
    private final Path target;
    private final Path temporary;
    private final SnapshotStorage.Output output;
    private final SnapshotWriter writer;
    private boolean complete;

    /**
     * Creates the temporary file and writes the header.
     *
     * @param target the name in the end
     * @param createdMs the instant of which the snapshot is, ms since the epoch
     * @param product what writes it, for people
     */
    public SnapshotFile(SnapshotStorage storage, Path target, Codec codec, long createdMs, String product)
            throws IOException {
        this(storage, target, codec, createdMs, product, () -> {});
    }

    /**
     * The same.
     *
     * @param giveWay called after each piece written, see {@link SnapshotWriter#PIECE_BYTES}
     */
    SnapshotFile(SnapshotStorage storage, Path target, Codec codec, long createdMs, String product, Runnable giveWay)
            throws IOException {
        this.storage = storage;
        this.target = target.toAbsolutePath();
        temporary = temporaryOf(this.target);
        output = storage.create(temporary);
        try {
            writer = new SnapshotWriter(output, codec, createdMs, product, giveWay);
        } catch (IOException | RuntimeException e) {
            abandon();
            throw e;
        }
    }

    /** The temporary name of a file that is to have another. */
    static Path temporaryOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".tmp");
    }

    /** Takes blocks and entries. */
    public SnapshotWriter writer() {
        return writer;
    }

    /** Ends the file, makes it durable and gives it its name. */
    public void complete() throws IOException {
        writer.finish();
        output.force();
        output.close();
        storage.rename(temporary, target);
        complete = true;
        Path directory = target.getParent();
        if (directory != null) {
            storage.forceDirectory(directory);
        }
    }

    /** Frees what is held; unless it was completed, the temporary file is removed. */
    @Override
    public void close() {
        writer.close();
        if (!complete) {
            abandon();
        }
    }

    private void abandon() {
        try {
            output.close();
        } catch (IOException alreadyFailed) {
            // Whatever it is, the file is to be removed.
        }
        try {
            storage.delete(temporary);
        } catch (IOException leftBehind) {
            // The next snapshot writes over it.
        }
    }
}
