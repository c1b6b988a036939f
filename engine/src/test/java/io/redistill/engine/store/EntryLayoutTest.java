// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.Arena;
import org.junit.jupiter.api.Test;

class EntryLayoutTest {
    private static final int[] FLAGS = {
        EntryLayout.HAS_EXPIRY,
        EntryLayout.WIDE_KEY,
        EntryLayout.LARGE_KEY,
        EntryLayout.LARGE_VALUE,
        EntryLayout.FAR_EXPIRY
    };

    @Test
    void shouldCoverTheHeaderWithoutOverlap() {
        long[] fields = {
            (long) EntryLayout.TYPE_MASK << EntryLayout.TYPE_SHIFT,
            (long) EntryLayout.ENCODING_MASK << EntryLayout.ENCODING_SHIFT,
            (long) EntryLayout.FLAGS_MASK << EntryLayout.FLAGS_SHIFT,
            0xffL << 16, // snapshot stamp
            (long) EntryLayout.KEY_LENGTH_MASK << EntryLayout.KEY_LENGTH_SHIFT,
            0xffff_ffffL << EntryLayout.VALUE_LENGTH_SHIFT
        };
        long covered = 0;
        for (long field : fields) {
            assertThat(covered & field).isZero();
            covered |= field;
        }
        assertThat(covered).isEqualTo(-1L);
        assertThat(EntryLayout.HEADER_BYTES).isEqualTo(Long.BYTES);
        assertThat(EntryLayout.VALUE_LENGTH_OFFSET).isEqualTo(EntryLayout.VALUE_LENGTH_SHIFT / Byte.SIZE);
        assertThat(EntryLayout.VALUE_LENGTH_OFFSET % Integer.BYTES).isZero();
    }

    @Test
    void shouldHaveDistinctFlagsThatFit() {
        int all = 0;
        for (int flag : FLAGS) {
            assertThat(Integer.bitCount(flag)).isEqualTo(1);
            assertThat(all & flag).isZero();
            all |= flag;
        }
        assertThat(all & ~EntryLayout.FLAGS_MASK).isZero();
    }

    @Test
    void shouldPutTheKeyBehindTheFieldsThatTheFlagsName() {
        for (int flags = 0; flags <= EntryLayout.FLAGS_MASK; flags++) {
            int fields = 0;
            if ((flags & EntryLayout.HAS_EXPIRY) != 0) {
                assertThat(EntryLayout.EXPIRY_OFFSET).isEqualTo(EntryLayout.HEADER_BYTES);
                fields += EntryLayout.EXPIRY_BYTES / EntryLayout.FIELD_BYTES;
            }
            if ((flags & EntryLayout.WIDE_KEY) != 0) {
                fields++;
            }
            assertThat(EntryLayout.payloadOffset(flags))
                    .isEqualTo(EntryLayout.HEADER_BYTES + fields * EntryLayout.FIELD_BYTES);
            assertThat(EntryLayout.payloadOffset(flags) % Long.BYTES).isZero();
        }
    }

    @Test
    void shouldTellNarrowKeysFromWideOnesAndFitTheLongestEntryIntoABlock() {
        assertThat(EntryLayout.MAX_NARROW_KEY_BYTES).isLessThan(EntryLayout.KEY_LENGTH_MASK);
        int longestInlineKey = 4 << 10;
        int longest =
                EntryLayout.payloadOffset(EntryLayout.FLAGS_MASK) + longestInlineKey + Database.LARGE_VALUE_BYTES - 1;
        assertThat(longest).isLessThanOrEqualTo(Arena.MAX_BLOCK_BYTES);
    }
}
