// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LatencyRecorderTest {
    private static final long LONGEST_NS = 1_000_000;

    private final LatencyRecorder recorder = new LatencyRecorder(LONGEST_NS);

    @Test
    void shouldTellResponseFromServiceTime() {
        recorder.record(100, 600, 900);
        assertThat(recorder.responseNs(100)).isEqualTo(800);
        assertThat(recorder.serviceNs(100)).isEqualTo(300);
    }

    @Test
    void shouldCountWhatIsBeyondTheRangeAndKeepItsRank() {
        for (int i = 0; i < 98; i++) {
            recorder.record(0, 0, 10);
        }
        recorder.record(0, 0, LONGEST_NS);
        recorder.record(0, Long.MAX_VALUE - 1, Long.MAX_VALUE);
        assertThat(recorder.count()).isEqualTo(100);
        assertThat(recorder.overflowCount()).isEqualTo(1);
        assertThat(recorder.responseNs(98)).isEqualTo(10);
        assertThat(recorder.responseNs(99)).isGreaterThanOrEqualTo(LONGEST_NS);
        assertThat(recorder.responseNs(100)).isGreaterThanOrEqualTo(LONGEST_NS);
        assertThat(recorder.serviceNs(99)).isEqualTo(10);
    }

    @Test
    void shouldTakeTimesThatWrapAround() {
        recorder.record(Long.MAX_VALUE - 10, Long.MAX_VALUE, Long.MIN_VALUE + 9);
        assertThat(recorder.responseNs(100)).isEqualTo(20);
        assertThat(recorder.serviceNs(100)).isEqualTo(10);
    }

    @Test
    void shouldRefuseTimesInAnotherOrder() {
        assertThatIllegalArgumentException().isThrownBy(() -> recorder.record(2, 1, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> recorder.record(1, 3, 2));
        assertThat(recorder.count()).isZero();
    }
}
