// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import io.redistill.engine.shard.ShardClock;

/** Time that passes when the test says so. */
public final class FakeClock implements ShardClock {
    private long epochMs = 1_700_000_000_000L;
    private long monotonicNs;
    private long nsPerLook;

    /** From now on so much monotonic time passes each time that somebody looks at it. */
    public void pass(long ns) {
        nsPerLook = ns;
    }

    /** Lets time pass. */
    public void advanceMs(long ms) {
        epochMs += ms;
        monotonicNs += ms * 1_000_000;
    }

    @Override
    public long epochMs() {
        return epochMs;
    }

    @Override
    public long monotonicNs() {
        monotonicNs += nsPerLook;
        return monotonicNs;
    }
}
