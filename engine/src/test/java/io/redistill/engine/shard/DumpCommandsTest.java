// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.rdb.Crc64;
import io.redistill.engine.support.Seeds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** DUMP and RESTORE without a server: what is not intact, and what only says so. */
@Timeout(60)
class DumpCommandsTest {
    private static final int RING = 256;
    private static final int DAMAGED = 1500;
    private static final int FOOTER_BYTES = 10;

    /** Listpack and ziplist of one field, and a zipmap, as Redis writes and once wrote them. */
    private static final List<String> OLDER = List.of(
            "\015\023\23\0\0\0\16\0\0\0\2\0\0\2f1\4\2v1\377",
            "\11\11\1\2f1\2\0v1\377",
            "\20\17\17\0\0\0\2\0\202f1\3\202v1\3\377");

    private final SplittableRandom random = new SplittableRandom(Seeds.next("DumpCommandsTest"));

    @Test
    void shouldReadWhatOlderVersionsWrote() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            for (String value : OLDER) {
                assertThat(run(rig, "RESTORE", "k", "0", sealed(value, 6), "REPLACE"))
                        .isEqualTo("+OK");
                assertThat(run(rig, "HGETALL", "k")).isEqualTo("[$f1, $v1]");
            }
        }
    }

    @Test
    void shouldKeepWhatThereWasWhenAPayloadIsWrong() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            run(rig, "SET", "k", "old");
            String twice = "\4\2\1a\1b\1a\1c";
            for (String wrong : List.of(sealed(twice, 10), sealed("\4\0", 10), sealed("\1\0", 10), sealed("", 10))) {
                assertThat(run(rig, "RESTORE", "k", "0", wrong, "REPLACE")).isEqualTo("-ERR Bad data format");
            }
            String error = "-ERR DUMP payload version or checksum are wrong";
            assertThat(run(rig, "RESTORE", "k", "0", sealed("\0\1x", 12), "REPLACE"))
                    .isEqualTo(error);
            assertThat(run(rig, "RESTORE", "k", "0", "", "REPLACE")).isEqualTo(error);
            assertThat(run(rig, "GET", "k")).isEqualTo("$old");
            assertThat(run(rig, "DBSIZE")).isEqualTo(":1");
            assertThat(run(rig, "RESTORE", "k", "1", sealed("\0\1x", 10), "REPLACE", "ABSTTL"))
                    .isEqualTo("+OK");
            assertThat(run(rig, "DBSIZE")).isEqualTo(":0");
        }
    }

    @Test
    void shouldSurviveDamagedPayloads() {
        long blocks = LargeBlock.usedBytes();
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            List<String> payloads = new ArrayList<>(OLDER);
            for (String key : keys(rig)) {
                String payload = run(rig, "DUMP", key).substring(1);
                payloads.add(payload.substring(0, payload.length() - FOOTER_BYTES));
            }
            int restored = 0;
            for (int i = 0; i < DAMAGED; i++) {
                StringBuilder damaged = new StringBuilder(payloads.get(random.nextInt(payloads.size())));
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    int at = random.nextInt(random.nextInt(3) == 0 ? damaged.length() : Math.min(20, damaged.length()));
                    damaged.setCharAt(at, (char) random.nextInt(256));
                }
                damaged.setLength(damaged.length() - (random.nextInt(4) == 0 ? random.nextInt(damaged.length()) : 0));
                String reply = run(rig, "RESTORE", "k", "0", sealed(damaged.toString(), 10), "REPLACE");
                assertThat(reply).isIn("+OK", "-ERR Bad data format");
                restored += reply.equals("+OK") ? 1 : 0;
                assertThat(run(rig, "DUMP", "k")).doesNotStartWith("-");
            }
            assertThat(restored).isBetween(1, DAMAGED - 1);
            assertThat(rig.shard(0).lastInternalError()).isNull();
            run(rig, "FLUSHALL");
            while (rig.shard(0).hasWork()) {
                rig.settle();
            }
        }
        assertThat(LargeBlock.usedBytes()).isEqualTo(blocks);
    }

    /** One of each form. */
    private static List<String> keys(ShardRig rig) {
        run(rig, "SET", "number", "-70000");
        run(rig, "SET", "text", "text");
        run(rig, "SET", "compressed", "abcabc".repeat(4000));
        run(rig, "HSET", "packed", "f1", "v1", "f2", "2", "f3", "x".repeat(60));
        run(rig, "HSET", "table", "f1", "v1", "f2", "2", "f3", "y".repeat(300));
        return List.of("number", "text", "compressed", "packed", "table");
    }

    private static String sealed(String value, int version) {
        byte[] bytes = (value + (char) version + '\0').getBytes(ISO_8859_1);
        ByteBuffer sealed = ByteBuffer.allocate(bytes.length + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sealed.put(bytes).putLong(Crc64.update(0, bytes, 0, bytes.length));
        return new String(sealed.array(), ISO_8859_1);
    }

    private static String run(ShardRig rig, String... words) {
        TestBatch batch = rig.batch(0).add(words);
        batch.publish();
        rig.settle();
        return batch.replies().get(0);
    }
}
