// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.command.RequestBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings of few slots and shards that turn only when the test says so. */
class CommandPublisherTest {
    @ParameterizedTest
    @CsvSource({"2, 1", "4, 1", "2, 2", "4, 2", "8, 3"})
    void shouldRefuseWhatDoesNotFitAndGoOnInOrder(int ringSize, int publishers) {
        try (ShardRig rig = new ShardRig(1, publishers, ringSize)) {
            CommandPublisher publisher = rig.publisher(0);
            TestBatch batch = rig.batch(0);
            for (int i = 0; i < 20; i++) {
                batch.add("APPEND", "k", Character.toString('a' + i));
            }
            assertThat(batch.publish()).isFalse();
            assertThat(publisher.hasWaiting()).isTrue();
            assertThat(rig.shard(0).ring().depth()).isEqualTo(ringSize);
            long refused = publisher.refusedClaims();
            assertThat(refused).isEqualTo(1);
            assertThat(publisher.retryWaiting()).as("the consumer is paused").isFalse();
            assertThat(publisher.refusedClaims()).isEqualTo(refused + 1);
            while (batch.handedBack() == 0) {
                assertThat(rig.shard(0).turn()).isPositive();
                assertThat(publisher.hasWaiting() && publisher.retryWaiting() || batch.handedBack() == 1)
                        .isTrue();
            }
            assertThat(publisher.hasWaiting()).isFalse();
            List<String> replies = batch.replies();
            for (int i = 0; i < 20; i++) {
                assertThat(replies.get(i)).isEqualTo(":" + (i + 1));
            }
            TestBatch last = rig.batch(0).add("GET", "k");
            last.publish();
            rig.settle();
            assertThat(last.replies()).containsExactly("$abcdefghijklmnopqrst");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "1, 8", "2, 2", "2, 4", "4, 8"})
    void shouldServeTheWaitingListFirstInFirstOut(int shards, int ringSize) {
        try (ShardRig rig = new ShardRig(shards, 1, ringSize)) {
            List<TestBatch> batches = new ArrayList<>();
            for (int b = 0; b < 12; b++) {
                TestBatch batch = rig.batch(0);
                for (int i = 0; i < 1 + b * 5 % 7; i++) {
                    for (int s = 0; s < shards; s++) {
                        batch.add("INCR", rig.key(s, 0));
                    }
                    if (b % 3 == 1) {
                        batch.add("MGET", rig.key(0, 0), rig.key(shards - 1, 0));
                    }
                }
                batches.add(batch);
                batch.publish();
            }
            rig.settle();
            int[] next = new int[shards];
            for (TestBatch batch : batches) {
                int s = 0;
                for (String reply : batch.replies()) {
                    if (reply.startsWith("[")) {
                        assertThat(reply).isEqualTo("[$" + next[0] + ", $" + next[shards - 1] + "]");
                    } else {
                        assertThat(reply).isEqualTo(":" + ++next[s]);
                        s = (s + 1) % shards;
                    }
                }
            }
        }
    }

    @Test
    void shouldPublishAFullBatchOverFourShardsThroughRingsOfTwo() {
        try (ShardRig rig = new ShardRig(4, 1, 2)) {
            TestBatch batch = rig.batch(0);
            for (int i = 0; i < RequestBatch.MAX_COMMANDS; i++) {
                batch.add("INCR", rig.key(i * 7 % 4, 0));
            }
            assertThat(batch.batch.isFull()).isTrue();
            assertThat(batch.publish()).isFalse();
            rig.settle();
            List<String> replies = batch.replies();
            int[] next = new int[4];
            for (int i = 0; i < RequestBatch.MAX_COMMANDS; i++) {
                assertThat(replies.get(i)).isEqualTo(":" + ++next[i * 7 % 4]);
            }
        }
    }

    @Test
    void shouldGoOnWithOtherRingsWhileOneIsFull() {
        try (ShardRig rig = new ShardRig(2, 1, 2)) {
            TestBatch full = rig.batch(0);
            for (int i = 0; i < 4; i++) {
                full.add("INCR", rig.key(0, 0));
            }
            full.add("INCR", rig.key(1, 0));
            TestBatch behind = rig.batch(0).add("INCR", rig.key(1, 0));
            assertThat(full.publish()).isFalse();
            assertThat(behind.publish()).isFalse();
            assertThat(rig.publisher(0).retryWaiting()).isTrue();
            assertThat(rig.shard(1).turn()).isEqualTo(2);
            assertThat(behind.replies()).containsExactly(":2");
            assertThat(full.handedBack()).isZero();
            rig.settle();
            assertThat(full.replies()).containsExactly(":1", ":2", ":3", ":4", ":1");
        }
    }

    @Test
    void shouldKeepItsClaimsAndLetNothingOvertakeThem() {
        for (int publishers = 1; publishers <= 2; publishers++) {
            try (ShardRig rig = new ShardRig(2, publishers, 2)) {
                String left = rig.key(0, 0);
                String right = rig.key(1, 0);
                TestBatch filler = rig.batch(0).add("INCR", right).add("INCR", right);
                assertThat(filler.publish()).isTrue();
                TestBatch both = rig.batch(0).add("MSET", left, "1", right, "1").add("APPEND", left, "2");
                TestBatch behind = rig.batch(0).add("APPEND", left, "3").add("GET", left);
                assertThat(both.publish()).as("one ring is full").isFalse();
                assertThat(behind.publish()).isFalse();
                for (int i = 0; i < 3; i++) {
                    rig.publisher(0).retryWaiting();
                    assertThat(rig.shard(0).turn()).as("claimed, not filled").isZero();
                }
                rig.settle();
                assertThat(both.replies()).containsExactly("+OK", ":2");
                assertThat(behind.replies()).containsExactly(":3", "$123");
            }
        }
    }

    @Test
    void shouldWaitForTheTicketAndBeWokenWhenItIsFree() {
        List<Integer> woken = new ArrayList<>();
        SleepGate[] gates = {new SleepGate(() -> woken.add(0)), new SleepGate(() -> woken.add(1))};
        try (ShardRig rig = new ShardRig(2, 2, 5, gates)) {
            String left = rig.key(0, 0);
            String right = rig.key(1, 0);
            rig.batch(0).add("INCR", right).add("INCR", right).publish();
            TestBatch holder = rig.batch(0).add("MSET", left, "h", right, "h");
            assertThat(holder.publish()).isFalse();
            TestBatch waiter = rig.batch(1).add("MSET", right, "w", left, "w");
            TestBatch behind = rig.batch(1).add("GET", left);
            assertThat(waiter.publish()).as("the ticket is taken").isFalse();
            assertThat(behind.publish()).isFalse();
            gates[1].announce();
            assertThat(rig.publisher(1).retryWaiting()).isFalse();
            assertThat(woken).isEmpty();
            rig.shard(1).turn();
            assertThat(rig.publisher(0).retryWaiting()).isTrue();
            assertThat(woken).containsExactly(1);
            rig.settle();
            assertThat(holder.replies()).containsExactly("+OK");
            assertThat(waiter.replies()).containsExactly("+OK");
            assertThat(behind.replies()).containsExactly("$w");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldWakeAWaitingPublisherOnceThereIsRoomAndASleepingShardOnceThereIsWork(int publishers) {
        List<String> woken = new ArrayList<>();
        SleepGate[] gates = new SleepGate[publishers];
        for (int i = 0; i < publishers; i++) {
            String name = "loop " + i;
            gates[i] = new SleepGate(() -> woken.add(name));
        }
        try (ShardRig rig = new ShardRig(1, 2, 5, gates)) {
            SleepGate shardGate = new SleepGate(() -> woken.add("shard"));
            rig.shard(0).ring().consumerGate(shardGate);
            shardGate.announce();
            assertThat(rig.shard(0).hasWork()).isFalse();
            TestBatch batch = rig.batch(0).add("INCR", "k").add("INCR", "k").add("INCR", "k");
            assertThat(batch.publish()).isFalse();
            assertThat(woken).isEmpty();
            rig.publisher(0).wakeShards();
            rig.publisher(0).wakeShards();
            assertThat(woken).containsExactly("shard");
            gates[0].announce();
            assertThat(rig.publisher(0).retryWaiting()).isFalse();
            rig.shard(0).turn();
            assertThat(woken).containsExactly("shard", "loop 0");
            rig.settle();
            assertThat(batch.replies()).hasSize(3);
        }
    }
}
