// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.snapshot.EntryVisitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

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

    /** A hash being put together. */
    static final class Hash {
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

        boolean isEmpty() {
            return count == 0;
        }

        byte[] toBytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            varint(all, count);
            all.writeBytes(fields.toByteArray());
            return all.toByteArray();
        }
    }

    void string(int database, byte[] key, byte[] value, long expiresAtMs) throws IOException {
        give(database, EntryVisitor.TYPE_STRING, key, value, expiresAtMs);
    }

    /** Gives a hash; one without fields is none. */
    void hash(int database, byte[] key, Hash hash, long expiresAtMs) throws IOException {
        if (!hash.isEmpty()) {
            give(database, EntryVisitor.TYPE_HASH, key, hash.toBytes(), expiresAtMs);
        }
    }

    private void give(int database, int type, byte[] key, byte[] value, long expiresAtMs) throws IOException {
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
        visitor.visit(
                database,
                type,
                number,
                memory,
                key.length,
                valueAddress,
                value.length,
                expiresAtMs,
                EntryVisitor.NO_RECENCY);
        entryCount++;
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
