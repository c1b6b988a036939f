// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of a cut: gives a {@link CutSink} every entry that the shard's databases held when this was made, while
 * commands go on changing them.
 *
 * <p><b>Stamps.</b> Each cut has a number, and each entry carries that of the last cut that is done with it. Between cuts
 * all entries carry the last cut's number, which new ones are given as well. A cut takes the next number: what carries
 * another one was there at the cut and has not been given yet. The walk gives such entries in the order of the index and
 * stamps them; {@link DatabaseCut} gives and stamps one that is about to be changed, moved or removed. So each is given once,
 * as it was, wherever the walk has come to, and whatever the index does meanwhile. An aborted cut has its walk finished
 * all the same, into a sink that ignores what it is given, so that the rule holds for the next one.
 *
 * <p><b>FLUSH and SWAPDB.</b> The walk holds the index that a database had at the cut. A flush detaches that index; its
 * entries then change no more, and are freed after the walk went through them. A database that is swapped takes its
 * number at the cut along.
 *
 * <p>Threading: confined to the shard thread.
 */
public final class CutWalk {
    private final CutSink sink;
    private final @Nullable Database[] databases;
    private int current;

    /**
     * Makes the cut: now.
     *
     * @param databases of the shard, by number, null where there is none
     */
    public CutWalk(@Nullable Database[] databases, CutSink sink) {
        this.databases = databases.clone();
        this.sink = sink;
        for (int number = 0; number < databases.length; number++) {
            Database database = databases[number];
            if (database != null) {
                database.beginCut(number, sink);
            }
        }
    }

    /** Whether {@link #slice} would have something to do now. */
    public boolean canGoOn() {
        return sink.hasRoom();
    }

    /**
     * Walks until a time or until the sink has no room.
     *
     * @param clockNs tells the time
     * @param untilNs when to stop, by that clock; one step is made in any case
     * @return false when this was the last slice
     */
    public boolean slice(LongSupplier clockNs, long untilNs) {
        do {
            if (!sink.hasRoom()) {
                return true;
            }
            if (current == databases.length) {
                for (Database database : databases) {
                    if (database != null) {
                        database.cut().end();
                    }
                }
                sink.end();
                return false;
            }
            Database database = databases[current];
            if (database == null || !database.cut().step()) {
                current++;
            }
        } while (clockNs.getAsLong() - untilNs < 0);
        return true;
    }
}
