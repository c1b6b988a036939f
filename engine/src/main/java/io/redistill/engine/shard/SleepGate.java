// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The agreement between a thread that wants to sleep and those that have work for it, so that no work is slept through
 * and no sleeper is woken twice.
 *
 * <pre>
 *   sleeper:    announce():  asleep = 1 ; full fence ; look for work ; sleep only if there is none ; awake(): asleep = 0
 *   publisher:  publish work             ; full fence ; asleep == 1 → wake
 * </pre>
 *
 * Either the sleeper's look comes after the publication in the total order of fences and finds the work, or the
 * publisher's look comes after the announcement and wakes. Release and acquire alone would let each side's read pass its
 * own write, and both could look too early: that is why the fences are full.
 *
 * <p>That holds for each piece of work on its own, whatever others have claimed or published before or behind it, as long
 * as each publisher wakes after its own publication. So "look for work" need not count what is claimed only: its publisher
 * will wake.
 *
 * <p>Threading: {@link #announce} and {@link #awake} the sleeper, {@link #wake} any thread.
 */
public final class SleepGate {
    private static final VarHandle ASLEEP;

    static {
        try {
            ASLEEP = MethodHandles.lookup().findVarHandle(SleepGate.class, "asleep", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Runnable waker;

    @SuppressWarnings("unused") // through ASLEEP
    private boolean asleep;

    /**
     * A gate whose sleeper is awake.
     *
     * @param waker ends the sleeper's wait, or its next one if it does not wait yet; any thread
     */
    public SleepGate(Runnable waker) {
        this.waker = waker;
    }

    /** Says that the caller is about to sleep; it looks for work after this and before it sleeps. */
    public void announce() {
        ASLEEP.setOpaque(this, true);
        Memory.fullFence();
    }

    /** Says that the caller does not sleep. */
    public void awake() {
        ASLEEP.setOpaque(this, false);
    }

    /** Wakes the sleeper if it sleeps; called after the work was published. */
    public void wake() {
        Memory.fullFence();
        if ((boolean) ASLEEP.getOpaque(this) && ASLEEP.compareAndSet(this, true, false)) {
            waker.run();
        }
    }
}
