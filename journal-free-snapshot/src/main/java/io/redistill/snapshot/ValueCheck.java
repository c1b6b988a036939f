// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * Looks at what the checksum of a block does not tell: whether this program can read the values in it.
 *
 * <p>Threading: confined to its user.
 */
final class ValueCheck {
    private final HashRecord hash = new HashRecord();

    /** What is wrong with the record at which a cursor stands, or null; a large value is to be checked when it is there. */
    @Nullable
    String faultOf(RecordCursor record) {
        int type = record.type();
        if (record.isLarge()) {
            int length = record.valueLength();
            if (length < SnapshotFormat.LARGE_VALUE_BYTES || length > SnapshotFormat.MAX_VALUE_BYTES) {
                return "a large value of " + length + " bytes";
            }
            return isKnown(type) ? null : unknown(type);
        }
        return faultOf(type, record.valueAddress(), record.valueLength());
    }

    /** What is wrong with a value, or null. */
    @Nullable
    String faultOf(int type, long valueAddress, int valueLength) {
        if (!isKnown(type)) {
            return unknown(type);
        }
        return type == RecordLayout.STRING
                        || hash.wrap(valueAddress, valueLength, EntryVisitor.isTimed(type))
                                .isSound()
                ? null
                : "a hash that cannot be read";
    }

    private static boolean isKnown(int type) {
        return type == RecordLayout.STRING || type >= RecordLayout.HASH && type <= RecordLayout.TIMED_HASH_PART;
    }

    private static String unknown(int type) {
        return "a key of type " + type + ", which this program does not have";
    }
}
