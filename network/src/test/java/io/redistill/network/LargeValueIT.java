// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.CLibraryHeap;
import io.redistill.network.support.LeakWatch;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values around and far above the length from which they are received and sent without copies. */
class LargeValueIT {
    private static final int KIB = 1 << 10;

    @BeforeAll
    static void watch() {
        LeakWatch.install();
    }

    @AfterAll
    static void shouldLeakNothing() throws InterruptedException {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @ParameterizedTest(name = "shards={0} length={1}")
    @CsvSource({
        "1, 15360",
        "1, 16383",
        "1, 16384",
        "1, 16385",
        "1, 17408",
        "1, 65536",
        "1, 1048576",
        "1, 20971520",
        "2, 15360",
        "2, 16384",
        "2, 17408",
        "2, 65536",
        "2, 1048576",
        "4, 16384",
        "4, 1048576"
    })
    void shouldReadBackWhatWasWrittenInAnyCuts(int shards, int length) throws Exception {
        Random random = new Random(Seeds.next("LargeValueIT.shouldReadBackWhatWasWrittenInAnyCuts"));
        long before = LargeBlock.usedBytes();
        byte[] first = randomBytes(random, length);
        byte[] second = randomBytes(random, length);
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            sendCut(client, random, RespClient.request(ascii("SET"), ascii("a"), first));
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(get(client, "a")).isEqualTo(first);
            // In a pipeline, with others before and behind.
            ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
            RespClient.append(pipeline, "PING");
            RespClient.append(pipeline, ascii("SET"), ascii("a"), second);
            RespClient.append(pipeline, "GET", "a");
            RespClient.append(pipeline, "STRLEN", "a");
            CompletableFuture<Void> writing =
                    CompletableFuture.runAsync(() -> sendCut(client, random, pipeline.toByteArray()));
            assertThat(client.reply()).isEqualTo("+PONG\r\n");
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            assertThat(client.replyBytes()).isEqualTo(bulk(second));
            assertThat(client.reply()).isEqualTo(":" + length + "\r\n");
            writing.get();
            sendCut(client, random, RespClient.request(ascii("APPEND"), ascii("a"), first));
            assertThat(client.reply()).isEqualTo(":" + 2 * length + "\r\n");
            byte[] both = Arrays.copyOf(second, 2 * length);
            System.arraycopy(first, 0, both, length, length);
            assertThat(get(client, "a")).isEqualTo(both);
            assertThat(client.call("APPEND", "a", "z")).isEqualTo(":" + (2 * length + 1) + "\r\n");
            assertThat(client.call("SET", "a", "short")).isEqualTo("+OK\r\n");
            assertThat(client.call("GET", "a")).isEqualTo(RespClient.bulk("short"));
            assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
            Await.until("all blocks are free", () -> LargeBlock.usedBytes() == before);
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldSendAValueThatOthersChangeMeanwhile(int shards) throws Exception {
        Random random = new Random(Seeds.next("LargeValueIT.shouldSendAValueThatOthersChangeMeanwhile"));
        long before = LargeBlock.usedBytes();
        byte[] value = randomBytes(random, 8 << 20);
        try (TestServer server = TestServer.shards(shards).start();
                RespClient slow = server.connect();
                RespClient other = server.connect()) {
            for (String[] change : new String[][] {
                {"GETDEL", "a"},
                {"APPEND", "a", "more"},
                {"SET", "a", "b"},
                {"FLUSHALL"},
                {"GETSET", "a", "c"},
                {"DEL", "a"}
            }) {
                assertThat(other.call(ascii("SET"), ascii("a"), value)).isEqualTo("+OK\r\n");
                // More than sockets hold: most of it is still here when the value changes.
                slow.send("GET a\r\nGET a\r\nMGET a a\r\n");
                assertThat(slow.bytes(10)).isEqualTo(Arrays.copyOf(bulk(value), 10));
                other.call(change);
                assertThat(slow.bytes(bulk(value).length - 10))
                        .as(change[0])
                        .isEqualTo(Arrays.copyOfRange(bulk(value), 10, bulk(value).length));
                assertThat(slow.replyBytes()).startsWith('$', '8');
                slow.replyBytes();
                other.call("FLUSHALL");
                Await.until("all blocks are free after " + change[0], () -> LargeBlock.usedBytes() == before);
            }
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldJoinLargeValuesOfSeveralShards(int shards) throws Exception {
        Random random = new Random(Seeds.next("LargeValueIT.shouldJoinLargeValuesOfSeveralShards"));
        long before = LargeBlock.usedBytes();
        try (TestServer server = TestServer.shards(shards).start();
                RespClient client = server.connect()) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            expected.writeBytes(ascii("*31\r\n"));
            String[] mget = new String[32];
            mget[0] = "MGET";
            byte[][] mset = new byte[61][];
            mset[0] = ascii("MSET");
            for (int i = 0; i < 30; i++) {
                byte[] value = randomBytes(random, random.nextInt(3) == 0 ? 5 : random.nextInt(200 * KIB));
                mset[1 + 2 * i] = ascii("k" + i);
                mset[2 + 2 * i] = value;
                mget[1 + i] = "k" + i;
                expected.writeBytes(bulk(value));
            }
            mget[31] = "nothing";
            expected.writeBytes(ascii("$-1\r\n"));
            sendCut(client, random, RespClient.request(mset));
            assertThat(client.reply()).isEqualTo("+OK\r\n");
            for (int i = 0; i < 3; i++) {
                assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
                assertThat(client.send(RespClient.request(mget)).replyBytes()).isEqualTo(expected.toByteArray());
            }
            client.send("CLIENT REPLY SKIP\r\n").send(RespClient.request(mget));
            assertThat(client.call("ECHO", "x")).isEqualTo(RespClient.bulk("x"));
            assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
            Await.until("all blocks are free", () -> LargeBlock.usedBytes() == before);
        }
    }

    @ParameterizedTest(name = "shards={0}")
    @ValueSource(ints = {1, 2, 4})
    void shouldGiveEverythingBackWhenClientsDisappear(int shards) throws Exception {
        Random random = new Random(Seeds.next("LargeValueIT.shouldGiveEverythingBackWhenClientsDisappear"));
        long before = LargeBlock.usedBytes();
        byte[] value = randomBytes(random, 100 * KIB);
        ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
        for (int i = 0; i < 40; i++) {
            RespClient.append(pipeline, ascii("SET"), ascii("k" + random.nextInt(10)), value);
            for (int j = 0; j < 200; j++) {
                RespClient.append(pipeline, "GET", "small" + random.nextInt(100));
            }
            RespClient.append(pipeline, "MGET", "k1", "k2", "k3", "k4", "small1", "small2");
            RespClient.append(pipeline, ascii("ECHO"), value);
            RespClient.append(pipeline, "MSET", "small" + i, "x".repeat(1000), "small" + 2 * i, "y");
            if (i % 10 == 5) {
                RespClient.append(pipeline, "INFO");
            }
        }
        byte[] requests = pipeline.toByteArray();
        long direct = PlatformDependent.usedDirectMemory();
        long malloc = CLibraryHeap.usedBytes();
        try (TestServer server = TestServer.shards(shards).ringSize(64).start()) {
            disappear(server, random, requests, 120);
            Await.until("no client is left", () -> server.server().clients().count() == 0);
            try (RespClient client = server.connect()) {
                // What a client had sent may be executed after it has gone, and so behind a first FLUSHALL.
                Await.until("all blocks are free", () -> {
                    assertThat(client.call("FLUSHALL")).isEqualTo("+OK\r\n");
                    return LargeBlock.usedBytes() == before;
                });
            }
        }
        // A server that has stopped has given its pools back. A batch lost by each client would be 7 MiB and more.
        assertThat(PlatformDependent.usedDirectMemory() - direct).as("direct").isLessThan(4L << 20);
        // The JVM's compilers take from malloc too, and give it back when they are done.
        Await.until("malloc is as it was", () -> CLibraryHeap.usedBytes() - malloc < 16L << 20);
        assertThat(LargeBlock.usedBytes()).isEqualTo(before);
    }

    private static void disappear(TestServer server, Random random, byte[] requests, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            // Enough for one reply: the first request is whole.
            int length = 110 * KIB + random.nextInt(requests.length - 110 * KIB);
            RespClient client = server.connect();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> sendLoosely(client, requests, length));
            client.bytes(random.nextInt(5));
            if (random.nextBoolean()) {
                client.abort();
            } else {
                client.close();
            }
            writing.get();
        }
    }

    private static void sendLoosely(RespClient client, byte[] bytes, int length) {
        try {
            client.send(bytes, 0, length);
        } catch (IOException expected) {
            // The other thread has closed the socket.
            return;
        }
    }

    private static void sendCut(RespClient client, Random random, byte[] bytes) {
        try {
            int longest = Math.max(2, bytes.length / (1 + random.nextInt(60)));
            for (int at = 0; at < bytes.length; ) {
                int piece = Math.min(bytes.length - at, 1 + random.nextInt(longest));
                client.send(bytes, at, piece);
                at += piece;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] get(RespClient client, String key) throws IOException {
        byte[] reply = client.send(RespClient.request("GET", key)).replyBytes();
        int header = 0;
        while (reply[header++] != '\n') {}
        return Arrays.copyOfRange(reply, header, reply.length - 2);
    }

    private static byte[] bulk(byte[] value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii("$" + value.length + "\r\n"));
        bytes.writeBytes(value);
        bytes.writeBytes(ascii("\r\n"));
        return bytes.toByteArray();
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
