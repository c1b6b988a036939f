// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.KeyHash;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
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

/** Look-ups of single keys at random, one cache miss after the other: what the prefetch of a turn is there to avoid. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@NullUnmarked // set up before every use
public class IndexBenchmark {
    private static final int VALUE_BYTES = 16;
    private static final long MEMORY_BYTES = 2L << 30;

    @Param({"EXTENDIBLE", "STRIPED"})
    public IndexKind index;

    @Param({"1000000"})
    public int keys;

    private final KeyHash hash = new KeyHash(InProcessEngine.SEED);
    private final SplittableRandom random = new SplittableRandom(1);
    private InProcessEngine engine;
    private Database database;

    @Setup(Level.Trial)
    public void fill() {
        engine = new InProcessEngine(index, MEMORY_BYTES, keys, VALUE_BYTES);
        engine.fill();
        database = engine.database();
    }

    @TearDown(Level.Trial)
    public void free() {
        engine.close();
    }

    /** The entry of a key that is there, compared by its bytes. */
    @Benchmark
    public long find() {
        long key = engine.keyAddress(random.nextInt(keys));
        EntryView found = database.find(hash.of(key, InProcessEngine.KEY_BYTES), key, InProcessEngine.KEY_BYTES);
        return found.address();
    }

    /** A hash that no key has: the index alone answers. */
    @Benchmark
    public long findNothing() {
        long missing = random.nextLong();
        return database.find(missing, engine.keyAddress(0), InProcessEngine.KEY_BYTES) == null ? missing : 0;
    }
}
