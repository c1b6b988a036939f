// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import io.redistill.harness.load.Draw;
import java.nio.ByteBuffer;

/**
 * One connection's state in the measuring loop.
 *
 * <p>Threading: confined to the generator thread.
 */
final class Connection {
    enum State {
        CONNECTING,
        HANDSHAKE,
        READY,
        BROKEN
    }

    final int index;
    final Draw draw;
    final RequestQueue queue;
    final ReplyScanner scanner = new ReplyScanner();
    final ByteBuffer out;

    State state = State.BROKEN;
    /** Handshake replies still to come. */
    int handshakeLeft;
    /** Stream positions of what was put into the buffer and of what was written. */
    long encodedBytes;

    long writtenBytes;
    boolean dirty;
    boolean waitsForWritable;
    long brokenSinceNs;
    long retryAtNs;

    Connection(int index, Draw draw, int queueCapacity, int bufferBytes) {
        this.index = index;
        this.draw = draw;
        this.queue = new RequestQueue(queueCapacity);
        this.out = ByteBuffer.allocateDirect(bufferBytes);
    }
}
