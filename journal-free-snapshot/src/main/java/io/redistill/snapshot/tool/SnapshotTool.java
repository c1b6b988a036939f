// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.rdb.RdbException;
import io.redistill.snapshot.Codec;
import io.redistill.snapshot.EntryVisitor;
import io.redistill.snapshot.FileFault;
import io.redistill.snapshot.SnapshotFile;
import io.redistill.snapshot.SnapshotReader;
import io.redistill.snapshot.SnapshotStorage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * The offline tool: {@code redistill snapshot info|verify|export FILE} and {@code import FILE OUT}.
 *
 * <p>Exit codes: 0 when all is well, 1 when a file is damaged or cannot be read or written, 2 when the command line is
 * wrong. Threading: one thread.
 */
public final class SnapshotTool {
    private static final String USAGE = """
            usage: redistill snapshot info FILE        what is in a snapshot
                   redistill snapshot verify FILE      read all of it; tell where the first fault is
                   redistill snapshot export FILE      write it to standard output as commands, for redis-cli --pipe
                   redistill snapshot import FILE OUT  make a snapshot OUT of a Redis RDB file or a Redistill RDST file""";

    private static final int OUTPUT_BUFFER_BYTES = 1 << 20;

    private final OutputStream out;
    private final PrintStream messages;
    private final String product;

    /**
     * The tool.
     *
     * @param out takes what a command is for
     * @param messages takes faults
     * @param product what writes files, for people
     */
    public SnapshotTool(OutputStream out, PrintStream messages, String product) {
        this.out = out;
        this.messages = messages;
        this.product = product;
    }

    /** Runs one command; returns the exit code. */
    public int run(String... arguments) {
        String command = arguments.length == 0 ? "" : arguments[0];
        boolean complete = arguments.length == (command.equals("import") ? 3 : 2);
        try {
            switch (complete ? command : "") {
                case "info" -> info(Path.of(arguments[1]));
                case "verify" -> verify(Path.of(arguments[1]));
                case "export" -> export(Path.of(arguments[1]));
                case "import" -> convert(Path.of(arguments[1]), Path.of(arguments[2]));
                default -> {
                    messages.println(USAGE);
                    return 2;
                }
            }
            return 0;
        } catch (IOException e) {
            messages.println("redistill: " + FileFault.textOf(e));
        }
        return 1;
    }

    // ---- info and verify

    private void info(Path file) throws IOException {
        Statistics statistics = new Statistics();
        SnapshotReader.Contents contents = read(file, statistics);
        PrintStream print = new PrintStream(out, false, ISO_8859_1);
        print.println("file: " + file);
        print.println("bytes: " + Files.size(file));
        print.println("format version: " + contents.version());
        print.println("created: " + Instant.ofEpochMilli(contents.createdMs()));
        print.println("written by: " + contents.product());
        print.println("blocks: " + contents.blockCount());
        print.println("keys: " + statistics.keys());
        print.println("keys with a deadline: " + statistics.volatileCount);
        print.println("strings: " + statistics.strings);
        print.println("hashes: " + statistics.hashes);
        print.println("bytes of keys: " + statistics.keyBytes);
        print.println("bytes of values: " + statistics.valueBytes);
        statistics.databases.forEach((database, keys) -> print.println("database " + database + ": " + keys + " keys"));
        print.flush();
    }

    private void verify(Path file) throws IOException {
        Statistics statistics = new Statistics();
        SnapshotReader.Contents contents = read(file, statistics);
        PrintStream print = new PrintStream(out, false, ISO_8859_1);
        print.println(file + " is sound: " + statistics.keys() + " keys in " + contents.blockCount() + " blocks, "
                + Files.size(file) + " bytes");
        print.flush();
    }

    private static SnapshotReader.Contents read(Path file, EntryVisitor visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return SnapshotReader.read(file.toString(), channel, visitor);
        }
    }

    /** Counts what is in a file. */
    private static final class Statistics implements EntryVisitor {
        private final Map<Integer, Long> databases = new TreeMap<>();
        private long strings;
        private long hashes;
        private long volatileCount;
        private long keyBytes;
        private long valueBytes;

        long keys() {
            return strings + hashes;
        }

        @Override
        public void visit(
                int database,
                int type,
                boolean number,
                long keyAddress,
                int keyLength,
                long valueAddress,
                int valueLength,
                long expiresAtMs,
                int recency) {
            valueBytes += valueLength;
            if (EntryVisitor.isPart(type)) {
                return;
            }
            databases.merge(database, 1L, Long::sum);
            if (type == TYPE_STRING) {
                strings++;
            } else {
                hashes++;
            }
            if (expiresAtMs != NO_EXPIRY) {
                volatileCount++;
            }
            keyBytes += keyLength;
        }
    }

    // ---- export and import

    private void export(Path file) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out, OUTPUT_BUFFER_BYTES);
        read(file, (database, type, number, key, keyLength, value, valueLength, expires, recency) -> {});
        read(file, new RespExport(buffered)); // a damaged file is told before anything of it is sent
        buffered.flush();
    }

    private void convert(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            throw new IOException(to + " exists: it is not overwritten");
        }
        long nowMs = System.currentTimeMillis();
        try (FileInput in = new FileInput(from);
                SnapshotFile file = new SnapshotFile(SnapshotStorage.FILES, to, Codec.NONE, nowMs, product);
                EntryCopier target = new EntryCopier(file.writer())) {
            long skipped = 0;
            try {
                skipped = convert(in, target);
            } catch (RdbException e) {
                throw new IOException(from + " is refused at offset " + in.position() + ": " + e.getMessage(), e);
            }
            file.complete();
            PrintStream print = new PrintStream(out, false, ISO_8859_1);
            print.println(to + ": " + target.entryCount() + " keys"
                    + (skipped == 0 ? "" : ", " + skipped + " left out that are neither strings nor hashes"));
            print.flush();
        }
    }

    private static long convert(FileInput in, EntryCopier target) throws IOException {
        byte[] magic = new byte[RdstImport.MAGIC.length()];
        in.read(magic);
        String head = new String(magic, ISO_8859_1);
        if (head.equals(RdstImport.MAGIC)) {
            new RdstImport(in, target).run();
            return 0;
        }
        if (!RdbImport.MAGIC.equals(head + (char) in.read())) {
            throw new RdbException("neither a Redis RDB file nor a Redistill RDST file");
        }
        RdbImport rdb = new RdbImport(in, target);
        rdb.run();
        return rdb.skippedCount();
    }
}
