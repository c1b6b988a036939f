// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.Memory;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import io.redistill.snapshot.SnapshotDamagedException;
import io.redistill.snapshot.SnapshotReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server (SIGKILL) while it saves, again and again: what it loads at the next start must be the snapshot of
 * before or the new one, with everything that is in it.
 *
 * <p>The kill aims at one step of a save, which it sees in the directory, and comes some time after it: between 1 us and
 * {@link #LONGEST_US}, all magnitudes alike, since some steps take microseconds and others milliseconds. How far the save
 * had come is read from the files afterwards, and printed.
 */
@Timeout(600)
class SnapshotKillIT {
    private static final String KILLS_PROPERTY = "redistill.kills";
    private static final int KILLS = Integer.getInteger(KILLS_PROPERTY, 2);
    private static final int MANY_KILLS = Integer.getInteger(KILLS_PROPERTY, 2000);

    /** So many make it worth while to make an archive of classes. */
    private static final int KILLS_FOR_ARCHIVE = 20;

    /** So many show that each step of a save was hit. */
    private static final int KILLS_FOR_EACH_STEP = 1000;

    private static final double LONGEST_US = 100_000;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(Await.SECONDS);

    private static final int STRINGS = 2_000;
    private static final int HASHES = 20;

    /** The last hash has so many more fields that it is saved in parts. */
    private static final int FIELDS = 10;

    private static final int MANY_FIELDS = 600;
    private static final int LARGE_BYTES = 300_000;
    private static final long FAR_MS = 4_000_000_000_000L;

    @TempDir
    Path directory;

    /** What the kill waits for, seen from outside. */
    private enum Aim {
        /** BGSAVE has been answered. */
        CUT,
        /** There is a temporary file. */
        CREATED,
        /** The temporary file is nearly as long as the last one was: the end is written, and made durable. */
        WRITTEN,
        /** There is no temporary file any more. */
        RENAMED
    }

    /** How far a save had come when it was killed. */
    private enum Step {
        NOTHING,
        HALF_A_FILE,
        WHOLE_FILE_WITHOUT_ITS_NAME,
        COMPLETE
    }

    @Test
    void shouldLoadTheLastCompleteSnapshotWheneverItIsKilled() throws Exception {
        killAndStart(KILLS);
    }

    @Test
    @Tag("slow")
    @Timeout(6 * 3600)
    void shouldLoadTheLastCompleteSnapshotHoweverOftenItIsKilled() throws Exception {
        killAndStart(MANY_KILLS);
    }

    private void killAndStart(int kills) throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.next("SnapshotKillIT"));
        List<String> javaOptions = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
        if (kills >= KILLS_FOR_ARCHIVE) {
            javaOptions.add("-XX:SharedArchiveFile=" + archive());
        }
        Map<Step, Integer> steps = new EnumMap<>(Step.class);
        int saved = 0;
        for (int kill = 1; kill <= kills; kill++) {
            boolean complete;
            Mark before;
            try (ServerProcess server =
                            start(javaOptions, "--snapshot-compression", random.nextBoolean() ? "yes" : "no");
                    RespClient client = server.connect()) {
                assertLoaded(client, saved);
                write(client, kill);
                before = Mark.of(temporary());
                complete = saveAndKill(server, client, random);
            }
            Step step = stepOf(saved, kill, before);
            assertThat(complete && step != Step.COMPLETE)
                    .as("a save that was complete is not")
                    .isFalse();
            steps.merge(step, 1, Integer::sum);
            if (step == Step.COMPLETE) {
                saved = kill;
            }
            if (random.nextBoolean()) { // else the next save writes over it
                Files.deleteIfExists(temporary());
            }
            if (kill % 100 == 0 || kill == kills) {
                System.out.println("SnapshotKillIT: " + kill + " kills, the saves had come to: " + steps);
            }
        }
        try (ServerProcess server = start(javaOptions);
                RespClient client = server.connect()) {
            assertLoaded(client, saved);
        }
        if (kills >= KILLS_FOR_EACH_STEP) {
            assertThat(steps).containsOnlyKeys(Step.values());
        }
    }

    /** Classes of a server that has saved and loaded: mapped by those that follow, which begin sooner. */
    private Path archive() throws Exception {
        Path own = Files.createDirectory(directory.resolve("archive"));
        Path archive = own.resolve("classes.jsa");
        for (String option : List.of("-Xshare:auto", "-XX:ArchiveClassesAtExit=" + archive)) {
            try (ServerProcess server = ServerProcess.start(List.of(option), options(own));
                    RespClient client = server.connect()) {
                assertLoaded(client, option.startsWith("-Xshare") ? 0 : 1);
                write(client, 1);
                assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
                assertThat(server.stop()).isZero();
            }
        }
        return archive;
    }

    // ---- one kill

    /** Returns whether the server said that the save was complete. */
    private boolean saveAndKill(ServerProcess server, RespClient client, SplittableRandom random) throws Exception {
        Aim aim = Aim.values()[random.nextInt(Aim.values().length)];
        long delayNs = (long) (1_000 * Math.pow(LONGEST_US, random.nextDouble()));
        boolean ask = aim == Aim.RENAMED && random.nextBoolean();
        Mark temporary = Mark.of(temporary());
        Mark file = Mark.of(file());
        long length = file.length();
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        RespClient.append(pipeline, "BGSAVE");
        appendLaterChanges(pipeline);
        client.send(pipeline.toByteArray());
        assertThat(client.reply()).startsWith("+Background");
        long startNs = System.nanoTime();
        while (!hasCome(aim, temporary, file, length)) {
            assertThat(System.nanoTime() - startNs).as("%s came", aim).isLessThan(DEADLINE_NS);
        }
        long sinceNs = System.nanoTime();
        while (System.nanoTime() - sinceNs < delayNs) {
            Thread.onSpinWait();
        }
        boolean complete = false;
        if (ask) {
            try (RespClient other = server.connect()) {
                complete = other.call("INFO", "persistence").contains("rdb_saves:1\r\n");
            }
        }
        server.kill();
        return complete;
    }

    private boolean hasCome(Aim aim, Mark temporaryBefore, Mark fileBefore, long length) {
        if (aim == Aim.CUT || !Mark.of(file()).equals(fileBefore)) {
            return true;
        }
        Mark temporary = Mark.of(temporary());
        boolean created = temporary.exists() && !temporary.equals(temporaryBefore);
        return switch (aim) {
            case CREATED -> created;
            case WRITTEN -> created && length > 0 && temporary.length() >= length / 100 * 97;
            default -> false;
        };
    }

    private Step stepOf(int before, int attempted, Mark temporaryBefore) throws IOException {
        int saved = generationOf(file());
        assertThat(saved).as("generation in the file").isIn(before, attempted);
        if (saved == attempted) {
            return Step.COMPLETE;
        }
        Mark temporary = Mark.of(temporary());
        if (!temporary.exists() || temporary.equals(temporaryBefore)) {
            return Step.NOTHING;
        }
        try {
            assertThat(generationOf(temporary())).isEqualTo(attempted);
            return Step.WHOLE_FILE_WITHOUT_ITS_NAME;
        } catch (SnapshotDamagedException notWhole) {
            return Step.HALF_A_FILE;
        }
    }

    /** Reads a whole file; 0 when there is none. */
    private static int generationOf(Path path) throws IOException {
        int[] generation = new int[1];
        try (FileChannel channel = FileChannel.open(path)) {
            SnapshotReader.read(
                    path.toString(),
                    channel,
                    (database, type, number, key, keyLength, value, length, expires, recency) -> {
                        if (text(key, keyLength).equals("generation")) {
                            generation[0] = Integer.parseInt(text(value, length));
                        }
                    });
        } catch (NoSuchFileException none) {
            return 0;
        }
        return generation[0];
    }

    private static String text(long address, int length) {
        return new String(Memory.toArray(address, length), StandardCharsets.ISO_8859_1);
    }

    /** What tells from outside whether a file has changed. */
    private record Mark(boolean exists, long length, long modifiedMs) {
        static Mark of(Path path) {
            File file = path.toFile();
            return new Mark(file.exists(), file.length(), file.lastModified());
        }
    }

    // ---- the data: each key has another value in each generation

    private static void write(RespClient client, int generation) throws IOException {
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        int commands = 2;
        RespClient.append(pipeline, "SET", "generation", Integer.toString(generation));
        RespClient.append(pipeline, "SET", "large", large(generation));
        for (int i = 0; i < STRINGS; i++, commands++) {
            if (i % 10 == 0) {
                String deadline = Long.toString(FAR_MS + generation);
                RespClient.append(pipeline, "SET", "key:" + i, string(generation, i), "PXAT", deadline);
            } else {
                RespClient.append(pipeline, "SET", "key:" + i, string(generation, i));
            }
        }
        for (int i = 0; i < HASHES; i++, commands += 2) {
            List<String> words = new ArrayList<>(List.of("HSET", "hash:" + i));
            for (int field = 0; field < fields(i); field++) {
                words.add("f" + field);
                words.add(string(generation, field));
            }
            RespClient.append(pipeline, words.toArray(String[]::new));
            String deadline = Long.toString(FAR_MS + generation);
            RespClient.append(pipeline, "HPEXPIREAT", "hash:" + i, deadline, "FIELDS", "1", "f1");
        }
        client.send(pipeline.toByteArray());
        for (int i = 0; i < commands; i++) {
            assertThat(client.reply()).doesNotStartWith("-");
        }
    }

    private static int fields(int hash) {
        return hash == 0 ? MANY_FIELDS : FIELDS;
    }

    private static String string(int generation, int i) {
        return i % 5 == 1 ? Integer.toString(generation * 10_000 + i) : generation + ":" + "x".repeat(i % 500);
    }

    private static String large(int generation) {
        return Integer.toString(1_000_000 + generation).repeat(LARGE_BYTES / 7);
    }

    /** What comes after the cut, and must not be in the snapshot. */
    private static void appendLaterChanges(ByteArrayOutputStream pipeline) {
        for (int i = STRINGS - 1; i >= 0; i -= 3) {
            RespClient.append(
                    pipeline,
                    i % 2 == 0 ? new String[] {"DEL", "key:" + i} : new String[] {"APPEND", "key:" + i, "later"});
            RespClient.append(pipeline, "HSET", "hash:0", "f" + i, "later");
        }
        RespClient.append(pipeline, "SETRANGE", "large", "1000", "later");
        RespClient.append(pipeline, "RENAME", "hash:1", "hash:later");
        RespClient.append(pipeline, "HDEL", "hash:2", "f3");
        RespClient.append(pipeline, "SET", "generation", "later");
    }

    private static void assertLoaded(RespClient client, int generation) throws Exception {
        Await.until("loaded", () -> client.call("INFO", "persistence").contains("\nloading:0\r\n"));
        if (generation == 0) {
            assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
            return;
        }
        assertThat(client.call("GET", "generation")).isEqualTo(RespClient.bulk(Integer.toString(generation)));
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        StringBuilder expected = new StringBuilder();
        RespClient.append(pipeline, "DBSIZE");
        expected.append(':').append(2 + STRINGS + HASHES).append("\r\n");
        RespClient.append(pipeline, "GET", "large");
        expected.append(RespClient.bulk(large(generation)));
        for (int i = 0; i < STRINGS; i++) {
            RespClient.append(pipeline, "GET", "key:" + i);
            expected.append(RespClient.bulk(string(generation, i)));
            if (i % 10 < 2) {
                RespClient.append(pipeline, "PEXPIRETIME", "key:" + i);
                expected.append(':')
                        .append(i % 10 == 0 ? FAR_MS + generation : -1)
                        .append("\r\n");
            }
        }
        for (int i = 0; i < HASHES; i++) {
            RespClient.append(pipeline, "HLEN", "hash:" + i);
            expected.append(':').append(fields(i)).append("\r\n");
            List<String> words = new ArrayList<>(List.of("HMGET", "hash:" + i));
            expected.append('*').append(fields(i)).append("\r\n");
            for (int field = 0; field < fields(i); field++) {
                words.add("f" + field);
                expected.append(RespClient.bulk(string(generation, field)));
            }
            RespClient.append(pipeline, words.toArray(String[]::new));
            RespClient.append(pipeline, "HPEXPIRETIME", "hash:" + i, "FIELDS", "2", "f1", "f2");
            expected.append("*2\r\n:").append(FAR_MS + generation).append("\r\n:-1\r\n");
        }
        client.send(pipeline.toByteArray());
        byte[] replies = client.bytes(expected.length());
        assertThat(new String(replies, StandardCharsets.ISO_8859_1)).isEqualTo(expected.toString());
    }

    // ---- help

    private Path file() {
        return directory.resolve("redistill.snapshot");
    }

    private Path temporary() {
        return directory.resolve("redistill.snapshot.tmp");
    }

    private ServerProcess start(List<String> javaOptions, String... more) throws Exception {
        String[] options = options(directory);
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return ServerProcess.start(javaOptions, all);
    }

    private static String[] options(Path directory) {
        return new String[] {"--shards", "2", "--dir", directory.toString()};
    }
}
