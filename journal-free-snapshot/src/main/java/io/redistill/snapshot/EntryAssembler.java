// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes single entries of a file's blocks: takes records apart and puts large values together.
 *
 * <p>Threading: confined to its user.
 */
final class EntryAssembler implements SnapshotReader.BlockVisitor, AutoCloseable {
    private final EntryVisitor visitor;
    private final RecordCursor cursor = new RecordCursor();
    private final ValueCheck check = new ValueCheck();

    /** The large record whose value is not complete: its own copy of the key, then the value. */
    private long large;

    private int largeType;
    private boolean largeNumber;
    private int largeDatabase;
    private long largeExpiresAtMs;
    private int largeRecency;
    private int largeKeyLength;
    private int largeValueLength;
    private int largeReceived;

    EntryAssembler(EntryVisitor visitor) {
        this.visitor = visitor;
    }

    @Override
    public void records(long address, int length, int count, long position) throws IOException {
        checkComplete();
        cursor.wrap(address, length);
        for (int i = 0; i < count; i++) {
            if (!cursor.next()) {
                throw new SnapshotReader.BadBlockException("a record that cannot be read");
            }
            refuse(check.faultOf(cursor));
            if (!cursor.isLarge()) {
                visitor.visit(
                        cursor.database(),
                        cursor.type(),
                        cursor.isNumber(),
                        cursor.keyAddress(),
                        cursor.keyLength(),
                        cursor.valueAddress(),
                        cursor.valueLength(),
                        cursor.expiresAtMs(),
                        cursor.recency());
            } else if (i + 1 < count) {
                throw new SnapshotReader.BadBlockException("a large record that is not the last of its block");
            } else {
                beginLarge();
            }
        }
        if (!cursor.isAtEnd()) {
            throw new SnapshotReader.BadBlockException("a block whose count and length disagree");
        }
    }

    private static void refuse(@Nullable String fault) throws IOException {
        if (fault != null) {
            throw new SnapshotReader.BadBlockException(fault);
        }
    }

    private void beginLarge() {
        largeType = cursor.type();
        largeNumber = cursor.isNumber();
        largeDatabase = cursor.database();
        largeExpiresAtMs = cursor.expiresAtMs();
        largeRecency = cursor.recency();
        largeKeyLength = cursor.keyLength();
        largeValueLength = cursor.valueLength();
        largeReceived = 0;
        // Address space only, until bytes arrive.
        large = Memory.allocate((long) largeKeyLength + largeValueLength);
        Memory.copy(cursor.keyAddress(), large, largeKeyLength);
    }

    @Override
    public void value(long address, int length) throws IOException {
        if (large == 0 || length == 0 || length > largeValueLength - largeReceived) {
            throw new SnapshotReader.BadBlockException("a part of a value that belongs to no record");
        }
        long value = large + largeKeyLength;
        Memory.copy(address, value + largeReceived, length);
        largeReceived += length;
        if (largeReceived == largeValueLength) {
            refuse(check.faultOf(largeType, value, largeValueLength));
            try {
                visitor.visit(
                        largeDatabase,
                        largeType,
                        largeNumber,
                        large,
                        largeKeyLength,
                        value,
                        largeValueLength,
                        largeExpiresAtMs,
                        largeRecency);
            } finally {
                close();
            }
        }
    }

    @Override
    public void end() throws IOException {
        checkComplete();
    }

    private void checkComplete() throws IOException {
        if (large != 0) {
            throw new SnapshotReader.BadBlockException("a value that is not complete");
        }
    }

    @Override
    public void close() {
        if (large != 0) {
            Memory.free(large);
            large = 0;
        }
    }
}
