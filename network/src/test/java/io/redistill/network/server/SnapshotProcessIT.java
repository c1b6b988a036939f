// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.Await;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots across the ends of processes, wanted and not. */
@Timeout(600)
class SnapshotProcessIT {
    private static final int KILLS = Integer.getInteger("redistill.snapshot.kills", 2);
    private static final int MANY_KILLS = 200;

    @TempDir
    Path directory;

    @Test
    void shouldLoadTheLastCompleteSnapshotWheneverItIsKilled() throws Exception {
        killAndStart(KILLS);
    }

    @Test
    @Tag("slow")
    @Timeout(3600)
    void shouldLoadTheLastCompleteSnapshotHoweverOftenItIsKilled() throws Exception {
        killAndStart(MANY_KILLS);
    }

    private void killAndStart(int kills) throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.next("SnapshotProcessIT"));
        int complete = 0;
        int number = 0;
        for (int kill = 0; kill <= kills; kill++) {
            try (ServerProcess server = start();
                    RespClient client = server.connect()) {
                awaitLoaded(client);
                int loaded = (int) integer(client.call("STRLEN", "generation"));
                assertThat(loaded).as("generation after kill %d", kill).isBetween(complete, number);
                assertWhole(client, loaded);
                complete = loaded;
                if (kill == kills) {
                    return;
                }
                number = loaded + 1;
                write(client, number);
                assertThat(client.call("BGSAVE")).startsWith("+Background");
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(150_000)));
                if (client.call("INFO", "persistence").contains("rdb_saves:1\r\n")) {
                    complete = number;
                }
            } // kills
        }
    }

    /** All keys of a generation are as long as its number. */
    private static void write(RespClient client, int generation) throws IOException {
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        String value = "x".repeat(generation);
        for (int i = 0; i < 5_000; i++) {
            RespClient.append(pipeline, "SET", "key:" + i, value);
        }
        RespClient.append(pipeline, "SET", "generation", value);
        client.send(pipeline.toByteArray());
        for (int i = 0; i <= 5_000; i++) {
            assertThat(client.reply()).isEqualTo("+OK\r\n");
        }
    }

    private static void assertWhole(RespClient client, int generation) throws IOException {
        if (generation == 0) {
            assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
            return;
        }
        assertThat(client.call("DBSIZE")).isEqualTo(":5001\r\n");
        for (int i = 0; i < 5_000; i += 499) {
            assertThat(client.call("STRLEN", "key:" + i)).isEqualTo(":" + generation + "\r\n");
        }
    }

    @Test
    void shouldSaveAtShutdownAndAtSigtermByRule() throws Exception {
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            client.send(RespClient.request("SHUTDOWN", "SAVE"));
            assertThat(client.untilEnd()).isEmpty();
            assertThat(server.exitCode()).isZero();
        }
        try (ServerProcess server = start("--save", "900 1");
                RespClient client = server.connect()) {
            awaitLoaded(client);
            assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            client.call("SET", "b", "2");
            assertThat(server.stop()).isZero();
        }
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            awaitLoaded(client);
            assertThat(client.call("MGET", "a", "b")).isEqualTo("*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
            client.call("SET", "c", "3");
            assertThat(server.stop()).isZero();
        }
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            awaitLoaded(client);
            assertThat(client.call("GET", "c"))
                    .as("without rules nothing is saved at the end")
                    .isEqualTo("$-1\r\n");
        }
    }

    @Test
    void shouldGoOnWhenTheSnapshotOfShutdownFails() throws Exception {
        Files.createDirectory(directory.resolve("redistill.snapshot.tmp"));
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(client.call("SHUTDOWN", "SAVE")).isEqualTo("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
            assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            client.send(RespClient.request("SHUTDOWN", "NOSAVE"));
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void shouldRefuseADamagedFileAndLeaveItAlone() throws Exception {
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
        }
        Path file = directory.resolve("redistill.snapshot");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        refused("redistill.snapshot is refused at offset ", "the checksum is wrong");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        Files.writeString(file, "REDIS0010 and so on");
        refused("redistill snapshot import ");
        try (ServerProcess server = start("--start-empty", "yes");
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
            assertThat(file).doesNotExist();
            try (var files = Files.list(directory)) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .anyMatch(name -> name.startsWith("redistill.snapshot.kept-"));
            }
        }
    }

    private void refused(String... texts) throws Exception {
        try (ServerProcess server = ServerProcess.launch(RedisServer.freePort(), "--dir", directory.toString())) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log()).contains(texts);
        }
    }

    private ServerProcess start(String... more) throws Exception {
        String[] options = new String[more.length + 4];
        System.arraycopy(more, 0, options, 4, more.length);
        options[0] = "--shards";
        options[1] = "2";
        options[2] = "--dir";
        options[3] = directory.toString();
        return ServerProcess.start(options);
    }

    private static void awaitLoaded(RespClient client) throws Exception {
        Await.until("loaded", () -> client.call("INFO", "persistence").contains("\nloading:0\r\n"));
    }

    private static long integer(String reply) {
        return Long.parseLong(reply.substring(1).trim());
    }
}
