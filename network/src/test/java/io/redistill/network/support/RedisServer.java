// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A redis-server of this machine, to ask how it answers. */
public final class RedisServer implements AutoCloseable {
    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one; the test is skipped where there is none, and fails with {@code REDISTILL_REQUIRE_REDIS=1}. */
    public static RedisServer start(String... options) throws Exception {
        require("redis-server");
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--enable-debug-command",
                "yes",
                "--appendonly",
                "no"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        RedisServer server = new RedisServer(process, port);
        try {
            Await.until("redis-server answers", () -> {
                assertThat(process.isAlive()).as("redis-server runs").isTrue();
                try (RespClient client = RespClient.connect(port)) {
                    return !client.call("PING").isEmpty();
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (Throwable e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Skips the test, or fails it where that is asked for, when a program is missing. */
    public static void require(String program) {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        if ("1".equals(System.getenv("REDISTILL_REQUIRE_REDIS"))) {
            assertThat(found).as(program + " is installed").isTrue();
        }
        assumeTrue(found, program + " is not installed");
    }

    /**
     * A port that nobody listens on now, below those that the system gives to clients: one that connects to such a port
     * before anybody listens there may be given that very port and meet itself.
     */
    public static int freePort() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                return probe.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
        throw new IOException("no port from 10000 to 32000 was free in 100 attempts");
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
