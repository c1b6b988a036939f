// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.store.IndexKind;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
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
@NullUnmarked // set up before every use
public class EngineBenchmark {
    private static final int VALUE_BYTES = 256;
    private static final long MEMORY_BYTES = 2L << 30;

    /** Commands in a batch: what one read of a connection brings. */
    @Param({"1", "16", "64"})
    public int commands;

    @Param({"1000000"})
    public int keys;

    private final CommandSpec get = CommandTable.spec(Opcode.GET);
    private final CommandSpec set = CommandTable.spec(Opcode.SET);
    private final SplittableRandom random = new SplittableRandom(1);
    private InProcessEngine engine;

    @Setup(Level.Trial)
    public void fill() {
        engine = new InProcessEngine(IndexKind.EXTENDIBLE, MEMORY_BYTES, keys, VALUE_BYTES);
        engine.fill();
    }

    @TearDown(Level.Trial)
    public void free() {
        engine.close();
    }

    @Benchmark
    public long get() {
        return execute(get);
    }

    @Benchmark
    public long set() {
        return execute(set);
    }

    private long execute(CommandSpec spec) {
        for (int i = 0; i < commands; i++) {
            engine.add(spec, random.nextInt(keys));
        }
        return engine.execute();
    }
}
