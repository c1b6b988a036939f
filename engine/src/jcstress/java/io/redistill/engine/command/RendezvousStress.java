// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two shards meet: plain writes of the one that arrives first are handed to the last, and what that wrote back again. */
@JCStressTest
@Outcome(
        id = {"1, 3", "3, 1", "1, -1", "-1, 1"},
        expect = ACCEPTABLE,
        desc = "The last saw what the first had written; the first saw what the last wrote, or that it is not over.")
@Outcome(expect = FORBIDDEN, desc = "Plain writes were not handed over, or nobody or both were the last.")
@State
public class RendezvousStress {
    private final Rendezvous rendezvous = new Rendezvous(2);
    private int left;
    private int right;

    @Actor
    public void leftShard(II_Result result) {
        left = 1;
        if (rendezvous.arrive()) {
            result.r1 = right;
            left = 2;
            right = 3;
            rendezvous.release();
        } else {
            result.r1 = rendezvous.isOver() ? left : -1;
        }
    }

    @Actor
    public void rightShard(II_Result result) {
        right = 1;
        if (rendezvous.arrive()) {
            result.r2 = left;
            right = 2;
            left = 3;
            rendezvous.release();
        } else {
            result.r2 = rendezvous.isOver() ? right : -1;
        }
    }
}
