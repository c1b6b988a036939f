// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HiccupRecorderTest {
    private static final long MS = 1_000_000;

    private final HiccupRecorder recorder = new HiccupRecorder(10 * MS, System::nanoTime);

    @Test
    void shouldRecordHowLateItWoke() {
        for (int i = 0; i < 999; i++) {
            recorder.record(MS / 10);
        }
        recorder.record(5 * MS);
        Histogram late = recorder.read();
        assertThat(late.getTotalCount()).isEqualTo(1000);
        assertThat(late.getValueAtPercentile(50)).isBetween(99L, 101L);
        assertThat(late.getMaxValue()).isBetween(4_950L, 5_050L);
        recorder.reset();
        assertThat(recorder.read().getTotalCount()).isZero();
    }

    @Test
    void shouldCountAStopAtEachIntervalThatItLasted() {
        recorder.record(100 * MS);
        assertThat(recorder.read().getTotalCount()).isEqualTo(10);
    }

    @Test
    void shouldTakeAClockThatStepsAndStopsWithoutEnd() {
        recorder.record(-MS);
        recorder.record(Long.MAX_VALUE);
        assertThat(recorder.read().getMinValue()).isZero();
    }
}
