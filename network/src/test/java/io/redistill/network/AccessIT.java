// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may connect, where, and what they may do before they have authenticated. */
class AccessIT {
    private static final String NOAUTH = "-NOAUTH Authentication required.\r\n";
    private static final String WRONGPASS = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

    @TempDir
    Path directory;

    @Test
    void shouldRefuseOneConnectionTooMany() throws Exception {
        try (TestServer server = TestServer.shards(2).maxConnections(2).start();
                RespClient first = server.connect();
                RespClient second = server.connect()) {
            assertThat(first.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(second.call("PING")).isEqualTo("+PONG\r\n");
            try (RespClient third = server.connect()) {
                assertThat(third.untilEnd()).isEqualTo("-ERR max number of clients reached\r\n");
            }
            second.abort();
            Await.until("there is room again", () -> server.server().clients().count() == 1);
            try (RespClient third = server.connect()) {
                assertThat(third.call("PING")).isEqualTo("+PONG\r\n");
            }
            assertThat(server.server().clients().rejectedCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseConnectionsThatAreIdleForTooLong() throws Exception {
        try (TestServer server = TestServer.shards(1).idleTimeoutSeconds(1).start();
                RespClient idle = server.connect()) {
            assertThat(idle.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(idle.untilEnd()).isEmpty();
        }
    }

    @Test
    void shouldAskForThePassword() throws Exception {
        try (TestServer server = TestServer.shards(2).password("secret").start();
                RespClient client = server.connect()) {
            assertThat(client.call("GET", "a")).isEqualTo(NOAUTH);
            assertThat(client.call("PING")).isEqualTo(NOAUTH);
            assertThat(client.call("INFO")).isEqualTo(NOAUTH);
            assertThat(client.call("HELLO")).startsWith("-NOAUTH HELLO must be called");
            assertThat(client.call("HELLO", "3")).startsWith("-NOAUTH HELLO must be called");
            assertThat(client.call("AUTH", "wrong")).isEqualTo(WRONGPASS);
            assertThat(client.call("AUTH", "nobody", "secret")).isEqualTo(WRONGPASS);
            assertThat(client.call("HELLO", "3", "AUTH", "default", "wrong")).isEqualTo(WRONGPASS);
            assertThat(client.call("GET", "a")).isEqualTo(NOAUTH);
            // In one pipeline: each command sees what those before it did.
            client.send("GET a\r\nAUTH secret\r\nSET a 1\r\nRESET\r\nGET a\r\nAUTH default secret\r\nGET a\r\n");
            assertThat(client.reply()).isEqualTo(NOAUTH);
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.reply()).isEqualTo("+RESET\r\n");
            assertThat(client.reply()).isEqualTo(NOAUTH);
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.reply()).isEqualTo("$1\r\n1\r\n");
            try (RespClient other = server.connect()) {
                assertThat(other.call("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me"))
                        .startsWith("%7\r\n");
                assertThat(other.call("CLIENT", "GETNAME")).isEqualTo("$2\r\nme\r\n");
                assertThat(other.call("GET", "nothing")).isEqualTo("_\r\n");
                assertThat(other.call("HELLO", "2")).startsWith("*14\r\n");
                assertThat(other.call("GET", "nothing")).isEqualTo("$-1\r\n");
            }
            try (RespClient quitter = server.connect()) {
                assertThat(quitter.send("QUIT\r\n").untilEnd()).isEqualTo("+OK\r\n");
            }
        }
    }

    @Test
    void shouldTakeLittleFromStrangers() throws Exception {
        try (TestServer server = TestServer.shards(1).password("secret").start()) {
            try (RespClient client = server.connect()) {
                assertThat(client.send("*11\r\n").untilEnd())
                        .isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
            }
            try (RespClient client = server.connect()) {
                assertThat(client.send("*2\r\n$4\r\nAUTH\r\n$16385\r\n").untilEnd())
                        .isEqualTo("-ERR Protocol error: unauthenticated bulk length\r\n");
            }
            try (RespClient client = server.connect()) {
                assertThat(client.call("AUTH", "secret")).isEqualTo("+OK\r\n");
                assertThat(client.call("SET", "a", "x".repeat(20_000))).isEqualTo("+OK\r\n");
            }
        }
    }

    @Test
    void shouldSayThatThereIsNoPassword() throws Exception {
        try (TestServer server = TestServer.shards(1).start();
                RespClient client = server.connect()) {
            assertThat(client.call("AUTH", "x"))
                    .startsWith("-ERR AUTH <password> called without any password configured for the default user.");
            assertThat(client.call("AUTH", "default", "x")).isEqualTo("+OK\r\n");
            assertThat(client.call("AUTH", "other", "x")).isEqualTo(WRONGPASS);
        }
    }

    @Test
    void shouldServeAUnixSocket() throws Exception {
        Path path = directory.resolve("redis.sock");
        try (TestServer server =
                        TestServer.shards(2).host("").unixSocket(path, 0_640).start();
                RespClient client = RespClient.connect(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-r-----");
            String large = "x".repeat(200_000);
            assertThat(client.call("SET", "a", large)).isEqualTo("+OK\r\n");
            assertThat(client.call("GET", "a")).isEqualTo(RespClient.bulk(large));
            assertThat(client.call("CLIENT", "LIST")).contains("addr=" + path + ":0");
            assertThat(client.send("GET b\r\nINFO\r\nGET b\r\n").endOutput().untilEnd())
                    .startsWith("$-1\r\n$")
                    .endsWith("$-1\r\n");
            assertThat(server.port()).isZero();
        }
        assertThat(path).doesNotExist();
    }

    /** Also beside a TCP listener, which is bound first. */
    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1"})
    void shouldReplaceAStaleSocketFileOnly(String host) throws Exception {
        Path path = directory.resolve("redis.sock");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() ->
                            TestServer.shards(1).host(host).unixSocket(path, 0).start())
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on " + path + ": Address already in use");
        }
        assertThat(path).exists();
        try (TestServer server =
                        TestServer.shards(1).host(host).unixSocket(path, 0).start();
                RespClient client = RespClient.connect(path)) {
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(server.server().clients().count()).isEqualTo(1);
        }
        Files.writeString(path, "precious");
        assertThatThrownBy(() ->
                        TestServer.shards(1).host(host).unixSocket(path, 0).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a file that is no socket is in the way");
        assertThat(path).hasContent("precious");
    }

    @Test
    void shouldServeIpv6() throws Exception {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            assertThat(probe.getLocalPort()).isPositive();
        } catch (IOException e) {
            assumeTrue(false, "no IPv6 on this machine");
        }
        try (TestServer server = TestServer.shards(1).host("::1").start();
                RespClient client = RespClient.connect("::1", server.port())) {
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(client.call("CLIENT", "LIST")).contains("laddr=[0:0:0:0:0:0:0:1]:" + server.port());
        }
    }
}
