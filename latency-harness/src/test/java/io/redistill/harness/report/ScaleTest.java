// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void shouldGiveEachNineTheSameRoom() {
        Scale scale = Scale.nines(10_000);
        assertThat(scale.position(1)).isZero();
        assertThat(scale.position(100)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.position(10_000)).isEqualTo(1);
        assertThat(scale.ticks().stream().map(Scale.Tick::label))
                .containsExactly("0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %");
    }

    @Test
    void shouldMarkRoundNumbers() {
        assertThat(Scale.linear(0, 60, Units::plain).ticks().stream().map(Scale.Tick::label))
                .containsExactly("0", "10", "20", "30", "40", "50", "60");
        assertThat(Scale.linear(0, 110_000, Units::count).ticks().stream().map(Scale.Tick::label))
                .containsExactly("0", "20,000", "40,000", "60,000", "80,000", "100,000");
        assertThat(Scale.logarithmic(50_000, 2e6, Units::time).ticks().stream().map(Scale.Tick::label))
                .containsExactly("50 us", "100 us", "200 us", "500 us", "1 ms", "2 ms");
    }

    @Test
    void shouldBearAnEmptyRangeAndWhatLiesOutside() {
        assertThat(Scale.linear(3, 3, Units::plain).position(3)).isZero();
        assertThat(Scale.logarithmic(5, 5, Units::time).position(5)).isZero();
        assertThat(Scale.logarithmic(10, 1_000, Units::time).position(0)).isZero();
        assertThat(Scale.linear(0, 10, Units::plain).position(11)).isEqualTo(1);
    }
}
