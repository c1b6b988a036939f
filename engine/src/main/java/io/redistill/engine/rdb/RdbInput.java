// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import java.io.IOException;

/**
 * Where RDB bytes come from: a file or a payload. Reading beyond the end is an {@link RdbException}.
 *
 * <p>Threading: confined to its user.
 */
public interface RdbInput {
    /** The next byte, 0 to 255. */
    int read() throws IOException;

    /** Fills an array. */
    void read(byte[] target) throws IOException;

    /** Bytes that are left: nothing longer is worth memory. */
    long remaining() throws IOException;

    /** The longest string that {@link RdbValues} may make an array of. */
    default int longestArray() {
        return RdbValues.MAX_STRING_BYTES;
    }

    /** The bytes of an array. */
    static RdbInput of(byte[] bytes) {
        return new RdbInput() {
            private int position;

            @Override
            public int read() throws IOException {
                if (position == bytes.length) {
                    throw new RdbException("the end comes too early");
                }
                return bytes[position++] & 0xff;
            }

            @Override
            public void read(byte[] target) throws IOException {
                if (target.length > remaining()) {
                    throw new RdbException("the end comes too early");
                }
                System.arraycopy(bytes, position, target, 0, target.length);
                position += target.length;
            }

            @Override
            public long remaining() {
                return bytes.length - position;
            }
        };
    }
}
