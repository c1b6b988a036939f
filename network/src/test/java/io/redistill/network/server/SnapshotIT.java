// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.snapshot.EntryVisitor;
import io.redistill.snapshot.SnapshotReader;
import io.redistill.snapshot.SnapshotStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Snapshots of a server that goes on working: what is in them, and what is left when they fail. */
@Timeout(120)
class SnapshotIT {
    private static final int CUTS = Integer.getInteger("redistill.snapshot.cuts", 5);

    private static final String SAME_OBJECT = "-ERR source and destination objects are the same\r\n";
    private static final String NO_SUCH_KEY = "-ERR no such key\r\n";

    /** Before each cut, and as many behind it. */
    private static final int COMMANDS = 3_000;

    @TempDir
    Path directory;

    // ---- the cut

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "4,false", "1,true", "2,true", "4,true"})
    void shouldSaveExactlyWhatWasThereAtTheCut(int shards, boolean dedicated) throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.next("SnapshotIT"));
        TestServer.Builder builder = options(TestServer.shards(shards));
        Map<String, String> saved = Map.of();
        try (TestServer server = (dedicated ? builder.dedicated(2) : builder).start();
                RespClient client = server.connect()) {
            Writer writer = new Writer(random);
            for (int cut = 0; cut < CUTS; cut++) {
                ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
                writer.write(pipeline, COMMANDS);
                saved = writer.all();
                RespClient.append(pipeline, "BGSAVE");
                writer.write(pipeline, COMMANDS);
                client.send(pipeline.toByteArray());
                List<String> errors = new ArrayList<>();
                boolean started = false;
                for (int i = 0; i < 2 * COMMANDS + 1; i++) {
                    String reply = client.reply();
                    started |= reply.equals("+Background saving started\r\n");
                    if (reply.startsWith("-") && !reply.equals(SAME_OBJECT) && !reply.equals(NO_SUCH_KEY)) {
                        errors.add(reply);
                    }
                }
                assertThat(errors).isEmpty();
                assertThat(started).isTrue();
                awaitSaved(client, cut + 1);
                assertThat(contents()).isEqualTo(saved);
            }
        }
        // The file loads with another number of shards.
        try (TestServer server = options(TestServer.shards(3)).start();
                RespClient client = server.connect()) {
            long inFirst =
                    saved.keySet().stream().filter(name -> !name.contains("/")).count();
            assertThat(client.call("DBSIZE")).isEqualTo(":" + inFirst + "\r\n");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            assertThat(contents()).isEqualTo(saved);
        }
    }

    @ParameterizedTest
    @CsvSource({"2,false", "4,true"})
    void shouldCutThroughAllWritersAtOneInstant(int shards, boolean dedicated) throws Exception {
        TestServer.Builder builder = options(TestServer.shards(shards));
        try (TestServer server = (dedicated ? builder.dedicated(2) : builder).start();
                RespClient client = server.connect()) {
            AtomicBoolean done = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int number = i;
                writers.add(new Thread(() -> count(server, number, done)));
            }
            writers.forEach(Thread::start);
            try {
                for (int cut = 0; cut < CUTS; cut++) {
                    long before = cut + 1;
                    assertThat(client.call("BGSAVE")).isEqualTo("+Background saving started\r\n");
                    awaitSaved(client, before);
                    Map<String, String> found = contents();
                    for (int writer = 0; writer < 3; writer++) {
                        checkCounts(found, writer);
                    }
                }
            } finally {
                done.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
            }
        }
    }

    /** Sets keys of one writer to rising numbers, one after the other, and three of them together each time. */
    private static void count(TestServer server, int writer, AtomicBoolean done) {
        try (RespClient client = server.connect()) {
            for (int i = 1; !done.get(); i++) {
                String number = Integer.toString(i);
                client.call("SET", writer + ":single:" + i % 50, number);
                client.call("MSET", writer + ":a", number, writer + ":b", number, writer + ":c", number);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void checkCounts(Map<String, String> found, int writer) {
        String a = found.get(writer + ":a");
        if (a == null) {
            return;
        }
        assertThat(found.get(writer + ":b")).as("MSET is whole").isEqualTo(a);
        assertThat(found.get(writer + ":c")).as("MSET is whole").isEqualTo(a);
        int last = Integer.parseInt(a.substring(0, a.indexOf('@')));
        // All single writes up to the MSET are there, and at most the one behind it.
        for (int i = Math.max(1, last - 49); i <= last; i++) {
            String single = found.get(writer + ":single:" + i % 50);
            int value = Integer.parseInt(single.substring(0, single.indexOf('@')));
            assertThat(value).isIn(i, i + 50);
            assertThat(value).isLessThanOrEqualTo(last + 1);
        }
    }

    // ---- what is known about use

    @ParameterizedTest
    @CsvSource({"ALLKEYS_LRU,1", "ALLKEYS_LRU,2", "ALLKEYS_LFU,1", "ALLKEYS_LFU,2"})
    void shouldEvictAfterALoadWhatWasNotUsedBefore(EvictionPolicy policy, int shards) throws Exception {
        int keys = 4_000;
        try (TestServer server = options(TestServer.shards(2)).policy(policy).start();
                RespClient client = server.connect()) {
            setAll(client, keys, "v".repeat(1_000));
            ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
            for (int round = 0; round < 20; round++) {
                for (int i = keys / 2; i < keys; i++) {
                    RespClient.append(pipeline, "GET", "key:" + i);
                }
            }
            client.send(pipeline.toByteArray());
            for (int i = 0; i < 20 * keys / 2; i++) {
                client.reply();
            }
            assertThat(client.call("BGSAVE")).isEqualTo("+Background saving started\r\n");
            for (int i = keys / 2; i < keys; i += 10) {
                client.call("APPEND", "key:" + i, "x");
            }
            awaitSaved(client, 1);
        }
        try (TestServer server =
                        options(TestServer.shards(shards)).policy(policy).start();
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo(":" + keys + "\r\n");
            long used = server.server().engine().usedBytes();
            client.call("CONFIG", "SET", "maxmemory", Long.toString(used - keys / 8 * 1_000));
            Await.until("eviction", () -> integer(client.call("DBSIZE")) <= keys - keys / 8);
            int lost = 0;
            int lostOfUsed = 0;
            for (int i = 0; i < keys; i++) {
                if (client.call("EXISTS", "key:" + i).equals(":0\r\n")) {
                    lost++;
                    lostOfUsed += i < keys / 2 ? 0 : 1;
                }
            }
            assertThat(lost).isGreaterThanOrEqualTo(keys / 8);
            assertThat(lostOfUsed).as("of %d", lost).isLessThanOrEqualTo(lost / 10);
        }
    }

    // ---- failures

    /** Saves in vain; what INFO says about it. */
    private static String failureOfSave(RespClient client) throws IOException {
        assertThat(client.call("SAVE")).isEqualTo("-ERR\r\n");
        assertThat(info(client, "rdb_last_bgsave_status")).isEqualTo("err");
        return info(client, "snapshot_last_failure");
    }

    @Test
    void shouldKeepTheOldFileAndServeWhenTheDiskIsFull() throws Exception {
        FaultyStorage storage = new FaultyStorage();
        try (TestServer server = options(TestServer.shards(2)).storage(storage).start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            byte[] old = Files.readAllBytes(file());
            assertThat(info(client, "rdb_last_bgsave_status")).isEqualTo("ok");
            client.call("SET", "a", "2");
            for (int room : new int[] {0, 10, 70}) {
                storage.room = room;
                assertThat(failureOfSave(client)).isEqualTo("no space left");
                assertThat(Files.readAllBytes(file())).isEqualTo(old);
                assertThat(Files.exists(temporary())).isFalse();
                assertThat(client.call("SET", "b" + room, "2")).isEqualTo("+OK\r\n");
            }
            storage.room = Integer.MAX_VALUE;
            assertThat(client.call("BGSAVE")).isEqualTo("+Background saving started\r\n");
            awaitSaved(client, 2);
            assertThat(contents()).hasSize(4).containsEntry("a", "2@" + EntryVisitor.NO_EXPIRY);
            assertThat(info(client, "rdb_last_bgsave_status")).isEqualTo("ok");
            assertThat(info(client, "rdb_changes_since_last_save")).isEqualTo("0");
        }
    }

    @Test
    void shouldGiveUpRatherThanLetCommandsWaitForASlowDisk() throws Exception {
        FaultyStorage storage = new FaultyStorage();
        try (TestServer server = options(TestServer.shards(2)).storage(storage).start();
                RespClient client = server.connect()) {
            int keys = 1_800;
            setAll(client, keys, "a".repeat(50_000));
            CountDownLatch slow = new CountDownLatch(1);
            storage.stall = slow;
            assertThat(client.call("BGSAVE")).isEqualTo("+Background saving started\r\n");
            setAll(client, keys, "b".repeat(50_000));
            assertThat(info(client, "rdb_bgsave_in_progress")).isEqualTo("1");
            slow.countDown();
            Await.until("the end", () -> info(client, "rdb_bgsave_in_progress").equals("0"));
            assertThat(info(client, "rdb_last_bgsave_status")).isEqualTo("err");
            assertThat(info(client, "snapshot_last_failure")).contains("more than the budget");
            assertThat(Long.parseLong(info(client, "rdb_last_cow_size")))
                    .isBetween(1L << 20, Long.parseLong(info(client, "snapshot_budget_bytes")));
            assertThat(Files.exists(temporary())).isFalse();
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            assertThat(contents())
                    .hasSize(keys)
                    .allSatisfy((key, value) -> assertThat(value).startsWith("bbb"));
        }
    }

    @Test
    void shouldSaveHashesLongerThanWhatTheWalkMayBeAhead() throws Exception {
        try (TestServer server = options(TestServer.shards(2)).start();
                RespClient client = server.connect()) {
            setAll(client, 100, "v");
            for (int i = 0; i < 4; i++) {
                client.call("HSET", "hash:" + i, "field", "w".repeat(9 << 20));
            }
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            assertThat(contents()).hasSize(104);
        }
    }

    private static void setAll(RespClient client, int keys, String value) throws IOException {
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        for (int i = 0; i < keys; i++) {
            RespClient.append(pipeline, "SET", "key:" + i, value);
            if (pipeline.size() > 1 << 16 || i + 1 == keys) {
                client.send(pipeline.toByteArray());
                pipeline.reset();
            }
        }
        for (int i = 0; i < keys; i++) {
            assertThat(client.reply()).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void shouldMakeTheFileDurableBeforeItHasItsNameAndTheNameAfterwards() throws Exception {
        FaultyStorage storage = new FaultyStorage();
        try (TestServer server = options(TestServer.shards(1)).storage(storage).start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
        }
        assertThat(storage.steps)
                .startsWith("create snapshot.tmp", "write")
                .endsWith("force", "close", "rename snapshot.tmp to snapshot", "force directory")
                .doesNotContain("delete snapshot.tmp");
    }

    @Test
    void shouldSaySoWhenThereIsNoDirectoryOrTheFileIsOne() throws Exception {
        Path missing = directory.resolve("missing");
        Path file = missing.resolve("none.snapshot");
        try (TestServer server = TestServer.shards(1)
                        .options("--dir", missing.toString())
                        .start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(failureOfSave(client)).isEqualTo(file + ".tmp: there is no such file or directory");
            Files.createDirectories(file.resolve("sub"));
            assertThat(client.call("SAVE")).isEqualTo("-ERR\r\n");
            Files.delete(file.resolve("sub"));
            assertThat(failureOfSave(client)).startsWith(missing.toString());
            assertThat(file).isEmptyDirectory();
            assertThat(missing.resolve("none.snapshot.tmp")).doesNotExist();
            assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            Files.delete(file);
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            assertThat(info(client, "rdb_last_bgsave_status")).isEqualTo("ok");
            assertThat(file).isRegularFile();
        }
    }

    @Test
    void shouldKeepTheOldFileAndServeWhicheverStepFails() throws Exception {
        FaultyStorage storage = new FaultyStorage();
        try (TestServer server = options(TestServer.shards(2)).storage(storage).start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "0");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            int saved = 0;
            for (String step : List.of("create", "write", "force", "close", "rename", "force directory")) {
                byte[] old = Files.readAllBytes(file());
                client.call("SET", "a", Integer.toString(++saved));
                storage.failing = step;
                assertThat(failureOfSave(client)).as(step).endsWith(": Read-only file system");
                if (!step.equals("force directory")) { // behind the rename the new one has the name
                    assertThat(Files.readAllBytes(file())).as(step).isEqualTo(old);
                }
                assertThat(temporary()).as(step).doesNotExist();
                assertThat(client.call("GET", "a")).isEqualTo(RespClient.bulk(Integer.toString(saved)));
                storage.failing = "";
                assertThat(client.call("SAVE")).as("after " + step).isEqualTo("+OK\r\n");
                assertThat(contents()).isEqualTo(Map.of("a", saved + "@" + EntryVisitor.NO_EXPIRY));
            }
        }
    }

    /** Mode bits do not hold back the superuser, but nobody makes a file in /sys. */
    @Test
    void shouldSaySoWhenTheDirectoryIsReadOnly() throws Exception {
        Path own = Files.createDirectory(directory.resolve("own"));
        Path old = Files.writeString(own.resolve("other.snapshot"), "of before");
        assertThat(own.toFile().setWritable(false)).isTrue();
        try {
            Path readOnly = own.toFile().canWrite() ? Path.of("/sys") : own;
            assumeTrue(Files.isDirectory(readOnly), "there is no directory that cannot be written to");
            try (TestServer server = TestServer.shards(1)
                            .options("--dir", readOnly.toString())
                            .start();
                    RespClient client = server.connect()) {
                client.call("SET", "a", "1");
                assertThat(failureOfSave(client))
                        .startsWith(readOnly.resolve("none.snapshot.tmp") + ": ")
                        .matches(".*(permission denied|Read-only file system|Operation not permitted)");
                assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            }
            assertThat(old).hasContent("of before");
        } finally {
            assertThat(own.toFile().setWritable(true)).isTrue();
        }
    }

    // ---- rules and commands

    @Test
    void shouldSaveByRuleOnlyWhenSomethingChanged() throws Exception {
        try (TestServer server = options(TestServer.shards(1)).start();
                RespClient client = server.connect()) {
            assertThat(client.call("CONFIG", "GET", "save")).isEqualTo("*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
            assertThat(client.call("CONFIG", "SET", "save", "1 2")).isEqualTo("+OK\r\n");
            assertThat(client.call("CONFIG", "GET", "save")).isEqualTo("*2\r\n$4\r\nsave\r\n$3\r\n1 2\r\n");
            client.call("SET", "a", "1");
            client.call("SET", "a", "2");
            awaitSaved(client, 1);
            assertThat(info(client, "rdb_changes_since_last_save")).isEqualTo("0");
            assertThat(client.call("LASTSAVE")).isEqualTo(":" + info(client, "rdb_last_save_time") + "\r\n");
        }
    }

    @Test
    void shouldAnswerAsRedis() throws Exception {
        try (TestServer server = options(TestServer.shards(2)).start();
                RespClient client = server.connect()) {
            assertThat(client.call("BGSAVE", "now")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.call("BGSAVE", "SCHEDULE", "x")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.call("SAVE", "x")).isEqualTo("-ERR wrong number of arguments for 'save' command\r\n");
            assertThat(client.call("SHUTDOWN", "ABORT")).isEqualTo("-ERR No shutdown in progress.\r\n");
            assertThat(client.call("SHUTDOWN", "SAVE", "NOSAVE")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.call("CONFIG", "SET", "dir", "/tmp"))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected"
                            + " config\r\n");
            assertThat(client.call("CONFIG", "SET", "save", "1"))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save"
                            + " parameters\r\n");
            assertThat(client.call("CONFIG", "SET", "rdbcompression", "yes")).isEqualTo("+OK\r\n");
            assertThat(client.call("BGSAVE", "SCHEDULE")).isEqualTo("+Background saving started\r\n");
            awaitSaved(client, 1);
        }
    }

    // ---- help

    private TestServer.Builder options(TestServer.Builder builder) {
        return builder.options("--dir", directory.toString()).file("snapshot");
    }

    private Path file() {
        return directory.resolve("snapshot");
    }

    private Path temporary() {
        return directory.resolve("snapshot.tmp");
    }

    private static long integer(String reply) {
        return Long.parseLong(reply.substring(1).trim());
    }

    private static void awaitSaved(RespClient client, long count) throws Exception {
        Await.until("snapshot " + count, () -> info(client, "rdb_saves").equals(Long.toString(count)));
    }

    private static String info(RespClient client, String field) throws IOException {
        return client.call("INFO", "persistence")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow()
                .substring(field.length() + 1);
    }

    /** What is in the file: of each key its value, or its fields in order, and its deadline. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> found = new TreeMap<>();
        Map<String, Map<String, String>> hashes = new HashMap<>();
        try (FileChannel channel = FileChannel.open(file())) {
            SnapshotReader.read(
                    "file", channel, (database, type, number, key, keyLength, value, length, expires, recency) -> {
                        byte[] bytes = Memory.toArray(value, length);
                        String name = (database == 0 ? "" : database + "/")
                                + new String(Memory.toArray(key, keyLength), StandardCharsets.ISO_8859_1);
                        assertThat(found.containsKey(name)).as(name).isEqualTo(EntryVisitor.isPart(type));
                        String text = new String(bytes, StandardCharsets.ISO_8859_1);
                        if (type != EntryVisitor.TYPE_STRING) {
                            Map<String, String> fields = hashes.computeIfAbsent(name, ignored -> new TreeMap<>());
                            addFields(fields, bytes, EntryVisitor.isTimed(type));
                            text = fields.toString();
                        }
                        found.put(name, text + "@" + expires);
                    });
        }
        return found;
    }

    private static void addFields(Map<String, String> fields, byte[] bytes, boolean timed) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int left = varint(in); left > 0; left--) {
            String name = text(in);
            String value = text(in);
            long deadline = timed ? in.order(ByteOrder.LITTLE_ENDIAN).getLong() : EntryVisitor.NO_EXPIRY;
            String text = deadline == EntryVisitor.NO_EXPIRY ? value : value + "@" + deadline;
            assertThat(fields.put(name, text)).as(name).isNull();
        }
        assertThat(in.hasRemaining()).isFalse();
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[varint(in)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = in.get();
            value |= (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }

    /** Random commands and what they leave. */
    private static final class Writer {
        private static final int KEYS = 700;
        private static final long FAR_MS = 4_000_000_000_000L;

        private final SplittableRandom random;
        private final Map<Integer, Data> databases = new TreeMap<>(Map.of(0, new Data(), 3, new Data(), 9, new Data()));
        private final List<Integer> numbers = List.copyOf(databases.keySet());
        private int selected;
        private Data data = databases.get(0);

        /** What is in a database: of each key its value and deadline, and of each hash its fields. */
        private static final class Data {
            private final Map<String, String> model = new HashMap<>();
            private final Map<String, Map<String, String>> hashes = new HashMap<>();

            /** Gives a key of a database what a key of this one has. */
            private void take(String from, Data other, String to) {
                String value = model.get(from);
                other.drop(to);
                other.model.put(to, value);
                if (hashes.containsKey(from)) {
                    other.hashes.put(to, new TreeMap<>(hashes.get(from)));
                }
            }

            private void drop(String key) {
                model.remove(key);
                hashes.remove(key);
            }
        }

        Writer(SplittableRandom random) {
            this.random = random;
        }

        /** What is there: keys of other databases than 0 with the number before them. */
        Map<String, String> all() {
            Map<String, String> all = new TreeMap<>();
            databases.forEach((number, data) ->
                    data.model.forEach((key, value) -> all.put(number == 0 ? key : number + "/" + key, value)));
            return all;
        }

        private int anyDatabase() {
            return numbers.get(random.nextInt(numbers.size()));
        }

        /** Goes to, exchanges or empties databases. */
        private void databases(ByteArrayOutputStream pipeline, int chance) {
            if (chance < 2) {
                RespClient.append(pipeline, "FLUSHALL");
                databases.replaceAll((number, old) -> new Data());
            } else if (chance < 6) {
                RespClient.append(pipeline, "FLUSHDB");
                databases.put(selected, new Data());
            } else if (chance < 20) {
                int one = anyDatabase();
                int other = anyDatabase();
                RespClient.append(pipeline, "SWAPDB", Integer.toString(one), Integer.toString(other));
                databases.put(one, databases.put(other, databases.get(one)));
            } else {
                selected = anyDatabase();
                RespClient.append(pipeline, "SELECT", Integer.toString(selected));
            }
            data = databases.get(selected);
        }

        /** Gives a value, a hash's more often, another key or database. */
        private void transfer(ByteArrayOutputStream pipeline, int chance) {
            String from = chance % 2 == 0 ? "hash:" + random.nextInt(30) : "key:" + random.nextInt(KEYS);
            String to = from.substring(0, from.indexOf(':') + 1) + random.nextInt(30);
            if (chance < 110) {
                RespClient.append(pipeline, "RENAMENX", from, to);
                if (data.model.containsKey(from) && !data.model.containsKey(to)) {
                    data.take(from, data, to);
                    data.drop(from);
                }
            } else if (chance < 150) {
                RespClient.append(pipeline, "COPY", from, to, "REPLACE");
                if (data.model.containsKey(from) && !from.equals(to)) {
                    data.take(from, data, to);
                }
            } else {
                int number = anyDatabase();
                RespClient.append(pipeline, "MOVE", from, Integer.toString(number));
                Data other = databases.get(number);
                if (data.model.containsKey(from) && other != data && !other.model.containsKey(from)) {
                    data.take(from, other, from);
                    data.drop(from);
                }
            }
        }

        /** Changes a field; some hashes stay small, others become tables. */
        private void hash(ByteArrayOutputStream pipeline) {
            int number = random.nextInt(30);
            String key = "hash:" + number;
            String field = "f" + random.nextInt(number < 25 ? 20 : 2_000);
            Map<String, String> fields = data.hashes.computeIfAbsent(key, ignored -> new TreeMap<>());
            switch (random.nextInt(6)) {
                case 0 -> {
                    RespClient.append(pipeline, "HDEL", key, field);
                    fields.remove(field);
                }
                case 1 -> {
                    long deadline = FAR_MS + random.nextInt(1000);
                    RespClient.append(pipeline, "HPEXPIREAT", key, Long.toString(deadline), "FIELDS", "1", field);
                    fields.computeIfPresent(field, (name, old) -> old.replaceAll("@.*", "") + "@" + deadline);
                }
                case 2 -> {
                    // Some become so large that they are saved in parts.
                    List<String> words = new ArrayList<>(List.of("HSET", key));
                    for (int i = 0; i < (number < 25 ? 2 : 60); i++) {
                        String other = field + i;
                        words.add(other);
                        words.add("many");
                        fields.put(other, "many");
                    }
                    RespClient.append(pipeline, words.toArray(String[]::new));
                }
                default -> {
                    String value = random.nextInt(300) == 0 ? "w".repeat(20_000) : "w" + random.nextInt(1000);
                    RespClient.append(pipeline, "HSET", key, field, value);
                    fields.put(field, value);
                }
            }
            if (fields.isEmpty()) {
                data.hashes.remove(key);
                data.model.remove(key);
            } else {
                data.model.put(key, fields + "@" + EntryVisitor.NO_EXPIRY);
            }
        }

        /** Adds commands to a pipeline. */
        void write(ByteArrayOutputStream pipeline, int count) {
            for (int i = 0; i < count; i++) {
                String key = "key:" + random.nextInt(KEYS);
                String number = "number:" + random.nextInt(50);
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 -> {
                        String value = "v".repeat(random.nextInt(100)) + random.nextInt(1000);
                        RespClient.append(pipeline, "SET", key, value);
                        data.model.put(key, value + "@" + EntryVisitor.NO_EXPIRY);
                    }
                    case 4 -> {
                        int length = random.nextInt(20) == 0 ? 100_000 : 10;
                        String value = "x".repeat(length) + random.nextInt(1000);
                        long deadline = FAR_MS + random.nextInt(1000);
                        RespClient.append(pipeline, "SET", key, value, "PXAT", Long.toString(deadline));
                        data.model.put(key, value + "@" + deadline);
                    }
                    case 5, 6 -> {
                        RespClient.append(pipeline, "DEL", key);
                        data.model.remove(key);
                    }
                    case 7 -> {
                        RespClient.append(pipeline, "INCRBY", number, "7");
                        String old = data.model.getOrDefault(number, "0@");
                        long sum = Long.parseLong(old.substring(0, old.indexOf('@'))) + 7;
                        data.model.put(number, sum + "@" + EntryVisitor.NO_EXPIRY);
                    }
                    case 8 -> {
                        RespClient.append(pipeline, "APPEND", key, "-tail");
                        String old = data.model.getOrDefault(key, "@" + EntryVisitor.NO_EXPIRY);
                        int at = old.indexOf('@');
                        data.model.put(key, old.substring(0, at) + "-tail" + old.substring(at));
                    }
                    case 9 -> {
                        long deadline = FAR_MS + random.nextInt(1000);
                        RespClient.append(pipeline, "PEXPIREAT", key, Long.toString(deadline));
                        data.model.computeIfPresent(
                                key, (name, old) -> old.substring(0, old.indexOf('@') + 1) + deadline);
                    }
                    case 10 -> {
                        String other = "key:" + random.nextInt(KEYS);
                        RespClient.append(pipeline, "MSET", key, "m1", other, "m2");
                        data.model.put(key, "m1@" + EntryVisitor.NO_EXPIRY);
                        data.model.put(other, "m2@" + EntryVisitor.NO_EXPIRY);
                    }
                    case 11, 12, 13, 14 -> hash(pipeline);
                    default -> {
                        int chance = random.nextInt(400);
                        if (chance < 60) {
                            databases(pipeline, chance);
                        } else if (chance < 200) {
                            transfer(pipeline, chance);
                        } else {
                            RespClient.append(pipeline, "GETDEL", key);
                            data.model.remove(key);
                        }
                    }
                }
            }
        }
    }

    /** The file system, with so much room and no more, that notes what is done. */
    private static final class FaultyStorage implements SnapshotStorage {
        private final List<String> steps = new ArrayList<>();
        private volatile int room = Integer.MAX_VALUE;
        private volatile String failing = "";
        private volatile CountDownLatch stall = new CountDownLatch(0);

        private void step(String name, Object file) throws IOException {
            steps.add(name + file);
            if (name.trim().equals(failing)) {
                throw new FileSystemException("file", null, "Read-only file system");
            }
        }

        @Override
        public Output create(Path path) throws IOException {
            step("create ", path.getFileName());
            Output output = FILES.create(path);
            return new Output() {
                private int left = room;

                @Override
                public int write(ByteBuffer source) throws IOException {
                    try {
                        stall.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    if (source.remaining() > left) {
                        throw new IOException("no space left");
                    }
                    left -= source.remaining();
                    step("write", "");
                    return output.write(source);
                }

                @Override
                public void force() throws IOException {
                    step("force", "");
                    output.force();
                }

                @Override
                public boolean isOpen() {
                    return output.isOpen();
                }

                @Override
                public void close() throws IOException {
                    boolean wasOpen = output.isOpen();
                    output.close();
                    if (wasOpen) {
                        step("close", "");
                    }
                }
            };
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step("rename ", from.getFileName() + " to " + to.getFileName());
            FILES.rename(from, to);
        }

        @Override
        public void forceDirectory(Path path) throws IOException {
            step("force directory", "");
            FILES.forceDirectory(path);
        }

        @Override
        public void delete(Path path) throws IOException {
            step("delete ", path.getFileName());
            FILES.delete(path);
        }
    }
}
