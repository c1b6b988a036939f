// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.store.Database;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RENAME, RENAMENX, COPY and MOVE within a shard and between two. */
@Timeout(60)
class TransferCommandsTest {
    private static final int RING = 256;
    private static final int FIELDS = 3000;
    private static final String LARGE = "L".repeat(40_000);

    @ParameterizedTest
    @CsvSource({"0,0", "0,1"})
    void shouldKeepValueAndDeadlineOfEveryKind(int fromShard, int toShard) {
        long blocks = LargeBlock.usedBytes();
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            List<String> values = List.of("v", "-17", "x".repeat(5000), LARGE);
            for (int i = 0; i < values.size(); i++) {
                String from = rig.key(fromShard, 2 * i);
                String to = rig.key(toShard, 2 * i + 1);
                run(rig, "SET", from, values.get(i), "PX", "5000");
                run(rig, "SET", to, i % 2 == 0 ? LARGE : "w");
                assertThat(run(rig, "RENAMENX", from, to)).isEqualTo(":0");
                assertThat(run(rig, "COPY", from, to)).isEqualTo(":0");
                assertThat(run(rig, "COPY", from, to, "DB", "3")).isEqualTo(":1");
                assertThat(run(rig, "RENAME", from, to)).isEqualTo("+OK");
                assertThat(run(rig, "GET", to)).isEqualTo("$" + values.get(i));
                assertThat(run(rig, "PTTL", to)).isEqualTo(":5000");
                assertThat(run(rig, "EXISTS", from)).isEqualTo(":0");
                assertThat(run(rig, "COPY", to, from)).isEqualTo(":1");
                run(rig, "APPEND", from, "!");
                assertThat(run(rig, "GET", to)).isEqualTo("$" + values.get(i));
                assertThat(run(rig, "GET", from)).isEqualTo("$" + values.get(i) + "!");
            }
            run(rig, "SWAPDB", "0", "3");
            assertThat(run(rig, "GET", rig.key(toShard, 7))).isEqualTo("$" + LARGE);
            assertThat(run(rig, "PTTL", rig.key(toShard, 7))).isEqualTo(":5000");
            run(rig, "FLUSHALL");
            assertThat(rig.shard(0).keys() + rig.shard(1).keys()).isZero();
            while (rig.shard(0).hasWork() || rig.shard(1).hasWork()) {
                rig.settle();
            }
            assertThat(LargeBlock.usedBytes()).isEqualTo(blocks);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1"})
    void shouldTakeTheDeadlinesOfFieldsAlong(int fromShard, int toShard) {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            String from = rig.key(fromShard, 0);
            String to = rig.key(toShard, 1);
            fill(rig, from);
            run(rig, "HSET", from, "large", LARGE);
            run(rig, "HPEXPIRE", from, "1000", "FIELDS", "2", "f1", "f2");
            run(rig, "HPEXPIRE", from, "2000", "FIELDS", "1", "f3");
            run(rig, "HSET", to, "small", "1");
            assertThat(run(rig, "COPY", from, to, "DB", "1")).isEqualTo(":1");
            assertThat(run(rig, "RENAME", from, to)).isEqualTo("+OK");
            assertThat(run(rig, "MOVE", to, "2")).isEqualTo(":1");
            assertThat(run(rig, "EXISTS", from, to)).isEqualTo(":0");
            run(rig, "SWAPDB", "0", "1");
            for (int i = 0; i < 2; i++) {
                run(rig, "SWAPDB", "0", "2");
                assertThat(run(rig, "HLEN", to)).isEqualTo(":" + (FIELDS + 1));
                assertThat(run(rig, "HGET", to, "large")).isEqualTo("$" + LARGE);
                assertThat(run(rig, "HGET", to, "f" + (FIELDS - 1))).isEqualTo("$" + (FIELDS - 1));
                assertThat(run(rig, "HPTTL", to, "FIELDS", "4", "f1", "f2", "f3", "f4"))
                        .isEqualTo("[:1000, :1000, :2000, :-1]");
            }
            rig.clock.advanceMs(1001);
            rig.settle();
            for (int i = 0; i < 2; i++) {
                run(rig, "SWAPDB", "0", "2");
                assertThat(run(rig, "HLEN", to)).isEqualTo(":" + (FIELDS - 1));
            }
            run(rig, "FLUSHDB");
            rig.clock.advanceMs(1001);
            rig.settle();
            run(rig, "SWAPDB", "0", "2");
            assertThat(run(rig, "HLEN", to)).isEqualTo(":" + (FIELDS - 2));
            run(rig, "FLUSHALL");
            while (rig.shard(0).hasWork() || rig.shard(1).hasWork()) {
                rig.settle();
            }
            Database database = rig.shard(toShard).databases().get(0);
            assertThat(database.size()).isZero();
            assertThat(database.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** What the entries of a hash take stays what it was when the whole is handed over. */
    @Test
    void shouldNotCopyATableWithinAShard() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            fill(rig, "from");
            long used = rig.shard(0).usedBytes();
            run(rig, "RENAME", "from", "to");
            assertThat(rig.shard(0).usedBytes()).isEqualTo(used);
            assertThat(rig.shard(0).hasWork()).isFalse();
            assertThat(run(rig, "HLEN", "to")).isEqualTo(":" + FIELDS);
        }
    }

    private static void fill(ShardRig rig, String key) {
        List<String> words = new ArrayList<>(List.of("HSET", key));
        for (int i = 0; i < FIELDS; i++) {
            words.add("f" + i);
            words.add(String.valueOf(i));
        }
        run(rig, words.toArray(String[]::new));
    }

    private static String run(ShardRig rig, String... words) {
        TestBatch batch = rig.batch(0).add(words);
        batch.publish();
        rig.settle();
        return batch.replies().get(0);
    }
}
