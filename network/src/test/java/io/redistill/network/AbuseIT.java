// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.connection.ClientLimits;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that mean no good, or are broken: the server stays, others are served, and nothing of theirs is kept. */
class AbuseIT {
    private static final int MIB = 1 << 20;

    @ParameterizedTest(name = "dedicated={0}")
    @ValueSource(booleans = {false, true})
    void shouldServeOthersWhileGarbageComes(boolean dedicated) throws Exception {
        Random random = new Random(Seeds.next("AbuseIT.shouldServeOthersWhileGarbageComes"));
        TestServer.Builder builder = TestServer.shards(2).ringSize(64);
        try (TestServer server = dedicated ? builder.dedicated(1).start() : builder.start();
                RespClient other = server.connect()) {
            assertThat(other.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            for (int i = 0; i < 300; i++) {
                try (Socket abuser = connect(server)) {
                    abuser.getOutputStream().write(garbage(random));
                    if (random.nextBoolean()) {
                        abuser.setSoLinger(true, 0); // gone with a reset
                    }
                } catch (IOException hungUpOnUs) {
                    continue;
                } finally {
                    assertThat(other.call("GET", "k")).isEqualTo(RespClient.bulk("v"));
                }
            }
            Await.until(
                    "only one client is left", () -> server.server().clients().count() == 1);
            assertThat(sum(server, ConnectionLoop::faults)).isZero();
        }
    }

    private static byte[] garbage(Random random) {
        byte[] bytes;
        switch (random.nextInt(4)) {
            case 0 -> {
                bytes = new byte[1 + random.nextInt(3000)];
                random.nextBytes(bytes);
            }
            case 1 -> bytes = ascii("*" + random.nextInt() + "\r\n$" + random.nextInt() + "\r\nGET\r\n");
            case 2 -> bytes = ascii("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$" + (20_000 + random.nextInt(MIB)) + "\r\nshort");
            default -> {
                bytes = ascii("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".repeat(20));
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
        }
        return bytes;
    }

    @Test
    void shouldTakeTheLargestValueAndRefuseOneByteMore() throws Exception {
        byte[] piece = new byte[MIB];
        new Random(1).nextBytes(piece);
        long before = LargeBlock.usedBytes();
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + (512 << 20) + "\r\n");
            for (int i = 0; i < 512; i++) {
                client.send(piece);
            }
            assertThat(client.send("\r\n").reply()).isEqualTo("+OK\r\n");
            assertThat(client.call("STRLEN", "k")).isEqualTo(":" + (512 << 20) + "\r\n");
            assertThat(client.call("APPEND", "k", "x"))
                    .isEqualTo("-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n");
            client.send(RespClient.request("GET", "k"));
            assertThat(client.bytes(12)).isEqualTo(ascii("$" + (512 << 20) + "\r\n"));
            for (int i = 0; i < 512; i++) {
                assertThat(Arrays.equals(client.bytes(MIB), piece)).isTrue();
            }
            assertThat(client.bytes(2)).isEqualTo(ascii("\r\n"));
            assertThat(client.call("DEL", "k")).isEqualTo(":1\r\n");
            Await.until("its memory is free", () -> LargeBlock.usedBytes() == before);
            client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + ((512 << 20) + 1) + "\r\n");
            assertThat(client.untilEnd()).isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
        }
    }

    @Test
    void shouldDisconnectThoseWhoDoNotReadBeforeTheirRepliesTakeAllMemory() throws Exception {
        long before = LargeBlock.usedBytes();
        long direct = PlatformDependent.usedDirectMemory();
        try (TestServer server =
                        TestServer.shards(2).maxMemoryBytes(before + 64 * MIB).start();
                RespClient other = server.connect()) {
            String value = "v".repeat(10_000);
            assertThat(other.call("SET", "k", value)).isEqualTo("+OK\r\n");
            byte[] requests = ascii("GET k\r\n".repeat(5_000));
            List<Socket> abusers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Socket abuser = connect(server);
                abusers.add(abuser);
                try {
                    abuser.getOutputStream().write(requests);
                } catch (IOException alreadyDisconnected) {
                    continue;
                }
            }
            Await.until("most of them are gone", () -> sum(server, ConnectionLoop::outputLimitDisconnections) >= 6);
            assertThat(LargeBlock.usedBytes() - before).isLessThan(70 * MIB);
            assertThat(PlatformDependent.usedDirectMemory() - direct).isLessThan(64 * MIB);
            assertThat(other.call("GET", "k")).isEqualTo(RespClient.bulk(value));
            for (Socket abuser : abusers) {
                abuser.close();
            }
            Await.until("all of it is free", () -> LargeBlock.usedBytes() == before);
            assertThat(other.call("SET", "k", "v")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void shouldCountAnnouncedBytesOnlyWhenTheyArrive() throws Exception {
        long before = LargeBlock.usedBytes();
        try (TestServer server =
                        TestServer.shards(1).maxMemoryBytes(before + 64 * MIB).start();
                RespClient other = server.connect()) {
            List<Socket> liars = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket liar = connect(server);
                liar.getOutputStream()
                        .write(ascii("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$500000000\r\n" + "x".repeat(100_000)));
                liars.add(liar);
            }
            Await.until("what was sent has arrived", () -> LargeBlock.usedBytes() - before >= 20 * 100_000);
            assertThat(LargeBlock.usedBytes() - before).isLessThan(3 * MIB);
            assertThat(other.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            for (Socket liar : liars) {
                liar.close();
            }
            Await.until("all of it is free", () -> LargeBlock.usedBytes() == before);
        }
    }

    @Test
    void shouldDisconnectAClientThatDoesNotReadPastTheHardLimit() throws Exception {
        try (TestServer server = TestServer.shards(1)
                        .limits(new ClientLimits(0, 4 * MIB, 0, 0))
                        .start();
                RespClient other = server.connect();
                Socket abuser = connect(server)) {
            String value = "v".repeat(10_000);
            assertThat(other.call("SET", "k", value)).isEqualTo("+OK\r\n");
            byte[] requests = ascii("GET k\r\n".repeat(5_000));
            try {
                abuser.getOutputStream().write(requests);
            } catch (IOException alreadyDisconnected) {
                assertThat(alreadyDisconnected).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
            }
            Await.until("it is gone", () -> server.server().clients().count() == 1);
            assertThat(sum(server, ConnectionLoop::outputLimitDisconnections)).isEqualTo(1);
            assertThat(other.call("GET", "k")).isEqualTo(RespClient.bulk(value));
        }
    }

    @Test
    void shouldDisconnectAClientThatStaysPastTheSoftLimit() throws Exception {
        try (TestServer server = TestServer.shards(1)
                        .limits(new ClientLimits(0, 0, MIB, 1))
                        .start();
                RespClient other = server.connect();
                Socket abuser = connect(server)) {
            assertThat(other.call("SET", "k", "v".repeat(10_000))).isEqualTo("+OK\r\n");
            abuser.getOutputStream().write(ascii("GET k\r\n".repeat(2_000)));
            assertThat(server.server().clients().count()).isEqualTo(2);
            // It says nothing more, and so gets nothing more: the clock alone ends it.
            Await.until("it is gone", () -> server.server().clients().count() == 1);
            assertThat(sum(server, ConnectionLoop::outputLimitDisconnections)).isEqualTo(1);
        }
    }

    @Test
    void shouldDisconnectAClientWhoseRequestDoesNotEnd() throws Exception {
        try (TestServer server = TestServer.shards(1)
                        .limits(new ClientLimits(2 * MIB, 0, 0, 0))
                        .start();
                RespClient other = server.connect()) {
            for (String argument : List.of("$1000\r\n" + "x".repeat(1000) + "\r\n", largeArgument())) {
                long before = sum(server, ConnectionLoop::queryLimitDisconnections);
                try (Socket abuser = connect(server)) {
                    abuser.getOutputStream().write(ascii("*100000\r\n$4\r\nMGET\r\n"));
                    byte[] bytes = ascii(argument);
                    for (int sent = 0; sent < 64 * MIB; sent += bytes.length) {
                        abuser.getOutputStream().write(bytes);
                    }
                } catch (IOException disconnected) {
                    assertThat(disconnected).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
                }
                Await.until("it is gone", () -> server.server().clients().count() == 1);
                assertThat(sum(server, ConnectionLoop::queryLimitDisconnections))
                        .isEqualTo(before + 1);
            }
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    private static String largeArgument() {
        return "$100000\r\n" + "x".repeat(100_000) + "\r\n";
    }

    @Test
    void shouldSurviveAStormOfConnections() throws Exception {
        try (TestServer server = TestServer.shards(2).maxConnections(500).start();
                RespClient other = server.connect()) {
            for (int round = 0; round < 3; round++) {
                long refused = server.server().clients().rejectedCount();
                List<Socket> storm = new ArrayList<>();
                for (int i = 0; i < 600; i++) {
                    storm.add(connect(server));
                }
                assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
                Await.until(
                        "those beyond the limit are refused",
                        () -> server.server().clients().rejectedCount() - refused == 101);
                for (Socket socket : storm) {
                    socket.close();
                }
                Await.until(
                        "only one client is left",
                        () -> server.server().clients().count() == 1);
            }
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void shouldNotRunOutOfHeapWhenManyHaveMuchToSayAtOnce() throws Exception {
        try (ServerProcess server = ServerProcess.start(List.of("-Xmx48m"), "--shards", "2")) {
            List<Socket> clients = new ArrayList<>();
            // Batches for all of it at once would take 300 MiB.
            byte[] requests = ascii("PING\r\nGET nothing\r\n".repeat(3_000));
            for (int i = 0; i < 200; i++) {
                clients.add(connect(server.port()));
            }
            server.signal("STOP");
            for (Socket client : clients) {
                client.getOutputStream().write(requests);
            }
            server.signal("CONT");
            byte[] replies = ascii("+PONG\r\n$-1\r\n".repeat(3_000));
            for (Socket client : clients) {
                client.setSoTimeout(30_000);
                assertThat(Arrays.equals(client.getInputStream().readNBytes(replies.length), replies))
                        .as(server.log())
                        .isTrue();
                client.close();
            }
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void shouldDisconnectAClientForWhoseRepliesThereIsNoMemory() throws Exception {
        try (ServerProcess server = ServerProcess.start(List.of("-Xmx64m"), "--shards", "2");
                RespClient other = server.connect()) {
            String value = "v".repeat(1000);
            for (int i = 0; i < 1000; i++) {
                assertThat(other.call("HSET", "k", "field:" + i, value)).isEqualTo(":1\r\n");
            }
            int gone = 0;
            for (String requests : List.of("HGETALL k\r\n", "HGETALL k\r\nPING\r\n", "COMMAND DOCS\r\n")) {
                gone++;
                String counted = "client_output_buffer_limit_disconnections:" + gone + "\r\n";
                try (Socket abuser = connect(server.port())) {
                    abuser.getOutputStream().write(ascii(requests.repeat(2000)));
                    Await.until(
                            "it is gone, others are served",
                            () -> other.call("INFO", "clients").contains("connected_clients:1\r\n")
                                    && other.call("INFO", "stats").contains(counted));
                }
                assertThat(other.call("HGET", "k", "field:7")).isEqualTo(RespClient.bulk(value));
            }
            assertThat(other.call("INFO", "stats")).contains("internal_errors:0\r\n");
            other.send(RespClient.request("HGETALL", "k"));
            assertThat(other.reply()).startsWith("*2000\r\n");
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static long sum(TestServer server, ToLongFunction<ConnectionLoop> counter) {
        return server.server().loops().stream().mapToLong(counter).sum();
    }

    private static Socket connect(TestServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
