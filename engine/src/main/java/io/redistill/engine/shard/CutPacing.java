// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import java.util.concurrent.TimeUnit;

/**
 * How much time the walk of a cut may take from a shard: under load a share of the time that commands take, in slices so
 * short that nobody waits for one; when idle slices that grow, since nobody has come for a while.
 *
 * <p>Threading: confined to the shard thread.
 */
final class CutPacing {
    /** Longest slice under load. */
    static final long LOADED_SLICE_NS = TimeUnit.MICROSECONDS.toNanos(20);

    /** Longest slice of a shard that has been idle for some turns. */
    static final long IDLE_SLICE_NS = TimeUnit.MICROSECONDS.toNanos(200);

    /** Time of the walk as a share of that of commands: 15 % of both together. */
    private static final double SHARE = 0.15 / 0.85;

    /** A step of the walk takes about so long: what is left of a credit when a slice ends. */
    private static final long MAX_DEBT_NS = LOADED_SLICE_NS;

    private long creditNs;
    private long idleSliceNs = LOADED_SLICE_NS;

    /**
     * How long a slice may be now, or 0.
     *
     * @param executed events of this turn
     * @param elapsedNs what they took
     */
    long sliceNs(int executed, long elapsedNs) {
        if (executed == 0) {
            long slice = idleSliceNs;
            idleSliceNs = Math.min(IDLE_SLICE_NS, idleSliceNs * 2);
            return slice;
        }
        idleSliceNs = LOADED_SLICE_NS;
        creditNs = Math.min(creditNs + (long) (elapsedNs * SHARE), LOADED_SLICE_NS);
        return creditNs == LOADED_SLICE_NS ? LOADED_SLICE_NS : 0;
    }

    /** Accounts for a slice that was allowed for a turn with events. */
    void took(long ns) {
        creditNs = Math.max(creditNs - ns, -MAX_DEBT_NS);
    }
}
