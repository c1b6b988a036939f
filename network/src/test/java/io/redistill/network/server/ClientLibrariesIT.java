// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.network.support.Await;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.ServerProcess;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.SetParams;

/** The clients that people use: Jedis, ioredis and redis-benchmark. */
@SuppressWarnings("deprecation") // of SETNX, SETEX and PSETEX, which are commands like any other
class ClientLibrariesIT {
    private static Jedis jedis(TestServer server, RedisProtocol protocol) {
        return new Jedis(
                new HostAndPort("127.0.0.1", server.port()),
                DefaultJedisClientConfig.builder()
                        .protocol(protocol)
                        .clientName("jedis-test")
                        .timeoutMillis(20_000)
                        .build());
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisShouldSetAndGet(RedisProtocol protocol) throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                Jedis jedis = jedis(server, protocol)) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.clientGetname()).isEqualTo("jedis-test");
            assertThat(jedis.set("a", "1")).isEqualTo("OK");
            assertThat(jedis.get("a")).isEqualTo("1");
            assertThat(jedis.get("nothing")).isNull();
            assertThat(jedis.set("a", "2", SetParams.setParams().nx())).isNull();
            assertThat(jedis.set("a", "2", SetParams.setParams().xx().keepTtl()))
                    .isEqualTo("OK");
            assertThat(jedis.setGet("a", "3")).isEqualTo("2");
            assertThat(jedis.setnx("a", "4")).isZero();
            assertThat(jedis.incr("a")).isEqualTo(4);
            assertThat(jedis.incrBy("a", 10)).isEqualTo(14);
            assertThat(jedis.decr("a")).isEqualTo(13);
            assertThat(jedis.decrBy("a", 3)).isEqualTo(10);
            assertThat(jedis.append("a", "x")).isEqualTo(3);
            assertThat(jedis.strlen("a")).isEqualTo(3);
            assertThat(jedis.getDel("a")).isEqualTo("10x");
            assertThat(jedis.mset("a", "1", "b", "2", "c", "3")).isEqualTo("OK");
            assertThat(jedis.mget("a", "nothing", "c")).containsExactly("1", null, "3");
            assertThat(jedis.msetnx("c", "4", "d", "4")).isZero();
            assertThat(jedis.msetnx("d", "4", "e", "5")).isEqualTo(1);
            assertThat(jedis.exists("a", "b", "a", "nothing")).isEqualTo(3);
            assertThat(jedis.type("a")).isEqualTo("string");
            assertThat(jedis.del("a", "nothing")).isEqualTo(1);
            assertThat(jedis.unlink("b", "c")).isEqualTo(2);
            assertThat(jedis.dbSize()).isEqualTo(2);
            assertThat(jedis.echo("hello")).isEqualTo("hello");
            assertThat(jedis.time()).hasSize(2);
            assertThat(jedis.info("server")).contains("redis_version:7.2.");
            assertThat(jedis.configGet("maxmemory")).containsKey("maxmemory");
            assertThat(jedis.clientList()).contains("name=jedis-test");
            assertThat(jedis.clientId()).isPositive();
            assertThat(jedis.flushAll()).isEqualTo("OK");
            assertThat(jedis.flushDB()).isEqualTo("OK");
            assertThat(jedis.dbSize()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisShouldExpire(RedisProtocol protocol) throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                Jedis jedis = jedis(server, protocol)) {
            jedis.setex("a", 100, "v");
            assertThat(jedis.ttl("a")).isBetween(90L, 100L);
            assertThat(jedis.expire("a", 200, ExpiryOption.LT)).isZero();
            assertThat(jedis.expire("a", 200, ExpiryOption.GT)).isEqualTo(1);
            assertThat(jedis.pttl("a")).isBetween(190_000L, 200_000L);
            assertThat(jedis.persist("a")).isEqualTo(1);
            assertThat(jedis.ttl("a")).isEqualTo(-1);
            assertThat(jedis.ttl("nothing")).isEqualTo(-2);
            assertThat(jedis.pexpireAt("a", 4102444800000L)).isEqualTo(1);
            assertThat(jedis.expireTime("a")).isEqualTo(4102444800L);
            assertThat(jedis.pexpireTime("a")).isEqualTo(4102444800000L);
            assertThat(jedis.getEx("a", GetExParams.getExParams().persist())).isEqualTo("v");
            assertThat(jedis.expireTime("a")).isEqualTo(-1);
            jedis.psetex("b", 1, "v");
            Await.until("b is gone", () -> jedis.get("b") == null);
            assertThat(jedis.expire("a", -1)).isEqualTo(1);
            assertThat(jedis.exists("a")).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisShouldPipelineBinaryAndErrors(RedisProtocol protocol) throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                Jedis jedis = jedis(server, protocol)) {
            byte[] key = {0, -1, '\r', '\n'};
            byte[] value = new byte[2_000_000];
            new Random(1).nextBytes(value);
            assertThat(jedis.set(key, value)).isEqualTo("OK");
            assertThat(jedis.get(key)).isEqualTo(value);
            Pipeline pipeline = jedis.pipelined();
            List<Response<Long>> counts = new ArrayList<>();
            List<Response<List<String>>> values = new ArrayList<>();
            Response<Long> wrong = null;
            for (int i = 0; i < 2000; i++) {
                pipeline.set("k" + i, "v" + i);
                counts.add(pipeline.incr("counter"));
                values.add(pipeline.mget("k" + i, "k" + (i - 1), "nothing"));
                if (i == 1000) {
                    wrong = pipeline.incr("k1");
                }
            }
            pipeline.sync();
            for (int i = 0; i < 2000; i++) {
                assertThat(counts.get(i).get()).isEqualTo(i + 1);
                assertThat(values.get(i).get()).containsExactly("v" + i, i == 0 ? null : "v" + (i - 1), null);
            }
            assertThatThrownBy(wrong::get)
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage("ERR value is not an integer or out of range");
            assertThatThrownBy(() -> jedis.select(16)).hasMessage("ERR DB index is out of range");
            assertThatThrownBy(() -> jedis.auth("x")).hasMessageContaining("without any password configured");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void jedisShouldUseHashesAndSketches(RedisProtocol protocol) throws Exception {
        try (TestServer server = TestServer.shards(2).start();
                Jedis jedis = jedis(server, protocol)) {
            assertThat(jedis.hset("h", Map.of("a", "1", "b", "2"))).isEqualTo(2);
            assertThat(jedis.hgetAll("h")).containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "2"));
            assertThat(jedis.hincrBy("h", "a", 4)).isEqualTo(5);
            assertThat(jedis.hscan("h", "0").getResult()).hasSize(2);
            assertThat(jedis.pfadd("p1", "a", "b", "c")).isEqualTo(1);
            assertThat(jedis.pfadd("p2", "c", "d")).isEqualTo(1);
            assertThat(jedis.pfcount("p1", "p2")).isEqualTo(4);
            assertThat(jedis.pfmerge("p3", "p1", "p2")).isEqualTo("OK");
            assertThat(jedis.pfcount("p3")).isEqualTo(4);
            assertThat(jedis.objectEncoding("h")).isEqualTo("listpack");
            assertThat(jedis.objectIdletime("h")).isBetween(0L, 60L);
            assertThat(jedis.rename("p3", "p4")).isEqualTo("OK");
            assertThat(jedis.copy("p4", "p3", false)).isTrue();
            assertThat(jedis.sort("nothing")).isEmpty();
        }
    }

    @Test
    void ioredisShouldWork() throws Exception {
        RedisServer.require("node");
        RedisServer.require("npm");
        Path source = ServerProcess.ROOT.resolve("network/src/test/node");
        Path work = ServerProcess.ROOT.resolve("network/target/node");
        Files.createDirectories(work);
        for (String file : List.of("package.json", "package-lock.json", "ioredis.test.js")) {
            Files.copy(source.resolve(file), work.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.isDirectory(work.resolve("node_modules/ioredis"))) {
            Output install = run(work, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
            boolean required = "1".equals(System.getenv("REDISTILL_REQUIRE_REDIS"));
            assertThat(install.exitCode == 0 || !required).as(install.text).isTrue();
            assumeTrue(install.exitCode == 0, "ioredis cannot be installed");
        }
        try (TestServer server = TestServer.shards(2).start()) {
            Output test = run(work, "node", "ioredis.test.js", String.valueOf(server.port()));
            assertThat(test.text).endsWith(" checks\n");
            assertThat(test.exitCode).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"-n 20000", "-n 40000 -P 16 -c 50", "-n 64000 -P 64 -c 1000", "-n 800 -P 16 -c 20 -r 1000 -d 20000"})
    void redisBenchmarkShouldRunWithoutErrors(String options) throws Exception {
        RedisServer.require("redis-benchmark");
        try (ServerProcess server = ServerProcess.start("--shards", "2")) {
            List<String> command = new ArrayList<>(List.of(
                    "redis-benchmark",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(server.port()),
                    "-q",
                    "-t",
                    "ping,set,get,incr,mset"));
            command.addAll(List.of(options.split(" ")));
            Output output = run(Path.of("target"), command.toArray(String[]::new));
            assertThat(output.exitCode).as(output.text).isZero();
            assertThat(output.text)
                    .doesNotContainIgnoringCase("error")
                    .doesNotContainIgnoringCase("warning")
                    .contains("PING_INLINE: ", "PING_MBULK: ", "SET: ", "GET: ", "INCR: ", "MSET (10 keys): ");
            assertThat(server.stop()).isZero();
            assertThat(server.log()).doesNotContain("Exception");
        }
    }

    private record Output(int exitCode, String text) {}

    private static Output run(Path directory, String... command) throws Exception {
        File text = File.createTempFile("output", ".txt", new File("target"));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(text)
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS))
                    .as(String.join(" ", command))
                    .isTrue();
            return new Output(process.exitValue(), Files.readString(text.toPath(), StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
            Files.delete(text.toPath());
        }
    }
}
