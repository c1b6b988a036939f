// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTTest {
    /** From the usual table. */
    @ParameterizedTest
    @CsvSource({
        "0.05, 1, 6.314",
        "0.025, 1, 12.706",
        "0.0005, 1, 636.619",
        "0.025, 4, 2.776",
        "0.005, 4, 4.604",
        "0.025, 8, 2.306",
        "0.0005, 8, 5.041",
        "0.025, 60, 2.000",
        "0.005, 120, 2.617",
        "0.025, 100000, 1.960"
    })
    void shouldMatchTheTable(double upperTail, double degreesOfFreedom, double expected) {
        assertThat(StudentT.quantile(upperTail, degreesOfFreedom)).isCloseTo(expected, within(expected * 0.0003));
    }

    @Test
    void shouldBeSymmetric() {
        assertThat(StudentT.quantile(0.5, 5)).isCloseTo(0, within(1e-6));
    }

    @Test
    void shouldRefuseWhatIsNoTail() {
        assertThatThrownBy(() -> StudentT.quantile(0, 5)).hasMessageContaining("upperTail=0.0");
        assertThatThrownBy(() -> StudentT.quantile(0.1, 0)).hasMessageContaining("degreesOfFreedom=0.0");
    }
}
