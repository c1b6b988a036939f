// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;

/**
 * Empties sparse runs of one shard's {@link Arena} by moving their entries together, so that the memory serves blocks of
 * other lengths or goes back to the system.
 *
 * <p>It begins when the runs have much more than is in them ({@link #BEGIN_SHIFT}) and goes on until that is halved; when
 * memory is short it begins as soon as the reserve counts as used, since that is cheaper than evicting. A step moves at
 * most {@link #ENTRIES_PER_STEP} entries. Fields of hashes and tables of the index stay where they are.
 *
 * <p>Threading: confined to the shard thread; {@link #movedCount} and {@link #isRunning} any thread.
 */
public final class Compactor {
    private static final int ENTRIES_PER_STEP = 32;

    /** It begins where runs have an eighth more than is in them, and ends at a sixteenth. */
    private static final int BEGIN_SHIFT = 3;

    private static final int END_SHIFT = 4;

    /** After a run that could not be emptied: how much use has to change before the next try. */
    private static final long CHANGE_BEFORE_NEXT_TRY_BYTES = 64 << 10;

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Arena arena;
    private final long[] blocks = new long[ENTRIES_PER_STEP];
    private boolean running;
    private long usedBytesAtFailure = NEVER;
    private long movedCount;

    public Compactor(Arena arena) {
        this.arena = arena;
    }

    /**
     * Whether {@link #step} has something to do, as far as one can tell.
     *
     * @param isShort whether more memory is used than there is
     */
    public boolean isWanted(boolean isShort) {
        if (arena.isDraining()) {
            return true;
        }
        long usedBytes = arena.usedBytes();
        long sparseBytes = arena.sparseBytes() - Arena.FREE_RESERVE_BYTES;
        boolean worthIt =
                sparseBytes > usedBytes >> (running ? END_SHIFT : BEGIN_SHIFT) || isShort && arena.hasExcess();
        running = worthIt && Math.abs(usedBytes - usedBytesAtFailure) >= CHANGE_BEFORE_NEXT_TRY_BYTES;
        return running;
    }

    /**
     * Moves some entries: a few microseconds.
     *
     * @param databases all databases of the shard
     * @return false when nothing can be moved at present
     */
    public boolean step(Database[] databases) {
        if (!arena.isDraining() && !arena.beginDrain()) {
            return failed();
        }
        int count = arena.liveBlocks(blocks);
        for (int i = 0; i < count; i++) {
            if (!arena.hasRoomToDrain() || !relocate(databases, blocks[i])) {
                return failed();
            }
            movedCount++;
        }
        return true;
    }

    private static boolean relocate(Database[] databases, long entry) {
        for (Database database : databases) {
            if (database.relocate(entry)) {
                return true;
            }
        }
        // Of a database that was flushed: it will be free soon.
        return false;
    }

    private boolean failed() {
        arena.endDrain();
        running = false;
        usedBytesAtFailure = arena.usedBytes();
        return false;
    }

    /** Whether it is at work. */
    public boolean isRunning() {
        return running;
    }

    /** Entries moved so far. */
    public long movedCount() {
        return movedCount;
    }
}
