// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import io.redistill.engine.shard.ShardClock;

/** Time that passes when the test says so. */
public final class FakeClock implements ShardClock {
    private long epochMs = 1_700_000_000_000L;
    private long monotonicNs;

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
        return monotonicNs;
    }
}
