// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import io.redistill.engine.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** ASCII texts in raw memory, freed together. */
final class NativeText {
    private final List<Long> copies = new ArrayList<>();

    long copy(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        long address = Memory.allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, address, bytes.length);
        copies.add(address);
        return address;
    }

    void free() {
        copies.forEach(Memory::free);
        copies.clear();
    }
}
