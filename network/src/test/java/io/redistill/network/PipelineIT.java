// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.LeakWatch;
import io.redistill.network.support.PipelineModel;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelines over real sockets: every reply, in order, whatever the client does between writing and reading. */
class PipelineIT {
    @BeforeAll
    static void watch() {
        LeakWatch.install();
    }

    @AfterAll
    static void shouldLeakNothing() throws InterruptedException {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @ParameterizedTest(name = "shards={0} ring={1}")
    @CsvSource({"1, 2", "1, 4096", "2, 8", "2, 4096", "4, 2", "4, 4096"})
    void shouldAnswerInOrder(int shards, int ringSize) throws Exception {
        Random random = new Random(Seeds.next("PipelineIT.shouldAnswerInOrder"));
        try (TestServer server = TestServer.shards(shards).ringSize(ringSize).start()) {
            for (int round = 0; round < 3; round++) {
                PipelineModel model = new PipelineModel(random, "round" + round + ":");
                int commands = round == 0 ? 20 : 2000;
                for (int i = 0; i < commands; i++) {
                    model.addRandomCommand();
                }
                try (RespClient client = server.connect()) {
                    CompletableFuture<Void> writing = writeInCuts(client, model.requests(), random);
                    check(client, model.replies());
                    writing.get();
                }
            }
        }
    }

    private static CompletableFuture<Void> writeInCuts(RespClient client, byte[] bytes, Random random) {
        int longest = 1 << 1 + random.nextInt(17);
        long seed = random.nextLong();
        return CompletableFuture.runAsync(() -> {
            Random cuts = new Random(seed);
            try {
                for (int at = 0; at < bytes.length; ) {
                    int piece = Math.min(bytes.length - at, 1 + cuts.nextInt(longest));
                    client.send(bytes, at, piece);
                    at += piece;
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static void check(RespClient client, List<String> expected) throws IOException {
        for (int i = 0; i < expected.size(); i++) {
            String reply = client.reply();
            if (expected.get(i).equals(PipelineModel.INFO)) {
                assertThat(reply).as("reply %d", i).startsWith("$").contains("redis_version:");
            } else {
                assertThat(reply).as("reply %d", i).isEqualTo(expected.get(i));
            }
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldAnswerManyThatAreWrittenBeforeAnyIsRead(int shards) throws Exception {
        int count = 200_000;
        String value = "v".repeat(100);
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(1000);
            RespClient.append(pipeline, "GET", "key:" + key);
            expected.writeBytes((RespClient.bulk(key + value.substring(3))).getBytes(StandardCharsets.US_ASCII));
        }
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            for (int key = 0; key < 1000; key++) {
                client.call("SET", "key:" + key, key + value.substring(3));
            }
            long before = PlatformDependent.usedDirectMemory();
            client.send(pipeline.toByteArray());
            Await.until("all GETs are executed", () -> calls(server, Opcode.GET) == count);
            long held = PlatformDependent.usedDirectMemory() - before;
            assertThat(held).as("memory for unread replies").isLessThan(3L * expected.size() + (16 << 20));
            byte[] replies = client.bytes(expected.size());
            assertThat(replies).isEqualTo(expected.toByteArray());
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    private static long calls(TestServer server, int opcode) {
        long calls = 0;
        for (int i = 0; i < server.server().engine().shardCount(); i++) {
            calls += server.server().engine().shard(i).statistics().calls(opcode);
        }
        return calls;
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldAnswerAHalfClosedConnectionThenCloseIt(int shards) throws Exception {
        long largeBytes = LargeBlock.usedBytes();
        String large = "l".repeat(300_000);
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            RespClient.append(pipeline, "SET", "large:" + i, large);
            expected.append("+OK\r\n");
        }
        for (int i = 0; i < 5000; i++) {
            RespClient.append(pipeline, "SET", "key:" + i, "value " + i);
            RespClient.append(pipeline, "GET", "key:" + i / 2);
            expected.append("+OK\r\n").append(RespClient.bulk("value " + i / 2));
        }
        for (int i = 0; i < 20; i++) {
            RespClient.append(pipeline, "MGET", "large:" + i, "key:1", "nothing");
            expected.append("*3\r\n").append(RespClient.bulk(large)).append(RespClient.bulk("value 1"));
            expected.append("$-1\r\n");
        }
        RespClient.append(pipeline, "CONFIG", "GET", "port-of-nothing");
        RespClient.append(pipeline, "FLUSHALL");
        RespClient.append(pipeline, "DBSIZE");
        expected.append("*0\r\n+OK\r\n:0\r\n");
        try (TestServer server = TestServer.shards(shards).start()) {
            try (RespClient client = server.connect()) {
                client.send(pipeline.toByteArray()).endOutput();
                assertThat(client.untilEnd()).isEqualTo(expected.toString());
            }
            try (RespClient client = server.connect()) {
                // Ends inside a request: what is whole is answered.
                client.send("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$3\r\nab").endOutput();
                assertThat(client.untilEnd()).isEqualTo("+PONG\r\n");
            }
            try (RespClient client = server.connect()) {
                client.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1000000\r\nabc").endOutput();
                assertThat(client.untilEnd()).isEmpty();
            }
            try (RespClient client = server.connect()) {
                assertThat(client.endOutput().untilEnd()).isEmpty();
            }
            Await.until("no client is left", () -> server.server().clients().count() == 0);
            // What is flushed is freed in slices.
            Await.until("all blocks are free", () -> LargeBlock.usedBytes() == largeBytes);
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldCloseAfterQuit(int shards) throws Exception {
        try (TestServer server = TestServer.shards(shards).start();
                RespClient other = server.connect()) {
            try (RespClient client = server.connect()) {
                client.send("SET a 1\r\nGET a\r\nQUIT\r\nSET a 2\r\nGET a\r\n");
                assertThat(client.untilEnd()).isEqualTo("+OK\r\n$1\r\n1\r\n+OK\r\n");
            }
            try (RespClient client = server.connect()) {
                client.send("SET a 3\r\nINFO\r\nQUIT\r\nSET a 2\r\n");
                assertThat(client.reply()).isEqualTo("+OK\r\n");
                assertThat(client.reply()).contains("redis_version");
                assertThat(client.untilEnd()).isEqualTo("+OK\r\n");
            }
            assertThat(other.call("GET", "a")).isEqualTo("$1\r\n3\r\n");
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldKeepSilentWhenAsked(int shards) throws Exception {
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            client.send("MSET a 1 b 2 c 3 d 4\r\nCLIENT REPLY SKIP\r\nMGET a b c d\r\nMGET d c b a\r\n");
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.reply()).isEqualTo("*4\r\n$1\r\n4\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n");
            client.send("GET a\r\nCLIENT REPLY OFF\r\nGET a\r\nINCR a\r\nMGET a b\r\nPING\r\nINFO\r\nnonsense\r\n"
                    + "DEL b c\r\nECHO x\r\nCLIENT REPLY SKIP\r\nGET d\r\nGET\r\nCLIENT REPLY ON\r\nGET a\r\n"
                    + "EXISTS a b c d\r\n");
            assertThat(client.reply()).isEqualTo("$1\r\n1\r\n");
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.reply()).isEqualTo("$1\r\n2\r\n");
            assertThat(client.reply()).isEqualTo(":2\r\n");
            client.send("CLIENT REPLY SKIP\r\nINFO\r\nPING\r\nCLIENT REPLY SKIP\r\nnonsense\r\nPING 2\r\n");
            assertThat(client.reply()).isEqualTo("+PONG\r\n");
            assertThat(client.reply()).isEqualTo("$1\r\n2\r\n");
        }
    }
}
