// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.Draw;
import io.redistill.harness.load.KeyDistribution;
import io.redistill.harness.load.RandomStream;
import io.redistill.harness.load.WeightedRanges;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop makes no object for a request, with every kind of arrival, key, size and command in use. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int PER_SECOND = 100_000;
    private static final int CONNECTIONS = 50;

    @Test
    void shouldAllocateNothingForARequest() throws IOException {
        EchoTransport server = new EchoTransport(CONNECTIONS);
        WeightedRanges lengths = WeightedRanges.parse("16-64:3,200", Long::parseLong);
        List<Draw> draws = new ArrayList<>();
        ByteBuffer values = Draw.valuePool(200, 1);
        for (int i = 0; i < CONNECTIONS; i++) {
            draws.add(
                    new Draw(new RandomStream(3, i), KeyDistribution.zipf(1_000_000, 0.99), lengths, lengths, values));
        }
        CommandMix mix = CommandMix.parse("GET=5,SET=3,MGET,INCR,HSET,HINCRBY", true);
        IntervalSet measured = new IntervalSet(mix.templates().size());
        long[] bytes = new long[2];
        IntervalSink sink = new IntervalSink() {
            @Override
            public IntervalSet exchange(IntervalSet full) {
                if (full.startNs < 0 && full.endNs >= 0) {
                    bytes[0] = THREADS.getCurrentThreadAllocatedBytes();
                    return measured;
                }
                return full;
            }

            @Override
            public void last(IntervalSet full) {
                bytes[1] = THREADS.getCurrentThreadAllocatedBytes();
            }
        };
        LoopSettings settings =
                new LoopSettings(true, 16, true, true, SECOND_NS, SECOND_NS, 0, 0, Long.MAX_VALUE, 1 << 10, List.of());
        GeneratorLoop loop = new GeneratorLoop(
                server.clock(),
                server,
                ArrivalSchedule.poisson(PER_SECOND, 9),
                mix,
                draws,
                0,
                lengths.greatest(),
                settings,
                new IntervalSet(mix.templates().size()),
                sink);
        loop.connect(SECOND_NS);
        loop.run(SECOND_NS);
        assertThat(measured.replies).isGreaterThan(PER_SECOND - 5_000L);
        assertThat(measured.response(0).getTotalCount()).isPositive();
        // One reading of the counter costs something itself.
        assertThat(bytes[1] - bytes[0]).isLessThan(1_000);
    }

    /** Answers each request at once, on a clock of its own, without making objects either. */
    private static final class EchoTransport implements Transport {
        private static final byte[] REPLY = "$3\r\nabc\r\n".getBytes(StandardCharsets.US_ASCII);
        private final int[] pending;
        private final boolean[] connecting;
        private final int[] ready;
        private final ReplyScanner scanner = new ReplyScanner();
        private long nowNs;

        EchoTransport(int connections) {
            pending = new int[connections];
            connecting = new boolean[connections];
            ready = new int[connections];
        }

        HarnessClock clock() {
            return () -> nowNs;
        }

        @Override
        public void connect(int connection) {
            connecting[connection] = true;
        }

        @Override
        public boolean finishConnect(int connection) {
            connecting[connection] = false;
            return true;
        }

        @Override
        public void disconnect(int connection) {}

        @Override
        public void write(int connection, ByteBuffer bytes) {
            while (scanner.scan(bytes) == ReplyScanner.REPLY) {
                pending[connection]++;
            }
        }

        @Override
        public void awaitWritable(int connection, boolean wanted) {}

        @Override
        public int read(int connection, ByteBuffer into) {
            int before = into.position();
            for (; pending[connection] > 0; pending[connection]--) {
                into.put(REPLY);
            }
            return into.position() - before;
        }

        @Override
        public int poll(long untilNs, boolean mayBlock) {
            int count = 0;
            for (int i = 0; i < pending.length; i++) {
                if (pending[i] > 0 || connecting[i]) {
                    ready[count++] = i;
                }
            }
            nowNs = count > 0 ? nowNs + 1_000 : Math.max(nowNs, untilNs);
            return count;
        }

        @Override
        public int ready(int index) {
            return ready[index];
        }

        @Override
        public void close() {}
    }
}
