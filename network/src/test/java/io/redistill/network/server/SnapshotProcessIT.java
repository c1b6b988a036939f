// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.Await;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots across the ends of processes; {@link SnapshotKillIT} has those that nobody wanted. */
@Timeout(120)
class SnapshotProcessIT {
    /** These servers live for a second: code that is compiled well comes too late for them. */
    private static final List<String> JAVA_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=32m");

    private static final int FIELD_BYTES = 40 << 20;

    @TempDir
    Path directory;

    @Test
    void shouldSaveAtShutdownAndAtSigtermByRule() throws Exception {
        Path inTheWay = Files.createDirectory(directory.resolve("redistill.snapshot.tmp"));
        try (ServerProcess server = start("--snapshot-compression", "yes");
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            // A field for which the JVM has no buffer.
            assertThat(client.call(bytes("HSET"), bytes("hash"), bytes("field"), new byte[FIELD_BYTES]))
                    .isEqualTo(":1\r\n");
            Files.delete(inTheWay);
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            Files.delete(file());
            Files.createDirectory(inTheWay);
            assertThat(client.call("SHUTDOWN", "SAVE")).isEqualTo("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
            assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            assertThat(file()).doesNotExist();
            Files.delete(inTheWay);
            client.send(RespClient.request("SHUTDOWN", "SAVE"));
            assertThat(client.untilEnd()).isEmpty();
            assertThat(server.exitCode()).isZero();
        }
        try (ServerProcess server = start("--save", "900 1");
                RespClient client = server.connect()) {
            awaitLoaded(client);
            assertThat(client.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            assertThat(client.call("HSTRLEN", "hash", "field")).isEqualTo(":" + FIELD_BYTES + "\r\n");
            client.call("DEL", "hash");
            client.call("SET", "b", "2");
            assertThat(server.stop()).isZero();
        }
        byte[] saved = Files.readAllBytes(file());
        try (ServerProcess server = start();
                RespClient client = server.connect()) {
            awaitLoaded(client);
            assertThat(client.call("MGET", "a", "b")).isEqualTo("*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
            client.call("SET", "c", "3");
            assertThat(server.stop()).isZero();
        }
        assertThat(Files.readAllBytes(file()))
                .as("without rules nothing is saved at the end")
                .isEqualTo(saved);
    }

    @Test
    void shouldRefuseADamagedFileAndLeaveItAlone() throws Exception {
        try (TestServer server = TestServer.shards(2)
                        .options("--dir", directory.toString())
                        .file("redistill.snapshot")
                        .start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "1");
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
        }
        byte[] bytes = Files.readAllBytes(file());
        bytes[bytes.length - 1] ^= 1;
        Files.write(file(), bytes);
        Files.writeString(directory.resolve("dump.rdb"), "REDIS0010 and so on");
        Files.createDirectory(directory.resolve("directory"));
        // A length that is wrong, in a file that is longer than what the JVM may take outside of the heap.
        try (RandomAccessFile sparse =
                new RandomAccessFile(directory.resolve("length").toFile(), "rw")) {
            sparse.writeInt(Integer.reverseBytes(1 << 30 | 500 << 20));
            sparse.setLength(600 << 20);
        }
        // All at once, since each has a whole JVM to start.
        try (ServerProcess damaged = launch("redistill.snapshot");
                ServerProcess foreign = launch("dump.rdb");
                ServerProcess wrongLength = launch("length");
                ServerProcess noFile = launch("directory")) {
            assertRefused(damaged, "redistill.snapshot is refused at offset ", "the checksum is wrong");
            assertRefused(foreign, "dump.rdb is refused at offset 0: ", "redistill snapshot import ");
            assertRefused(wrongLength, "length is refused at offset 0: ", "no memory outside of the heap");
            assertRefused(noFile, "directory cannot be loaded: ", "is a directory");
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
        try (ServerProcess server = start("--start-empty", "yes", "--save", "900 1");
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
            try (var files = Files.list(directory)) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .anyMatch(name -> name.startsWith("redistill.snapshot.kept-"));
            }
            client.call("SET", "b", "2");
            client.send(RespClient.request("SHUTDOWN", "NOSAVE"));
            assertThat(server.exitCode()).isZero();
            assertThat(file()).doesNotExist();
        }
    }

    private static void assertRefused(ServerProcess server, String... texts) throws Exception {
        assertThat(server.exitCode()).isEqualTo(1);
        assertThat(server.log()).contains(texts);
    }

    private ServerProcess launch(String file) throws IOException {
        return ServerProcess.launch(
                JAVA_OPTIONS, RedisServer.freePort(), "--dir", directory.toString(), "--dbfilename", file);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Path file() {
        return directory.resolve("redistill.snapshot");
    }

    private ServerProcess start(String... more) throws Exception {
        String[] options = new String[more.length + 4];
        System.arraycopy(more, 0, options, 4, more.length);
        options[0] = "--shards";
        options[1] = "2";
        options[2] = "--dir";
        options[3] = directory.toString();
        return ServerProcess.start(JAVA_OPTIONS, options);
    }

    private static void awaitLoaded(RespClient client) throws Exception {
        Await.until("loaded", () -> client.call("INFO", "persistence").contains("\nloading:0\r\n"));
    }
}
