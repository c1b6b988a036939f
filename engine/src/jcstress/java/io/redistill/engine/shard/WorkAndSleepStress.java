// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link SleepGate} between publishers of a {@link CommandRing} and the shard that wants to sleep: the first result says
 * whether the shard saw work after it had announced itself, the second whether it was woken.
 */
public class WorkAndSleepStress {
    private WorkAndSleepStress() {}

    /** A ring, its consumer's gate, and whether anybody woke the consumer. */
    abstract static class RingAndGate {
        final CommandRing ring;
        final SleepGate gate = new SleepGate(() -> woken = 1);
        volatile int woken;

        RingAndGate(int publishers) {
            SleepGate[] gates = new SleepGate[publishers];
            java.util.Arrays.fill(gates, new SleepGate(() -> {}));
            ring = new CommandRing(4, gates);
            ring.consumerGate(gate);
        }

        final void publishAndWake() {
            long sequence = ring.tryClaim(1);
            ring.publish(sequence, sequence);
            ring.wakeConsumer();
        }

        final int announceAndLook() {
            gate.announce();
            return ring.hasWork() ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class OnePublisher extends RingAndGate {
        public OnePublisher() {
            super(1);
        }

        @Actor
        public void publisher() {
            publishAndWake();
        }

        @Actor
        public void shard(II_Result result) {
            result.r1 = announceAndLook();
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** One of them may publish before the other, whose claim comes first. Runs where there are three processors. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class TwoPublishers extends RingAndGate {
        public TwoPublishers() {
            super(2);
        }

        @Actor
        public void firstPublisher() {
            publishAndWake();
        }

        @Actor
        public void secondPublisher() {
            publishAndWake();
        }

        @Actor
        public void shard(II_Result result) {
            result.r1 = announceAndLook();
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** The same for two processors: the later slot is published already, the earlier one is published now. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class EarlierClaimLaterPublished extends RingAndGate {
        private final long earlier;

        public EarlierClaimLaterPublished() {
            super(2);
            earlier = ring.tryClaim(1);
            publishAndWake();
        }

        @Actor
        public void publisher() {
            ring.publish(earlier, earlier);
            ring.wakeConsumer();
        }

        @Actor
        public void shard(II_Result result) {
            result.r1 = announceAndLook();
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** The shard was awake, took one command, and falls asleep while the next one comes. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class ConsumeThenSleep extends RingAndGate {
        public ConsumeThenSleep() {
            super(2);
            publishAndWake();
        }

        @Actor
        public void publisher() {
            publishAndWake();
        }

        @Actor
        public void shard(II_Result result) {
            ring.consumed(0);
            ring.wakeWaiting();
            result.r1 = announceAndLook();
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }
}
