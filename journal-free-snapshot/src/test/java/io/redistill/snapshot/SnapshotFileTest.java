// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.EntryVisitor;
import io.redistill.engine.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
    private static final long CREATED_MS = 1_700_000_000_123L;

    @TempDir
    Path directory;

    @Test
    void shouldGiveBackWhatWasWritten() throws IOException {
        List<Entry> entries = List.of(
                new Entry(0, 0, "a", "1", EntryVisitor.NO_EXPIRY),
                new Entry(15, 127, "", "", 0),
                new Entry(300, 7, "key \u0000\r\n", "x".repeat(1000), Long.MAX_VALUE));
        assertThat(read(write(entries))).isEqualTo(entries);
    }

    @Test
    void shouldGiveBackAnEmptySnapshot() throws IOException {
        List<Entry> none = new ArrayList<>();
        assertThat(read(write(List.of()), into(none))).isEqualTo(new SnapshotReader.Contents(CREATED_MS, 0));
        assertThat(none).isEmpty();
    }

    @Test
    void shouldSayWhatIsInIt() throws IOException {
        assertThat(read(write(sample(2, 1, 10)), into(new ArrayList<>())))
                .isEqualTo(new SnapshotReader.Contents(CREATED_MS, 2));
    }

    @Test
    void shouldGiveBackEntriesOfManyBlocksAndOnesLongerThanABlock() throws IOException {
        long seed = Long.getLong("redistill.seed", System.nanoTime());
        System.out.println("redistill.seed=" + seed);
        List<Entry> entries = sample(3_000, seed, 400);
        entries.add(new Entry(0, 0, "long", "v".repeat(3 * SnapshotFormat.BLOCK_BYTES), 5));
        entries.addAll(sample(100, seed + 1, 400));
        byte[] file = write(entries);
        assertThat(file.length).isGreaterThan(4 * SnapshotFormat.BLOCK_BYTES);
        assertThat(read(file)).isEqualTo(entries);
    }

    @Test
    void shouldRefuseEveryFlippedByte() throws IOException {
        byte[] file = write(sample(6, 3, 12));
        for (int i = 0; i < file.length; i++) {
            for (int mask : new int[] {0x01, 0x40, 0x80, 0xff}) {
                byte[] damaged = file.clone();
                damaged[i] ^= (byte) mask;
                assertRefused(damaged, "byte " + i + " of " + file.length + " flipped with " + mask);
            }
        }
    }

    @Test
    void shouldRefuseEveryCut() throws IOException {
        byte[] file = write(sample(6, 4, 12));
        for (int length = 0; length < file.length; length++) {
            assertRefused(Arrays.copyOf(file, length), "cut to " + length + " of " + file.length);
        }
    }

    @Test
    void shouldRefuseBytesBehindTheFooter() throws IOException {
        byte[] file = write(sample(6, 5, 12));
        assertRefused(Arrays.copyOf(file, file.length + 1), "one byte more");
        assertRefused(join(file, file), "twice the same");
    }

    @Test
    void shouldRefuseBlocksThatAreMissingDoubledOrExchanged() throws IOException {
        List<byte[]> documents = documents(write(sample(2_500, 6, 400)));
        assertThat(documents).hasSizeGreaterThan(4);
        byte[] header = documents.get(0);
        byte[] first = documents.get(1);
        byte[] second = documents.get(2);
        byte[] rest = join(documents.subList(3, documents.size()).toArray(byte[][]::new));
        assertThat(read(join(header, first, second, rest))).hasSize(2_500);
        assertRefused(join(header, second, rest), "first missing");
        assertRefused(join(header, second, first, rest), "exchanged");
        assertRefused(join(header, first, first, second, rest), "doubled");
        assertRefused(join(first, second, rest), "no header");
        assertRefused(join(header, header, first, second, rest), "two headers");
    }

    @Test
    void shouldSayWhichFileWhereAndWhy() throws IOException {
        byte[] file = write(sample(1, 7, 12));
        file[file.length - 1] ^= 1;
        int footer = file.length - last(documents(file)).length;
        assertThatExceptionOfType(SnapshotDamagedException.class)
                .isThrownBy(() -> read(file))
                .withMessage("name is refused at offset " + footer + ": the checksum is wrong");
        assertThatExceptionOfType(SnapshotDamagedException.class)
                .isThrownBy(() -> read("REDIS0011 and so on, which is another format".getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith("name is refused at offset 0: ");
    }

    @Test
    void shouldReadTheFileOfVersionOne() throws IOException {
        // Written by the first version of this format: must be readable as long as the version is.
        byte[] golden = HexFormat.of().parseHex(GOLDEN);
        List<Entry> entries = List.of(
                new Entry(0, 0, "key", "value", EntryVisitor.NO_EXPIRY), new Entry(1, 2, "k", "", CREATED_MS + 1));
        assertThat(read(golden)).isEqualTo(entries);
        assertThat(HexFormat.of().formatHex(write(entries))).isEqualTo(GOLDEN);
    }

    @Test
    void shouldWriteNothingMoreOnceFinishedOrFailed() throws IOException {
        try (SnapshotWriter writer = new SnapshotWriter(Channels.newChannel(new ByteArrayOutputStream()), 1)) {
            writer.finish();
            assertThatIllegalStateException().isThrownBy(writer::finish);
        }
        FullChannel full = new FullChannel(100);
        try (SnapshotWriter writer = new SnapshotWriter(full, 1)) {
            put(writer, new Entry(0, 0, "key", "v".repeat(100_000), 1));
            assertThatThrownBy(() -> put(writer, new Entry(0, 0, "key", "v".repeat(300_000), 1)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("no space");
            assertThatIllegalStateException().isThrownBy(() -> put(writer, new Entry(0, 0, "key", "v", 1)));
            assertThatIllegalStateException().isThrownBy(writer::finish);
        }
    }

    @Test
    void shouldRefuseEntriesThatTheFormatCannotHold() throws IOException {
        try (SnapshotWriter writer = new SnapshotWriter(Channels.newChannel(new ByteArrayOutputStream()), 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.visit(0, 0, 0, 512 << 20, 0, 512 << 20, EntryVisitor.NO_EXPIRY));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.visit(0, 128, 0, 0, 0, 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.visit(-1, 0, 0, 0, 0, 0, 1));
            writer.finish();
        }
    }

    private static final String GOLDEN =
            "3b000040c6666f726d6174f2726564697374696c6c2d736e617073686f74c776657273696f6ea101"
                    + "c9637265617465644d73a77b68e5cf8b01000092e806ee210000000000036b65790576616c756582"
                    + "017c68e5cf8b010000016b0002000000492cd2f222000040c6626c6f636b73a101c7656e74726965"
                    + "73a102c5636861696ea6a55e0a813812bcef";

    // ---- writing and reading

    record Entry(int database, int type, String key, String value, long expiresAtMs) {}

    private static List<Entry> sample(int count, long seed, int longest) {
        Random random = new Random(seed);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long expiresAtMs = random.nextBoolean() ? EntryVisitor.NO_EXPIRY : random.nextLong() >>> 1;
            String key = "key:" + random.nextInt();
            String value = "v".repeat(random.nextInt(longest)) + random.nextInt();
            entries.add(new Entry(random.nextInt(16), random.nextInt(8), key, value, expiresAtMs));
        }
        return entries;
    }

    private static byte[] write(List<Entry> entries) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (SnapshotWriter writer = new SnapshotWriter(Channels.newChannel(file), CREATED_MS)) {
            for (Entry entry : entries) {
                put(writer, entry);
            }
            writer.finish();
        }
        return file.toByteArray();
    }

    private static void put(EntryVisitor to, Entry entry) {
        byte[] key = entry.key.getBytes(StandardCharsets.ISO_8859_1);
        byte[] value = entry.value.getBytes(StandardCharsets.ISO_8859_1);
        long memory = Memory.allocate(key.length + value.length + 1L);
        try {
            Memory.copyFromArray(key, 0, memory, key.length);
            Memory.copyFromArray(value, 0, memory + key.length, value.length);
            to.visit(
                    entry.database,
                    entry.type,
                    memory,
                    key.length,
                    memory + key.length,
                    value.length,
                    entry.expiresAtMs);
        } finally {
            Memory.free(memory);
        }
    }

    private List<Entry> read(byte[] file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        assertThat(read(file, into(entries))).isEqualTo(new SnapshotReader.Contents(CREATED_MS, entries.size()));
        return entries;
    }

    private SnapshotReader.Contents read(byte[] file, EntryVisitor visitor) throws IOException {
        Path path = directory.resolve("snapshot");
        Files.write(path, file);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return SnapshotReader.read("name", channel, visitor);
        }
    }

    private static EntryVisitor into(List<Entry> entries) {
        return (database, type, keyAddress, keyLength, valueAddress, valueLength, expiresAtMs) -> entries.add(new Entry(
                database,
                type,
                new String(Memory.toArray(keyAddress, keyLength), StandardCharsets.ISO_8859_1),
                new String(Memory.toArray(valueAddress, valueLength), StandardCharsets.ISO_8859_1),
                expiresAtMs));
    }

    private void assertRefused(byte[] file, String how) {
        assertThatThrownBy(() -> read(file, into(new ArrayList<>())))
                .as(how)
                .isInstanceOf(SnapshotDamagedException.class);
    }

    /** The documents that a file is made of, by the lengths in their headers. */
    private static List<byte[]> documents(byte[] file) {
        List<byte[]> documents = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < file.length; ) {
            int end = at + Integer.BYTES + (bytes.getInt(at) & SnapshotFormat.MAX_DOCUMENT_BYTES);
            documents.add(Arrays.copyOfRange(file, at, end));
            at = end;
        }
        return documents;
    }

    private static byte[] last(List<byte[]> documents) {
        return documents.get(documents.size() - 1);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    /** A disk that is full after some bytes. */
    private static final class FullChannel implements WritableByteChannel {
        private int room;

        FullChannel(int room) {
            this.room = room;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (source.remaining() > room) {
                throw new IOException("no space");
            }
            room -= source.remaining();
            int written = source.remaining();
            source.position(source.limit());
            return written;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
