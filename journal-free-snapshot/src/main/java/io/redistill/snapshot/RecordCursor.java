// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;

/**
 * Reads records, laid out as {@link RecordLayout} says, one after the other, and never beyond the end of the memory that
 * it was given.
 *
 * <p>Threading: confined to its user.
 */
final class RecordCursor {
    private long at;
    private long end;
    private int head;
    private int database;
    private long expiresAtMs;
    private int recency;
    private int keyLength;
    private int valueLength;
    private long keyAddress;

    /** Stands before the first record of {@code length} bytes. */
    RecordCursor wrap(long address, int length) {
        at = address;
        end = address + length;
        return this;
    }

    /** Whether there is nothing behind the last record. */
    boolean isAtEnd() {
        return at == end;
    }

    /** Address of the next record. */
    long position() {
        return at;
    }

    /** Goes to the next record; false when there is none, or one that cannot be read. */
    boolean next() {
        if (at >= end) {
            return false;
        }
        head = Memory.getByte(at++) & 0xff;
        database = varint();
        expiresAtMs = EntryVisitor.NO_EXPIRY;
        if ((head & RecordLayout.HAS_EXPIRY) != 0) {
            if (end - at < Long.BYTES) {
                return false;
            }
            expiresAtMs = Memory.getLong(at);
            at += Long.BYTES;
        }
        recency = EntryVisitor.NO_RECENCY;
        if ((head & RecordLayout.HAS_RECENCY) != 0) {
            if (end - at < Short.BYTES) {
                return false;
            }
            recency = Memory.getShort(at) & 0xffff;
            at += Short.BYTES;
        }
        keyLength = varint();
        valueLength = varint();
        if (database < 0 || keyLength < 0 || valueLength < 0 || keyLength > end - at) {
            return false;
        }
        keyAddress = at;
        at += keyLength;
        if (!isLarge()) {
            if (valueLength > end - at) {
                return false;
            }
            at += valueLength;
        }
        return true;
    }

    /** A number, or -1. */
    private int varint() {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            if (at >= end) {
                return -1;
            }
            int part = Memory.getByte(at++);
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value <= Integer.MAX_VALUE ? (int) value : -1;
            }
        }
        return -1;
    }

    int type() {
        return head & RecordLayout.TYPE_MASK;
    }

    boolean isNumber() {
        return (head & RecordLayout.NUMBER) != 0;
    }

    /** Whether the value does not stand here but in the blocks that follow. */
    boolean isLarge() {
        return (head & RecordLayout.LARGE) != 0;
    }

    int database() {
        return database;
    }

    long expiresAtMs() {
        return expiresAtMs;
    }

    /** Or {@link EntryVisitor#NO_RECENCY}. */
    int recency() {
        return recency;
    }

    long keyAddress() {
        return keyAddress;
    }

    int keyLength() {
        return keyLength;
    }

    /** Only where the value is not {@link #isLarge}. */
    long valueAddress() {
        return keyAddress + keyLength;
    }

    int valueLength() {
        return valueLength;
    }
}
