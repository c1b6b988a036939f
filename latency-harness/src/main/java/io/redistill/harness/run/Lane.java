// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.IntervalSet;
import io.redistill.harness.generator.IntervalSink;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way of interval sets from one generator thread to the coordinator and back. All sets are made at the start, so
 * that handing one over allocates nothing.
 *
 * <p>Threading: {@link IntervalSink} methods by the generator thread, the others by the coordinator.
 */
final class Lane implements IntervalSink {
    private static final int SETS = 6;

    private final ArrayBlockingQueue<IntervalSet> empty;
    private final ArrayBlockingQueue<IntervalSet> full;
    private volatile boolean finished;

    /**
     * Makes the sets.
     *
     * @param held how many the coordinator may keep for long
     */
    Lane(int commands, int held) {
        int sets = SETS + held;
        empty = new ArrayBlockingQueue<>(sets);
        full = new ArrayBlockingQueue<>(sets + 1);
        for (int i = 0; i < sets - 1; i++) {
            empty.add(new IntervalSet(commands));
        }
    }

    @Override
    public IntervalSet exchange(IntervalSet set) {
        IntervalSet next = empty.poll();
        if (next == null) {
            return set;
        }
        full.add(set);
        return next;
    }

    @Override
    public void last(IntervalSet set) {
        full.add(set);
        finished = true;
    }

    /** The generator thread ends without an interval. */
    void abandon() {
        finished = true;
    }

    @Nullable
    IntervalSet poll() {
        return full.poll();
    }

    void giveBack(IntervalSet set) {
        set.clear();
        empty.add(set);
    }

    /** Whether no more sets will come than those that can be polled. */
    boolean finished() {
        return finished && full.isEmpty();
    }
}
