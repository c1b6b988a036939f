// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.support;

import io.redistill.engine.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/** Bytes of a test in off-heap memory, freed together. */
public final class OffHeap implements AutoCloseable {
    private final List<Long> addresses = new ArrayList<>();

    /** Copies bytes off the heap and returns their address. */
    public long put(byte[] bytes) {
        long address = allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, address, bytes.length);
        return address;
    }

    /** Memory with undefined contents. */
    public long allocate(int length) {
        long address = Memory.allocate(Math.max(1, length));
        addresses.add(address);
        return address;
    }

    @Override
    public void close() {
        addresses.forEach(Memory::free);
        addresses.clear();
    }
}
