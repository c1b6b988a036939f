// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.CommandLookup;
import io.redistill.engine.command.KeyHash;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the event loop pays for each command before it is published: its opcode by name, the hash of its key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class NameAndHashBenchmark {
    private static final String[] NAMES = {"GET", "set", "MGET", "pexpireat", "INCRBY", "get", "SET", "del"};
    private static final int MASK = NAMES.length - 1;

    private final NativeText text = new NativeText();
    private final long[] names = new long[NAMES.length];
    private final KeyHash hash = new KeyHash(7);
    private long shortKey;
    private long longKey;
    private int next;

    @Setup
    public void setUp() {
        for (int i = 0; i < NAMES.length; i++) {
            names[i] = text.copy(NAMES[i]);
        }
        shortKey = text.copy("memtier-12345678");
        longKey = text.copy("user:".repeat(20));
    }

    @TearDown
    public void tearDown() {
        text.free();
    }

    /** Names in turn, so that no branch predictor learns the answer. */
    @Benchmark
    public int opcodeOfName() {
        int i = next++ & MASK;
        return CommandLookup.opcodeOf(names[i], NAMES[i].length());
    }

    @Benchmark
    public long hashOfSixteenBytes() {
        return hash.of(shortKey, 16);
    }

    @Benchmark
    public long hashOfHundredBytes() {
        return hash.of(longKey, 100);
    }
}
