// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.support;

import io.redistill.harness.generator.ReplyScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A server on the loopback that answers every command with what a function says, one thread for all connections, and may
 * stand still in the first part of each second.
 */
public final class FakeServer implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Function<String, String> replies;
    private final long stallNs;
    private final long startNs = System.nanoTime();
    private final long startEpochMs = System.currentTimeMillis();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Thread thread = new Thread(this::serve, "fake-server");
    private volatile long dieAfter = Long.MAX_VALUE;
    private volatile boolean closed;
    private long total;

    /**
     * Starts it.
     *
     * @param replies reply as RESP to a command by its name in upper case
     * @param stallNs how long it stands still at the beginning of each second
     */
    public FakeServer(Function<String, String> replies, long stallNs) throws IOException {
        this.replies = replies;
        this.stallNs = stallNs;
        selector = Selector.open();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        thread.setDaemon(true);
        thread.start();
    }

    /** One that knows no key and no INFO. */
    public static FakeServer empty(long stallNs) throws IOException {
        return new FakeServer(
                command -> switch (command) {
                    case "GET", "HGET" -> "$-1\r\n";
                    case "SET" -> "+OK\r\n";
                    case "INCR" -> ":1\r\n";
                    case "PING" -> "+PONG\r\n";
                    case "MGET" -> "*2\r\n$1\r\na\r\n$-1\r\n";
                    case "AUTH", "SELECT", "CLIENT" -> "+OK\r\n";
                    case "HELLO" -> "%1\r\n+proto\r\n:3\r\n";
                    default -> "-ERR unknown command\r\n";
                },
                stallNs);
    }

    /** Closes everything after so many commands. */
    public FakeServer dieAfter(long commands) {
        dieAfter = commands;
        return this;
    }

    public String port() {
        return Integer.toString(listener.socket().getLocalPort());
    }

    /** How often a command came. */
    public long count(String command) {
        AtomicLong count = counts.get(command);
        return count == null ? 0 : count.get();
    }

    /** A wall clock time at which one of its seconds began. */
    public long secondsFromEpochMs() {
        return startEpochMs;
    }

    private void serve() {
        try (selector) {
            while (!closed) {
                selector.select(this::serve);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = listener.accept();
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ, new Client(channel));
            } else {
                standStill();
                answer((Client) key.attachment());
            }
        } catch (IOException e) {
            key.cancel(); // the other side closed, or the test ended
        }
    }

    private static final class Client {
        final SocketChannel channel;
        final ReplyScanner scanner = new ReplyScanner();
        final StringBuilder request = new StringBuilder();

        Client(SocketChannel channel) {
            this.channel = channel;
        }
    }

    /** All commands that have come, their replies in one piece. */
    private void answer(Client client) throws IOException {
        in.clear();
        if (client.channel.read(in) < 0) {
            client.channel.close();
            return;
        }
        in.flip();
        out.reset();
        boolean whole = true;
        while (whole) {
            int before = in.position();
            whole = client.scanner.scan(in) == ReplyScanner.REPLY;
            client.request.append(new String(in.array(), before, in.position() - before, StandardCharsets.ISO_8859_1));
            if (whole) {
                String name = nameIn(client.request);
                client.request.setLength(0);
                counts.computeIfAbsent(name, any -> new AtomicLong()).incrementAndGet();
                if (++total > dieAfter) {
                    closed = true;
                    return;
                }
                out.writeBytes(replies.apply(name).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        while (bytes.hasRemaining() && !closed) {
            client.channel.write(bytes);
        }
    }

    /** The third line of {@code *2\r\n$3\r\nGET\r\n$1\r\na\r\n}. */
    private static String nameIn(StringBuilder request) {
        int begin = request.indexOf("\n", request.indexOf("\n") + 1) + 1;
        return request.substring(begin, request.indexOf("\r", begin)).toUpperCase(Locale.ROOT);
    }

    private void standStill() {
        long inSecond;
        while ((inSecond = (System.nanoTime() - startNs) % SECOND_NS) < stallNs) {
            LockSupport.parkNanos(stallNs - inSecond);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
