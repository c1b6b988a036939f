// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.network.support.Await;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The server as a process: how it starts, refuses to start, and ends. */
class ProcessIT {
    private static final Path THREADS_OF_THIS_PROCESS = Path.of("/proc/self/task");

    @Test
    void shouldAnswerSoonAfterTheStart() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            System.out.println("first PONG after " + server.firstPongMs() + " ms");
            assertThat(server.firstPongMs()).isLessThan(10_000);
            assertThat(server.log()).contains("ready: ", "port " + server.port());
        }
    }

    @Test
    void shouldLeaveNoTraceOfTheWarmUp() throws Exception {
        for (String placement : List.of("fused", "dedicated")) {
            try (ServerProcess server = ServerProcess.startWarm("--shards", "2", "--placement", placement);
                    RespClient client = server.connect()) {
                String info = client.call("INFO", "everything");
                assertThat(info)
                        .contains("connected_clients:1\r\n", "expired_keys:0\r\n", "keyspace_hits:0\r\n")
                        .contains("cmdstat_ping:")
                        .doesNotContain("cmdstat_set:", "cmdstat_echo:", "db0:");
                assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
                assertThat(client.call("CLIENT", "LIST")).containsOnlyOnce("id=");
                assertThat(threadNames(server)).noneMatch(name -> name.startsWith("warm-up"));
            }
        }
    }

    /** Who wants no TCP port gets none, for the moment of a warm-up either. */
    @Test
    void shouldNotWarmUpWithoutATcpPort() throws Exception {
        assumeTrue(Files.exists(THREADS_OF_THIS_PROCESS), "there is no /proc");
        Path socket = Path.of("target", "no-tcp-" + System.nanoTime() + ".sock");
        try (ServerProcess server = ServerProcess.launch(0, "--unixsocket", socket.toString())) {
            Await.until("it is ready", () -> server.log().contains("ready: "));
            long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
            do {
                assertThat(threadNames(server)).noneMatch(name -> name.startsWith("warm-up"));
                Thread.sleep(10);
            } while (System.nanoTime() < endNs);
            assertThat(server.log()).doesNotContain("warmed up");
        }
    }

    /** Empty where the system does not tell. */
    private static List<String> threadNames(ServerProcess server) throws IOException {
        if (!Files.exists(THREADS_OF_THIS_PROCESS)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc", String.valueOf(server.pid()), "task"))) {
            for (Path thread : threads) {
                try {
                    names.add(Files.readString(thread.resolve("comm")).strip());
                } catch (IOException e) {
                    // It has ended meanwhile.
                }
            }
        }
        return names;
    }

    @Test
    void shouldAnswerWhatWasReceivedWhenTerminated() throws Exception {
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            RespClient.append(pipeline, "SET", "k" + i % 100, "v" + i);
            RespClient.append(pipeline, "MGET", "k" + i % 100, "nothing");
            expected.append("+OK\r\n*2\r\n").append(RespClient.bulk("v" + i)).append("$-1\r\n");
        }
        String large = "l".repeat(1 << 20);
        RespClient.append(pipeline, "SET", "large", large);
        expected.append("+OK\r\n");
        for (int i = 0; i < 8; i++) {
            RespClient.append(pipeline, "GET", "large");
            expected.append(RespClient.bulk(large));
        }
        try (ServerProcess server = ServerProcess.start("--shards", "2");
                RespClient client = server.connect()) {
            client.send(pipeline.toByteArray());
            server.terminate();
            assertThat(client.untilEnd()).isEqualTo(expected.toString());
            assertThat(server.exitCode()).isZero();
            assertThat(server.log()).contains("stopping", "stopped").doesNotContain("Exception");
        }
    }

    @Test
    void shouldEndOnShutdown() throws Exception {
        try (ServerProcess server = ServerProcess.start();
                RespClient other = server.connect();
                RespClient client = server.connect()) {
            assertThat(other.call("SET", "a", "1")).isEqualTo("+OK\r\n");
            assertThat(client.call("SHUTDOWN", "SOON")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.send("GET a\r\nSHUTDOWN NOSAVE\r\n").untilEnd()).startsWith("$1\r\n1\r\n");
            assertThat(other.untilEnd()).isEmpty();
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void shouldSayInOneLineThatThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServerProcess server = ServerProcess.launch(taken.getLocalPort(), "--log-level", "error")) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.log())
                    .isEqualTo("redistill: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use\n");
        }
    }

    @Test
    void shouldRefuseAWrongOption() throws Exception {
        for (String[] options : new String[][] {{"--prot", "1"}, {"--shards", "many"}}) {
            try (ServerProcess server = ServerProcess.launch(RedisServer.freePort(), options)) {
                assertThat(server.exitCode()).isEqualTo(1);
                assertThat(server.log())
                        .startsWith("redistill: ")
                        .contains(options[0])
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void shouldNotLoseTheServerToAClientThatResets() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            for (int i = 0; i < 20; i++) {
                RespClient client = server.connect();
                client.send("GET a\r\nINFO\r\nGET a\r\n");
                client.abort();
            }
            try (RespClient client = server.connect()) {
                assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
            } catch (IOException e) {
                throw new AssertionError(server.log(), e);
            }
            assertThat(server.stop()).isZero();
            assertThat(server.log()).doesNotContain("Exception");
        }
    }
}
