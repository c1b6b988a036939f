// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.ProtocolCorpus;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What becomes of whole connections, compared with redis-server 7.0: how they end, and what a password does. */
final class DifferentialConnectionIT {
    private static final int ENDINGS = 400;
    private static final int PASSWORD_PIPELINES = 300;
    private static final String PASSWORD = "secret";

    /** Random commands, then a wrong request, or QUIT, cut anywhere; then both close. */
    @Test
    void connectionsEndAsRedisEndsThem() throws Exception {
        long seed = Seeds.next("DifferentialConnectionIT");
        SplittableRandom random = new SplittableRandom(seed);
        try (RedisServer redis = RedisServer.start();
                TestServer ours = TestServer.shards(2).ringSize(8).seed(seed).start()) {
            List<byte[]> endings = endings();
            for (int i = 0; i < ENDINGS; i++) {
                RequestStream stream = new RequestStream(random.nextLong(), "", true);
                byte[] ending = i < endings.size() ? endings.get(i) : endings.get(random.nextInt(endings.size()));
                try (DifferentialSession session = new DifferentialSession(stream, ours.port(), redis.port())) {
                    assertSame(session.endWith(i < endings.size() ? ending : changed(ending, random)), seed);
                }
            }
        }
    }

    /** Before authentication hardly anything is allowed, and requests are limited. */
    @Test
    void passwordIsAskedForAsRedisAsksForIt() throws Exception {
        long seed = Seeds.next("DifferentialConnectionIT");
        SplittableRandom random = new SplittableRandom(seed);
        try (RedisServer redis = RedisServer.start("--requirepass", PASSWORD);
                TestServer ours = TestServer.shards(2)
                        .ringSize(8)
                        .seed(seed)
                        .password(PASSWORD)
                        .start()) {
            for (int i = 0; i < PASSWORD_PIPELINES; i++) {
                RequestStream stream = new RequestStream(random.nextLong(), "", true);
                try (DifferentialSession session = new DifferentialSession(stream, ours.port(), redis.port())) {
                    assertSame(session.exchangeAll(passwordPipeline(stream, random)), seed);
                }
            }
            for (String ending : List.of(
                    "*11\r\n",
                    "*2147483647\r\n",
                    "*2\r\n$3\r\nGET\r\n$16385\r\n",
                    "*1\r\n$16385\r\n",
                    "QUIT\r\n",
                    "POST /\r\n",
                    "host: x\r\n")) {
                RequestStream stream = new RequestStream(random.nextLong(), "", true);
                try (DifferentialSession session = new DifferentialSession(stream, ours.port(), redis.port())) {
                    assertSame(session.exchangeAll(List.of(request(stream, "PING"))), seed);
                    assertSame(session.endAtOnce(RequestStream.bytes(ending)), seed);
                }
            }
        }
    }

    private static void assertSame(List<String> mismatches, long seed) {
        assertThat(mismatches.isEmpty())
                .as(() -> "-Dredistill.seed=" + seed + "\n" + String.join("\n", mismatches))
                .isTrue();
    }

    // ---- endings

    /**
     * Requests that end a connection, but not before their last two bytes, so that nothing is left unread. None while
     * replies are off: Redis then keeps the connection, since it closes only when it writes; we close it.
     */
    private static List<byte[]> endings() {
        List<byte[]> endings = new ArrayList<>();
        for (ProtocolCorpus.Sample sample : ProtocolCorpus.wrong()) {
            if (!sample.isLong() && sample.commands().isEmpty()) {
                endings.add(sample.input());
            }
        }
        for (String ending : List.of(
                "QUIT\r\n",
                "quit a b\r\n",
                "*1\r\n$4\r\nQuIt\r\n",
                "GET a\r\nMGET a b c\r\n*1\r\n$x\r\n",
                "*3\r\n$3\r\nSET\r\n$1\r\na\r\n+5\r\n",
                "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$+5\r\n",
                "*-9223372036854775809\r\n",
                "*1 1\r\n",
                "*1\r\n$ 1\r\n",
                "*1\r\n$1 \r\n",
                "SET a 'b\r\n",
                "SET a \"b\\\"\r\n",
                "'a'b\r\n")) {
            endings.add(ending.getBytes(StandardCharsets.ISO_8859_1));
        }
        return endings;
    }

    /** The same with good requests before it. */
    private static byte[] changed(byte[] ending, SplittableRandom random) {
        String text = new String(ending, StandardCharsets.ISO_8859_1);
        if (random.nextInt(3) == 0) {
            text = "*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n" + text;
        }
        if (random.nextInt(3) == 0) {
            text = "PING\r\n" + text;
        }
        return RequestStream.bytes(text);
    }

    // ---- password

    private static List<Request> passwordPipeline(RequestStream stream, SplittableRandom random) {
        String[] commands = {
            "PING",
            "PING x",
            "ECHO a",
            "GET a",
            "SET a b",
            "MGET a b",
            "GET",
            "nosuch",
            "CLIENT nosuch",
            "CLIENT ID x",
            "CLIENT GETNAME",
            "CLIENT SETNAME me",
            "COMMAND INFO get",
            "CONFIG GET save",
            "SELECT 0",
            "RESET",
            "RESET x",
            "AUTH",
            "AUTH a",
            "AUTH secre",
            "AUTH secret2",
            "AUTH default wrong",
            "AUTH nobody secret",
            "AUTH a b c",
            "AUTH a b c d",
            "AUTH secret",
            "AUTH default secret",
            "AUTH Default secret",
            "HELLO",
            "HELLO 2",
            "HELLO 3",
            "HELLO 4",
            "HELLO x",
            "HELLO 3 AUTH",
            "HELLO 3 AUTH default",
            "HELLO 3 AUTH default wrong",
            "HELLO 3 AUTH default secret",
            "HELLO 2 AUTH default secret SETNAME you",
            "HELLO 3 SETNAME him",
            "HELLO 3 SETNAME her AUTH default wrong",
            "HELLO 3 AUTH default secret nosuch",
            "DBSIZE",
            "FLUSHALL",
            "FLUSHALL nosuch",
            "CLIENT REPLY nosuch",
            "MSETNX a",
            "DEL a",
            "INCR n",
            "QUIT2",
            "SHUTDOWN nosuch"
        };
        List<Request> requests = new ArrayList<>();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            requests.add(request(stream, commands[random.nextInt(commands.length)]));
        }
        return requests;
    }

    private static Request request(RequestStream stream, String command) {
        byte[][] words =
                Arrays.stream(command.split(" ")).map(RequestStream::bytes).toArray(byte[][]::new);
        return stream.request(
                command.startsWith("HELLO")
                        ? ReplyCheck.HELLO
                        : command.equals("CONFIG GET save") ? ReplyCheck.ANY_ORDER : ReplyCheck.EXACT,
                words);
    }
}
