// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeClassesTest {
    private static final int USABLE_BYTES = Arena.RUN_LENGTH_BYTES - Arena.RUN_HEADER_BYTES;

    @Test
    void shouldServeEachLengthWithTheShortestBlockThatHoldsIt() {
        for (int length = 1; length <= SizeClasses.MAX_BLOCK_BYTES; length++) {
            int sizeClass = SizeClasses.classOf(length);
            assertThat(SizeClasses.lengthOf(sizeClass)).isGreaterThanOrEqualTo(length);
            if (sizeClass > 0) {
                assertThat(SizeClasses.lengthOf(sizeClass - 1)).isLessThan(length);
            }
            assertThat(Arena.blockLength(length)).isEqualTo(SizeClasses.lengthOf(sizeClass));
        }
    }

    @Test
    void shouldHaveRisingAlignedLengthsThatFillRuns() {
        assertThat(SizeClasses.lengthOf(0)).isEqualTo(8);
        for (int i = 0; i < SizeClasses.count(); i++) {
            int length = SizeClasses.lengthOf(i);
            assertThat(length % AddressSpace.GRANULE_BYTES).isZero();
            assertThat(USABLE_BYTES / length).isGreaterThanOrEqualTo(3);
            if (i > 0) {
                assertThat(length).isGreaterThan(SizeClasses.lengthOf(i - 1));
            }
        }
        assertThat(SizeClasses.lengthOf(SizeClasses.count() - 1)).isEqualTo(SizeClasses.MAX_BLOCK_BYTES);
        assertThat(SizeClasses.count()).as("a class is kept in a byte").isLessThanOrEqualTo(Byte.MAX_VALUE);
    }

    @Test
    void shouldLoseFifteenPercentAtMostUnlessAShorterBlockWouldFitNoMoreOftenIntoARun() {
        for (int length = 1; length <= SizeClasses.MAX_BLOCK_BYTES; length++) {
            int block = Arena.blockLength(length);
            int least = length + 7 & -8;
            if (least <= 256) {
                assertThat(block).isEqualTo(least);
            } else if (USABLE_BYTES / block != USABLE_BYTES / least) {
                assertThat((block - least) / (double) block)
                        .as("length %d", length)
                        .isLessThan(0.15);
            }
        }
    }

    @Test
    void shouldCallLengthsOfOneClassReplaceable() {
        assertThat(Arena.sameBlockLength(1, 8)).isTrue();
        assertThat(Arena.sameBlockLength(8, 9)).isFalse();
        assertThat(Arena.sameBlockLength(257, 264)).isTrue();
    }
}
