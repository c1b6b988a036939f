// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import io.redistill.engine.store.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * Puts records into databases.
 *
 * <p>Threading: confined to the shard's thread.
 */
final class EntryInserter {
    private final HashRecord fields = new HashRecord();

    /**
     * Puts in the record at which a cursor stands.
     *
     * @param largeValue the value, when it is no part of the record, else 0; its holding passes to the database
     * @return false when there is no memory
     */
    boolean insert(Database database, long hash, RecordCursor record, long largeValue) {
        if (!insertValue(database, hash, record, largeValue)) {
            return false;
        }
        // A string is what the index was asked for last.
        if (record.recency() != EntryVisitor.NO_RECENCY
                && (record.type() == RecordLayout.STRING
                        || database.find(hash, record.keyAddress(), record.keyLength()) != null)) {
            database.restoreUse(record.recency());
        }
        return true;
    }

    private boolean insertValue(Database database, long hash, RecordCursor record, long largeValue) {
        long keyAddress = record.keyAddress();
        int keyLength = record.keyLength();
        int valueLength = record.valueLength();
        EntryView existing = database.find(hash, keyAddress, keyLength);
        if (record.type() != RecordLayout.STRING) {
            return insertHash(database, hash, record, existing, largeValue);
        }
        if (record.isNumber() && Decimal.isInteger(record.valueAddress(), valueLength)) {
            long value = Decimal.parse(record.valueAddress(), valueLength);
            return database.writeInteger(existing, hash, keyAddress, keyLength, value, record.expiresAtMs());
        }
        if (valueLength < Database.LARGE_VALUE_BYTES) {
            long target = database.write(existing, hash, keyAddress, keyLength, valueLength, record.expiresAtMs());
            if (target != 0) {
                Memory.copy(record.valueAddress(), target, valueLength);
            }
            return target != 0;
        }
        long block = largeValue;
        if (block == 0) {
            block = LargeBlock.allocate(valueLength);
            Memory.copy(record.valueAddress(), block, valueLength);
        }
        if (database.writeLarge(existing, hash, keyAddress, keyLength, block, valueLength, record.expiresAtMs())) {
            return true;
        }
        LargeBlock.release(block);
        return false;
    }

    private boolean insertHash(
            Database database, long hash, RecordCursor record, @Nullable EntryView found, long largeValue) {
        EntryView existing = found;
        if (existing != null && !(EntryVisitor.isPart(record.type()) && existing.isHash())) {
            database.remove(hash, existing);
            existing = null;
        }
        long address = largeValue != 0 ? largeValue : record.valueAddress();
        try {
            fields.wrap(address, record.valueLength(), EntryVisitor.isTimed(record.type()));
            HashValue target = database.hash().open(hash, record.keyAddress(), record.keyLength(), existing);
            while (fields.next()) {
                if (fields.deadline() != EntryVisitor.NO_EXPIRY && fields.deadline() < database.nowMs()) {
                    continue;
                }
                int result = target.put(
                        fields.fieldAddress(),
                        fields.fieldLength(),
                        fields.valueAddress(),
                        fields.valueLength(),
                        false,
                        fields.deadline(),
                        0);
                if (result == HashValue.NO_MEMORY) {
                    return false;
                }
            }
            target.trim();
        } finally {
            if (largeValue != 0) {
                LargeBlock.release(largeValue);
            }
        }
        if (record.expiresAtMs() == EntryVisitor.NO_EXPIRY) {
            return true;
        }
        EntryView made = database.find(hash, record.keyAddress(), record.keyLength());
        return made == null || database.expireAt(made, hash, record.expiresAtMs());
    }
}
