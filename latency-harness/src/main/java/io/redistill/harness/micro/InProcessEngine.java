// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.Engine;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.shard.CommandPublisher;
import io.redistill.engine.shard.Shard;
import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.shard.SleepGate;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;

/**
 * An engine of one shard that is filled, published to and turned by one thread, without a network. Keys have 16 bytes and
 * are known by their numbers.
 *
 * <p>Threading: confined to the thread that made it. {@link #close} frees its memory.
 */
final class InProcessEngine implements AutoCloseable {
    static final int KEY_BYTES = 16;

    /** Of the hashes of keys. */
    static final long SEED = 7;

    private static final int RING_SLOTS = 4096;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /** A power of two. */
    private static final int KEY_PLACES = RequestBatch.MAX_COMMANDS;

    private final NativeText text = new NativeText();
    private final RequestBatch batch = new RequestBatch(done -> {}, 1, isFirst -> new NativeReplyChunk());
    private final Engine engine;
    private final CommandPublisher publisher;
    private final Shard shard;
    private final int keys;
    private final int valueBytes;
    private final long[] names = new long[Opcode.COUNT];
    private final long keyMemory;
    private int nextKeyPlace;
    private final long value;

    /**
     * An empty engine.
     *
     * @param keys keys that can be named, from 0
     * @param valueBytes length of all values
     */
    InProcessEngine(IndexKind index, long memoryBytes, int keys, int valueBytes) {
        engine = new Engine(
                new EngineConfig(
                        1,
                        1,
                        RING_SLOTS,
                        memoryBytes,
                        index,
                        EngineConfig.DEFAULT_STRIPES,
                        HashLimits.defaults(),
                        EngineConfig.DEFAULT_DATABASES,
                        SEED,
                        ShardClock.SYSTEM,
                        true,
                        false),
                new SleepGate(() -> {}));
        publisher = engine.publisher(0);
        shard = engine.shard(0);
        this.keys = keys;
        this.valueBytes = valueBytes;
        value = text.copy("v".repeat(valueBytes));
        keyMemory = Memory.allocate(KEY_PLACES * KEY_BYTES);
    }

    /** Sets every key. */
    void fill() {
        CommandSpec set = CommandTable.spec(Opcode.SET);
        for (int i = 0; i < keys; i++) {
            add(set, i);
            execute();
        }
        if (database().size() != keys) {
            throw new IllegalStateException(database().size() + " of " + keys + " keys are there");
        }
    }

    Database database() {
        return shard.databases().get(0);
    }

    /**
     * Writes a key, {@link #KEY_BYTES} long, to where it stays until a batch's worth of others have been written: like
     * input it is in the cache.
     *
     * @return its address
     */
    long keyAddress(int key) {
        long address = keyMemory + (long) (nextKeyPlace++ & KEY_PLACES - 1) * KEY_BYTES;
        Memory.putLong(address, key * SPREAD);
        Memory.putLong(address + Long.BYTES, key);
        return address;
    }

    /** Adds a command on one key to the batch; SET with the value. */
    void add(CommandSpec spec, int key) {
        batch.addArgument(name(spec), spec.name().length());
        batch.addArgument(keyAddress(key), KEY_BYTES);
        if (spec.opcode() == Opcode.SET) {
            batch.addArgument(value, valueBytes);
        }
        publisher.commit(batch, spec, 0, 0);
    }

    private long name(CommandSpec spec) {
        if (names[spec.opcode()] == 0) {
            names[spec.opcode()] = text.copy(spec.name());
        }
        return names[spec.opcode()];
    }

    /** Publishes the batch and turns the shard until it is executed. */
    void publishAndTurn() {
        batch.seal();
        publisher.publish(batch);
        while (shard.turn() > 0) {}
    }

    /** Takes the batch back for the next commands. Bytes of reply, so that a benchmark of errors or nothing shows it. */
    long takeBack() {
        long bytes = batch.onlyReply().position();
        batch.releaseInput();
        batch.reset();
        return bytes;
    }

    /** {@link #publishAndTurn} and {@link #takeBack}. */
    long execute() {
        publishAndTurn();
        return takeBack();
    }

    @Override
    public void close() {
        engine.close();
        text.free();
        Memory.free(keyMemory);
        batch.reply(0).release();
    }
}
