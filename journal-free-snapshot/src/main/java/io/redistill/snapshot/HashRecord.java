// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.HashItem;
import io.redistill.engine.store.HashValue;

/**
 * The value of a record that is a hash: written from the hash itself, read field by field.
 *
 * <pre>
 *   varint  number of fields
 *   of each field:
 *     varint  length of its name, then its bytes
 *     varint  length of its value, then its bytes
 *     long    deadline, ms since the epoch, or that of {@link EntryVisitor#NO_EXPIRY} (only in a timed hash)
 * </pre>
 *
 * <p>Threading: confined to its user.
 */
final class HashRecord {
    private long at;
    private long end;
    private boolean timed;
    private int left;
    private boolean readable;
    private long fieldAddress;
    private int fieldLength;
    private long valueAddress;
    private int valueLength;
    private long deadline;

    // ---- writing

    /** Bytes of a hash as a record's value. */
    static long length(HashValue hash, boolean timed) {
        long length = 0;
        int count = 0;
        hash.rewind();
        while (hash.next()) {
            length += itemLength(hash.field()) + itemLength(hash.value()) + (timed ? Long.BYTES : 0);
            count++;
        }
        return length + RecordLayout.varintLength(count);
    }

    private static long itemLength(HashItem item) {
        return (long) RecordLayout.varintLength(item.length()) + item.length();
    }

    /** Writes a hash and returns the address behind it. */
    static long write(HashValue hash, boolean timed, long target) {
        int count = 0;
        hash.rewind();
        while (hash.next()) {
            count++;
        }
        long at = RecordLayout.writeVarint(target, count);
        hash.rewind();
        while (hash.next()) {
            at = write(hash.field().toBytes(), at);
            at = write(hash.value().toBytes(), at);
            if (timed) {
                Memory.putLong(at, hash.deadline());
                at += Long.BYTES;
            }
        }
        return at;
    }

    private static long write(HashItem item, long target) {
        long at = RecordLayout.writeVarint(target, item.length());
        Memory.copy(item.address(), at, item.length());
        return at + item.length();
    }

    // ---- reading

    /** Stands before the first field. */
    HashRecord wrap(long address, int length, boolean hasDeadlines) {
        at = address;
        end = address + length;
        timed = hasDeadlines;
        readable = true;
        left = varint();
        return this;
    }

    /** Fields that are to come. */
    int left() {
        return left;
    }

    /** Goes to the next field; false when there is none, or one that cannot be read. */
    boolean next() {
        if (left <= 0 || !readable) {
            return false;
        }
        left--;
        fieldLength = length();
        fieldAddress = at;
        at += Math.max(fieldLength, 0);
        valueLength = length();
        valueAddress = at;
        at += Math.max(valueLength, 0);
        deadline = EntryVisitor.NO_EXPIRY;
        if (timed && readable) {
            readable = end - at >= Long.BYTES;
            if (readable) {
                deadline = Memory.getLong(at);
                at += Long.BYTES;
            }
        }
        return readable;
    }

    /** Whether all fields could be read and nothing is behind the last. */
    boolean isComplete() {
        return readable && left == 0 && at == end;
    }

    /** Goes over all fields: whether they can be read. */
    boolean isSound() {
        boolean any = left > 0;
        while (next()) {}
        return any && isComplete();
    }

    private int length() {
        int length = varint();
        if (length < 0 || length > end - at) {
            readable = false;
            return 0;
        }
        return length;
    }

    private int varint() {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE && at < end; shift += 7) {
            int part = Memory.getByte(at++);
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value <= Integer.MAX_VALUE ? (int) value : -1;
            }
        }
        readable = false;
        return -1;
    }

    long fieldAddress() {
        return fieldAddress;
    }

    int fieldLength() {
        return fieldLength;
    }

    long valueAddress() {
        return valueAddress;
    }

    int valueLength() {
        return valueLength;
    }

    /** Or {@link EntryVisitor#NO_EXPIRY}. */
    long deadline() {
        return deadline;
    }
}
