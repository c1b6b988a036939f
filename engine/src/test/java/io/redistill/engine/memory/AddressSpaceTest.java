// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSpaceTest {
    private static final int SEGMENT = AddressSpace.SEGMENT_LENGTH_BYTES;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDealOutEachSegmentOnceUntilNoneIsLeft(boolean hugePages) {
        try (AddressSpace space = new AddressSpace(5L * SEGMENT - 1, hugePages)) {
            assertThat(space.lengthBytes()).isEqualTo(5L * SEGMENT);
            assertThat(space.base() % SEGMENT).isZero();
            Set<Long> segments = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                long segment = space.acquireSegment();
                assertThat((segment - space.base()) % SEGMENT).isZero();
                assertThat(segment - space.base()).isBetween(0L, 4L * SEGMENT);
                Memory.fill(segment, SEGMENT, (byte) i);
                segments.add(segment);
                assertThat(space.usedBytes()).isEqualTo((i + 1L) * SEGMENT);
            }
            assertThat(segments).hasSize(5);
            assertThat(space.acquireSegment()).isZero();
            assertThat(space.usedBytes()).isEqualTo(5L * SEGMENT);
        }
    }

    @Test
    void shouldDealOutAgainWhatWasReleased() {
        try (AddressSpace space = new AddressSpace(3L * SEGMENT, false)) {
            List<Long> segments = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                segments.add(space.acquireSegment());
            }
            Memory.fill(segments.get(1), SEGMENT, (byte) 7);
            space.releaseSegment(segments.get(1));
            assertThat(space.usedBytes()).isEqualTo(2L * SEGMENT);
            assertThat(space.acquireSegment()).isEqualTo(segments.get(1));
            assertThat(space.acquireSegment()).isZero();
        }
    }

    @Test
    @Timeout(60)
    void shouldKeepFreeSegmentsTouchedAhead() throws Exception {
        Path stat = Path.of("/proc/thread-self/stat");
        assumeTrue(Files.exists(stat) && !Files.exists(Path.of("/sys/devices/system/node/node1")));
        try (AddressSpace space = new AddressSpace(6L * SEGMENT, false, 2)) {
            Set<Long> segments = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                int expected = Math.min(2, 6 - i);
                while (space.aheadCount() < expected) {
                    Thread.onSpinWait();
                }
                assertThat(space.usedBytes()).isEqualTo((long) i * SEGMENT);
                long segment = space.acquireSegment();
                long before = minorFaults(stat);
                Memory.fill(segment, SEGMENT, (byte) i);
                assertThat(minorFaults(stat) - before).isLessThan(SEGMENT / 4096 / 4);
                segments.add(segment);
            }
            assertThat(segments).hasSize(6);
            assertThat(space.acquireSegment()).isZero();
            space.releaseSegment(space.base());
            while (space.aheadCount() < 1) {
                Thread.onSpinWait();
            }
            assertThat(space.acquireSegment()).isEqualTo(space.base());
        }
    }

    private static long minorFaults(Path stat) throws IOException {
        String text = Files.readString(stat);
        // The fields after the name in parentheses begin with the third; minflt is the tenth.
        return Long.parseLong(text.substring(text.lastIndexOf(')') + 2).split(" ")[7]);
    }

    @Test
    void shouldNoticeADoubleRelease() {
        try (AddressSpace space = new AddressSpace(SEGMENT, false)) {
            long segment = space.acquireSegment();
            space.releaseSegment(segment);
            assertThatThrownBy(() -> space.releaseSegment(segment)).hasMessage("segment 0 was released twice");
            assertThat(space.usedBytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, (8L << 40) + 1})
    void shouldRefuseLengthsThatReferencesCannotReach(long lengthBytes) {
        assertThatThrownBy(() -> new AddressSpace(lengthBytes, false))
                .hasMessage("lengthBytes=" + lengthBytes + " is not in 1 to 8 TiB");
    }

    @Test
    void shouldHoldEveryReferenceInItsBits() {
        assertThat((8L << 40) / AddressSpace.GRANULE_BYTES).isEqualTo(1L << AddressSpace.REFERENCE_BITS);
    }
}
