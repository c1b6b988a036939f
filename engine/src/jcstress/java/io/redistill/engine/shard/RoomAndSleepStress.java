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
 * A publisher that finds a {@link CommandRing} full, marks itself, and wants to sleep, against the shard that frees slots:
 * the first result says whether the publisher got its slots, the second whether it was woken.
 */
public class RoomAndSleepStress {
    private static final int SLOTS = 2;

    private RoomAndSleepStress() {}

    /** A full ring and the gate of the publisher that waits for room. */
    abstract static class FullRing {
        final SleepGate gate = new SleepGate(() -> woken = 1);
        final CommandRing ring;
        volatile int woken;

        FullRing(int publishers) {
            SleepGate[] gates = new SleepGate[publishers];
            java.util.Arrays.fill(gates, new SleepGate(() -> {}));
            gates[0] = gate;
            ring = new CommandRing(SLOTS, gates);
            ring.publish(0, ring.tryClaim(SLOTS));
        }

        /** As CommandPublisher claims. */
        final int claim(int count) {
            if (ring.tryClaim(count) != CommandRing.FULL) {
                return 1;
            }
            ring.awaitRoom(0);
            return ring.tryClaim(count) != CommandRing.FULL ? 1 : 0;
        }

        final void consume(long sequence) {
            ring.consumed(sequence);
            ring.wakeWaiting();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class OnePublisher extends FullRing {
        public OnePublisher() {
            super(1);
        }

        @Actor
        public void publisher(II_Result result) {
            gate.announce();
            result.r1 = claim(1);
        }

        @Actor
        public void shard() {
            consume(0);
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class OneOfTwoPublishers extends FullRing {
        public OneOfTwoPublishers() {
            super(2);
        }

        @Actor
        public void publisher(II_Result result) {
            gate.announce();
            result.r1 = claim(1);
        }

        @Actor
        public void shard() {
            consume(0);
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** Marks in its turn, then again before it sleeps, and needs what two turns of the shard free. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class MarkTwice extends FullRing {
        public MarkTwice() {
            super(2);
        }

        @Actor
        public void publisher(II_Result result) {
            if (claim(SLOTS) == 1) {
                result.r1 = 1;
                return;
            }
            gate.announce();
            result.r1 = claim(SLOTS);
        }

        @Actor
        public void shard() {
            consume(0);
            consume(1);
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }
}
