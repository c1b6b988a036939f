// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.MemoryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Shards whose turns the test calls. */
class ShardTest {
    private static final int RING = 256;
    private static final int ARGUMENT_CAPACITY = 1024;
    private static final String INTERNAL_ERROR = "-ERR internal error";

    @Test
    void shouldExecuteInOrderAndHandEachBatchBackOnce() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            TestBatch first = rig.batch(0).add("SET", "k", "1").add("INCR", "k").add("GET", "k");
            TestBatch second = rig.batch(0).add("APPEND", "k", "x").add("GET", "k");
            assertThat(first.publish()).isTrue();
            assertThat(second.publish()).isTrue();
            assertThat(first.handedBack()).isZero();
            assertThat(rig.shard(0).hasWork()).isTrue();
            assertThat(rig.shard(0).turn()).isEqualTo(5);
            assertThat(rig.shard(0).hasWork()).isFalse();
            assertThat(rig.shard(0).turn()).isZero();
            assertThat(first.replies()).containsExactly("+OK", ":2", "$2");
            assertThat(second.replies()).containsExactly(":2", "$2x");
        }
    }

    @Test
    void shouldTakeAFullTurnAtMostAndHandBackWithTheLastPart() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            TestBatch batch = rig.batch(0);
            for (int i = 0; i < Shard.MAX_EVENTS_PER_TURN + 1; i++) {
                batch.add("INCR", "k");
            }
            batch.publish();
            assertThat(rig.shard(0).turn()).isEqualTo(Shard.MAX_EVENTS_PER_TURN);
            assertThat(batch.handedBack()).isZero();
            assertThat(batch.batch.isExecuted()).isFalse();
            assertThat(rig.shard(0).turn()).isEqualTo(1);
            assertThat(batch.replies()).hasSize(65).endsWith(":65");
        }
    }

    @Test
    void shouldClearEachSlotThatItConsumed() {
        try (ShardRig rig = new ShardRig(1, 1, 4)) {
            rig.batch(0).add("SET", "k", "v").add("GET", "k").publish();
            rig.settle();
            for (long sequence = 0; sequence < 4; sequence++) {
                long slot = sequence;
                assertThatThrownBy(() -> rig.shard(0).ring().slot(slot).batch()).hasMessage("a consumed slot was read");
            }
        }
    }

    @Test
    void shouldReadTheClockOnceATurn() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            TestBatch set = rig.batch(0).add("SET", "k", "v", "PX", "100").add("PTTL", "k");
            set.publish();
            rig.clock.advanceMs(5);
            rig.settle();
            assertThat(set.replies()).containsExactly("+OK", ":100");
            rig.clock.advanceMs(100);
            TestBatch last = rig.batch(0).add("PTTL", "k");
            last.publish();
            rig.settle();
            assertThat(last.replies()).containsExactly(":0");
            rig.clock.advanceMs(1);
            TestBatch gone = rig.batch(0).add("PTTL", "k").add("GET", "k");
            gone.publish();
            rig.settle();
            assertThat(gone.replies()).containsExactly(":-2", "nil");
            assertThat(rig.shard(0).databases().get(0).expiredCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeTouchForAUseAndExistsForNone() {
        for (int shards = 1; shards <= 2; shards++) {
            try (ShardRig rig = new ShardRig(shards, 1, RING)) {
                String first = rig.key(0, 0);
                String second = rig.key(shards - 1, 1);
                replies(rig.batch(0).add("MSET", first, "1", second, "2"), rig);
                rig.clock.advanceMs(5000);
                assertThat(countAndIdleTimes(rig, "EXISTS", first, second)).containsExactly(":2", ":5", ":5");
                assertThat(countAndIdleTimes(rig, "TOUCH", first, second)).containsExactly(":2", ":0", ":0");
            }
        }
    }

    private static List<String> countAndIdleTimes(ShardRig rig, String command, String first, String second) {
        return replies(
                rig.batch(0)
                        .add(command, first, second)
                        .add("OBJECT", "IDLETIME", first)
                        .add("OBJECT", "IDLETIME", second),
                rig);
    }

    @Test
    void shouldCountNoChangeWhereNothingChanges() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            assertThat(changes(rig, "SETBIT", "s", "0", "0")).isEqualTo(1);
            assertThat(changes(rig, "SETBIT", "s", "0", "0")).isZero();
            assertThat(changes(rig, "SETBIT", "s", "0", "1")).isEqualTo(1);
            assertThat(changes(rig, "SETBIT", "s", "0", "1")).isZero();
            assertThat(changes(rig, "SETBIT", "s", "90", "0")).isEqualTo(1);
            assertThat(changes(rig, "BITFIELD", "f", "SET", "i5", "0", "0")).isEqualTo(1);
            assertThat(changes(rig, "BITFIELD", "f", "SET", "i5", "0", "0")).isZero();
            assertThat(changes(rig, "BITFIELD", "f", "SET", "i5", "0", "1", "SET", "i5", "0", "1"))
                    .isEqualTo(1);
            assertThat(changes(rig, "BITFIELD", "f", "INCRBY", "i5", "0", "0")).isZero();
            assertThat(changes(rig, "BITFIELD", "f", "OVERFLOW", "FAIL", "SET", "u2", "0", "9"))
                    .isZero();
            assertThat(changes(rig, "BITFIELD", "f", "INCRBY", "i5", "0", "1")).isEqualTo(1);
            assertThat(changes(rig, "BITFIELD", "f", "SET", "i5", "90", "0")).isEqualTo(1);
            assertThat(changes(rig, "GETEX", "f", "PERSIST")).isZero();
            assertThat(changes(rig, "GETEX", "f", "EX", "10")).isEqualTo(1);
            assertThat(changes(rig, "GETEX", "f", "PERSIST")).isEqualTo(1);
        }
    }

    @Test
    void shouldCountHitsAndMissesOfCopyAndNoneOfDebugObject() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            replies(rig.batch(0).add("SET", "k", "v"), rig);
            replies(rig.batch(0).add("COPY", "k", "k2").add("COPY", "none", "k3"), rig);
            assertThat(rig.shard(0).hits()).isEqualTo(1);
            assertThat(rig.shard(0).misses()).isEqualTo(1);
            replies(rig.batch(0).add("DEBUG", "OBJECT", "k").add("DEBUG", "OBJECT", "none"), rig);
            assertThat(rig.shard(0).hits()).isEqualTo(1);
            assertThat(rig.shard(0).misses()).isEqualTo(1);
        }
    }

    private static long changes(ShardRig rig, String... words) {
        long before = rig.shard(0).changes();
        assertThat(replies(rig.batch(0).add(words), rig)).isNotEmpty();
        return rig.shard(0).changes() - before;
    }

    private static List<String> replies(TestBatch batch, ShardRig rig) {
        batch.publish();
        rig.settle();
        return batch.replies();
    }

    /** Who has the reply and asks for INFO finds the call counted. */
    @Test
    void shouldCountACallBeforeItsBatchIsHandedBack() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            CommandStatistics statistics = rig.shard(0).statistics();
            List<Long> calls = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                rig.batch(rig.publisher(0), done -> calls.add(statistics.calls(Opcode.SET)))
                        .add("SET", "k", "v")
                        .publish();
            }
            rig.settle();
            assertThat(calls).containsExactly(1L, 2L);
        }
    }

    /** Nobody is refused for want of what a flush has left to be freed; instead, commands wait for it. */
    @Test
    void shouldFreeWhatAFlushHasLeftBeforeItOvershootsTheLimit() {
        int valueBytes = 8_000;
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            Shard shard = rig.shard(0);
            for (int i = 0; i < 200; i++) {
                TestBatch batch = rig.batch(0);
                for (int j = 0; j < 100; j++) {
                    batch.add("SET", "small:" + i + ":" + j, "v".repeat(200));
                }
                batch.publish();
                rig.settle();
            }
            rig.budget.settings(EvictionSettings.refusing(shard.usedBytes()));
            rig.clock.pass(1_000_000); // no slice has time for more than a step
            rig.batch(0).add("FLUSHALL").publish();
            shard.turn();
            List<TestBatch> sets = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                TestBatch batch = rig.batch(0);
                for (int j = 0; j < 40; j++) {
                    batch.add("SET", "large:" + i + ":" + j, "v".repeat(valueBytes));
                }
                batch.publish();
                sets.add(batch);
            }
            long mostOverBytes = 0;
            for (int i = 0; i < 10_000 && (shard.hasWork() || rig.publisher(0).hasWaiting()); i++) {
                shard.turn();
                rig.publisher(0).retryWaiting();
                mostOverBytes = Math.max(mostOverBytes, rig.budget.overBytes());
            }
            assertThat(sets)
                    .allSatisfy(batch -> assertThat(batch.replies()).hasSize(40).containsOnly("+OK"));
            assertThat(mostOverBytes)
                    .isLessThan(rig.budget.allowedOvershootBytes()
                            + Shard.MAX_EVENTS_PER_TURN * 9_000L
                            + MemoryBudget.CREDIT_BYTES);
            assertThat(shard.isFreeing()).isFalse();
        }
    }

    @Test
    void shouldRemoveWhatIsDueWithoutBeingAsked() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            Shard shard = rig.shard(0);
            assertThat(shard.sleepNs()).isEqualTo(Long.MAX_VALUE);
            TestBatch set = rig.batch(0);
            for (int i = 0; i < 100; i++) {
                set.add("SET", "k" + i, "v", "PX", i < 50 ? "20" : "3600000");
            }
            set.publish();
            rig.settle();
            assertThat(shard.sleepNs()).isEqualTo(21_000_000);
            rig.clock.advanceMs(20);
            rig.settle();
            assertThat(shard.databases().get(0).size()).isEqualTo(100);
            assertThat(shard.sleepNs()).isEqualTo(1_000_000);
            rig.clock.advanceMs(1);
            rig.settle();
            assertThat(shard.databases().get(0).size()).isEqualTo(50);
            assertThat(shard.hasWork()).isFalse();
            assertThat(shard.databases().get(0).expiredCount()).isEqualTo(50);
            assertThat(shard.databases().get(0).lazilyExpiredCount()).isZero();
            assertThat(shard.databases().get(0).expireLag().getMaxValue()).isEqualTo(1);
            rig.clock.advanceMs(3_600_000);
            rig.settle();
            assertThat(shard.databases().get(0).size()).isZero();
        }
    }

    /** Prefetch only touches: one command a turn (no prefetch) and all in one turn must answer the same. */
    @Test
    void shouldAnswerTheSameWithAndWithoutPrefetch() {
        List<String[]> commands = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String key = "k" + i % 5;
            commands.add(
                    switch (i % 6) {
                        case 0 -> new String[] {"SET", key, "value" + i};
                        case 1 -> new String[] {"APPEND", key, "x".repeat(i * 400)};
                        case 2 -> new String[] {"GETDEL", key};
                        case 3 -> new String[] {"MSET", key, "a", "other" + i, "b"};
                        case 4 -> new String[] {"MGET", key, "k1", "none"};
                        default -> new String[] {"DEL", key, "k" + (i + 1) % 5};
                    });
        }
        List<String> together;
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            TestBatch batch = rig.batch(0);
            commands.forEach(batch::add);
            batch.publish();
            assertThat(rig.shard(0).turn()).isEqualTo(60);
            together = batch.replies();
        }
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            List<String> alone = new ArrayList<>();
            for (String[] command : commands) {
                TestBatch batch = rig.batch(0).add(command);
                batch.publish();
                assertThat(rig.shard(0).turn()).isEqualTo(1);
                alone.addAll(batch.replies());
            }
            assertThat(alone).isEqualTo(together);
        }
    }

    @Test
    void shouldRefuseATurnOnAForeignThread() throws InterruptedException {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            rig.shard(0).bindToCurrentThread();
            assertThat(rig.shard(0).turn()).isZero();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread foreign = new Thread(() -> {
                try {
                    rig.shard(0).turn();
                } catch (AssertionError e) {
                    thrown.set(e);
                }
            });
            foreign.start();
            foreign.join();
            assertThat(thrown.get()).hasMessageContaining("shard 0 belongs to");
        }
    }

    @Test
    void shouldCountCommandsFailuresHitsAndMisses() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            rig.batch(0)
                    .add("SET", "k", "v")
                    .add("GET", "k")
                    .add("GET", "none")
                    .add("INCR", "k")
                    .publish();
            rig.settle();
            Shard shard = rig.shard(0);
            assertThat(shard.statistics().calls(Opcode.GET)).isEqualTo(2);
            assertThat(shard.statistics().calls(Opcode.SET)).isEqualTo(1);
            assertThat(shard.statistics().failedCalls(Opcode.INCR)).isEqualTo(1);
            assertThat(shard.hits()).isEqualTo(1);
            assertThat(shard.misses()).isEqualTo(1);
            assertThat(shard.internalErrors()).isZero();
        }
    }

    // ---- our own bugs

    @Test
    void shouldAnswerAnExceptionInsideACommandWithAnErrorAndGoOn() {
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            TestBatch batch = rig.batch(0).add("SET", "k", "v");
            batch.addArguments("PING");
            batch.batch.commit(Opcode.PING, 0, 1, 0, 0); // no command of a shard
            batch.add("GET", "k");
            batch.publish();
            rig.settle();
            assertThat(batch.replies()).containsExactly("+OK", INTERNAL_ERROR, "$v");
            assertThat(rig.shard(0).internalErrors()).isEqualTo(1);
            assertThat(rig.shard(0).lastInternalError()).isInstanceOf(IllegalStateException.class);
            TestBatch next = rig.batch(0).add("GET", "k");
            next.publish();
            rig.settle();
            assertThat(next.replies()).containsExactly("$v");
        }
    }

    @Test
    void shouldKeepRepliesInPlaceWhenAPartFails() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            String left = rig.key(0, 0);
            String right = rig.key(1, 0);
            TestBatch batch = rig.batch(0).add("MGET", right, left, right);
            batch.add("GET", left).add("GET", right);
            batch.publish();
            rig.shard(1).turn();
            rig.chunks.failNext(); // no memory for the first reply of shard 0
            rig.shard(0).turn();
            assertThat(batch.replies()).containsExactly("[nil, " + INTERNAL_ERROR + ", nil]", "nil", "nil");
            assertThat(rig.shard(0).internalErrors()).isEqualTo(1);
        }
    }

    @Test
    void shouldLetTheOthersGoOnWhenARendezvousFails() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            String left = rig.key(0, 0);
            String right = rig.key(1, 0);
            TestBatch batch = rig.batch(0).add("SET", left, "a").add("SET", right, "b");
            // No value for the last key, at the very end of the argument arrays.
            while (batch.batch.argumentCount() < ARGUMENT_CAPACITY - 4) {
                String[] exists = new String[Math.min(10, ARGUMENT_CAPACITY - 4 - batch.batch.argumentCount())];
                Arrays.fill(exists, left);
                exists[0] = "EXISTS";
                batch.add(exists.length == 1 ? new String[] {"DBSIZE"} : exists);
            }
            batch.add("MSETNX", left + "1", "x", right + "1");
            TestBatch next = rig.batch(0).add("GET", left).add("GET", right);
            batch.publish();
            next.publish();
            rig.settle();
            assertThat(batch.replies()).endsWith(INTERNAL_ERROR);
            assertThat(next.replies()).containsExactly("$a", "$b");
            assertThat(rig.shard(0).internalErrors() + rig.shard(1).internalErrors())
                    .isEqualTo(1);
        }
    }

    // ---- several shards

    @Test
    void shouldExecuteNothingWhileStoppedAtARendezvous() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            String left = rig.key(0, 0);
            String right = rig.key(1, 0);
            TestBatch both = rig.batch(0).add("MSETNX", left, "1", right, "2");
            TestBatch after = rig.batch(0).add("GET", left);
            both.publish();
            after.publish();
            assertThat(rig.shard(0).turn()).isEqualTo(1);
            assertThat(rig.shard(0).hasWork())
                    .as("stopped: the thread may sleep")
                    .isFalse();
            assertThat(rig.shard(0).turn()).isZero();
            assertThat(after.handedBack()).isZero();
            assertThat(both.handedBack()).isZero();
            assertThat(rig.shard(1).turn()).isEqualTo(1);
            assertThat(both.replies()).containsExactly(":1");
            assertThat(rig.shard(0).hasWork()).isTrue();
            assertThat(after.handedBack()).isZero();
            assertThat(rig.shard(0).turn()).isEqualTo(1);
            assertThat(after.replies()).containsExactly("$1");
        }
    }

    @Test
    void shouldNotifyTheStoppedWhenARendezvousIsOver() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            List<String> woken = new ArrayList<>();
            SleepGate gate = new SleepGate(() -> woken.add("woken"));
            rig.shard(0).ring().consumerGate(gate);
            TestBatch both = rig.batch(0).add("MSETNX", rig.key(0, 0), "1", rig.key(1, 0), "2");
            both.publish();
            rig.shard(0).turn();
            gate.announce();
            assertThat(rig.shard(0).hasWork()).isFalse();
            rig.shard(1).turn();
            assertThat(woken).hasSize(1);
        }
    }

    /** From its arrival on the shard is lent to the one that executes: it must not even free memory. */
    @Test
    void shouldDoNoBackgroundWorkWhileLent() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            for (int round = 0; round < 16; round++) {
                TestBatch fill = rig.batch(0);
                for (int i = 0; i < 60; i++) {
                    fill.add("SET", rig.key(0, i), "v");
                }
                fill.publish();
                rig.settle();
                rig.batch(0).add("FLUSHALL").publish();
                rig.shard(0).turn();
                rig.shard(1).turn();
                Database database = rig.shard(0).databases().get(0);
                assertThat(database.hasGarbage()).isTrue();
                TestBatch both = rig.batch(0).add("MSETNX", rig.key(0, 0), "1", rig.key(1, 0), "2");
                both.publish();
                long before = rig.shard(0).usedBytes();
                assertThat(rig.shard(0).turn()).isEqualTo(1);
                assertThat(rig.shard(0).turn()).isZero();
                assertThat(rig.shard(0).usedBytes()).as("round %d", round).isEqualTo(before);
                rig.settle();
                for (int i = 0; i < 20; i++) {
                    rig.shard(0).turn();
                }
                assertThat(database.hasGarbage()).isFalse();
                assertThat(both.replies()).containsExactly(":1");
            }
        }
    }

    @Test
    void shouldGiveLargeKeysAndValuesBackWhenItIsClosed() {
        long before = LargeBlock.usedBytes();
        String large = "v".repeat(Database.LARGE_VALUE_BYTES);
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20; i++) {
                    rig.batch(0)
                            .add("SET", "value" + i, large)
                            .add("SET", "k".repeat(10_000) + i, large)
                            .add("HSET", "hash" + i, "f", large, "g", "v", "k".repeat(10_000), "v")
                            .publish();
                    rig.settle();
                }
                if (round == 0) {
                    // What that leaves is being freed when the end comes.
                    rig.batch(0).add("FLUSHALL").publish();
                    rig.settle();
                    rig.shard(0).turn();
                }
            }
            assertThat(LargeBlock.usedBytes() - before).isGreaterThan(20L * 3 * Database.LARGE_VALUE_BYTES);
        }
        assertThat(LargeBlock.usedBytes()).isEqualTo(before);
    }

    @Test
    void shouldJoinPartsInRequestOrder() {
        try (ShardRig rig = new ShardRig(3, 1, RING)) {
            String a = rig.key(0, 0);
            String b = rig.key(1, 0);
            String c = rig.key(2, 0);
            String large = "L".repeat(20_000);
            TestBatch batch = rig.batch(0)
                    .add("MSET", a, "1", b, large, c, "3")
                    .addLocal()
                    .add("GET", b)
                    .add("MGET", c, b, "none", a, b)
                    .addWith(RequestBatch.SILENT, "MGET", a, b, c)
                    .addWith(RequestBatch.SILENT, "DEL", a, c)
                    .add("EXISTS", a, b, c)
                    .addLocal()
                    .add("DBSIZE")
                    .add("MSETNX", a, "x", b, "y")
                    .add("DEL", a, b)
                    .addWith(RequestBatch.RESP3, "MGET", a, b)
                    .add("FLUSHALL");
            batch.publish();
            // The last first, so that nothing arrives in request order.
            for (int i = 0; i < 10; i++) {
                rig.shard(2).turn();
                rig.shard(1).turn();
                rig.shard(0).turn();
            }
            assertThat(batch.replies())
                    .containsExactly(
                            "+OK",
                            "+OK",
                            "$" + large,
                            "[$3, $" + large + ", nil, $1, $" + large + "]",
                            ":1",
                            "+OK",
                            ":1",
                            ":0",
                            ":1",
                            "[nil, nil]",
                            "+OK");
        }
    }

    /** A shard notes the ends of its own pieces only: another may be noting its own at the same time. */
    @Test
    void shouldNotTouchOthersPiecesWhenSilent() {
        try (ShardRig rig = new ShardRig(2, 1, RING)) {
            String left = rig.key(0, 0);
            String right = rig.key(1, 0);
            TestBatch batch = rig.batch(0).addWith(RequestBatch.SILENT, "MGET", left, right);
            batch.batch.pieceEnd(1, 12345);
            batch.batch.pieceEnd(2, 12345);
            batch.publish();
            rig.shard(0).turn();
            assertThat(batch.batch.pieceEnd(1)).isZero();
            assertThat(batch.batch.pieceEnd(2)).isEqualTo(12345);
            rig.shard(1).turn();
            assertThat(batch.replies()).isEmpty();
        }
    }

    @Test
    void shouldKeepABlockArgumentWithoutACopyAndGiveItBack() {
        long before = LargeBlock.usedBytes();
        try (ShardRig rig = new ShardRig(1, 1, RING)) {
            int length = Database.LARGE_VALUE_BYTES + 7;
            long block = LargeBlock.allocate(length);
            Memory.fill(block, length, (byte) 'b');
            TestBatch batch = rig.batch(0);
            batch.addArguments("SET", "k");
            batch.batch.addBlockArgument(block, length);
            rig.publisher(0).commit(batch.batch, CommandTable.spec(Opcode.SET), 0, 0);
            batch.add("GET", "k").add("APPEND", "k", "tail").add("STRLEN", "k").add("DEL", "k");
            batch.publish();
            rig.settle();
            assertThat(batch.replies())
                    .containsExactly("+OK", "$" + "b".repeat(length), ":" + (length + 4), ":" + (length + 4), ":1");
            assertThat(LargeBlock.isExclusive(block))
                    .as("held by the batch alone")
                    .isTrue();
        }
        assertThat(LargeBlock.usedBytes()).isEqualTo(before);
    }
}
