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

/** The right to publish to several rings: nobody sleeps through its release, and all rings see one order. */
public class PublicationTicketStress {
    private PublicationTicketStress() {}

    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class TakeAndSleep {
        private final SleepGate gate = new SleepGate(() -> woken = 1);
        private final PublicationTicket ticket = new PublicationTicket(new SleepGate[] {new SleepGate(() -> {}), gate});
        private volatile int woken;

        public TakeAndSleep() {
            ticket.tryTake(0);
        }

        @Actor
        public void holder() {
            ticket.release();
        }

        @Actor
        public void sleeper(II_Result result) {
            gate.announce();
            result.r1 = ticket.tryTake(1) ? 1 : 0;
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** Marks in its turn, then again before it sleeps, while the ticket changes hands once more. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Sleeps through what is there, and nobody wakes it.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Found it, or sleeps and is woken.")
    @State
    public static class MarkTwice {
        private final SleepGate gate = new SleepGate(() -> woken = 1);
        private final PublicationTicket ticket = new PublicationTicket(new SleepGate[] {new SleepGate(() -> {}), gate});
        private volatile int woken;

        public MarkTwice() {
            ticket.tryTake(0);
        }

        @Actor
        public void holder() {
            ticket.release();
            if (ticket.tryTake(0)) {
                ticket.release();
            }
        }

        @Actor
        public void sleeper(II_Result result) {
            if (ticket.tryTake(1)) {
                result.r1 = 1;
                return;
            }
            gate.announce();
            result.r1 = ticket.tryTake(1) ? 1 : 0;
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r2 = woken;
        }
    }

    /** Two publishers, two rings: each result lists who stands in one ring, in order. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "2, 2", "12, 12", "21, 21"},
            expect = ACCEPTABLE,
            desc = "The same order in both rings; who found the ticket taken did not publish.")
    @Outcome(expect = FORBIDDEN, desc = "Different orders, or a slot that was not filled.")
    @State
    public static class OneOrder {
        private final SleepGate[] gates = {new SleepGate(() -> {}), new SleepGate(() -> {})};
        private final CommandRing[] rings = {new CommandRing(4, gates), new CommandRing(4, gates)};
        private final PublicationTicket ticket = new PublicationTicket(gates);

        @Actor
        public void first() {
            publish(0);
        }

        @Actor
        public void second() {
            publish(1);
        }

        private void publish(int publisher) {
            if (!ticket.tryTake(publisher)) {
                return;
            }
            long left = rings[0].tryClaim(1);
            long right = rings[1].tryClaim(1);
            rings[0].slot(left).set(1 + publisher, 0, null, 0, 0, 0, 0);
            rings[1].slot(right).set(1 + publisher, 0, null, 0, 0, 0, 0);
            rings[0].publish(left, left);
            rings[1].publish(right, right);
            ticket.release();
        }

        @Arbiter
        public void arbiter(II_Result result) {
            result.r1 = order(rings[0]);
            result.r2 = order(rings[1]);
        }

        private static int order(CommandRing ring) {
            int order = 0;
            for (long sequence = 0; sequence <= ring.available(0); sequence++) {
                order = order * 10 + ring.slot(sequence).opcode();
            }
            return order;
        }
    }
}
