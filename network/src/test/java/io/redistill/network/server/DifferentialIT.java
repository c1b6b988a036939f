// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.engine.shard.WaitMode;
import io.redistill.network.Transport;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random command streams go into this server and into redis-server 7.0; every reply must be the same, byte for
 * byte, except as {@link ReplyCheck} says.
 *
 * <p>Each configuration is driven twice: by one connection alone, which uses commands on the whole keyspace as well, and
 * by four at once, each with keys of its own. All switch between RESP2 and RESP3 as they go.
 *
 * <p>The seed is printed; {@code -Dredistill.seed=N} replays it. {@code -Dredistill.differential.commands=N} sets the
 * number of commands of the long runs, over all configurations.
 */
final class DifferentialIT {
    private static final int CONFIGURATIONS = 9;
    private static final int SAMPLE_COMMANDS = 15_400;
    private static final int LONG_COMMANDS = Integer.getInteger("redistill.differential.commands", 2_000_000);
    private static final int CONNECTIONS = 4;
    private static final long SEED = Seeds.next("DifferentialIT");

    private static RedisServer redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    @ParameterizedTest(name = "{0} shards, rings of {1}")
    @CsvSource({"1,2", "1,8", "1,4096", "2,2", "2,8", "2,4096", "4,2", "4,8", "4,4096"})
    void repliesAreThoseOfRedis(int shards, int ringSize) throws Exception {
        drive(fused(shards, ringSize), shards, ringSize, SAMPLE_COMMANDS);
    }

    @ParameterizedTest(name = "dedicated, {0} shards, rings of {1}, {2} loops, {3}")
    @CsvSource({"1,4096,1,PARK", "2,2,2,PARK", "2,8,1,YIELD", "4,8,2,PARK", "1,8,1,SPIN"})
    void repliesAreThoseOfRedisInDedicatedPlacement(int shards, int ringSize, int loops, WaitMode wait)
            throws Exception {
        // Threads that spin leave the servers and clients of a small machine waiting for each other.
        int commands = SAMPLE_COMMANDS / (wait == WaitMode.SPIN ? 10 : 2);
        drive(fused(shards, ringSize).dedicated(loops).waitMode(wait), shards, ringSize, commands);
    }

    @ParameterizedTest(name = "{0}, {1} shards, dedicated {2}")
    @CsvSource({"IO_URING,1,false", "IO_URING,2,true", "NIO,2,false", "NIO,1,true"})
    void repliesAreThoseOfRedisOverEveryTransport(Transport transport, int shards, boolean dedicated) throws Exception {
        assumeTrue(transport.isAvailable(), "needs " + transport);
        TestServer.Builder server = fused(shards, 64).transport(transport);
        drive(dedicated ? server.dedicated(2) : server, shards, 64, SAMPLE_COMMANDS / 2);
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void repliesAreThoseOfRedisForLongInEveryShape(Shape shape) throws Exception {
        assumeTrue(shape.transport.isAvailable(), "needs " + shape.transport);
        TestServer.Builder server =
                fused(shape.shards, 8).waitMode(shape.waitMode).transport(shape.transport);
        drive(shape.dedicated ? server.dedicated(2) : server, shape.shards, 8, LONG_COMMANDS / 50);
    }

    private static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            for (boolean dedicated : new boolean[] {false, true}) {
                for (WaitMode wait : WaitMode.values()) {
                    for (int shards = 1; shards <= 4; shards *= 2) {
                        shapes.add(new Shape(transport, dedicated, wait, shards));
                    }
                }
            }
        }
        return shapes;
    }

    private record Shape(Transport transport, boolean dedicated, WaitMode waitMode, int shards) {}

    @Tag("slow")
    @ParameterizedTest(name = "{0} shards, rings of {1}")
    @CsvSource({"1,2", "1,8", "1,4096", "2,2", "2,8", "2,4096", "4,2", "4,8", "4,4096"})
    void repliesAreThoseOfRedisForLong(int shards, int ringSize) throws Exception {
        drive(fused(shards, ringSize), shards, ringSize, LONG_COMMANDS / CONFIGURATIONS);
    }

    private static TestServer.Builder fused(int shards, int ringSize) {
        return TestServer.shards(shards).ringSize(ringSize);
    }

    private static void drive(TestServer.Builder server, int shards, int ringSize, int commands) throws Exception {
        long seed = SEED * 31 + shards * 8191L + ringSize;
        try (TestServer ours = server.seed(seed).start()) {
            alone(ours, seed, commands / 3);
            together(ours, seed, commands - commands / 3);
            for (int i = 0; i < shards; i++) {
                assertThat(ours.server().engine().shard(i).lastInternalError())
                        .as("exception in shard " + i)
                        .isNull();
            }
        }
    }

    private static void alone(TestServer ours, long seed, int commands) throws Exception {
        flushRedis();
        run(ours, new RequestStream(seed, "", true), "alone", commands);
    }

    private static void together(TestServer ours, long seed, int commands) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                String name = "c" + i;
                RequestStream stream = new RequestStream(seed + 1 + i, name + ":", false);
                running.add(threads.submit(() -> {
                    run(ours, stream, name, commands / CONNECTIONS);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static void run(TestServer ours, RequestStream stream, String name, int commands)
            throws IOException, InterruptedException {
        try (DifferentialSession session = new DifferentialSession(stream, ours.port(), redis.port())) {
            List<String> mismatches = session.run(commands);
            assertThat(mismatches.isEmpty())
                    .as(() ->
                            "connection " + name + ", -Dredistill.seed=" + SEED + "\n" + String.join("\n", mismatches))
                    .isTrue();
            assertThat(session.steps()).isGreaterThanOrEqualTo(commands);
        }
    }

    private static void flushRedis() throws IOException {
        try (var socket = DifferentialSession.connect(redis.port())) {
            socket.getOutputStream().write(RequestStream.bytes("FLUSHALL\r\n"));
            assertThat(new ReplyReader(socket.getInputStream()).next()).isEqualTo(RequestStream.bytes("+OK\r\n"));
        }
    }
}
