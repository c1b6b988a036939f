// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * TLS over a non-blocking socket. The JDK's engine allocates for each record, which the run's record shows.
 *
 * <p>Threading: confined to the generator thread.
 */
final class TlsStream {
    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final ByteBuffer handshakeIn;
    private boolean begun;
    private boolean leftovers;

    TlsStream(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        netIn = ByteBuffer.allocateDirect(2 * packet).limit(0);
        netOut = ByteBuffer.allocateDirect(4 * packet);
        handshakeIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    /** Goes on with the handshake as far as bytes are there; true when it is done. */
    boolean handshake() throws IOException {
        if (!begun) {
            engine.beginHandshake();
            begun = true;
        }
        while (true) {
            flush();
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> engine.wrap(nothing, netOut);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    handshakeIn.clear();
                    SSLEngineResult result = engine.unwrap(netIn, handshakeIn);
                    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        throw new SSLException("the server closed the connection in the TLS handshake");
                    }
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        int count = fill();
                        if (count < 0) {
                            throw new SSLException("the server closed the connection in the TLS handshake");
                        }
                        if (count == 0) {
                            return false;
                        }
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    flush();
                    leftovers = netIn.hasRemaining();
                    return !hasBytesToWrite();
                }
            }
        }
    }

    private void runTasks() {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
    }

    private int fill() throws IOException {
        netIn.compact();
        int count = channel.read(netIn);
        netIn.flip();
        return count;
    }

    boolean hasBytesToWrite() {
        return netOut.position() > 0;
    }

    boolean hasLeftovers() {
        return leftovers;
    }

    void flush() throws IOException {
        if (netOut.position() > 0) {
            netOut.flip();
            channel.write(netOut);
            netOut.compact();
        }
    }

    void write(ByteBuffer bytes) throws IOException {
        flush();
        while (bytes.hasRemaining() && netOut.remaining() >= engine.getSession().getPacketBufferSize()) {
            engine.wrap(bytes, netOut);
            flush();
        }
    }

    /** Decrypts what is there; 0 when more bytes are needed, -1 at the end. */
    int read(ByteBuffer into) throws IOException {
        int before = into.position();
        leftovers = false;
        while (true) {
            SSLEngineResult result = engine.unwrap(netIn, into);
            switch (result.getStatus()) {
                case CLOSED -> {
                    return into.position() > before ? into.position() - before : -1;
                }
                case BUFFER_OVERFLOW -> {
                    leftovers = true;
                    return into.position() - before;
                }
                case BUFFER_UNDERFLOW -> {
                    int count = fill();
                    if (count < 0) {
                        return into.position() > before ? into.position() - before : -1;
                    }
                    if (count == 0) {
                        return into.position() - before;
                    }
                }
                case OK -> {
                    switch (result.getHandshakeStatus()) {
                        case NEED_TASK -> runTasks();
                        case NEED_WRAP -> {
                            engine.wrap(nothing, netOut);
                            flush();
                        }
                        default -> {}
                    }
                }
            }
        }
    }
}
