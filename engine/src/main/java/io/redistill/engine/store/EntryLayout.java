// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

/**
 * Offsets and bits of an entry in the arena.
 *
 * <pre>
 *    0        1        2                3             4                8
 *   +--------+--------+----------------+-------------+----------------+
 *   | T | E  | flags  | snapshot stamp | key length  | value length   |   T type: bits 0-3, E encoding: bits 4-7
 *   +--------+--------+----------------+-------------+----------------+
 *   | expiry, 16 bytes (only with HAS_EXPIRY): a TimingWheel record,  |
 *   | or with FAR_EXPIRY the ms since the epoch and eight bytes more  |
 *   +-----------------------------------------------------------------+
 *   | key length, when it is over 254 (only with WIDE_KEY)            |
 *   +-----------------------------------------------------------------+
 *   | key bytes … | value bytes …                                     |
 *   +-----------------------------------------------------------------+
 * </pre>
 *
 * With LARGE_KEY or LARGE_VALUE the eight-byte address of a {@link io.redistill.engine.memory.LargeBlock} stands in
 * place of the bytes. With {@link #ENCODING_INTEGER} the value is eight bytes of a signed integer. All little-endian.
 */
final class EntryLayout {
    static final int HEADER_BYTES = 8;

    static final int TYPE_SHIFT = 0;
    static final int TYPE_MASK = 0xf;
    static final int ENCODING_SHIFT = 4;
    static final int ENCODING_MASK = 0xf;
    static final int FLAGS_SHIFT = 8;
    static final int FLAGS_MASK = 0xff;
    static final int STAMP_SHIFT = 16;
    static final int STAMP_MASK = 0xff;
    static final int KEY_LENGTH_SHIFT = 24;
    static final int KEY_LENGTH_MASK = 0xff;
    static final int VALUE_LENGTH_SHIFT = 32;

    /** Offset of the value length as an int of its own. */
    static final int VALUE_LENGTH_OFFSET = 4;

    /** Offset of the snapshot stamp as a byte of its own. */
    static final int STAMP_OFFSET = STAMP_SHIFT / Byte.SIZE;

    static final int HAS_EXPIRY = 1;
    static final int WIDE_KEY = 2;
    static final int LARGE_KEY = 4;
    static final int LARGE_VALUE = 8;

    /** The deadline is too far away for the timing wheel. */
    static final int FAR_EXPIRY = 16;

    static final int EXPIRY_OFFSET = HEADER_BYTES;
    static final int EXPIRY_BYTES = TimingWheel.RECORD_BYTES;
    static final int FIELD_BYTES = 8;

    /** Longest key whose length fits into the header. */
    static final int MAX_NARROW_KEY_BYTES = 254;

    /** Types, with the numbers that Redis gives them. */
    static final int TYPE_STRING = 0;

    static final int TYPE_HASH = 4;

    /** Bytes as a client gave them. */
    static final int ENCODING_RAW = 0;

    static final int ENCODING_INTEGER = 1;

    /** Fields and values one after the other, see {@link PackedHash}. */
    static final int ENCODING_PACKED = 2;

    /** The value is the address of the root of a {@link FieldTable}. */
    static final int ENCODING_TABLE = 3;

    /** Bytes of a string that commands have changed: OBJECT ENCODING tells them from the others, nothing else does. */
    static final int ENCODING_EDITED = 5;

    /** Digits of a number that is no integer to OBJECT ENCODING, as INCRBYFLOAT leaves them. */
    static final int ENCODING_NUMBER_TEXT = 6;

    /** The first byte of an entry, type and encoding, of each kind of value. */
    static final int KIND_RAW = TYPE_STRING | ENCODING_RAW << ENCODING_SHIFT;

    static final int KIND_INTEGER = TYPE_STRING | ENCODING_INTEGER << ENCODING_SHIFT;
    static final int KIND_EDITED = TYPE_STRING | ENCODING_EDITED << ENCODING_SHIFT;
    static final int KIND_NUMBER_TEXT = TYPE_STRING | ENCODING_NUMBER_TEXT << ENCODING_SHIFT;
    static final int KIND_PACKED_HASH = TYPE_HASH | ENCODING_PACKED << ENCODING_SHIFT;
    static final int KIND_HASH_TABLE = TYPE_HASH | ENCODING_TABLE << ENCODING_SHIFT;

    private EntryLayout() {}

    /** Offset of the key, from the flags alone. */
    static int payloadOffset(int flags) {
        return HEADER_BYTES + ((flags & HAS_EXPIRY) << 4) + ((flags & WIDE_KEY) << 2);
    }
}
