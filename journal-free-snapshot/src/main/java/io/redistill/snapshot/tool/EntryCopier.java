// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.snapshot.EntryVisitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives entries that are on the heap to a visitor that wants them outside of it.
 *
 * <p>Threading: confined to its user.
 */
final class EntryCopier implements AutoCloseable {
    private final EntryVisitor visitor;
    private long memory;
    private long capacity;
    private long entryCount;

    EntryCopier(EntryVisitor visitor) {
        this.visitor = visitor;
    }

    /** A hash being put together: in parts, since none of them may be longer than a value. */
    static final class Hash {
        private static final int PART_BYTES = 32 << 10;

        private final List<Part> parts = new ArrayList<>();

        void add(byte[] name, byte[] value) {
            if (parts.isEmpty() || parts.get(parts.size() - 1).fields.size() >= PART_BYTES) {
                parts.add(new Part());
            }
            parts.get(parts.size() - 1).add(name, value);
        }
    }

    /** Some fields of a hash. */
    private static final class Part {
        private final ByteArrayOutputStream fields = new ByteArrayOutputStream();
        private int count;

        void add(byte[] name, byte[] value) {
            item(name);
            item(value);
            count++;
        }

        private void item(byte[] bytes) {
            varint(fields, bytes.length);
            fields.writeBytes(bytes);
        }

        private static void varint(ByteArrayOutputStream target, int value) {
            int rest = value;
            while (rest > 0x7f) {
                target.write(rest | 0x80);
                rest >>>= 7;
            }
            target.write(rest);
        }

        byte[] toBytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            varint(all, count);
            all.writeBytes(fields.toByteArray());
            return all.toByteArray();
        }
    }

    void string(int database, byte[] key, byte[] value, long expiresAtMs, int recency) throws IOException {
        give(database, EntryVisitor.TYPE_STRING, key, value, expiresAtMs, recency);
        entryCount++;
    }

    /** Gives a hash; one without fields is none. */
    void hash(int database, byte[] key, Hash hash, long expiresAtMs, int recency) throws IOException {
        int type = EntryVisitor.TYPE_HASH;
        for (Part part : hash.parts) {
            give(database, type, key, part.toBytes(), expiresAtMs, recency);
            type = EntryVisitor.TYPE_HASH_PART;
        }
        entryCount += hash.parts.isEmpty() ? 0 : 1;
    }

    private void give(int database, int type, byte[] key, byte[] value, long expiresAtMs, int recency)
            throws IOException {
        long length = (long) key.length + value.length;
        if (length > capacity) {
            close();
            capacity = Math.max(length, 1 << 16);
            memory = Memory.allocate(capacity);
        }
        Memory.copyFromArray(key, 0, memory, key.length);
        long valueAddress = memory + key.length;
        Memory.copyFromArray(value, 0, valueAddress, value.length);
        boolean number = type == EntryVisitor.TYPE_STRING
                && value.length <= Decimal.MAX_LENGTH
                && Decimal.isInteger(valueAddress, value.length);
        visitor.visit(database, type, number, memory, key.length, valueAddress, value.length, expiresAtMs, recency);
    }

    /** Entries given so far. */
    long entryCount() {
        return entryCount;
    }

    @Override
    public void close() {
        if (memory != 0) {
            Memory.free(memory);
        }
        memory = 0;
        capacity = 0;
    }
}
