// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.support;

import io.redistill.harness.generator.ReplyScanner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A server on the loopback that answers every command with what a function says, one thread a connection, and may stand
 * still in the first part of each second.
 */
public final class FakeServer implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ServerSocket listener;
    private final Function<String, String> replies;
    private final long stallNs;
    private final long startNs = System.nanoTime();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private volatile long dieAfter = Long.MAX_VALUE;
    private final AtomicLong total = new AtomicLong();

    /**
     * Starts it.
     *
     * @param replies reply as RESP to a command by its name in upper case
     * @param stallNs how long it stands still at the beginning of each second
     */
    public FakeServer(Function<String, String> replies, long stallNs) throws IOException {
        this.replies = replies;
        this.stallNs = stallNs;
        listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        thread("fake-accept", this::accept);
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

    private static void thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Closes everything after so many commands. */
    public FakeServer dieAfter(long commands) {
        dieAfter = commands;
        return this;
    }

    public String port() {
        return Integer.toString(listener.getLocalPort());
    }

    /** How often a command came. */
    public long count(String command) {
        AtomicLong count = counts.get(command);
        return count == null ? 0 : count.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                thread("fake-connection", () -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        byte[] bytes = new byte[1 << 16];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).limit(0);
        ReplyScanner scanner = new ReplyScanner();
        StringBuilder request = new StringBuilder();
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            while (true) {
                int before = buffer.position();
                boolean whole = scanner.scan(buffer) == ReplyScanner.REPLY;
                request.append(new String(bytes, before, buffer.position() - before, StandardCharsets.ISO_8859_1));
                if (whole) {
                    String name = request.toString().split("\r\n", 4)[2].toUpperCase(Locale.ROOT);
                    request.setLength(0);
                    counts.computeIfAbsent(name, key -> new AtomicLong()).incrementAndGet();
                    if (total.incrementAndGet() > dieAfter) {
                        close();
                        return;
                    }
                    standStill();
                    out.write(replies.apply(name).getBytes(StandardCharsets.ISO_8859_1));
                } else {
                    int count = in.read(bytes);
                    if (count < 0) {
                        return;
                    }
                    buffer.position(0).limit(count);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The other side closed, or the test ended.
        } finally {
            sockets.remove(socket);
        }
    }

    private void standStill() throws InterruptedException {
        long inSecond = (System.nanoTime() - startNs) % SECOND_NS;
        if (inSecond < stallNs) {
            Thread.sleep((stallNs - inSecond) / 1_000_000, (int) ((stallNs - inSecond) % 1_000_000));
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
