// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.connection.ClientLimits;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection promises, over each transport; and what is used where one cannot be had. */
class TransportIT {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAllOfAPipelineAfterTheClientHasEndedItsOutput(Transport transport) throws Exception {
        try (TestServer server = start(transport, ClientLimits.DEFAULT);
                RespClient client = server.connect()) {
            assertThat(client.call("SET", "k", "v".repeat(300))).isEqualTo("+OK\r\n");
            client.send("GET k\r\n".repeat(50_000)).endOutput();
            String expected = RespClient.bulk("v".repeat(300));
            for (int i = 0; i < 50_000; i++) {
                assertThat(client.reply()).isEqualTo(expected);
            }
            assertThat(client.untilEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveAndSendLargeValues(Transport transport) throws Exception {
        Random random = new Random(Seeds.next("TransportIT.shouldReceiveAndSendLargeValues"));
        byte[] value = new byte[20 * MIB + random.nextInt(MIB)];
        random.nextBytes(value);
        long before = LargeBlock.usedBytes();
        try (TestServer server = start(transport, ClientLimits.DEFAULT);
                RespClient client = server.connect()) {
            assertThat(client.call(new byte[][] {{'S', 'E', 'T'}, {'k'}, value}))
                    .isEqualTo("+OK\r\n");
            byte[] reply = client.send(RespClient.request("GET", "k")).replyBytes();
            int head = ("$" + value.length + "\r\n").length();
            assertThat(java.util.Arrays.equals(reply, head, head + value.length, value, 0, value.length))
                    .isTrue();
            try (RespClient vanishing = server.connect()) {
                vanishing.send(RespClient.request("GET", "k")).abort();
            }
            assertThat(client.call("DEL", "k")).isEqualTo(":1\r\n");
            Await.until("its memory is free", () -> LargeBlock.usedBytes() == before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepManyConnectionsApart(Transport transport) throws Exception {
        try (TestServer server = start(transport, ClientLimits.DEFAULT)) {
            List<RespClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(server.connect());
            }
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < clients.size(); i++) {
                    String value = (i + ":" + round).repeat(1 + i % 7 * 100);
                    clients.get(i)
                            .send(RespClient.request("SET", "k" + i, value))
                            .send(RespClient.request("GET", "k" + i));
                }
                for (int i = 0; i < clients.size(); i++) {
                    assertThat(clients.get(i).reply()).isEqualTo("+OK\r\n");
                    assertThat(clients.get(i).reply())
                            .isEqualTo(RespClient.bulk((i + ":" + round).repeat(1 + i % 7 * 100)));
                }
            }
            for (RespClient client : clients) {
                client.close();
            }
            Await.until("all are gone", () -> server.server().clients().count() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDisconnectOnceAClientThatDoesNotRead(Transport transport) throws Exception {
        try (TestServer server = start(transport, new ClientLimits(0, 4 * MIB, 0, 0));
                RespClient client = server.connect();
                RespClient abuser = server.connect()) {
            assertThat(client.call("SET", "k", "v".repeat(10_000))).isEqualTo("+OK\r\n");
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    abuser.send("GET k\r\n".repeat(5_000));
                } catch (java.io.IOException alreadyDisconnected) {
                    assertThat(alreadyDisconnected).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
                }
            });
            Await.until("it is gone", () -> server.server().clients().count() == 1);
            writing.join();
            assertThat(server.server().loops().stream()
                            .mapToLong(ConnectionLoop::outputLimitDisconnections)
                            .sum())
                    .isEqualTo(1);
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    private static TestServer start(Transport transport, ClientLimits limits) throws Exception {
        assumeTrue(transport.isAvailable(), "needs " + transport);
        return TestServer.shards(2).transport(transport).limits(limits).start();
    }

    @ParameterizedTest
    @EnumSource
    void shouldListenOnAUnixSocket(Transport transport) throws Exception {
        assumeTrue(transport.isAvailable(), "needs " + transport);
        Path socket = directory.resolve("s");
        try (TestServer server = TestServer.shards(1)
                .host("")
                .unixSocket(socket, 0700)
                .transport(transport)
                .start()) {
            try (RespClient client = RespClient.connect(socket)) {
                assertThat(client.call("INFO", "server")).contains("multiplexing_api:" + transport.label());
            }
            assertThat(server.server().transportName()).isEqualTo(transport.label());
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void shouldFallBackWithOneWarningWhereNativeLibrariesCannotBeLoaded() throws Exception {
        try (ServerProcess server =
                        ServerProcess.start(List.of("-Dio.netty.transport.noNative=true"), "--transport", "io_uring");
                RespClient client = server.connect()) {
            assertThat(client.call("INFO", "server")).contains("multiplexing_api:nio");
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(server.stop()).isZero();
            assertThat(server.log().lines().filter(line -> line.contains("WARN") && line.contains("transport")))
                    .singleElement()
                    .asString()
                    .contains("transport io_uring cannot be had here: ", "transport epoll cannot be had here: ")
                    .endsWith("; transport nio is used");
        }
    }
}
