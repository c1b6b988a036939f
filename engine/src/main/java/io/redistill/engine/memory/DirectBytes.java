// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/**
 * A few bytes outside the heap for whoever holds this object: they go with it, when it is collected.
 *
 * <p>Threading: the address is immutable; the bytes belong to the holder's thread.
 */
public final class DirectBytes {
    private final ByteBuffer buffer;
    private final long address;

    /** So many bytes, zeroed. */
    public DirectBytes(int length) {
        buffer = ByteBuffer.allocateDirect(length);
        address = BufferUtil.address(buffer);
    }

    /** Absolute address; good as long as this object is held. */
    public long address() {
        return address;
    }

    /** Bytes there are. */
    public int length() {
        return buffer.capacity();
    }
}
