// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.server.TestServer;
import io.redistill.network.support.LeakWatch;
import io.redistill.network.support.ProtocolCorpus;
import io.redistill.network.support.ProtocolCorpus.Sample;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Right, wrong and senseless requests, against what redis-server makes of them. */
class ProtocolIT {
    @BeforeAll
    static void watch() {
        LeakWatch.install();
    }

    @AfterAll
    static void shouldLeakNothing() throws InterruptedException {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void shouldAnswerAsRedisDoes() throws Exception {
        try (RedisServer redis = RedisServer.start();
                TestServer server = TestServer.shards(2).start()) {
            for (Sample sample : ProtocolCorpus.valid()) {
                assertThat(answers(server.port(), sample)).as(sample.name()).isEqualTo(answers(redis.port(), sample));
            }
            for (Sample sample : ProtocolCorpus.incomplete()) {
                assertThat(answers(server.port(), sample)).as(sample.name()).isEqualTo(answers(redis.port(), sample));
            }
            for (Sample sample : ProtocolCorpus.wrong()) {
                String expected = all(redis.port(), sample);
                assertThat(expected).as(sample.name()).endsWith(sample.error() + "\r\n");
                assertThat(all(server.port(), sample)).as(sample.name()).isEqualTo(expected);
            }
        }
    }

    private static String answers(int port, Sample sample) throws IOException {
        StringBuilder replies = new StringBuilder();
        try (RespClient client = RespClient.connect(port)) {
            client.send(sample.input());
            for (int i = 0; i < sample.commands().size(); i++) {
                replies.append(client.reply());
            }
        }
        return replies.toString();
    }

    private static String all(int port, Sample sample) throws IOException {
        try (RespClient client = RespClient.connect(port)) {
            return client.send(sample.input()).untilEnd();
        }
    }

    @Test
    void shouldSurviveGarbage() throws Exception {
        Random random = new Random(Seeds.next("ProtocolIT.shouldSurviveGarbage"));
        try (TestServer server = TestServer.shards(2).ringSize(16).start()) {
            for (int i = 0; i < 300; i++) {
                byte[] garbage = new byte[1 + random.nextInt(3000)];
                random.nextBytes(garbage);
                if (random.nextBoolean()) {
                    garbage[0] = '*';
                }
                if (random.nextBoolean()) {
                    byte[] start =
                            "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    System.arraycopy(start, 0, garbage, 0, Math.min(start.length, garbage.length));
                }
                try (RespClient client = server.connect()) {
                    client.send(garbage).endOutput();
                    client.untilEnd();
                } catch (IOException closedWithInputUnread) {
                    // As Redis does after a protocol error.
                    continue;
                }
            }
            try (RespClient client = server.connect()) {
                assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
                assertThat(server.server().engine().shard(0).internalErrors()).isZero();
                assertThat(server.server().engine().shard(1).internalErrors()).isZero();
            }
        }
    }
}
