// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import org.jspecify.annotations.Nullable;

/**
 * The slot of a command ring: one command, or one shard's part of one, with what a shard needs to prefetch and route it.
 *
 * <p>Filled completely by the publishing event loop, cleared of references by the shard that consumed it, since a slot
 * outlives its command by a lap of the ring.
 */
public final class CommandEvent {
    private int opcode;
    private int index;
    private int database;
    private int keyLength;
    private long hash;
    private long keyAddress;
    private @Nullable RequestBatch batch;

    /** Fills the slot. */
    public void set(
            int opcode, int database, RequestBatch batch, int index, long hash, long keyAddress, int keyLength) {
        this.opcode = opcode;
        this.database = database;
        this.batch = batch;
        this.index = index;
        this.hash = hash;
        this.keyAddress = keyAddress;
        this.keyLength = keyLength;
    }

    /** Lets go of the batch. */
    public void clear() {
        batch = null;
    }

    public int opcode() {
        return opcode;
    }

    /** Number of the database that was selected when the command was decoded. */
    public int database() {
        return database;
    }

    /** The batch that holds the arguments and takes the reply. */
    public RequestBatch batch() {
        RequestBatch batch = this.batch;
        if (batch == null) {
            throw new IllegalStateException("a consumed slot was read");
        }
        return batch;
    }

    /** The command's position in its batch. */
    public int index() {
        return index;
    }

    /** Hash of the first key, 0 where the command has none. */
    public long hash() {
        return hash;
    }

    public long keyAddress() {
        return keyAddress;
    }

    public int keyLength() {
        return keyLength;
    }
}
