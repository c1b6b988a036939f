// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cores in one thread: the seed chooses who does its next small step, so that any order of publications, turns, retries,
 * hand-backs and naps comes by and can be replayed. Nobody asleep is stepped unless woken, so a lost wake-up is a stop.
 */
class InterleavingTest {
    private static final int ROUNDS = 15;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 2, true",
        "1, 1, 8, true",
        "1, 3, 2, false",
        "1, 2, 16, false",
        "2, 1, 2, false",
        "2, 2, 2, true",
        "2, 2, 4, true",
        "3, 2, 4, false",
        "4, 4, 2, true",
        "4, 3, 8, false",
        "4, 4, 4096, true",
    })
    void shouldKeepEachClientsOrderAndWritesWhole(int shards, int publishers, int ringSize, boolean fused) {
        long seed = Seeds.next("InterleavingTest " + shards + " " + publishers + " " + ringSize);
        SplittableRandom seeds = new SplittableRandom(seed);
        long largeBytes = LargeBlock.usedBytes();
        for (int round = 0; round < ROUNDS; round++) {
            new Run(seeds.split(), shards, publishers, ringSize, fused).toEnd();
        }
        assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytes);
    }

    private static final class Run {
        final SplittableRandom random;
        final List<TestCore> cores = new ArrayList<>();
        final List<Boolean> asleep = new ArrayList<>();
        final HistoryClient.Shared shared = new HistoryClient.Shared();
        final ShardRig rig;

        Run(SplittableRandom random, int shards, int publishers, int ringSize, boolean fused) {
            this.random = random;
            SleepGate[] gates = new SleepGate[publishers];
            for (int i = 0; i < publishers; i++) {
                gates[i] = addCore("loop " + i).gate();
            }
            rig = new ShardRig(shards, ringSize, random.nextLong(), gates);
            for (int i = 0; i < publishers; i++) {
                List<HistoryClient> clients = new ArrayList<>();
                for (int c = 0; c < 2; c++) {
                    clients.add(new HistoryClient(2 * i + c, random.nextLong(), shared));
                }
                cores.get(i).publish(rig, rig.publisher(i), clients, 12);
            }
            for (int i = 0; i < shards; i++) {
                (fused ? cores.get(i) : addCore("shard " + i)).own(rig.shard(i));
            }
        }

        private TestCore addCore(String name) {
            int number = cores.size();
            TestCore core = new TestCore(name, () -> asleep.set(number, false));
            cores.add(core);
            asleep.add(false);
            return core;
        }

        void toEnd() {
            while (!cores.stream().allMatch(TestCore::isDone)) {
                assertThat(asleep).as("all sleep, work is left: %s", cores).contains(false);
                int number = random.nextInt(cores.size());
                if (!asleep.get(number)) {
                    step(number);
                }
            }
            rig.settle();
            HistoryClient.checkSums(finalBatch = rig.batch(0), shared, () -> {
                finalBatch.publish();
                rig.settle();
            });
            for (int i = 0; i < rig.shardCount; i++) {
                assertThat(rig.shard(i).internalErrors()).isZero();
                assertThat(rig.shard(i).ring().depth()).isZero();
            }
            rig.batch(0).add("FLUSHALL").publish();
            for (int i = 0; i < 100; i++) {
                rig.settle();
            }
            for (int i = 0; i < rig.shardCount; i++) {
                assertThat(rig.shard(i).databases().get(0).hasGarbage()).isFalse();
            }
            rig.close();
        }

        private TestBatch finalBatch;

        private void step(int number) {
            TestCore core = cores.get(number);
            CommandPublisher publisher = core.publisher();
            int action = random.nextInt(12);
            if (action < 4 && publisher != null && core.canSubmit()) {
                core.submit(random.nextInt(10));
            } else if (action < 6 && core.shard() != null) {
                core.shard().turn();
            } else if (action == 6 && publisher != null && publisher.hasWaiting()) {
                publisher.retryWaiting();
            } else if (action == 7 && publisher != null) {
                core.deliver();
            } else if (action == 8) {
                core.turn();
            } else if (action > 8) {
                if (publisher != null) {
                    publisher.wakeShards();
                }
                if (core.maySleep()) {
                    asleep.set(number, true);
                }
            }
        }
    }
}
