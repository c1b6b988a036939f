// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** INFO memory and MEMORY: what they say, and that it is true. */
@Timeout(120)
class MemoryIT {
    private static final int KEYS = 3_000;
    private static final int PIPELINE = 500;

    private static Map<String, String> info(RespClient client) throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line : client.call("INFO", "memory").split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return fields;
    }

    private static long number(Map<String, String> info, String field) {
        return Long.parseLong(info.get(field));
    }

    @Test
    void shouldHoldNothingAfterEverythingWasDeleted() throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.next("MemoryIT"));
        long othersBytes = LargeBlock.usedBytes();
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            change(client, random, 60_000, KEYS);
            assertThat(number(info(client), "used_memory_dataset") - othersBytes)
                    .isPositive();
            deleteAll(client, KEYS);
            // Large hashes are freed in slices.
            Await.until("nothing is left", () -> number(info(client), "used_memory_dataset") == othersBytes);
            assertThat(client.call("MEMORY", "PURGE")).isEqualTo("+OK\r\n");
            Map<String, String> info = info(client);
            assertThat(number(info, "arena_held_bytes")).isZero();
            assertThat(number(info, "arena_used_bytes")).isZero();
            assertThat(number(info, "used_memory_index") + number(info, "used_memory_expiry"))
                    .isLessThan(2 << 20);
            assertThat(number(info, "allocator_resident") - othersBytes).isLessThan(1 << 20);
        }
    }

    /** In a process of its own, since its resident size is looked at. */
    @Test
    @Tag("slow")
    @Timeout(600)
    void shouldGiveMemoryBackToTheSystemAfterEverythingWasDeleted() throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.next("MemoryIT resident"));
        try (ServerProcess server = ServerProcess.start("--shards", "2");
                RespClient client = server.connect()) {
            change(client, random, 200_000, KEYS);
            deleteAll(client, KEYS);
            long warmBytes = purgedBytes(server, client);
            int keys = 50 * KEYS;
            change(client, random, 1_000_000, keys);
            long fullBytes = server.residentBytes();
            deleteAll(client, keys);
            assertThat(purgedBytes(server, client))
                    .as("resident: warm %d, full %d bytes", warmBytes, fullBytes)
                    .isLessThan(warmBytes + warmBytes / 10 + (32 << 20));
            assertThat(fullBytes - warmBytes).as("what there was to give").isGreaterThan(64 << 20);
            Map<String, String> info = info(client);
            assertThat(number(info, "used_memory_dataset")).isZero();
            assertThat(number(info, "used_memory_index")
                            + number(info, "used_memory_expiry")
                            + number(info, "arena_held_bytes"))
                    .isLessThan(2 << 20);
        }
    }

    private static long purgedBytes(ServerProcess server, RespClient client) throws Exception {
        Await.until("nothing is left", () -> number(info(client), "used_memory_dataset") == 0);
        assertThat(client.call("MEMORY", "PURGE")).isEqualTo("+OK\r\n");
        return server.residentBytes();
    }

    private static void change(RespClient client, SplittableRandom random, int operations, int keys)
            throws IOException {
        for (int sent = 0; sent < operations; sent += PIPELINE) {
            ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
            for (int i = 0; i < PIPELINE; i++) {
                change(random, keys, pipeline);
            }
            client.send(pipeline.toByteArray());
            for (int i = 0; i < PIPELINE; i++) {
                assertThat(client.reply()).doesNotStartWith("-OOM").doesNotStartWith("-ERR internal");
            }
        }
    }

    private static void deleteAll(RespClient client, int keys) throws IOException {
        for (int sent = 0; sent < keys; sent += PIPELINE) {
            ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
            for (int key = sent; key < sent + PIPELINE; key++) {
                RespClient.append(pipeline, "DEL", "key:" + key);
            }
            client.send(pipeline.toByteArray());
            for (int i = 0; i < PIPELINE; i++) {
                client.reply();
            }
        }
        assertThat(client.call("DBSIZE")).isEqualTo(":0\r\n");
    }

    /** One command of any kind on any key. */
    private static void change(SplittableRandom random, int keys, ByteArrayOutputStream pipeline) {
        String key = "key:" + random.nextInt(keys);
        int length = 1 << random.nextInt(random.nextInt(50) == 0 ? 17 : 11);
        switch (random.nextInt(10)) {
            case 0 -> RespClient.append(pipeline, "DEL", key);
            case 1 -> RespClient.append(pipeline, "PEXPIRE", key, String.valueOf(1 + random.nextInt(100_000)));
            case 2 -> RespClient.append(pipeline, "APPEND", key, "x".repeat(length));
            case 3 -> RespClient.append(pipeline, "INCR", "key:" + random.nextInt(keys / 10));
            case 4 ->
                RespClient.append(pipeline, "HSET", key, "field:" + random.nextInt(100), "x".repeat(length & 0x3ff));
            case 5 -> RespClient.append(pipeline, "HPEXPIRE", key, "1000", "FIELDS", "1", "field:1");
            case 6 -> RespClient.append(pipeline, "SETEX", key, "100", "x".repeat(length));
            default -> RespClient.append(pipeline, "SET", key, "x".repeat(length));
        }
    }

    @Test
    void shouldReportWhatIsUsedWhereRedisDoes() throws Exception {
        long othersBytes = LargeBlock.usedBytes();
        try (TestServer server = TestServer.shards(1).start();
                RespClient client = server.connect()) {
            Map<String, String> before = info(client);
            for (int i = 0; i < 100; i++) {
                client.call("SET", "key:" + i, "x".repeat(100));
            }
            client.call("SETEX", "large", "1000", "x".repeat(100_000));
            Map<String, String> info = info(client);
            assertThat(info)
                    .containsKeys(
                            "used_memory_human",
                            "used_memory_rss",
                            "used_memory_peak_human",
                            "used_memory_peak_perc",
                            "used_memory_overhead",
                            "used_memory_startup",
                            "used_memory_dataset_perc",
                            "allocator_frag_ratio",
                            "allocator_rss_bytes",
                            "total_system_memory_human",
                            "mem_fragmentation_ratio",
                            "mem_fragmentation_bytes",
                            "mem_clients_normal",
                            "active_defrag_running",
                            "lazyfree_pending_objects");
            long datasetBytes = number(info, "used_memory_dataset") - othersBytes;
            // Header of eight bytes, key, value; a size class may add an eighth.
            assertThat(datasetBytes).isBetween(100 * 114L + 100_000, 100 * 136L + 100_200);
            assertThat(number(info, "used_memory"))
                    .isEqualTo(number(info, "used_memory_dataset") + number(info, "used_memory_overhead"));
            assertThat(number(info, "used_memory") - number(before, "used_memory"))
                    .isGreaterThan(datasetBytes);
            assertThat(number(info, "used_memory_index")).isPositive();
            assertThat(number(info, "used_memory_expiry")).isPositive();
            assertThat(number(info, "used_memory_peak")).isGreaterThanOrEqualTo(number(info, "used_memory"));
            assertThat(number(info, "allocator_active")).isGreaterThanOrEqualTo(number(info, "allocator_allocated"));
            assertThat(number(info, "allocator_resident")).isGreaterThanOrEqualTo(number(info, "allocator_active"));
            assertThat(number(info, "maxmemory")).isEqualTo(1L << 30);
            assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
            Await.until("flushed", () -> number(info(client), "lazyfree_pending_objects") == 0);
            assertThat(number(info(client), "used_memory_peak")).isGreaterThanOrEqualTo(number(info, "used_memory"));
        }
    }

    @Test
    void shouldAnswerMemoryAsRedisDoes() throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                RespClient client = server.connect()) {
            client.call("SET", "a", "x".repeat(100));
            client.call("SET", "large", "x".repeat(100_000));
            for (int i = 0; i < 200; i++) {
                client.call("HSET", "hash", "field:" + i, "x".repeat(100));
            }
            assertThat(client.call("MEMORY", "USAGE", "nothing")).isEqualTo("$-1\r\n");
            assertThat(usage(client, "a")).isBetween(109L, 130L);
            assertThat(usage(client, "large")).isBetween(100_024L, 100_100L);
            long hashBytes = usage(client, "hash", "SAMPLES", "0");
            assertThat(hashBytes).isBetween(200 * 125L, 200 * 160L);
            assertThat(usage(client, "hash")).isBetween(hashBytes * 9 / 10, hashBytes * 11 / 10);
            assertThat(client.call("MEMORY", "USAGE", "a", "SAMPLES")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.call("MEMORY", "USAGE", "a", "SAMPLES", "-1")).isEqualTo("-ERR syntax error\r\n");
            assertThat(client.call("MEMORY", "USAGE", "a", "SAMPLES", "x"))
                    .isEqualTo("-ERR value is not an integer or out of range\r\n");
            assertThat(client.call("MEMORY", "USAGE"))
                    .isEqualTo("-ERR wrong number of arguments for 'memory|usage' command\r\n");
            assertThat(client.call("MEMORY", "NOTHING"))
                    .isEqualTo("-ERR unknown subcommand 'NOTHING'. Try MEMORY HELP.\r\n");
            assertThat(client.call("MEMORY", "PURGE")).isEqualTo("+OK\r\n");
            assertThat(client.call("MEMORY", "MALLOC-STATS")).contains("shard 1: blocks ");
            assertThat(client.call("MEMORY", "HELP")).startsWith("*14\r\n").contains("USAGE <key> [SAMPLES <count>]");
            // The names and their order are those of Redis 7.0, one database.
            assertThat(names(client.call("MEMORY", "STATS"))).isEqualTo(STATS);
            client.call("HELLO", "3");
            assertThat(client.call("MEMORY", "STATS")).startsWith("%28\r\n").contains("\r\n,");
            assertThat(client.call("MEMORY", "USAGE", "nothing")).isEqualTo("_\r\n");
        }
    }

    /** In a process of its own, since what other servers of the process hold counts. */
    @Test
    void shouldFindNothingWrongWithAnEmptyInstance() throws Exception {
        try (ServerProcess server = ServerProcess.start();
                RespClient client = RespClient.connect(server.port())) {
            assertThat(client.call("MEMORY", "DOCTOR")).contains("Hi Sam, this instance is empty");
        }
    }

    private static final List<String> STATS = List.of(
            "peak.allocated",
            "total.allocated",
            "startup.allocated",
            "replication.backlog",
            "clients.slaves",
            "clients.normal",
            "cluster.links",
            "aof.buffer",
            "lua.caches",
            "functions.caches",
            "db.0",
            "overhead.hashtable.main",
            "overhead.hashtable.expires",
            "overhead.hashtable.slot-to-keys",
            "overhead.total",
            "keys.count",
            "keys.bytes-per-key",
            "dataset.bytes",
            "dataset.percentage",
            "peak.percentage",
            "allocator.allocated",
            "allocator.active",
            "allocator.resident",
            "allocator-fragmentation.ratio",
            "allocator-fragmentation.bytes",
            "allocator-rss.ratio",
            "allocator-rss.bytes",
            "rss-overhead.ratio",
            "rss-overhead.bytes",
            "fragmentation",
            "fragmentation.bytes");

    private static List<String> names(String reply) {
        List<String> names = new ArrayList<>();
        for (String line : reply.split("\r\n")) {
            if (Character.isLowerCase(line.charAt(0))) {
                names.add(line);
            }
        }
        return names;
    }

    private static long usage(RespClient client, String key, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("MEMORY", "USAGE", key));
        words.addAll(List.of(options));
        String reply = client.call(words.toArray(String[]::new));
        assertThat(reply).startsWith(":");
        return Long.parseLong(reply.substring(1).strip());
    }
}
