// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;

/**
 * A reusable window over one entry, laid out as {@link EntryLayout} says.
 *
 * <p>Valid until the next change of the entry's database. Threading: confined to the shard thread.
 */
public final class EntryView {
    private long address;
    private long header;

    EntryView() {}

    EntryView wrap(long entry) {
        address = entry;
        header = Memory.getLong(entry);
        return this;
    }

    /** Absolute address of the entry. */
    public long address() {
        return address;
    }

    /** What kind of value it is; 0 for a string. */
    public int type() {
        return (int) header & EntryLayout.TYPE_MASK;
    }

    /** Whether the value is a string, of whatever encoding. */
    public boolean isString() {
        return type() == EntryLayout.TYPE_STRING;
    }

    public boolean isHash() {
        return type() == EntryLayout.TYPE_HASH;
    }

    /** Whether the value is a signed 64-bit integer, see {@link #integerValue}. */
    public boolean isInteger() {
        return encoding() == EntryLayout.ENCODING_INTEGER;
    }

    /** Whether the bytes of a string were changed by commands since a client gave them. */
    public boolean isEdited() {
        return encoding() == EntryLayout.ENCODING_EDITED;
    }

    /** Whether a string is the digits of a real number. */
    public boolean isNumberText() {
        return encoding() == EntryLayout.ENCODING_NUMBER_TEXT;
    }

    /** The value as an integer; only where {@link #isInteger}. */
    public long integerValue() {
        return Memory.getLong(inlineValueAddress());
    }

    /** The number of the cut that the entry was last written for, or after which it was made; see {@link CutWalk}. */
    int stamp() {
        return Memory.getByte(address + EntryLayout.STAMP_OFFSET) & 0xff;
    }

    /** Type and encoding, one of the kinds of {@link EntryLayout}. */
    int kind() {
        return (int) header & 0xff;
    }

    int encoding() {
        return (int) header >>> EntryLayout.ENCODING_SHIFT & EntryLayout.ENCODING_MASK;
    }

    /** Whether the value is the root of a {@link FieldTable}. */
    public boolean isFieldTable() {
        return encoding() == EntryLayout.ENCODING_TABLE;
    }

    int flags() {
        return (int) header >>> EntryLayout.FLAGS_SHIFT & EntryLayout.FLAGS_MASK;
    }

    /** Whether the value is a {@link io.redistill.engine.memory.LargeBlock}, whose address is the value address. */
    public boolean isLargeValue() {
        return (flags() & EntryLayout.LARGE_VALUE) != 0;
    }

    boolean isLargeKey() {
        return (flags() & EntryLayout.LARGE_KEY) != 0;
    }

    public boolean hasExpiry() {
        return (flags() & EntryLayout.HAS_EXPIRY) != 0;
    }

    /** Deadline in ms since the epoch; only where {@link #hasExpiry}. */
    public long expiresAtMs() {
        long record = address + EntryLayout.EXPIRY_OFFSET;
        return isTimed() ? TimingWheel.deadline(record) : Memory.getLong(record);
    }

    /** Whether the entry has a record in the timing wheel, {@link EntryLayout#EXPIRY_OFFSET} bytes behind its address. */
    boolean isTimed() {
        return EntryView.isTimed(flags());
    }

    static boolean isTimed(int flags) {
        return (flags & (EntryLayout.HAS_EXPIRY | EntryLayout.FAR_EXPIRY)) == EntryLayout.HAS_EXPIRY;
    }

    public int keyLength() {
        int flags = flags();
        if ((flags & EntryLayout.WIDE_KEY) == 0) {
            return (int) (header >>> EntryLayout.KEY_LENGTH_SHIFT) & EntryLayout.KEY_LENGTH_MASK;
        }
        return Memory.getInt(address + EntryLayout.payloadOffset(flags) - EntryLayout.FIELD_BYTES);
    }

    /** Whether the entry's key is these bytes. */
    boolean hasKey(long otherAddress, int otherLength) {
        return keyLength() == otherLength && Memory.equal(keyAddress(), otherAddress, otherLength);
    }

    /** Absolute address of the key's bytes. */
    public long keyAddress() {
        int flags = flags();
        long payload = address + EntryLayout.payloadOffset(flags);
        return (flags & EntryLayout.LARGE_KEY) == 0 ? payload : Memory.getLong(payload);
    }

    /** Bytes of the value as stored: 8 for an integer. */
    public int valueLength() {
        return (int) (header >>> EntryLayout.VALUE_LENGTH_SHIFT);
    }

    /** Bytes of a string as clients see it: the digits of an integer. */
    public int stringLength() {
        return isInteger() ? Decimal.length(integerValue()) : valueLength();
    }

    /** Absolute address of the value's bytes. */
    public long valueAddress() {
        long inline = inlineValueAddress();
        return isLargeValue() ? Memory.getLong(inline) : inline;
    }

    private long inlineValueAddress() {
        int flags = flags();
        int keyBytes = (flags & EntryLayout.LARGE_KEY) == 0 ? keyLength() : EntryLayout.FIELD_BYTES;
        return address + EntryLayout.payloadOffset(flags) + keyBytes;
    }

    /** Bytes of the arena that the entry takes, before rounding to a block. */
    int lengthBytes() {
        int valueBytes = isLargeValue() ? EntryLayout.FIELD_BYTES : valueLength();
        return (int) (inlineValueAddress() - address) + valueBytes;
    }

    /**
     * What an entry takes by its first eight bytes alone: {@link #lengthBytes}, or less where the length of the key does
     * not fit into them.
     */
    static int leastLengthBytes(long header) {
        int flags = (int) header >>> EntryLayout.FLAGS_SHIFT & EntryLayout.FLAGS_MASK;
        int keyBytes = (int) (header >>> EntryLayout.KEY_LENGTH_SHIFT) & EntryLayout.KEY_LENGTH_MASK;
        int valueBytes = (flags & EntryLayout.LARGE_VALUE) == 0
                ? (int) (header >>> EntryLayout.VALUE_LENGTH_SHIFT)
                : EntryLayout.FIELD_BYTES;
        return EntryWriter.length(flags, keyBytes, valueBytes);
    }
}
