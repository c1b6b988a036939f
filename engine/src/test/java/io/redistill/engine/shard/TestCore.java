// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What an event loop with its connections and a shard's thread do, without sockets: publish, turn, retry, take finished
 * batches, sleep at the gate. With a publisher and a shard it is a fused core, with one of them a dedicated one.
 *
 * <p>Threading: confined to its thread, but for the gate and the queue of finished batches.
 */
final class TestCore {
    private static final int MAX_BATCHES_IN_FLIGHT = 3;

    private final String name;
    private final SleepGate gate;
    private final Queue<TestBatch> finished = new ConcurrentLinkedQueue<>();
    private final List<HistoryClient> clients = new ArrayList<>();
    private final Map<HistoryClient, Deque<TestBatch>> inFlight = new HashMap<>();
    private final Set<TestBatch> unchecked = new HashSet<>();
    private final Deque<TestBatch> pool = new ArrayDeque<>();
    private ShardRig rig;
    private CommandPublisher publisher;
    private Shard shard;
    private int toSubmit;

    TestCore(String name, Runnable waker) {
        this.name = name;
        gate = new SleepGate(waker);
    }

    SleepGate gate() {
        return gate;
    }

    void own(Shard owned) {
        shard = owned;
        owned.ring().consumerGate(gate);
    }

    /** Makes it an event loop with clients that send so many batches in all. */
    void publish(ShardRig rig, CommandPublisher publisher, List<HistoryClient> clients, int batches) {
        this.rig = rig;
        this.publisher = publisher;
        this.clients.addAll(clients);
        clients.forEach(client -> inFlight.put(client, new ArrayDeque<>()));
        toSubmit = batches;
    }

    Shard shard() {
        return shard;
    }

    CommandPublisher publisher() {
        return publisher;
    }

    /** Whether all batches are sent and answered. */
    boolean isDone() {
        return toSubmit == 0 && inFlight.values().stream().allMatch(Deque::isEmpty);
    }

    boolean canSubmit() {
        return toSubmit > 0 && inFlight.values().stream().anyMatch(batches -> batches.size() < MAX_BATCHES_IN_FLIGHT);
    }

    /** Lets the client {@code n}, or the next one that may, send a batch. */
    void submit(int n) {
        HistoryClient client = clients.get(n % clients.size());
        for (int i = 0; inFlight.get(client).size() >= MAX_BATCHES_IN_FLIGHT; i++) {
            client = clients.get(i);
        }
        TestBatch pooled = pool.poll();
        TestBatch batch = pooled != null ? pooled : rig.batch(publisher, this::finished);
        client.fill(batch);
        inFlight.get(client).add(batch);
        toSubmit--;
        if (batch.batch.seal()) {
            finished.add(batch);
        } else {
            publisher.publish(batch.batch);
        }
    }

    /** Called on the thread of whichever shard finishes. */
    private void finished(TestBatch batch) {
        finished.add(batch);
        gate.wake();
    }

    /** Takes finished batches and, in the order in which each client sent them, checks their replies; true for any. */
    boolean deliver() {
        boolean any = false;
        for (TestBatch batch = finished.poll(); batch != null; batch = finished.poll()) {
            any = true;
            if (!unchecked.add(batch)) {
                throw new AssertionError("a batch was handed back twice");
            }
        }
        if (any) {
            inFlight.forEach(this::check);
        }
        return any;
    }

    private void check(HistoryClient client, Deque<TestBatch> sent) {
        while (!sent.isEmpty() && unchecked.remove(sent.peek())) {
            TestBatch batch = sent.poll();
            if (batch.handedBack() > 1) {
                throw new AssertionError("handed back " + batch.handedBack() + " times");
            }
            client.check(batch, batch.readReplies());
            batch.recycle();
            pool.add(batch);
        }
    }

    /** Work on everything at once, as a turn of a core does; true when anything moved. */
    boolean turn() {
        boolean progress = false;
        if (publisher != null) {
            publisher.wakeShards();
        }
        if (shard != null) {
            progress = shard.turn() > 0;
        }
        if (publisher != null) {
            progress |= publisher.hasWaiting() && publisher.retryWaiting();
            progress |= deliver();
            publisher.wakeShards();
        }
        return progress;
    }

    /** Announces sleep and looks once more; true when the caller may sleep. */
    boolean maySleep() {
        gate.announce();
        boolean work = shard != null && shard.hasWork()
                || publisher != null
                        && (!finished.isEmpty() || canSubmit() || publisher.hasWaiting() && publisher.retryWaiting());
        if (work) {
            gate.awake();
        }
        return !work;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        if (shard != null) {
            text.append(" shard ")
                    .append(shard.number())
                    .append(" depth ")
                    .append(shard.ring().depth());
            text.append(" hasWork ").append(shard.hasWork());
        }
        if (publisher != null) {
            text.append(" toSubmit ").append(toSubmit).append(" waiting ").append(publisher.hasWaiting());
            text.append(" finished ").append(finished.size());
        }
        return text.toString();
    }
}
