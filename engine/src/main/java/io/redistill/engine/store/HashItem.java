// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.DirectBytes;

/**
 * A field or a value of a hash, as {@link HashValue} shows it: bytes somewhere, or an integer that stands for its
 * decimal digits. One object is reused; it is valid until the hash is changed or goes on to another field.
 *
 * <p>Threading: confined to the shard thread.
 */
public final class HashItem {
    private final DirectBytes digits = new DirectBytes(Decimal.MAX_LENGTH);
    private boolean integer;
    private boolean large;
    private long number;
    private long address;
    private int length;

    HashItem() {}

    HashItem packed(long item) {
        large = false;
        integer = PackedItem.isIntegerAt(item);
        if (integer) {
            number = PackedItem.integerAt(item);
        } else {
            address = PackedItem.bytesAt(item);
            length = PackedItem.byteCountAt(item);
        }
        return this;
    }

    HashItem keyOf(EntryView entry) {
        integer = false;
        large = false;
        address = entry.keyAddress();
        length = entry.keyLength();
        return this;
    }

    HashItem valueOf(EntryView entry) {
        integer = entry.isInteger();
        if (integer) {
            large = false;
            number = entry.integerValue();
        } else {
            large = entry.isLargeValue();
            address = entry.valueAddress();
            length = entry.valueLength();
        }
        return this;
    }

    /** Whether it is the decimal digits of {@link #integer}; then nothing else is there until {@link #toBytes}. */
    public boolean isInteger() {
        return integer;
    }

    public long integer() {
        return number;
    }

    /** Whether the bytes are a {@link io.redistill.engine.memory.LargeBlock}. */
    public boolean isLarge() {
        return large;
    }

    /** Makes it bytes, if it is an integer. */
    public HashItem toBytes() {
        if (integer) {
            integer = false;
            address = digits.address();
            length = Decimal.write(address, number);
        }
        return this;
    }

    /** Absolute address of the bytes. */
    public long address() {
        return address;
    }

    /** How many bytes, or digits, it has. */
    public int length() {
        return integer ? Decimal.length(number) : length;
    }
}
