// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
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
                new Entry(15, EntryVisitor.TYPE_HASH, "", hash(EntryVisitor.TYPE_HASH, ""), 0),
                new Entry(0, 0, true, "n", "-12", 1, 0),
                new Entry(300, 0, false, "key \u0000\r\n", "x".repeat(1000), Long.MAX_VALUE, 0xffff));
        assertThat(read(write(entries))).isEqualTo(entries);
    }

    @Test
    void shouldGiveBackAnEmptySnapshot() throws IOException {
        List<Entry> none = new ArrayList<>();
        assertThat(read(write(List.of()), into(none))).isEqualTo(contents(0, 0));
        assertThat(none).isEmpty();
    }

    @Test
    void shouldSayWhatIsInIt() throws IOException {
        assertThat(read(write(sample(2, 1, 10)), into(new ArrayList<>()))).isEqualTo(contents(1, 2));
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
    void shouldCompressWhatGetsShorter() throws IOException {
        List<Entry> entries = sample(2_000, 9, 400);
        entries.add(new Entry(0, 0, "long", "v".repeat(3 * SnapshotFormat.BLOCK_BYTES), 5));
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        entries.add(new Entry(0, 0, "noise", new String(noise, StandardCharsets.ISO_8859_1), 5));
        byte[] file = write(entries, Codec.LZ4);
        assertThat(file.length).isLessThan(write(entries).length / 2);
        assertThat(read(file)).isEqualTo(entries);
    }

    @Test
    void shouldRefuseALaterVersionAndNameBoth() throws IOException {
        byte[] file = withVersion(write(sample(1, 7, 12)), 7);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(SnapshotDamagedException.class)
                .hasMessageEndingWith("it has version 7 of the format, this program reads up to version 2");
    }

    @Test
    void shouldNameTheCommandThatConvertsForeignFiles() {
        assertThatThrownBy(() -> read("REDIS0011 and so on".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("redistill snapshot import ");
        assertThatThrownBy(() -> read("RDST and so on".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("redistill snapshot import ");
    }

    @Test
    void shouldRefuseEveryFlippedByteAndEveryCutOfACompressedFile() throws IOException {
        List<Entry> entries = new ArrayList<>(List.of(new Entry(0, 0, "key", "v".repeat(500), 5)));
        entries.addAll(sample(3, 3, 12));
        byte[] file = write(entries, Codec.LZ4);
        for (int i = 0; i < file.length; i++) {
            byte[] damaged = file.clone();
            damaged[i] ^= (byte) 0x11;
            assertRefused(damaged, "byte " + i);
            assertRefused(Arrays.copyOf(file, i), "cut to " + i);
        }
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
                .isThrownBy(() -> read("something else, which is another format".getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith("name is refused at offset 0: ");
    }

    @Test
    void shouldReadTheFileOfVersionOne() throws IOException {
        // Written by the first version of this format: must be readable as long as the version is.
        List<Entry> entries = List.of(
                new Entry(0, 0, "key", "value", EntryVisitor.NO_EXPIRY),
                new Entry(1, 0, true, "n", "-17", CREATED_MS + 1, 513),
                new Entry(15, EntryVisitor.TYPE_HASH, "h", "\u0001\u0001f\u0002vv", EntryVisitor.NO_EXPIRY));
        assertThat(HexFormat.of().formatHex(withVersion(write(entries), 1))).isEqualTo(GOLDEN_1);
        List<Entry> found = new ArrayList<>();
        assertThat(read(HexFormat.of().parseHex(GOLDEN_1), into(found)).version())
                .isEqualTo(1);
        assertThat(found).isEqualTo(entries);
    }

    @Test
    void shouldReadTheFileOfVersionTwo() throws IOException {
        List<Entry> entries = List.of(
                new Entry(0, 0, false, "key", "value", EntryVisitor.NO_EXPIRY, 0x8005),
                new Entry(15, EntryVisitor.TYPE_HASH, false, "h", "\u0001\u0001f\u0002vv", CREATED_MS + 1, 3072),
                new Entry(15, EntryVisitor.TYPE_HASH_PART, false, "h", "\u0001\u0001g\u0002ww", CREATED_MS + 1, 3072),
                new Entry(
                        15,
                        EntryVisitor.TYPE_TIMED_HASH_PART,
                        false,
                        "h",
                        "\u0001\u0001i\u0002uu\u0001\u0002\u0003\u0004\u0005\u0000\u0000\u0000",
                        CREATED_MS + 1,
                        3072));
        assertThat(HexFormat.of().formatHex(write(entries))).isEqualTo(GOLDEN_2);
        assertThat(read(HexFormat.of().parseHex(GOLDEN_2))).isEqualTo(entries);
    }

    @Test
    void shouldRefuseValuesThatItCannotRead() throws IOException {
        for (int type : new int[] {EntryVisitor.TYPE_HASH, EntryVisitor.TYPE_HASH_PART}) {
            assertRefusedFor(type, "", "a hash that cannot be read");
            assertRefusedFor(type, "\u0000", "a hash that cannot be read");
            assertRefusedFor(type, "\u0002\u0001f\u0001v", "a hash that cannot be read");
            assertRefusedFor(type, "\u0001\u0001f\u0001v-", "a hash that cannot be read");
            assertRefusedFor(type, "\u0001\u0001f\u00ff\u00ff\u00ff\u00ff\u0007v", "a hash that cannot be read");
            // Large, and so in blocks of its own.
            String large = hash(type, "v".repeat(SnapshotFormat.LARGE_VALUE_BYTES));
            assertThat(read(write(List.of(new Entry(0, type, "key", large, 5)))))
                    .hasSize(1);
            assertRefusedFor(type, large + "-", "a hash that cannot be read");
        }
        assertRefusedFor(EntryVisitor.TYPE_TIMED_HASH, "\u0001\u0001f\u0001v1234567", "a hash that cannot be read");
        assertRefusedFor(1, "", "a key of type 1, which this program does not have");
        assertRefusedFor(8, "v".repeat(SnapshotFormat.LARGE_VALUE_BYTES), "a key of type 8, which");
    }

    private void assertRefusedFor(int type, String value, String reason) throws IOException {
        byte[] file = write(List.of(new Entry(0, 0, "sound", "v", 5), new Entry(0, type, "key", value, 5)));
        assertThatExceptionOfType(SnapshotDamagedException.class)
                .isThrownBy(() -> read(file))
                .withMessageContaining(reason);
    }

    @Test
    void shouldGiveBackAndCheckBlocksThatAreTooLongForABuffer() throws IOException {
        Random random = new Random(4);
        for (int length : new int[] {
            SnapshotFormat.LONG_BLOCK_BYTES - 100,
            SnapshotFormat.LONG_BLOCK_BYTES + 100,
            SnapshotFormat.LONG_BLOCK_BYTES + SnapshotFormat.BLOCK_BYTES + 100,
            5 * SnapshotFormat.LONG_BLOCK_BYTES
        }) {
            Entry before = new Entry(0, 0, "before", "v", 5);
            Entry entry = new Entry(0, 4, "key", hash(4, "v".repeat(length)), 5);
            for (Codec codec : Codec.values()) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (SnapshotWriter writer = new SnapshotWriter(Channels.newChannel(out), codec, CREATED_MS, "test")) {
                    put(
                            (database, type, number, key, keyLength, value, valueLength, expires, recency) -> {
                                long record =
                                        Memory.allocate(RecordLayout.MAX_OVERHEAD_BYTES + keyLength + valueLength);
                                try {
                                    long end = RecordLayout.write(
                                            record, type, database, expires, recency, key, keyLength, valueLength);
                                    Memory.copy(value, end, valueLength);
                                    writer.records(record, (int) (end - record) + valueLength, 1);
                                } finally {
                                    Memory.free(record);
                                }
                            },
                            entry);
                    put(writer, before);
                    writer.finish();
                    assertThat(writer.bytesWritten()).isEqualTo(out.size());
                }
                byte[] file = out.toByteArray();
                assertThat(read(file)).isEqualTo(List.of(entry, before));
                for (int i = 0; i < 4; i++) {
                    byte[] damaged = file.clone();
                    damaged[random.nextInt(file.length)] ^= 1;
                    assertRefused(damaged, "one bit of " + file.length + " bytes");
                    assertRefused(Arrays.copyOf(file, random.nextInt(file.length)), "cut");
                }
            }
        }
    }

    @Test
    void shouldReadLongBlocksThatAreCompressed() throws IOException {
        byte[] noise = new byte[5 * SnapshotFormat.LONG_BLOCK_BYTES];
        new Random(1).nextBytes(noise);
        Arrays.fill(noise, 0, SnapshotFormat.LONG_BLOCK_BYTES, (byte) 'v');
        String value = new String(noise, StandardCharsets.ISO_8859_1);
        Entry entry = new Entry(0, 4, "k", hash(4, value), EntryVisitor.NO_EXPIRY);
        byte[] text = entry.value.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer record = ByteBuffer.allocateDirect(text.length + 16);
        record.put((byte) 4).put((byte) 0).put((byte) 1);
        for (int rest = text.length; rest > 0; rest >>>= 7) {
            record.put((byte) (rest > 0x7f ? rest & 0x7f | 0x80 : rest));
        }
        record.put((byte) 'k').put(text).flip();
        ByteBuffer block = ByteBuffer.allocateDirect(2 * noise.length).order(ByteOrder.LITTLE_ENDIAN);
        int start = Integer.BYTES + SnapshotFormat.BLOCK_HEADER_BYTES;
        int end = start + Codec.LZ4.compress(record, block, start);
        block.putInt(end)
                .put((byte) (Codec.LZ4.ordinal() << SnapshotFormat.CODEC_SHIFT))
                .putInt(1)
                .putInt(record.limit());
        CRC32C crc = SnapshotFormat.crc(false);
        crc.update(block.duplicate().limit(end).position(Integer.BYTES));
        block.putInt(end, (int) crc.getValue());
        byte[] document = new byte[end + Integer.BYTES];
        block.get(0, document);
        CRC32C chain = new CRC32C();
        SnapshotFormat.chain(chain, (int) crc.getValue());
        byte[] file = join(documents(write(List.of())).get(0), document, footer((int) chain.getValue()));
        assertThat(end).isLessThan(record.limit());
        assertThat(read(file)).isEqualTo(List.of(entry));
    }

    /** The end of a file with one block of one entry. */
    private static byte[] footer(int chain) {
        Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(1024);
        try {
            Wire wire = SnapshotFormat.wire(bytes);
            DocumentContext footer = wire.writingDocument(true);
            wire.write(SnapshotFormat.BLOCKS_FIELD).int64(1);
            wire.write(SnapshotFormat.ENTRIES_FIELD).int64(1);
            wire.write(SnapshotFormat.CHAIN_FIELD).int32(chain);
            bytes.writeInt(SnapshotFormat.crc(true, bytes, Integer.BYTES, (int) bytes.writePosition()));
            footer.close();
            return bytes.toByteArray();
        } finally {
            bytes.releaseLast();
        }
    }

    @Test
    void shouldSayWhyTheFileSystemRefused() {
        assertThat(FileFault.textOf(new java.nio.file.NoSuchFileException("a/b")))
                .isEqualTo("a/b: there is no such file or directory");
        assertThat(FileFault.textOf(new java.nio.file.AccessDeniedException("a/b")))
                .isEqualTo("a/b: permission denied");
        assertThat(FileFault.textOf(new java.nio.file.FileSystemException("a/b", null, "Read-only file system")))
                .isEqualTo("a/b: Read-only file system");
        assertThat(FileFault.textOf(new java.nio.file.DirectoryNotEmptyException("a/b")))
                .isEqualTo("a/b: DirectoryNotEmptyException");
        assertThat(FileFault.textOf(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }

    @Test
    void shouldGiveWayBetweenPieces() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>(List.of(0));
        try (SnapshotWriter writer = new SnapshotWriter(
                Channels.newChannel(out), Codec.NONE, CREATED_MS, "test", () -> ends.add(out.size()))) {
            put(writer, new Entry(0, 0, "short", "v", 1));
            put(writer, new Entry(0, 0, "long", "v".repeat(SnapshotFormat.VALUE_BLOCK_BYTES + 100), 1));
            put(writer, new Entry(0, 0, "next", "v".repeat(SnapshotFormat.LARGE_VALUE_BYTES - 1), 1));
            writer.finish();
        }
        assertThat(ends).endsWith(out.size());
        for (int i = 1; i < ends.size(); i++) {
            assertThat(ends.get(i) - ends.get(i - 1)).isPositive().isLessThanOrEqualTo(SnapshotWriter.PIECE_BYTES);
        }
    }

    @Test
    void shouldWriteNothingMoreOnceFinishedOrFailed() throws IOException {
        try (SnapshotWriter writer =
                new SnapshotWriter(Channels.newChannel(new ByteArrayOutputStream()), Codec.NONE, 1, "test")) {
            writer.finish();
            assertThatIllegalStateException().isThrownBy(writer::finish);
        }
        FullChannel full = new FullChannel(150);
        try (SnapshotWriter writer = new SnapshotWriter(full, Codec.NONE, 1, "test")) {
            put(writer, new Entry(0, 0, "key", "v".repeat(60_000), 1));
            assertThatThrownBy(() -> put(writer, new Entry(0, 0, "key", "v".repeat(300_000), 1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no space");
            assertThatIllegalStateException().isThrownBy(() -> put(writer, new Entry(0, 0, "key", "v", 1)));
            assertThatIllegalStateException().isThrownBy(writer::finish);
        }
    }

    @Test
    void shouldRefuseEntriesThatTheFormatCannotHold() throws IOException {
        try (SnapshotWriter writer =
                new SnapshotWriter(Channels.newChannel(new ByteArrayOutputStream()), Codec.NONE, 1, "test")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.visit(0, 0, false, 0, 1 << 30, 0, 0, EntryVisitor.NO_EXPIRY, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.visit(0, 16, false, 0, 0, 0, 0, 1, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.visit(-1, 0, false, 0, 0, 0, 0, 1, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.visit(0, 0, false, 0, 0, 0, 0, 1, 0x10000));
            writer.finish();
        }
    }

    private static final String GOLDEN_2 =
            "48000040c6666f726d6174f2726564697374696c6c2d736e617073686f74c776657273696f6ea102c96372"
                    + "65617465644d73a77b68e5cf8b010000c770726f64756374e474657374af72f9f662000000000400000055"
                    + "0000002000058003056b657976616c7565a40f7c68e5cf8b010000000c010668010166027676a60f7c68e5"
                    + "cf8b010000000c010668010167027777a70f7c68e5cf8b010000000c010e68010169027575010203040500"
                    + "0000028c5e3d22000040c6626c6f636b73a101c7656e7472696573a104c5636861696ea6b7256a61c90dcb"
                    + "f9";

    private static final String GOLDEN_1 =
            "48000040c6666f726d6174f2726564697374696c6c2d736e617073686f74c776657273696f6ea101c9637265"
                    + "617465644d73a77b68e5cf8b010000c770726f64756374e474657374de0fb218360000000003000000290000"
                    + "00000003056b657976616c7565b0017c68e5cf8b010000010201036e2d3137040f010668010166027676e4be"
                    + "bc1322000040c6626c6f636b73a101c7656e7472696573a103c5636861696ea6edbf5a8563c4208c";

    // ---- writing and reading

    record Entry(int database, int type, boolean number, String key, String value, long expiresAtMs, int recency) {
        Entry(int database, int type, String key, String value, long expiresAtMs) {
            this(database, type, false, key, value, expiresAtMs, EntryVisitor.NO_RECENCY);
        }
    }

    private static List<Entry> sample(int count, long seed, int longest) {
        Random random = new Random(seed);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long expiresAtMs = random.nextBoolean() ? EntryVisitor.NO_EXPIRY : random.nextLong() >>> 1;
            String key = "key:" + random.nextInt();
            String value = "v".repeat(random.nextInt(longest)) + random.nextInt();
            int type = TYPES[random.nextInt(TYPES.length)];
            entries.add(new Entry(
                    random.nextInt(16),
                    type,
                    random.nextBoolean(),
                    key,
                    type == EntryVisitor.TYPE_STRING ? value : hash(type, value),
                    expiresAtMs,
                    random.nextInt(0x10001) - 1));
        }
        return entries;
    }

    private static final int[] TYPES = {
        EntryVisitor.TYPE_STRING,
        EntryVisitor.TYPE_STRING,
        EntryVisitor.TYPE_HASH,
        EntryVisitor.TYPE_TIMED_HASH,
        EntryVisitor.TYPE_HASH_PART,
        EntryVisitor.TYPE_TIMED_HASH_PART
    };

    /** A hash of one field as {@link HashRecord} has it. */
    private static String hash(int type, String value) {
        StringBuilder length = new StringBuilder();
        for (int rest = value.length(); ; rest >>>= 7) {
            length.append((char) (rest > 0x7f ? rest & 0x7f | 0x80 : rest));
            if (rest <= 0x7f) {
                break;
            }
        }
        return "\u0001\u0001f" + length + value + (EntryVisitor.isTimed(type) ? "deadline" : "");
    }

    private static byte[] write(List<Entry> entries) throws IOException {
        return write(entries, Codec.NONE);
    }

    private static byte[] write(List<Entry> entries, Codec codec) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (SnapshotWriter writer = new SnapshotWriter(Channels.newChannel(file), codec, CREATED_MS, "test")) {
            for (Entry entry : entries) {
                put(writer, entry);
            }
            writer.finish();
        }
        return file.toByteArray();
    }

    private static SnapshotReader.Contents contents(long blocks, long entries) {
        return new SnapshotReader.Contents(SnapshotFormat.VERSION, CREATED_MS, "test", blocks, entries);
    }

    private static void put(EntryVisitor to, Entry entry) throws IOException {
        byte[] key = entry.key.getBytes(StandardCharsets.ISO_8859_1);
        byte[] value = entry.value.getBytes(StandardCharsets.ISO_8859_1);
        long memory = Memory.allocate(key.length + value.length + 1L);
        try {
            Memory.copyFromArray(key, 0, memory, key.length);
            Memory.copyFromArray(value, 0, memory + key.length, value.length);
            to.visit(
                    entry.database,
                    entry.type,
                    entry.number,
                    memory,
                    key.length,
                    memory + key.length,
                    value.length,
                    entry.expiresAtMs,
                    entry.recency);
        } finally {
            Memory.free(memory);
        }
    }

    /** A file of this version as one of another. */
    private static byte[] withVersion(byte[] file, int version) {
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("version") + "version".length() + 1;
        assertThat(file[at]).isEqualTo((byte) SnapshotFormat.VERSION);
        file[at] = (byte) version;
        int length = documents(file).get(0).length;
        CRC32C crc = new CRC32C();
        crc.update(1);
        crc.update(file, Integer.BYTES, length - 2 * Integer.BYTES);
        ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(length - Integer.BYTES, (int)
                crc.getValue());
        return file;
    }

    private List<Entry> read(byte[] file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        SnapshotReader.Contents contents = read(file, into(entries));
        assertThat(contents).isEqualTo(contents(contents.blockCount(), entries.size()));
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
        return (database, type, number, keyAddress, keyLength, valueAddress, valueLength, expiresAtMs, recency) ->
                entries.add(new Entry(
                        database,
                        type,
                        number,
                        new String(Memory.toArray(keyAddress, keyLength), StandardCharsets.ISO_8859_1),
                        new String(Memory.toArray(valueAddress, valueLength), StandardCharsets.ISO_8859_1),
                        expiresAtMs,
                        recency));
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
