// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.store.IndexKind;
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
 * What a command costs besides its own work: the way through batch, ring and turn, with the least of commands, EXISTS of
 * one key that is not there, in an empty database. The time is that of a whole batch.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@NullUnmarked // set up before every use
public class RingBenchmark {
    private static final long MEMORY_BYTES = 64L << 20;

    @Param({"1", "16", "64"})
    public int commands;

    private final CommandSpec exists = CommandTable.spec(Opcode.EXISTS);
    private InProcessEngine engine;

    @Setup(Level.Trial)
    public void open() {
        engine = new InProcessEngine(IndexKind.EXTENDIBLE, MEMORY_BYTES, 1, 1);
    }

    @TearDown(Level.Trial)
    public void free() {
        engine.close();
    }

    @Benchmark
    public long throughTheRing() {
        for (int i = 0; i < commands; i++) {
            engine.add(exists, 0);
        }
        return engine.execute();
    }
}
