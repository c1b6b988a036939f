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
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The engine without a network: a batch is filled, published, executed and taken back on one thread, with one shard and
 * 16-byte keys at random. The time is that of a whole batch; a socket can only add to it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EngineBenchmark {
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 256;

    /** Commands in a batch: what one read of a connection brings. */
    @Param({"1", "16", "64"})
    public int commands;

    @Param({"1000000"})
    public int keys;

    private final CommandSpec get = CommandTable.spec(Opcode.GET);
    private final CommandSpec set = CommandTable.spec(Opcode.SET);
    private final NativeText text = new NativeText();
    private final SplittableRandom random = new SplittableRandom(1);
    private Engine engine = newEngine();
    private CommandPublisher publisher = engine.publisher(0);
    private Shard shard = engine.shard(0);
    private RequestBatch batch = new RequestBatch(done -> {}, 1, NativeReplyChunk::new);
    private long keyMemory;
    private long name;
    private long value;

    private static Engine newEngine() {
        return new Engine(
                new EngineConfig(
                        1,
                        1,
                        4096,
                        2L << 30,
                        IndexKind.EXTENDIBLE,
                        EngineConfig.DEFAULT_STRIPES,
                        HashLimits.defaults(),
                        EngineConfig.DEFAULT_DATABASES,
                        7,
                        ShardClock.SYSTEM,
                        true,
                        false),
                new SleepGate(() -> {}));
    }

    @Setup(Level.Trial)
    public void fill() {
        name = text.copy("GET");
        value = text.copy("v".repeat(VALUE_BYTES));
        keyMemory = Memory.allocate((long) keys * KEY_BYTES);
        for (int i = 0; i < keys; i++) {
            Memory.putLong(keyAddress(i), i * 0x9e3779b97f4a7c15L);
            Memory.putLong(keyAddress(i) + Long.BYTES, i);
            add(set, i);
            execute();
        }
        if (shard.databases().get(0).size() != keys) {
            throw new IllegalStateException("not all keys are there");
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        engine.close();
        text.free();
        Memory.free(keyMemory);
        batch.reply(0).release();
    }

    @Benchmark
    public long get() {
        for (int i = 0; i < commands; i++) {
            add(get, random.nextInt(keys));
        }
        return execute();
    }

    @Benchmark
    public long set() {
        for (int i = 0; i < commands; i++) {
            add(set, random.nextInt(keys));
        }
        return execute();
    }

    private long keyAddress(int key) {
        return keyMemory + (long) key * KEY_BYTES;
    }

    private void add(CommandSpec spec, int key) {
        batch.addArgument(name, 3);
        batch.addArgument(keyAddress(key), KEY_BYTES);
        if (spec == set) {
            batch.addArgument(value, VALUE_BYTES);
        }
        publisher.commit(batch, spec, 0, 0);
    }

    /** Bytes of reply, so that a benchmark that measures errors or nothing shows it. */
    private long execute() {
        batch.seal();
        publisher.publish(batch);
        while (shard.turn() > 0) {}
        long bytes = batch.onlyReply().position();
        batch.releaseInput();
        batch.reset();
        return bytes;
    }
}
