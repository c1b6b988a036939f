// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.LeakWatch;
import io.redistill.network.support.RespClient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many clients at once, and too little memory. */
class ConcurrencyIT {
    @BeforeAll
    static void watch() {
        LeakWatch.install();
    }

    @AfterAll
    static void shouldLeakNothing() throws InterruptedException {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static <T> List<T> inParallel(int threads, Callable<T> task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                tasks.add(task);
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : executor.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldCountExactly(int shards) throws Exception {
        int clients = 100;
        int rounds = 8;
        int pipeline = 25;
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < pipeline; i++) {
            RespClient.append(requests, "INCR", "hot");
            RespClient.append(requests, "INCRBY", "counter:" + i, "3");
        }
        try (TestServer server = TestServer.shards(shards).ringSize(256).start();
                RespClient client = server.connect()) {
            inParallel(clients, () -> {
                try (RespClient own = server.connect()) {
                    long last = 0;
                    for (int round = 0; round < rounds; round++) {
                        own.send(requests.toByteArray());
                        for (int i = 0; i < pipeline; i++) {
                            long value = Long.parseLong(own.reply().substring(1).trim());
                            assertThat(value).isGreaterThan(last);
                            last = value;
                            assertThat(own.reply()).startsWith(":");
                        }
                    }
                    return last;
                }
            });
            assertThat(client.call("GET", "hot")).isEqualTo(RespClient.bulk("" + clients * rounds * pipeline));
            for (int i = 0; i < pipeline; i++) {
                assertThat(client.call("GET", "counter:" + i)).isEqualTo(RespClient.bulk("" + clients * rounds * 3));
            }
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldBeWonOnce(int shards) throws Exception {
        int keys = 200;
        try (TestServer server = TestServer.shards(shards).start()) {
            for (String[] command :
                    new String[][] {{"SET", "", "v", "NX"}, {"SETNX", "", "v"}, {"MSETNX", "", "v", "", "v"}}) {
                List<Integer> wins = inParallel(16, () -> {
                    try (RespClient client = server.connect()) {
                        ByteArrayOutputStream requests = new ByteArrayOutputStream();
                        for (int i = 0; i < keys; i++) {
                            String[] words = command.clone();
                            words[1] = command[0] + i;
                            if (words.length == 5) {
                                words[3] = "other" + i;
                            }
                            RespClient.append(requests, words);
                        }
                        client.send(requests.toByteArray());
                        int won = 0;
                        for (int i = 0; i < keys; i++) {
                            String reply = client.reply();
                            won += reply.equals("+OK\r\n") || reply.equals(":1\r\n") ? 1 : 0;
                        }
                        return won;
                    }
                });
                assertThat(wins.stream().mapToInt(Integer::intValue).sum())
                        .as(command[0])
                        .isEqualTo(keys);
            }
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldFlushUnderLoad(int shards) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (TestServer server = TestServer.shards(shards).ringSize(64).start();
                RespClient flusher = server.connect()) {
            ExecutorService load = Executors.newFixedThreadPool(8);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String prefix = "client" + i + ":";
                running.add(load.submit(() -> writeUntil(server, prefix, stop)));
            }
            try {
                for (int i = 0; i < 40; i++) {
                    assertThat(flusher.call(i % 2 == 0 ? "FLUSHALL" : "FLUSHDB"))
                            .isEqualTo("+OK\r\n");
                    assertThat(flusher.call("DBSIZE")).startsWith(":");
                }
            } finally {
                stop.set(true);
            }
            for (Future<Integer> one : running) {
                assertThat(one.get()).isPositive();
            }
            load.shutdownNow();
            assertThat(flusher.call("FLUSHALL")).isEqualTo("+OK\r\n");
            assertThat(flusher.call("DBSIZE")).isEqualTo(":0\r\n");
        }
    }

    private static int writeUntil(TestServer server, String prefix, AtomicBoolean stop) throws Exception {
        int rounds = 0;
        try (RespClient client = server.connect()) {
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            for (int i = 0; i < 50; i++) {
                RespClient.append(requests, "MSET", prefix + i, "v" + i, prefix + "b" + i, "w");
                RespClient.append(requests, "GET", prefix + i);
                RespClient.append(requests, "SET", prefix + "large", "x".repeat(20_000));
            }
            do {
                client.send(requests.toByteArray());
                for (int i = 0; i < 50; i++) {
                    assertThat(client.reply()).isEqualTo("+OK\r\n");
                    assertThat(client.reply()).isIn("$-1\r\n", RespClient.bulk("v" + i));
                    assertThat(client.reply()).isEqualTo("+OK\r\n");
                }
                rounds++;
            } while (!stop.get());
        }
        return rounds;
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldRefuseWhatNeedsMemoryUntilSomeIsFreed(int shards) throws Exception {
        try (TestServer server = TestServer.shards(shards)
                        .maxMemoryBytes(LargeBlock.usedBytes() + (16 << 20))
                        .start();
                RespClient client = server.connect()) {
            for (int length : new int[] {5000, 100_000}) {
                String value = "x".repeat(length);
                int stored = 0;
                String reply;
                while ((reply = client.call("SET", "key:" + stored, value)).equals("+OK\r\n")) {
                    stored++;
                    assertThat((long) stored * length).isLessThan(32L << 20);
                }
                assertThat(reply).isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
                assertThat((long) stored * length).as("stored").isGreaterThan(4L << 20);
                // The refused value itself took memory while it was received: fill what that leaves.
                int fillers = 0;
                while (client.call("SET", "filler:" + fillers, "x".repeat(500)).equals("+OK\r\n")) {
                    assertThat(fillers++).isLessThan(10_000);
                }
                assertThat(client.call("APPEND", "key:0", "x")).startsWith("-OOM");
                assertThat(client.call("MSET", "a", "b", "c", "d")).startsWith("-OOM");
                assertThat(client.call("GET", "key:0")).isEqualTo(RespClient.bulk(value));
                for (int i = 0; i < stored / 2; i++) {
                    assertThat(client.call("DEL", "key:" + i)).isEqualTo(":1\r\n");
                }
                Await.until(
                        "SET works again", () -> client.call("SET", "a", value).equals("+OK\r\n"));
                assertThat(client.call("GET", "key:" + (stored - 1))).isEqualTo(RespClient.bulk(value));
                assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
            }
        }
    }
}
