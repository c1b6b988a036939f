// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Connections as non-blocking sockets, over TCP or a Unix socket, with TLS or without.
 *
 * <p>Threading: confined to the generator thread.
 */
public final class NioTransport implements Transport {
    private static final long MILLISECOND_NS = 1_000_000;

    private final SocketAddress address;
    private final @Nullable Supplier<SSLEngine> tls;
    private final HarnessClock clock;
    private final Selector selector;
    private final @Nullable FinePoll finePoll;
    private final Slot[] slots;
    private final int[] ready;
    private final Consumer<SelectionKey> note = this::note;
    private int readyCount;

    /**
     * Makes a transport without connecting.
     *
     * @param address TCP or Unix
     * @param tls makes the engine of a connection, or null for none
     * @param connections number of connections
     * @param precise whether waits shorter than a millisecond are to be slept where the system can; spun otherwise
     */
    public NioTransport(
            SocketAddress address,
            @Nullable Supplier<SSLEngine> tls,
            int connections,
            HarnessClock clock,
            boolean precise)
            throws IOException {
        this.address = address;
        this.tls = tls;
        this.clock = clock;
        selector = Selector.open();
        finePoll = precise ? FinePoll.createIfPossible(connections) : null;
        slots = new Slot[connections];
        ready = new int[connections];
    }

    private static final class Slot {
        final int index;
        final SocketChannel channel;
        final @Nullable TlsStream tls;

        @Nullable
        SelectionKey key;

        Slot(int index, SocketChannel channel, @Nullable TlsStream tls) {
            this.index = index;
            this.channel = channel;
            this.tls = tls;
        }

        void interest(int operations) {
            if (key != null && key.isValid() && key.interestOps() != operations) {
                key.interestOps(operations);
            }
        }
    }

    @Override
    public void connect(int connection) throws IOException {
        disconnect(connection);
        SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        Slot slot = new Slot(connection, channel, tls == null ? null : new TlsStream(channel, tls.get()));
        slots[connection] = slot;
        channel.configureBlocking(false);
        if (address instanceof InetSocketAddress internet) {
            if (internet.isUnresolved()) {
                throw new IOException("unknown host " + internet.getHostString());
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        boolean connected = channel.connect(address);
        slot.key = channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, slot);
        watch(slot);
    }

    @Override
    public boolean finishConnect(int connection) throws IOException {
        Slot slot = slots[connection];
        if (!slot.channel.finishConnect()) {
            return false;
        }
        boolean finished = slot.tls == null || slot.tls.handshake();
        boolean writes = slot.tls != null && slot.tls.hasBytesToWrite();
        slot.interest(writes ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        watch(slot);
        return finished;
    }

    @Override
    public void disconnect(int connection) {
        Slot slot = slots[connection];
        if (slot == null) {
            return;
        }
        if (finePoll != null) {
            finePoll.forget(connection);
        }
        try {
            slot.channel.close();
            selector.selectNow(); // gives up the key at once
        } catch (IOException e) {
            // The connection is given up either way; there is nothing of it left to lose.
        }
    }

    @Override
    public void write(int connection, ByteBuffer bytes) throws IOException {
        Slot slot = slots[connection];
        if (slot.tls == null) {
            slot.channel.write(bytes);
        } else {
            slot.tls.write(bytes);
            if (slot.tls.hasBytesToWrite()) {
                awaitWritable(connection, true);
            }
        }
    }

    @Override
    public void awaitWritable(int connection, boolean wanted) {
        Slot slot = slots[connection];
        boolean writes = wanted || (slot.tls != null && slot.tls.hasBytesToWrite());
        slot.interest(writes ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        watch(slot);
    }

    @Override
    public int read(int connection, ByteBuffer into) throws IOException {
        Slot slot = slots[connection];
        if (slot.tls == null) {
            return slot.channel.read(into);
        }
        if (slot.tls.hasBytesToWrite()) {
            slot.tls.flush();
            awaitWritable(connection, false);
        }
        return slot.tls.read(into);
    }

    @Override
    public int poll(long untilNs, boolean mayBlock) throws IOException {
        readyCount = 0;
        boolean leftovers = noteLeftovers();
        if (!mayBlock || leftovers) {
            selector.selectNow(note);
            return readyCount;
        }
        long waitNs = untilNs - clock.nowNs();
        if (finePoll != null) {
            if (waitNs > 0) {
                finePoll.await(waitNs);
            }
            selector.selectNow(note);
        } else if (waitNs >= MILLISECOND_NS) {
            selector.select(note, waitNs / MILLISECOND_NS);
        } else {
            selector.selectNow(note);
        }
        return readyCount;
    }

    /** Decrypted bytes, or records that were read with others, make no socket readable. */
    private boolean noteLeftovers() {
        if (tls == null) {
            return false;
        }
        for (Slot slot : slots) {
            if (slot != null && slot.tls != null && slot.channel.isOpen() && slot.tls.hasLeftovers()) {
                ready[readyCount++] = slot.index;
            }
        }
        return readyCount > 0;
    }

    private void note(SelectionKey key) {
        Slot slot = (Slot) key.attachment();
        if (slots[slot.index] != slot || !key.isValid()) {
            return;
        }
        if (slot.tls != null && slot.tls.hasLeftovers()) {
            return; // noted already
        }
        ready[readyCount++] = slot.index;
    }

    private void watch(Slot slot) {
        if (finePoll != null && slot.key != null && slot.key.isValid()) {
            finePoll.watch(slot.index, slot.channel, slot.key.interestOps());
        }
    }

    @Override
    public int ready(int index) {
        return ready[index];
    }

    /** Whether waits shorter than a millisecond are slept. */
    public boolean sleepsPrecisely() {
        return finePoll != null;
    }

    @Override
    public void close() {
        for (int i = 0; i < slots.length; i++) {
            disconnect(i);
        }
        try {
            selector.close();
        } catch (IOException e) {
            // Nothing is lost with it.
        }
        if (finePoll != null) {
            finePoll.close();
        }
    }
}
