// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cores in threads of their own, which really sleep at their gates: what {@link HistoryClient} checks, and that nobody
 * sleeps through work, which would end in the deadline.
 */
class AtomicityTest {
    private static final int CLIENTS_PER_LOOP = 3;
    private static final int DEADLINE_SECONDS = 50;
    private static final int SLOW_DEADLINE_SECONDS = 600;

    @ParameterizedTest
    @CsvSource({
        "1, 2, 2, false, 150",
        "2, 2, 2, true, 200",
        "2, 2, 8, true, 400",
        "2, 2, 4096, true, 1000",
        "2, 3, 2, false, 150",
        "4, 4, 2, true, 100",
        "4, 4, 8, true, 150",
        "4, 4, 4096, true, 400",
        "4, 1, 8, false, 300",
        "4, 3, 4096, false, 300",
    })
    void shouldSeeNoHalfWriteKeepOrderAndSleepThroughNothing(
            int shards, int publishers, int ringSize, boolean fused, int batches) throws InterruptedException {
        long seed = Seeds.next("AtomicityTest " + shards + " " + publishers + " " + ringSize);
        new Run(seed, shards, publishers, ringSize, fused, batches).toEnd(DEADLINE_SECONDS);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "1, 3, 2, false, 15000",
        "2, 2, 2, true, 20000",
        "2, 2, 8, true, 30000",
        "2, 2, 4096, true, 60000",
        "4, 4, 2, true, 8000",
        "4, 4, 8, true, 12000",
        "4, 4, 4096, true, 30000",
        "4, 1, 8, false, 20000",
        "4, 3, 2, false, 8000",
        "4, 3, 4096, false, 20000",
    })
    void shouldSeeNoHalfWriteForLonger(int shards, int publishers, int ringSize, boolean fused, int batches)
            throws InterruptedException {
        long seed = Seeds.next("AtomicityTest slow " + shards + " " + publishers + " " + ringSize);
        new Run(seed, shards, publishers, ringSize, fused, batches).toEnd(SLOW_DEADLINE_SECONDS);
    }

    private static final class Run {
        final SplittableRandom random;
        final HistoryClient.Shared shared = new HistoryClient.Shared();
        final List<CoreThread> threads = new ArrayList<>();
        final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        final CountDownLatch busy;
        final ShardRig rig;
        volatile boolean stop;

        Run(long seed, int shards, int publishers, int ringSize, boolean fused, int batches) {
            random = new SplittableRandom(seed);
            SleepGate[] gates = new SleepGate[publishers];
            for (int i = 0; i < publishers; i++) {
                gates[i] = addThread("loop-" + i).core.gate();
            }
            rig = new ShardRig(shards, ringSize, random.nextLong(), gates);
            for (int i = 0; i < publishers; i++) {
                List<HistoryClient> clients = new ArrayList<>();
                for (int c = 0; c < CLIENTS_PER_LOOP; c++) {
                    clients.add(new HistoryClient(CLIENTS_PER_LOOP * i + c, random.nextLong(), shared));
                }
                threads.get(i).core.publish(rig, rig.publisher(i), clients, batches);
            }
            for (int i = 0; i < shards; i++) {
                (fused ? threads.get(i) : addThread("shard-" + i)).core.own(rig.shard(i));
            }
            busy = new CountDownLatch(threads.size());
        }

        private CoreThread addThread(String name) {
            CoreThread thread = new CoreThread(this, name, random.split());
            threads.add(thread);
            return thread;
        }

        void toEnd(int seconds) throws InterruptedException {
            threads.forEach(CoreThread::start);
            boolean done = busy.await(seconds, TimeUnit.SECONDS);
            stop = true;
            for (CoreThread thread : threads) {
                LockSupport.unpark(thread);
                thread.join();
            }
            if (!failures.isEmpty()) {
                throw new AssertionError(failures.size() + " threads failed", failures.peek());
            }
            assertThat(done).as("work is left after %s s: %s", seconds, threads).isTrue();
            for (int i = 0; i < rig.shardCount; i++) {
                rig.shard(i).bindToCurrentThread();
                assertThat(rig.shard(i).internalErrors()).isZero();
            }
            TestBatch sums = rig.batch(0);
            HistoryClient.checkSums(sums, shared, () -> {
                sums.publish();
                rig.settle();
            });
            rig.close();
        }
    }

    /** The thread of one core. */
    private static final class CoreThread extends Thread {
        final TestCore core = new TestCore(getName(), this::unpark);
        private final Run run;
        private final SplittableRandom random;

        CoreThread(Run run, String name, SplittableRandom random) {
            super(name);
            this.run = run;
            this.random = random;
            setDaemon(true);
        }

        private void unpark() {
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            try {
                if (core.shard() != null) {
                    core.shard().bindToCurrentThread();
                }
                boolean wasDone = false;
                while (!run.stop) {
                    turn();
                    if (!wasDone && core.isDone()) {
                        wasDone = true;
                        run.busy.countDown();
                    }
                }
            } catch (Throwable e) {
                run.failures.add(e);
                while (run.busy.getCount() > 0) {
                    run.busy.countDown();
                }
            }
        }

        private void turn() {
            for (int i = random.nextInt(4); i > 0 && core.canSubmit(); i--) {
                core.submit(random.nextInt(CLIENTS_PER_LOOP));
            }
            if (!core.turn() && core.maySleep()) {
                LockSupport.park();
            }
            core.gate().awake();
        }

        @Override
        public String toString() {
            return core + " " + getState();
        }
    }
}
