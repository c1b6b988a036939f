// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two shards execute their parts of a batch: the one that counts down last hands it back, once, and sees all that both
 * wrote with plain stores (replies) and added up (results).
 */
@JCStressTest
@Outcome(id = "1, 3, 3", expect = ACCEPTABLE, desc = "Handed back once, complete.")
@Outcome(expect = FORBIDDEN, desc = "Not once, or without something that a shard wrote.")
@State
public class CountdownStress {
    private final RequestBatch batch = new RequestBatch(this::finished, 2, isFirst -> {
        throw new AssertionError("nobody replies");
    });
    private int left;
    private int right;
    private int seen;
    private int joined;
    private volatile int handedBack;

    public CountdownStress() {
        batch.commit(Opcode.DEL, RequestBatch.FAN_OUT, 2, 0, 0);
        batch.seal();
    }

    private void finished(RequestBatch done) {
        seen = left + right;
        joined = (int) done.result(0);
        handedBack++;
    }

    @Actor
    public void leftShard() {
        left = 1;
        batch.addResult(0, 1);
        batch.executed(1);
    }

    @Actor
    public void rightShard() {
        right = 2;
        batch.addResult(0, 2);
        batch.executed(1);
    }

    @Arbiter
    public void arbiter(III_Result result) {
        result.r1 = handedBack;
        result.r2 = seen;
        result.r3 = joined;
    }
}
