// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All connections of the server by id, and their number.
 *
 * <p>Threading: any thread.
 */
public final class ClientRegistry {
    private final ConcurrentSkipListMap<Long, Connection> connections = new ConcurrentSkipListMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final int maxConnections;

    public ClientRegistry(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** Takes a place for a new connection; false, counting it, when there is none. */
    public boolean tryAdmit() {
        if (count.incrementAndGet() > maxConnections) {
            count.decrementAndGet();
            rejected.incrementAndGet();
            return false;
        }
        received.incrementAndGet();
        return true;
    }

    /** The next client id, from 1. */
    long nextId() {
        return lastId.incrementAndGet();
    }

    void add(Connection connection) {
        connections.put(connection.id(), connection);
    }

    void remove(Connection connection) {
        if (connections.remove(connection.id()) != null) {
            count.decrementAndGet();
        }
    }

    /** Connections now, by ascending id. */
    public List<Connection> list() {
        return new ArrayList<>(connections.values());
    }

    public int count() {
        return count.get();
    }

    public int maxConnections() {
        return maxConnections;
    }

    /** Connections accepted since the start. */
    public long receivedCount() {
        return received.get();
    }

    /** Connections refused since the start because there were too many. */
    public long rejectedCount() {
        return rejected.get();
    }
}
