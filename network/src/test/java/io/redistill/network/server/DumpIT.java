// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** DUMP here and RESTORE in redis-server 7.0, and the other way. */
final class DumpIT {
    private static final int VALUES = 250;
    private static final int LONGEST = 20_000;
    private static final long[] NUMBERS = {
        0,
        127,
        128,
        -128,
        -129,
        4095,
        4096,
        -4096,
        -4097,
        32767,
        32768,
        -32769,
        1 << 23,
        -(1 << 23) - 1,
        1L << 31,
        1L << 62
    };

    private final SplittableRandom random = new SplittableRandom(Seeds.next("DumpIT"));

    /**
     * Payloads are equal byte for byte, but for the order of fields in a table, and where redis-server compresses with a
     * table that an earlier string has left matches in.
     */
    @Test
    void payloadsAreThoseOfRedis() throws Exception {
        try (RedisServer redisServer = RedisServer.start();
                TestServer server = TestServer.shards(2).start();
                RespClient redis = RespClient.connect(redisServer.port());
                RespClient ours = RespClient.connect(server.port())) {
            int equal = 0;
            for (int i = 0; i < VALUES; i++) {
                boolean isHash = random.nextBoolean();
                byte[] write = isHash ? hash() : RespClient.request(bytes("SET"), bytes("from"), text(LONGEST));
                for (RespClient client : List.of(redis, ours)) {
                    client.call("DEL", "from");
                    client.send(write).reply();
                }
                byte[] fromRedis = payload(redis);
                byte[] fromUs = payload(ours);
                assertThat(fromUs[0]).as("type").isEqualTo(fromRedis[0]);
                if (Arrays.equals(fromUs, fromRedis)) {
                    equal++;
                }
                restore(redis, fromUs);
                restore(ours, fromRedis);
                for (RespClient client : List.of(redis, ours)) {
                    assertThat(content(client, isHash, "to")).isEqualTo(content(ours, isHash, "from"));
                }
            }
            assertThat(equal).isGreaterThan(VALUES * 3 / 4);
        }
    }

    private static byte[] payload(RespClient client) throws Exception {
        byte[] reply = client.send(RespClient.request("DUMP", "from")).replyBytes();
        int start = 0;
        while (reply[start++] != '\n') {
            // to the end of the header
        }
        return Arrays.copyOfRange(reply, start, reply.length - 2);
    }

    private static void restore(RespClient client, byte[] payload) throws Exception {
        assertThat(client.call(bytes("RESTORE"), bytes("to"), bytes("0"), payload, bytes("REPLACE")))
                .isEqualTo("+OK\r\n");
    }

    private static List<String> content(RespClient client, boolean isHash, String key) throws Exception {
        String reply = client.call(isHash ? "HGETALL" : "GET", key);
        return isHash ? ReplyCheck.sorted(bytes(reply), 2) : List.of(reply);
    }

    private byte[] hash() {
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(700) : 1 + random.nextInt(20);
        int longest = random.nextInt(3) == 0 ? 500 : 64;
        List<byte[]> words = new ArrayList<>(List.of(bytes("HSET"), bytes("from")));
        for (int i = 0; i < count; i++) {
            words.add(random.nextInt(8) == 0 ? text(longest) : bytes("f" + i));
            words.add(text(longest));
        }
        return RespClient.request(words.toArray(byte[][]::new));
    }

    private byte[] text(int longest) {
        int length = random.nextInt(longest + 1) >> random.nextInt(8);
        byte[] bytes = new byte[length];
        switch (random.nextInt(6)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> Arrays.fill(bytes, (byte) 'x');
            case 2 -> fill(bytes, () -> 'a' + random.nextInt(2));
            case 3 -> System.arraycopy(bytes("hello world ".repeat(length / 12 + 1)), 0, bytes, 0, length);
            case 4 -> {
                return bytes(Long.toString(NUMBERS[random.nextInt(NUMBERS.length)]));
            }
            default -> {
                return bytes(Long.toString(random.nextLong() >> random.nextInt(64)));
            }
        }
        return bytes;
    }

    private static void fill(byte[] bytes, IntSupplier letters) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) letters.getAsInt();
        }
    }
}
