// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.load.Draw;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests when they are due and records how late their replies are.
 *
 * <p>Of an open loop the schedule alone says when a request is due. A request that cannot be sent then, because its
 * connection has its limit under way, is broken or takes no bytes, waits in the connection's queue, and the wait is part
 * of its response time: nothing is left out ("coordinated omission"). How late the loop itself is, is recorded apart:
 * from due to the first attempt to write, or to the moment when the request was found to have to wait.
 *
 * <p>A turn: send what is due (at most {@value #MOST_PER_TURN}), see which connections are ready, take replies. The time
 * of a reply is taken when its bytes have been read, before they are looked at. A turn allocates nothing.
 *
 * <p>Threading: {@link #connect} and {@link #run} are called by one thread, the generator thread; {@link #stop} by any;
 * the rest after {@code run} has returned.
 */
public final class GeneratorLoop {
    private static final int MOST_PER_TURN = 64;
    private static final int RECEIVE_BYTES = 1 << 18;
    private static final int LEAST_SEND_BYTES = 1 << 15;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long RETRY_NS = 50_000_000L;
    /** A sleeping thread may wake this much late; the rest of the wait is spun. */
    private static final long SPIN_NS = 80_000L;

    private final HarnessClock clock;
    private final Transport transport;
    private final ArrivalSchedule schedule;
    private final CommandMix mix;
    private final LoopSettings settings;
    private final IntervalSink sink;
    private final List<CommandTemplate> templates;
    private final int longestRequest;
    private final boolean[] reads;
    private final Connection[] connections;
    private final Connection[] dirty;
    private final int firstConnection;
    private final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final SlowestRequests slowest = new SlowestRequests();

    private volatile boolean stopAsked;

    private IntervalSet interval;
    /**
     * Offset at which the current phase began: the warm-up, its second half, the measured part. What is due in one phase
     * is not counted in an interval of another. All three take the same branches, and the beginning of the second
     * rehearses that of the third, so that the JVM has nothing to compile anew when measuring begins.
     */
    private long phaseNs;

    private long nextPhaseNs;
    private long originNs;
    private long endNs;
    private long boundaryNs;
    private long nextDueNs;
    private boolean scheduleBlocked;
    private long requestsLeft;
    private int nextConnection;
    private int leftForConnection;
    private int dirtyCount;
    private int brokenCount;
    private long unanswered;
    private boolean sending;
    private @Nullable String failure;
    private @Nullable String firstError;

    /**
     * Makes a loop and all that it will need.
     *
     * @param schedule times from the start of the warm-up; not used in a closed loop
     * @param draws one for each connection
     * @param firstConnection number of this loop's first connection among all of the run
     * @param longestValueBytes the longest value that a draw gives
     * @param first the set that recording begins with; transferred
     */
    public GeneratorLoop(
            HarnessClock clock,
            Transport transport,
            ArrivalSchedule schedule,
            CommandMix mix,
            List<Draw> draws,
            int firstConnection,
            long longestValueBytes,
            LoopSettings settings,
            IntervalSet first,
            IntervalSink sink) {
        this.clock = clock;
        this.transport = transport;
        this.schedule = schedule;
        leftForConnection = schedule.inARow();
        this.mix = mix;
        this.settings = settings;
        this.sink = sink;
        this.interval = first;
        this.firstConnection = firstConnection;
        templates = mix.templates();
        reads = new boolean[templates.size()];
        for (int i = 0; i < reads.length; i++) {
            reads[i] = templates.get(i).reads();
        }
        longestRequest = mix.longestBytes(longestValueBytes);
        int handshakeBytes =
                settings.handshake().stream().mapToInt(frame -> frame.length).sum();
        int bufferBytes = Math.max(LEAST_SEND_BYTES, Math.max(2 * longestRequest, handshakeBytes));
        connections = new Connection[draws.size()];
        dirty = new Connection[connections.length];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = new Connection(i, draws.get(i), settings.queueCapacity(), bufferBytes);
        }
    }

    /**
     * Connects all connections and makes their handshakes.
     *
     * @param timeoutNs longest wait for all of them
     * @throws IOException when one is refused or does not get ready in time; the message says why
     */
    public void connect(long timeoutNs) throws IOException {
        long deadlineNs = clock.nowNs() + timeoutNs;
        originNs = clock.nowNs();
        for (Connection connection : connections) {
            begin(connection);
        }
        for (Connection connection : connections) {
            while (connection.state != Connection.State.READY) {
                if (failure != null) {
                    throw new IOException(failure);
                }
                if (clock.nowNs() - deadlineNs >= 0) {
                    throw new IOException("no answer while connecting, after " + timeoutNs / 1_000_000 + " ms");
                }
                takeReplies(transport.poll(deadlineNs, true), true);
                if (connection.state == Connection.State.BROKEN) {
                    throw new IOException("the server closed the connection");
                }
            }
        }
    }

    /**
     * Runs warm-up, measured part and drain.
     *
     * @param startOfMeasuringNs time of the clock at which the measured part begins, its warm-up before it; 0 of all
     *     offsets
     * @throws IOException when waiting itself failed; what was recorded so far is with the sink
     */
    public void run(long startOfMeasuringNs) throws IOException {
        originNs = startOfMeasuringNs;
        endNs = settings.durationNs();
        requestsLeft = settings.mostRequests();
        sending = true;
        interval.startNs = -settings.warmUpNs();
        phaseNs = interval.startNs;
        nextPhaseNs = phaseAfter(phaseNs);
        boundaryNs = boundaryAfter(interval.startNs);
        if (settings.open()) {
            takeFromSchedule();
        } else {
            nextDueNs = Long.MAX_VALUE;
        }
        try {
            turnUntilEnd();
            drain();
        } finally {
            interval.endNs = nowNs();
            sink.last(interval);
            if (phaseNs < 0) {
                slowest.clear();
            }
        }
    }

    /** Ends the measured part at once; the drain follows. */
    public void stop() {
        stopAsked = true;
    }

    private long nowNs() {
        return clock.nowNs() - originNs;
    }

    private void takeFromSchedule() {
        long next = schedule.nextNs();
        nextDueNs = next == ArrivalSchedule.NONE ? Long.MAX_VALUE : next - settings.warmUpNs();
        if (nextDueNs >= endNs) {
            nextDueNs = Long.MAX_VALUE;
        }
    }

    // ---- turns ----------------------------------------------------------------------------------------------------

    private void turnUntilEnd() throws IOException {
        if (!settings.open()) {
            awaitStart();
            fillAll();
        }
        while (failure == null && !stopAsked) {
            long nowNs = nowNs();
            if (nowNs >= endNs && nextDueNs == Long.MAX_VALUE) {
                return;
            }
            if (!settings.open() && (nowNs >= endNs || (requestsLeft == 0 && unanswered == 0))) {
                return;
            }
            if (nowNs >= boundaryNs) {
                exchangeInterval(nowNs);
            }
            if (nowNs >= nextDueNs) {
                sendDue(nowNs);
                interval.busyNs += nowNs() - nowNs;
            }
            long wakeNs = scheduleBlocked ? Long.MAX_VALUE : nextDueNs;
            poll(nowNs < endNs ? Math.min(wakeNs, endNs) : wakeNs);
            if (brokenCount > 0) {
                mend();
            }
            // A server that never catches up with the schedule must not keep the run from ending.
            if (nowNs >= endNs + settings.drainNs()) {
                return;
            }
        }
    }

    private void awaitStart() throws IOException {
        while (nowNs() < -settings.warmUpNs() && !stopAsked) {
            poll(-settings.warmUpNs());
        }
    }

    private void drain() throws IOException {
        if (stopAsked || failure != null) {
            endNs = Math.min(endNs, nowNs());
            nextDueNs = nextDueNs >= endNs ? Long.MAX_VALUE : nextDueNs;
        }
        sending = settings.open(); // what is due and waits for its connection may still be sent
        long untilNs = endNs + settings.drainNs();
        while (unanswered > 0 && failure == null && nowNs() < untilNs) {
            if (nowNs() >= boundaryNs) {
                exchangeInterval(nowNs());
            }
            poll(untilNs);
            if (brokenCount > 0) {
                mend();
            }
        }
        long nowNs = nowNs();
        for (Connection connection : connections) {
            while (!connection.queue.nothingUnanswered()) {
                lose(connection, nowNs);
            }
        }
        // Due, and not even taken from the schedule.
        while (nextDueNs <= nowNs) {
            countDue(nextDueNs);
            if (belongs(nextDueNs)) {
                interval.lost++;
                interval.recordTimes(0, nowNs - nextDueNs, -1);
                interval.recordLateness(nowNs - nextDueNs);
            }
            takeFromSchedule();
        }
    }

    private void poll(long untilNs) throws IOException {
        long nowBeforeNs = nowNs();
        long wakeNs = Math.min(untilNs, boundaryNs);
        boolean spin = settings.spinToReceive() && (unanswered > 0 || settings.spinToSend());
        if (!spin && settings.spinToSend()) {
            wakeNs = Math.min(wakeNs, untilNs - SPIN_NS);
        }
        if (brokenCount > 0) {
            wakeNs = Math.min(wakeNs, nowBeforeNs + RETRY_NS);
        }
        boolean mayBlock = !spin && wakeNs > nowBeforeNs;
        // A transport that waits on a simulated clock is told the true time even when this thread spins.
        takeReplies(transport.poll(originNs + (mayBlock ? wakeNs : Math.min(untilNs, boundaryNs)), mayBlock), false);
    }

    private long boundaryAfter(long offsetNs) {
        long boundary = (Math.floorDiv(offsetNs, SECOND_NS) + 1) * SECOND_NS;
        // The last interval takes the drain with it, unless that is long.
        return boundary >= endNs ? Math.max(boundary, endNs + SECOND_NS) : boundary;
    }

    private void exchangeInterval(long nowNs) {
        long endOfIntervalNs = boundaryNs;
        while (boundaryAfter(endOfIntervalNs) <= nowNs) {
            endOfIntervalNs = boundaryAfter(endOfIntervalNs);
        }
        interval.endNs = endOfIntervalNs;
        interval.underWay = unanswered;
        IntervalSet next = sink.exchange(interval);
        if (next != interval) {
            interval = next;
            interval.startNs = endOfIntervalNs;
        }
        boundaryNs = boundaryAfter(endOfIntervalNs);
        while (nowNs >= nextPhaseNs) {
            phaseNs = nextPhaseNs;
            nextPhaseNs = phaseAfter(phaseNs);
            slowest.clear();
        }
        if (interval.startNs < 0 && nowNs >= 0) {
            boundaryNs = nowNs; // the warm-up's must not go on into the measured part: again next turn
        }
    }

    private long phaseAfter(long offsetNs) {
        if (offsetNs >= 0) {
            return Long.MAX_VALUE;
        }
        long middleNs = Math.floorDiv(-settings.warmUpNs() / 2, SECOND_NS) * SECOND_NS;
        return offsetNs < middleNs ? middleNs : 0;
    }

    /** Whether what is due then is to be counted in the present interval. */
    private boolean belongs(long dueNs) {
        return dueNs >= phaseNs == interval.startNs >= phaseNs;
    }

    // ---- sending --------------------------------------------------------------------------------------------------

    private void sendDue(long nowNs) {
        int count = 0;
        while (nextDueNs <= nowNs && count < MOST_PER_TURN) {
            Connection connection = connections[nextConnection];
            if (connection.queue.full()) {
                interval.blocked++;
                scheduleBlocked = true;
                break;
            }
            if (--leftForConnection == 0) {
                leftForConnection = schedule.inARow();
                nextConnection = nextConnection + 1 == connections.length ? 0 : nextConnection + 1;
            }
            offer(connection, nextDueNs, nowNs);
            if (--requestsLeft == 0) {
                nextDueNs = Long.MAX_VALUE;
                endNs = Math.min(endNs, nowNs);
            } else {
                takeFromSchedule();
            }
            count++;
        }
        if (nextDueNs > nowNs) {
            scheduleBlocked = false;
        }
        flushDirty();
    }

    private void countDue(long dueNs) {
        interval.warmUp +=
                dueNs >>> (Long.SIZE - 1); // also when this loop was so late that the measured part has begun
        if (belongs(dueNs)) {
            interval.due++;
        }
    }

    private void offer(Connection connection, long dueNs, long nowNs) {
        countDue(dueNs);
        unanswered++;
        RequestQueue queue = connection.queue;
        queue.add(dueNs);
        encode(connection);
        if (queue.anyToEncode()) {
            // It has to wait for others. When the schedule itself waited for a full queue, that is not this loop's
            // doing.
            queue.latenessOfNewestIsKnown();
            recordLateness(dueNs, scheduleBlocked ? 0 : nowNs - dueNs);
        }
    }

    private void recordLateness(long dueNs, long latenessNs) {
        if (belongs(dueNs)) {
            interval.recordLateness(latenessNs);
        }
    }

    /** Puts requests into the buffer as far as limit and buffer allow, and remembers to write it. */
    private void encode(Connection connection) {
        RequestQueue queue = connection.queue;
        while (connection.state == Connection.State.READY
                && queue.anyToEncode()
                && queue.underWay() < settings.depth()
                && connection.out.remaining() >= longestRequest) {
            int command = mix.next(connection.draw);
            int before = connection.out.position();
            templates.get(command).encode(connection.out, connection.draw);
            connection.encodedBytes += connection.out.position() - before;
            queue.encodedNext(command, connection.encodedBytes);
        }
        if (connection.out.position() > 0 && !connection.waitsForWritable && !connection.dirty) {
            connection.dirty = true;
            dirty[dirtyCount++] = connection;
        }
    }

    private void flushDirty() {
        for (int i = 0; i < dirtyCount; i++) {
            dirty[i].dirty = false;
            flush(dirty[i]);
        }
        dirtyCount = 0;
    }

    private void flush(Connection connection) {
        if (connection.state == Connection.State.BROKEN || connection.state == Connection.State.CONNECTING) {
            return;
        }
        ByteBuffer out = connection.out;
        long sentNs = nowNs();
        out.flip();
        int before = out.position();
        try {
            transport.write(connection.index, out);
        } catch (IOException e) {
            breakConnection(connection, sentNs, e);
            return;
        }
        long count = out.position() - before;
        interval.bytesSent += count;
        connection.writtenBytes += count;
        boolean rest = out.hasRemaining();
        out.compact();
        if (rest != connection.waitsForWritable) {
            connection.waitsForWritable = rest;
            transport.awaitWritable(connection.index, rest);
        }
        RequestQueue queue = connection.queue;
        while (queue.anyToWrite()) {
            boolean counts = belongs(queue.dueOfNextToWrite());
            if (queue.takeLatenessOfNextToWrite()) {
                recordLateness(queue.dueOfNextToWrite(), scheduleBlocked ? 0 : sentNs - queue.dueOfNextToWrite());
            }
            if (!queue.nextIsWrittenAt(connection.writtenBytes)) {
                break;
            }
            queue.writtenNext(sentNs);
            interval.sent += counts ? 1 : 0;
        }
    }

    // ---- receiving ------------------------------------------------------------------------------------------------

    private void takeReplies(int readyCount, boolean connecting) throws IOException {
        if (readyCount == 0) {
            return;
        }
        long beginNs = nowNs();
        for (int i = 0; i < readyCount; i++) {
            Connection connection = connections[transport.ready(i)];
            if (connection.state == Connection.State.CONNECTING) {
                goOnConnecting(connection, connecting);
            } else if (connection.state != Connection.State.BROKEN) {
                if (connection.waitsForWritable) {
                    connection.waitsForWritable = false;
                    transport.awaitWritable(connection.index, false);
                    flush(connection);
                }
                receive(connection);
                // The schedule does not wait until all replies of a burst have been read.
                long nowNs = nowNs();
                if (nowNs >= nextDueNs && nowNs < endNs && !connecting && !scheduleBlocked) {
                    sendDue(nowNs);
                }
            }
        }
        flushDirty();
        interval.busyNs += nowNs() - beginNs;
    }

    private void receive(Connection connection) {
        int count;
        do {
            in.clear();
            try {
                count = transport.read(connection.index, in);
            } catch (IOException e) {
                breakConnection(connection, nowNs(), e);
                return;
            }
            long receivedNs = nowNs();
            if (count < 0) {
                breakConnection(connection, receivedNs, null);
                return;
            }
            interval.bytesReceived += count;
            in.flip();
            if (!takeReplies(connection, receivedNs)) {
                return;
            }
        } while (count == RECEIVE_BYTES);
    }

    /** False when the connection is of no use any more. */
    private boolean takeReplies(Connection connection, long receivedNs) {
        int found;
        while ((found = connection.scanner.scan(in)) == ReplyScanner.REPLY) {
            if (connection.handshakeLeft > 0) {
                if (!takeHandshakeReply(connection)) {
                    return false;
                }
            } else if (connection.queue.anyWritten()) {
                takeReply(connection, receivedNs);
            } else {
                found = ReplyScanner.BROKEN;
                break;
            }
        }
        if (found == ReplyScanner.BROKEN) {
            failure = "the server sent what is no reply to a request";
            return false;
        }
        encode(connection);
        return true;
    }

    private boolean takeHandshakeReply(Connection connection) {
        if (connection.scanner.error()) {
            failure = "the server refused the connection: " + connection.scanner.errorText();
            return false;
        }
        if (--connection.handshakeLeft == 0) {
            connection.state = Connection.State.READY;
        }
        return true;
    }

    private void takeReply(Connection connection, long receivedNs) {
        RequestQueue queue = connection.queue;
        ReplyScanner scanner = connection.scanner;
        long dueNs = queue.headDueNs();
        long sentNs = queue.headSentNs();
        int command = queue.headCommand();
        queue.removeHead();
        unanswered--;
        IntervalSet set = interval;
        if (!belongs(dueNs)) {
            set.strays++;
        } else {
            set.replies++;
            if (scanner.error()) {
                set.errors++;
                noteError(scanner);
            } else {
                set.recordTimes(command, receivedNs - dueNs, receivedNs - sentNs);
                if (reads[command]) {
                    set.hits += scanner.values();
                    set.misses += scanner.nulls();
                }
                slowest.offer(
                        dueNs,
                        receivedNs - dueNs,
                        receivedNs - sentNs,
                        command,
                        firstConnection + connection.index,
                        true);
            }
        }
        if (!settings.open()) {
            fill(connection, receivedNs);
        }
    }

    private void noteError(ReplyScanner scanner) {
        if (firstError == null) {
            firstError = scanner.errorText();
        }
    }

    // ---- closed loop ----------------------------------------------------------------------------------------------

    private void fillAll() {
        for (int i = 0; i < settings.depth(); i++) {
            for (Connection connection : connections) {
                fill(connection, nowNs());
            }
        }
        flushDirty();
    }

    private void fill(Connection connection, long nowNs) {
        if (sending && requestsLeft > 0 && nowNs < endNs) {
            requestsLeft--;
            offer(connection, nowNs, nowNs);
        }
    }

    // ---- connecting -----------------------------------------------------------------------------------------------

    private void begin(Connection connection) throws IOException {
        connection.scanner.reset();
        connection.out.clear();
        connection.encodedBytes = 0;
        connection.writtenBytes = 0;
        connection.waitsForWritable = false;
        connection.handshakeLeft = settings.handshake().size();
        connection.state = Connection.State.CONNECTING;
        transport.connect(connection.index);
    }

    private void goOnConnecting(Connection connection, boolean first) throws IOException {
        try {
            if (!transport.finishConnect(connection.index)) {
                return;
            }
        } catch (IOException e) {
            if (first) {
                throw e;
            }
            stayBroken(connection, e);
            return;
        }
        if (connection.brokenSinceNs != 0) {
            connection.brokenSinceNs = 0;
            brokenCount--;
        }
        List<byte[]> handshake = settings.handshake();
        connection.state = handshake.isEmpty() ? Connection.State.READY : Connection.State.HANDSHAKE;
        for (int i = 0; i < handshake.size(); i++) {
            connection.out.put(handshake.get(i));
            connection.encodedBytes += handshake.get(i).length;
        }
        encode(connection);
    }

    /** Requests under way on it are lost, with their age; those not yet written go over the next connection. */
    private void breakConnection(Connection connection, long nowNs, @Nullable IOException cause) {
        transport.disconnect(connection.index);
        interval.reconnects++;
        RequestQueue queue = connection.queue;
        while (queue.anyWritten()) {
            lose(connection, nowNs);
        }
        queue.encodeAgain();
        connection.out.clear();
        connection.waitsForWritable = false;
        if (connection.brokenSinceNs == 0) {
            connection.brokenSinceNs = nowNs == 0 ? 1 : nowNs;
            brokenCount++;
        }
        connection.state = Connection.State.BROKEN;
        connection.retryAtNs = nowNs;
        if (settings.giveUpNs() == 0) {
            giveUp(cause);
        }
    }

    private void stayBroken(Connection connection, IOException cause) {
        transport.disconnect(connection.index);
        connection.state = Connection.State.BROKEN;
        long nowNs = nowNs();
        connection.retryAtNs = nowNs + RETRY_NS;
        if (nowNs - connection.brokenSinceNs >= settings.giveUpNs()) {
            giveUp(cause);
        }
    }

    private void giveUp(@Nullable IOException cause) {
        failure = "the server closed a connection and cannot be reached again"
                + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    private void mend() {
        long nowNs = nowNs();
        for (Connection connection : connections) {
            if (connection.state == Connection.State.BROKEN && nowNs >= connection.retryAtNs) {
                try {
                    begin(connection);
                } catch (IOException e) {
                    stayBroken(connection, e);
                }
            }
        }
    }

    private void lose(Connection connection, long nowNs) {
        RequestQueue queue = connection.queue;
        long dueNs = queue.headDueNs();
        boolean sent = queue.anyWritten();
        if (dueNs >= phaseNs && interval.startNs >= phaseNs) {
            interval.lost++;
            int command = sent ? queue.headCommand() : 0;
            long serviceNs = sent ? nowNs - queue.headSentNs() : -1;
            interval.recordTimes(command, nowNs - dueNs, serviceNs);
            slowest.offer(dueNs, nowNs - dueNs, serviceNs, command, firstConnection + connection.index, false);
        }
        queue.removeHead();
        unanswered--;
    }

    // ---- afterwards -----------------------------------------------------------------------------------------------

    /** The slowest requests of the measured part. */
    public SlowestRequests slowest() {
        return slowest;
    }

    /** Why the loop ended before its time, or null. */
    public @Nullable String failure() {
        return failure;
    }

    /** Text of the first error reply, or null. */
    public @Nullable String firstError() {
        return firstError;
    }
}
