// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The connections of one generator thread as byte streams that never block, and the place where the thread waits.
 *
 * <p>Threading: confined to the generator thread.
 */
public interface Transport extends AutoCloseable {
    /** Begins to connect, or begins again after {@link #disconnect}. */
    void connect(int connection) throws IOException;

    /** Goes on connecting when the connection was reported ready; true once bytes can be written. */
    boolean finishConnect(int connection) throws IOException;

    /** Closes a connection; {@link #connect} opens it again. */
    void disconnect(int connection);

    /** Writes what the peer takes now and moves the buffer's position; what is left waits for {@link #awaitWritable}. */
    void write(int connection, ByteBuffer bytes) throws IOException;

    /** Whether the connection is to be reported ready when it takes more bytes. */
    void awaitWritable(int connection, boolean wanted);

    /** Reads what is there into a buffer; 0 when there is nothing, -1 at the end. */
    int read(int connection, ByteBuffer into) throws IOException;

    /**
     * Looks which connections are ready and may wait for one.
     *
     * @param untilNs time of the clock at which to return at the latest
     * @param mayBlock whether the thread may sleep meanwhile; false returns at once
     * @return number of ready connections, to be asked with {@link #ready}
     */
    int poll(long untilNs, boolean mayBlock) throws IOException;

    /** A connection of the last {@link #poll}, 0 to below its answer. */
    int ready(int index);

    @Override
    void close();
}
