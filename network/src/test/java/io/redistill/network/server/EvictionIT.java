// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limit and policy changed while the server runs. */
class EvictionIT {
    private static final int KEYS = 4_000;
    private static final int VALUE_BYTES = 1_000;
    private static final String OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

    private static void config(RespClient client, String name, Object value) throws IOException {
        assertThat(client.call("CONFIG", "SET", name, value.toString())).isEqualTo("+OK\r\n");
    }

    private static void fill(RespClient client, String... options) throws IOException {
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        String value = "v".repeat(VALUE_BYTES);
        for (int i = 0; i < KEYS; i++) {
            String[] words = new String[3 + options.length];
            words[0] = "SET";
            words[1] = "key:" + i;
            words[2] = value;
            System.arraycopy(options, 0, words, 3, options.length);
            RespClient.append(pipeline, words);
        }
        client.send(pipeline.toByteArray());
        for (int i = 0; i < KEYS; i++) {
            assertThat(client.reply()).isEqualTo("+OK\r\n");
        }
    }

    private static int keys(RespClient client) throws IOException {
        return Integer.parseInt(client.call("DBSIZE").substring(1).strip());
    }

    /** What is overshot goes in turns of the shards. */
    private static void assertEvicted(RespClient client) throws Exception {
        Await.until("some have gone", () -> keys(client) < KEYS * 9 / 10);
        assertThat(keys(client)).isGreaterThan(KEYS / 2);
    }

    private static long limit(long bytes) {
        return LargeBlock.usedBytes() + bytes;
    }

    @ParameterizedTest
    @CsvSource({"1, allkeys-lru", "2, allkeys-lfu", "2, allkeys-s3fifo", "1, volatile-random", "2, volatile-ttl"})
    void shouldEvictWhenTheLimitIsLowered(int shards, String policy) throws Exception {
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            fill(client, "EX", "10000");
            config(client, "maxmemory-policy", policy);
            assertThat(keys(client)).isEqualTo(KEYS);
            config(client, "maxmemory", limit(3 << 20));
            // Nothing else is asked of the shards; half of the overshoot that is allowed may stay.
            Await.until(
                    "the shards have evicted", () -> server.server().engine().usedBytes() <= limit(7 << 19));
            assertEvicted(client);
            fill(client, "EX", "10000");
            assertEvicted(client);
            config(client, "maxmemory", "1");
            Await.until("all have gone", () -> keys(client) == 0);
            assertThat(client.call("SET", "a", "1")).isEqualTo(OOM);
            config(client, "maxmemory", "0");
            assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void shouldRefuseAndNotEvictWithoutAPolicy() throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            fill(client);
            config(client, "maxmemory", "100kb");
            assertThat(client.call("CONFIG", "GET", "maxmemory")).contains("102400");
            assertThat(client.call("SET", "a", "1")).isEqualTo(OOM);
            assertThat(client.call("GET", "key:1")).contains("v");
            assertThat(keys(client)).isEqualTo(KEYS);
            // Nothing may go where nothing has a deadline.
            config(client, "maxmemory-policy", "volatile-lru");
            Await.until("that was noticed", () -> client.call("SET", "a", "1").equals(OOM));
            assertThat(keys(client)).isGreaterThanOrEqualTo(KEYS);
            config(client, "maxmemory", "0");
            Await.until("there is room", () -> client.call("SET", "a", "1").equals("+OK\r\n"));
            assertThat(client.call("CONFIG", "GET", "maxmemory")).doesNotContain("\r\n0\r\n");
        }
    }

    /** What a flush has left is freed in slices, and is room all the same. */
    @ParameterizedTest
    @CsvSource({"1, noeviction", "2, noeviction", "1, allkeys-lru", "2, allkeys-lru"})
    void shouldTakeAsMuchAgainAfterAFlush(int shards, String policy) throws Exception {
        int count = 40_000;
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            config(client, "maxmemory-policy", policy);
            config(client, "maxmemory", limit(14 << 20));
            ByteArrayOutputStream sets = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                RespClient.append(sets, "SET", "key:" + i, "v".repeat(200));
            }
            for (int round = 0; round < 3; round++) {
                client.send(sets.toByteArray());
                for (int i = 0; i < count; i++) {
                    assertThat(client.reply()).as("round %d, key %d", round, i).isEqualTo("+OK\r\n");
                }
                assertThat(keys(client)).isEqualTo(count);
                assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
            }
        }
    }

    /** What is beyond the limit is at most what may be overshot and what has come meanwhile: a value of each client. */
    @ParameterizedTest
    @ValueSource(strings = {"allkeys-lru", "allkeys-lfu", "allkeys-s3fifo"})
    void shouldOvershootBoundedlyInABurstOfLargeValues(String policy) throws Exception {
        int clients = 6;
        int valueBytes = 1 << 20;
        String value = "v".repeat(valueBytes);
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            config(client, "maxmemory-policy", policy);
            long limitBytes = limit(32 << 20);
            config(client, "maxmemory", limitBytes);
            ByteArrayOutputStream sets = new ByteArrayOutputStream();
            for (int i = 0; i < 60_000; i++) {
                RespClient.append(sets, "SET", "small:" + i, "v".repeat(400));
            }
            client.send(sets.toByteArray());
            for (int i = 0; i < 60_000; i++) {
                assertThat(client.reply()).isEqualTo("+OK\r\n");
            }
            List<RespClient> busy = new ArrayList<>();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                RespClient one = server.connect();
                busy.add(one);
                ByteArrayOutputStream burst = new ByteArrayOutputStream();
                for (int j = 0; j < 60; j++) {
                    RespClient.append(burst, "SET", "large:" + i + ":" + j, value);
                }
                byte[] bytes = burst.toByteArray();
                Thread sender = new Thread(() -> {
                    try {
                        one.send(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                senders.add(sender);
                sender.start();
            }
            long mostBytes = 0;
            while (senders.stream().anyMatch(Thread::isAlive)) {
                mostBytes = Math.max(mostBytes, server.server().engine().usedBytes());
                LockSupport.parkNanos(100_000);
            }
            for (RespClient one : busy) {
                for (int j = 0; j < 60; j++) {
                    assertThat(one.reply()).isEqualTo("+OK\r\n");
                }
                one.close();
            }
            assertThat(mostBytes).isLessThan(limitBytes + (1 << 20) + (clients + 2) * valueBytes);
            Await.until("in balance", () -> server.server().engine().usedBytes() <= limitBytes + (1 << 20));
        }
    }

    @Test
    void shouldFollowEachPolicyInTurn() throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            config(client, "maxmemory", limit(3 << 20));
            for (String policy : new String[] {"allkeys-lru", "allkeys-s3fifo", "allkeys-lfu", "allkeys-s3fifo"}) {
                config(client, "maxmemory-policy", policy);
                config(client, "maxmemory-samples", "10");
                config(client, "lfu-log-factor", "1");
                config(client, "lfu-decay-time", "0");
                fill(client);
                assertEvicted(client);
            }
            assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void shouldRefuseALimitThatTheMachineCannotKeep() throws Exception {
        try (TestServer server =
                        TestServer.shards(1).options("--max-memory", "1mb").start();
                RespClient client = server.connect()) {
            String start =
                    "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be at most ";
            assertThat(client.call("CONFIG", "SET", "maxmemory", "2097153"))
                    .isEqualTo(start + "2097152: no more address space was reserved at start\r\n");
            assertThat(client.call("CONFIG", "SET", "maxmemory", Long.toString(1L << 60)))
                    .startsWith(start)
                    .endsWith(": the Java heap and buffers leave no more memory here\r\n");
            assertThat(client.call("CONFIG", "SET", "maxmemory", "2mb")).isEqualTo("+OK\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "maxmemory, -1, argument must be a memory value",
        "maxmemory, 1x, argument must be a memory value",
        "maxmemory-samples, 0, argument must be between 1 and 2147483647 inclusive",
        "maxmemory-samples, x, argument couldn't be parsed into an integer",
        "lfu-log-factor, -1, argument must be between 0 and 2147483647 inclusive",
        "lfu-decay-time, 2147483648, argument must be between 0 and 2147483647 inclusive",
    })
    void shouldRefuseAsRedisDoes(String name, String value, String reason) throws Exception {
        try (TestServer server = TestServer.shards(1).start();
                RespClient client = server.connect()) {
            String before = client.call("CONFIG", "GET", name);
            assertThat(client.call("CONFIG", "SET", name, value))
                    .isEqualTo("-ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + reason
                            + "\r\n");
            assertThat(client.call("CONFIG", "GET", name)).isEqualTo(before);
        }
    }
}
