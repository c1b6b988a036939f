// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;

/**
 * A server behind a transport on a clock that only waiting moves, or reading too when that {@linkplain #readingTakes takes
 * time}. It takes requests in the order in which they are
 * written, one at a time, needs a fixed time for each, and does nothing in the first part of each second.
 */
final class SimulatedServer implements Transport {
    static final long SECOND_NS = 1_000_000_000L;
    private static final byte[] NULL = "$-1\r\n".getBytes(StandardCharsets.US_ASCII);

    final long workNs;
    final long stallNs;
    private final Deque<Long>[] answeredAtNs;
    private final ReplyScanner[] requests;
    private final TreeSet<Integer> ready = new TreeSet<>();
    private Integer[] polled = new Integer[0];
    private long freeAtNs;
    private long nowNs;
    private int writes;
    private long readNs;

    @SuppressWarnings({"unchecked", "rawtypes"})
    SimulatedServer(int connections, long workNs, long stallNs) {
        this.workNs = workNs;
        this.stallNs = stallNs;
        answeredAtNs = new Deque[connections];
        requests = new ReplyScanner[connections];
        for (int i = 0; i < connections; i++) {
            answeredAtNs[i] = new ArrayDeque<>();
            requests[i] = new ReplyScanner();
        }
    }

    /** Lets the generator need so long for each read. */
    SimulatedServer readingTakes(long ns) {
        readNs = ns;
        return this;
    }

    HarnessClock clock() {
        return () -> nowNs;
    }

    /** When a request is answered that comes at a time to a server which is free from another on. */
    static long answeredAt(long arrivedNs, long freeAtNs, long workNs, long stallNs) {
        long beginNs = Math.max(arrivedNs, freeAtNs);
        long inSecond = Math.floorMod(beginNs, SECOND_NS);
        return (inSecond < stallNs ? beginNs - inSecond + stallNs : beginNs) + workNs;
    }

    @Override
    public void connect(int connection) {
        ready.add(connection);
    }

    @Override
    public boolean finishConnect(int connection) {
        ready.remove(connection);
        return true;
    }

    @Override
    public void disconnect(int connection) {}

    /** How often something was written to it. */
    int writes() {
        return writes;
    }

    @Override
    public void write(int connection, ByteBuffer bytes) {
        writes++;
        while (requests[connection].scan(bytes) == ReplyScanner.REPLY) {
            freeAtNs = answeredAt(nowNs, freeAtNs, workNs, stallNs);
            answeredAtNs[connection].add(freeAtNs);
        }
    }

    @Override
    public void awaitWritable(int connection, boolean wanted) {}

    @Override
    public int read(int connection, ByteBuffer into) throws IOException {
        nowNs += readNs;
        int before = into.position();
        while (!answeredAtNs[connection].isEmpty() && answeredAtNs[connection].peek() <= nowNs) {
            answeredAtNs[connection].remove();
            into.put(NULL);
        }
        return into.position() - before;
    }

    @Override
    public int poll(long untilNs, boolean mayBlock) {
        long firstNs = untilNs;
        for (Deque<Long> answers : answeredAtNs) {
            firstNs = answers.isEmpty() ? firstNs : Math.min(firstNs, answers.peek());
        }
        nowNs = Math.max(nowNs, ready.isEmpty() ? firstNs : nowNs);
        TreeSet<Integer> now = new TreeSet<>(ready);
        for (int i = 0; i < answeredAtNs.length; i++) {
            if (!answeredAtNs[i].isEmpty() && answeredAtNs[i].peek() <= nowNs) {
                now.add(i);
            }
        }
        polled = now.toArray(new Integer[0]);
        return polled.length;
    }

    @Override
    public int ready(int index) {
        return polled[index];
    }

    @Override
    public void close() {}
}
