// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.command.RequestBatch;
import io.redistill.network.resp.RespDecoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Decoding of 16 requests that lie complete in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ParserBenchmark {
    private static final int REQUESTS = 16;
    private static final String KEY = "$16\r\nmemtier-12345678\r\n";
    private static final String GETS = ("*2\r\n$3\r\nGET\r\n" + KEY).repeat(REQUESTS);
    private static final String SETS =
            ("*3\r\n$3\r\nSET\r\n" + KEY + "$256\r\n" + "v".repeat(256) + "\r\n").repeat(REQUESTS);
    private static final String INLINE = "GET memtier-12345678\r\n".repeat(REQUESTS);

    private final NativeText text = new NativeText();
    private final RespDecoder decoder = new RespDecoder();
    private final RequestBatch batch = new RequestBatch(done -> {}, 1, isFirst -> new NativeReplyChunk());
    private long gets;
    private long sets;
    private long inline;

    @Setup(Level.Trial)
    public void copy() {
        gets = text.copy(GETS);
        sets = text.copy(SETS);
        inline = text.copy(INLINE);
    }

    @TearDown(Level.Trial)
    public void free() {
        text.free();
    }

    @Benchmark
    public long gets() {
        return decode(gets, GETS.length());
    }

    @Benchmark
    public long sets() {
        return decode(sets, SETS.length());
    }

    @Benchmark
    public long inlineGets() {
        return decode(inline, INLINE.length());
    }

    private long decode(long from, int length) {
        long at = from;
        long end = from + length;
        int requests = 0;
        while (at < end && decoder.decode(batch, at, end, true) == RespDecoder.COMMAND) {
            batch.dropOpenArguments();
            at = decoder.next();
            requests++;
        }
        if (requests != REQUESTS) {
            throw new IllegalStateException("decoded " + requests + " of " + REQUESTS + " requests");
        }
        return at;
    }
}
