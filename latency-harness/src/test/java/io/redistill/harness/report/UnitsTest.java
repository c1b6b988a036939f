// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 ns",
        "999, 999 ns",
        "999.6, 1 us",
        "1250, 1.25 us",
        "12500, 12.5 us",
        "120000, 120 us",
        "999499, 999 us",
        "999999, 1 ms",
        "5000000000, 5 s",
        "3600000000000, 3600 s",
        "-2500, -2.5 us",
        "NaN, unknown"
    })
    void shouldGiveTimesThreeDigits(double ns, String text) {
        assertThat(Units.time(ns)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"512, 512 B", "1536, 1.5 KiB", "104857600, 100 MiB"})
    void shouldGiveBytesTheirUnit(double bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"50, p50", "99.9, p99.9", "99.999, p99.999", "100, max"})
    void shouldNamePercentiles(double percentile, String text) {
        assertThat(Units.percentile(percentile)).isEqualTo(text);
    }
}
