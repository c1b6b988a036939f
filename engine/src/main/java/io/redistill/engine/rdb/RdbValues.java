// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/**
 * Reads values: lengths, strings, hashes in every encoding; and passes over what we have no use for.
 *
 * <p>Source: the encodings of {@code rdb.h}, {@code ziplist.c}, {@code zipmap.c} and {@code listpack.c} of Redis up to
 * 7.2. Threading: stateless.
 */
public final class RdbValues {
    static final int MAX_STRING_BYTES = 512 << 20;

    /** The upper two bits of a string's first byte say that the lower ones tell its encoding. */
    static final int ENCODED = 3;

    static final int ENCODING_MASK = 0x3f;
    static final int INT8 = 0;
    static final int INT16 = 1;
    static final int INT32 = 2;
    static final int LZF = 3;
    static final int LENGTH_32 = 0x80;
    static final int LENGTH_64 = 0x81;

    private static final int MODULE_END = 0;
    private static final int MODULE_SIGNED = 1;
    private static final int MODULE_UNSIGNED = 2;
    private static final int MODULE_FLOAT = 3;
    private static final int MODULE_DOUBLE = 4;
    private static final int MODULE_STRING = 5;

    private static final int STREAM_ID_BYTES = 16;

    /** Takes the fields of a hash. */
    @FunctionalInterface
    public interface Fields {
        /** Takes the next one. */
        void field(byte[] name, byte[] value) throws IOException;
    }

    private RdbValues() {}

    // ---- lengths and strings

    /** A length, or any other number that is not negative. */
    public static long length(RdbInput in) throws IOException {
        int first = in.read();
        if (first >> 6 == ENCODED) {
            throw new RdbException("a string where a number should be");
        }
        return length(first, in);
    }

    static long length(int first, RdbInput in) throws IOException {
        long length = switch (first >> 6) {
            case 0 -> first;
            case 1 -> (first & 0x3f) << 8 | in.read();
            default ->
                switch (first) {
                    case LENGTH_32 -> bigEndian(in, Integer.BYTES);
                    case LENGTH_64 -> bigEndian(in, Long.BYTES);
                    default -> throw new RdbException("a length of an unknown encoding " + first);
                };
        };
        return length;
    }

    private static long bigEndian(RdbInput in, int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << Byte.SIZE | in.read();
        }
        return value;
    }

    /** A number of so many bytes, the lowest first. */
    public static long littleEndian(RdbInput in, int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) in.read() << i * Byte.SIZE;
        }
        return value;
    }

    /** A string, whatever its encoding. */
    public static byte[] string(RdbInput in) throws IOException {
        int first = in.read();
        if (first >> 6 != ENCODED) {
            return bytes(in, length(first, in));
        }
        return switch (first & ENCODING_MASK) {
            case INT8 -> digits((byte) in.read());
            case INT16 -> digits((short) littleEndian(in, Short.BYTES));
            case INT32 -> digits((int) littleEndian(in, Integer.BYTES));
            case LZF -> compressed(in);
            default -> throw new RdbException("a string of an unknown encoding " + first);
        };
    }

    private static byte[] compressed(RdbInput in) throws IOException {
        long compressedLength = length(in);
        long length = length(in);
        if (length < 0 || length > MAX_STRING_BYTES || !Lzf.isPlausible(compressedLength, length)) {
            throw new RdbException("a compressed string of " + length + " bytes");
        }
        return Lzf.decompress(bytes(in, compressedLength), (int) length);
    }

    private static byte[] bytes(RdbInput in, long length) throws IOException {
        if (length < 0 || length > in.longestArray() || length > in.remaining()) {
            throw new RdbException("a string of " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.read(bytes);
        return bytes;
    }

    private static byte[] digits(long value) {
        return Long.toString(value).getBytes(ISO_8859_1);
    }

    private static void skip(RdbInput in, long bytes) throws IOException {
        bytes(in, bytes);
    }

    // ---- hashes

    /** The fields of a hash of a type of {@link RdbTypes#isHash}. */
    public static void hash(int type, RdbInput in, Fields fields) throws IOException {
        switch (type) {
            case RdbTypes.HASH -> {
                for (long left = length(in); left > 0; left--) {
                    fields.field(string(in), string(in));
                }
            }
            default -> compactHash(type, RdbInput.of(string(in)), fields);
        }
    }

    /** The fields of a hash that is one string, from the bytes of that. */
    static void compactHash(int type, RdbInput in, Fields fields) throws IOException {
        switch (type) {
            case RdbTypes.HASH_ZIPMAP -> zipmap(in, fields);
            case RdbTypes.HASH_ZIPLIST -> ziplist(in, fields);
            case RdbTypes.HASH_LISTPACK -> listpack(in, fields);
            default -> throw new RdbException("a hash of an unknown type " + type);
        }
    }

    private static void zipmap(RdbInput in, Fields fields) throws IOException {
        in.read(); // the number of fields, when it is small: not needed
        for (int first = in.read(); first != 0xff; first = in.read()) {
            byte[] name = bytes(in, zipmapLength(first, in));
            long length = zipmapLength(in.read(), in);
            int unused = in.read();
            byte[] value = bytes(in, length);
            skip(in, unused);
            fields.field(name, value);
        }
    }

    private static long zipmapLength(int first, RdbInput in) throws IOException {
        return first < 254 ? first : littleEndian(in, Integer.BYTES);
    }

    private static void ziplist(RdbInput in, Fields fields) throws IOException {
        checkLength(in);
        skip(in, Integer.BYTES + Short.BYTES);
        for (int first = in.read(); first != 0xff; first = in.read()) {
            byte[] name = ziplistItem(first, in);
            fields.field(name, ziplistItem(in.read(), in));
        }
    }

    /** The first four bytes tell how many there are. */
    private static void checkLength(RdbInput in) throws IOException {
        long length = in.remaining();
        if (littleEndian(in, Integer.BYTES) != length) {
            throw new RdbException("a string of items of another length than it says");
        }
    }

    private static byte[] ziplistItem(int first, RdbInput in) throws IOException {
        if (first == 0xff) {
            throw new RdbException("a field without a value");
        }
        if (first == 254) {
            skip(in, Integer.BYTES); // the length of the item before
        }
        int encoding = in.read();
        switch (encoding >> 6) {
            case 0 -> {
                return bytes(in, encoding);
            }
            case 1 -> {
                return bytes(in, (encoding & 0x3f) << 8 | in.read());
            }
            case 2 -> {
                return bytes(in, bigEndian(in, Integer.BYTES));
            }
            default -> {
                // An integer: below.
            }
        }
        return digits(
                switch (encoding) {
                    case 0xc0 -> signed(in, 2);
                    case 0xd0 -> signed(in, 4);
                    case 0xe0 -> signed(in, 8);
                    case 0xf0 -> signed(in, 3);
                    case 0xfe -> signed(in, 1);
                    default -> {
                        int value = (encoding & 0xf) - 1;
                        if (encoding < 0xf1 || encoding > 0xfd) {
                            throw new RdbException("a ziplist item of an unknown encoding " + encoding);
                        }
                        yield value;
                    }
                });
    }

    private static long signed(RdbInput in, int bytes) throws IOException {
        int unused = Long.SIZE - bytes * Byte.SIZE;
        return littleEndian(in, bytes) << unused >> unused;
    }

    private static void listpack(RdbInput in, Fields fields) throws IOException {
        checkLength(in);
        skip(in, Short.BYTES);
        for (int first = in.read(); first != 0xff; first = in.read()) {
            byte[] name = listpackItem(first, in);
            fields.field(name, listpackItem(in.read(), in));
        }
    }

    private static byte[] listpackItem(int first, RdbInput in) throws IOException {
        byte[] item;
        int head = 1;
        if (first < 0x80) {
            item = digits(first);
            skipBackLength(in, head);
            return item;
        }
        if (first < 0xc0) {
            item = bytes(in, first & 0x3f);
            skipBackLength(in, head + item.length);
            return item;
        }
        if (first < 0xe0) {
            long value = (first & 0x1f) << 8 | in.read();
            skipBackLength(in, 2);
            return digits(value << (Long.SIZE - 13) >> (Long.SIZE - 13));
        }
        if (first < 0xf0) {
            item = bytes(in, (first & 0xf) << 8 | in.read());
            skipBackLength(in, 2 + item.length);
            return item;
        }
        if (first == 0xf0) {
            item = bytes(in, littleEndian(in, Integer.BYTES));
            skipBackLength(in, 5L + item.length);
            return item;
        }
        int bytes = switch (first) {
            case 0xf1 -> 2;
            case 0xf2 -> 3;
            case 0xf3 -> 4;
            case 0xf4 -> 8;
            case 0xff -> throw new RdbException("a field without a value");
            default -> throw new RdbException("a listpack item of an unknown encoding " + first);
        };
        item = digits(signed(in, bytes));
        skipBackLength(in, 1 + bytes);
        return item;
    }

    private static void skipBackLength(RdbInput in, long itemLength) throws IOException {
        skip(in, Listpack.backLengthBytes(itemLength));
    }

    // ---- what is passed over

    /** Passes over a value of any type. */
    public static void skipValue(int type, RdbInput in) throws IOException {
        switch (type) {
            case RdbTypes.STRING,
                    RdbTypes.HASH_ZIPMAP,
                    RdbTypes.LIST_ZIPLIST,
                    RdbTypes.SET_INTSET,
                    RdbTypes.SORTED_SET_ZIPLIST,
                    RdbTypes.HASH_ZIPLIST,
                    RdbTypes.HASH_LISTPACK,
                    RdbTypes.SORTED_SET_LISTPACK,
                    RdbTypes.SET_LISTPACK -> string(in);
            case RdbTypes.LIST, RdbTypes.SET, RdbTypes.LIST_QUICKLIST -> skipStrings(in, length(in));
            case RdbTypes.HASH -> {
                for (long left = length(in); left > 0; left--) {
                    skipStrings(in, 2);
                }
            }
            case RdbTypes.SORTED_SET -> {
                for (long left = length(in); left > 0; left--) {
                    string(in);
                    int digits = in.read();
                    skip(in, digits < 253 ? digits : 0);
                }
            }
            case RdbTypes.SORTED_SET_2 -> {
                for (long left = length(in); left > 0; left--) {
                    string(in);
                    skip(in, Double.BYTES);
                }
            }
            case RdbTypes.LIST_QUICKLIST_2 -> {
                for (long left = length(in); left > 0; left--) {
                    length(in);
                    string(in);
                }
            }
            case RdbTypes.MODULE_2 -> {
                length(in);
                skipModuleData(in);
            }
            case RdbTypes.STREAM, RdbTypes.STREAM_2, RdbTypes.STREAM_3 -> skipStream(type, in);
            default -> throw new RdbException("a value of an unknown type " + type);
        }
    }

    private static void skipStrings(RdbInput in, long count) throws IOException {
        for (long left = count; left > 0; left--) {
            string(in);
        }
    }

    private static void skipNumbers(RdbInput in, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            length(in);
        }
    }

    /** Passes over what a module wrote, up to its end. */
    public static void skipModuleData(RdbInput in) throws IOException {
        while (true) {
            long opcode = length(in);
            switch ((int) opcode) {
                case MODULE_END -> {
                    return;
                }
                case MODULE_SIGNED, MODULE_UNSIGNED -> length(in);
                case MODULE_FLOAT -> skip(in, Float.BYTES);
                case MODULE_DOUBLE -> skip(in, Double.BYTES);
                case MODULE_STRING -> string(in);
                default -> throw new RdbException("data of a module of an unknown kind " + opcode);
            }
        }
    }

    private static void skipStream(int type, RdbInput in) throws IOException {
        for (long left = length(in); left > 0; left--) {
            skipStrings(in, 2);
        }
        skipNumbers(in, type == RdbTypes.STREAM ? 3 : 8);
        for (long groups = length(in); groups > 0; groups--) {
            string(in);
            skipNumbers(in, type == RdbTypes.STREAM ? 2 : 3);
            for (long pending = length(in); pending > 0; pending--) {
                skip(in, STREAM_ID_BYTES + Long.BYTES);
                length(in);
            }
            for (long consumers = length(in); consumers > 0; consumers--) {
                string(in);
                skip(in, type == RdbTypes.STREAM_3 ? 2 * Long.BYTES : Long.BYTES);
                for (long pending = length(in); pending > 0; pending--) {
                    skip(in, STREAM_ID_BYTES);
                }
            }
        }
    }
}
