// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, abc, true",
        "**, abc, true",
        "a*, abc, true",
        "*c, abc, true",
        "a*c, abc, true",
        "a*c*, abc, true",
        "a*b, abc, false",
        "*b, abb, true",
        "abc*, abc, true",
        "abc?, abc, false",
        "a?c, abc, true",
        "?, abc, false",
        "abc, ab, false",
        "ab, abc, false",
        "a[a-c]c, abc, true",
        "a[c-a]c, abc, true",
        "a[^a-c]c, abc, false",
        "a[^x]c, abc, true",
        "a[xb]c, abc, true",
        "a[xyz]c, abc, false",
        "a[]c, abc, false",
        "ab[c, abc, true",
        "ab[^d, abc, true",
        "ab[, abc, false",
        "ab[^, abc, true",
        "a\\bc, abc, true",
        "a\\*c, a*c, true",
        "a\\*c, abc, false",
        "a[\\]]c, a]c, true",
        "a[\\-b]c, a-c, true",
        "ab\\, ab\\, true",
        "a-[a-, a-a, true",
        "*, '', false",
        "'', '', true",
        "'', a, false",
        "Abc, abc, false",
    })
    void shouldMatchAsRedisDoes(String pattern, String text, boolean expected) {
        assertThat(matches(pattern, text, false)).isEqualTo(expected);
    }

    @Test
    void shouldIgnoreCaseWhenAsked() {
        assertThat(matches("CLIENT|[A-I]*", "client|id", true)).isTrue();
        assertThat(matches("client|[a-i]*", "CLIENT|ID", true)).isTrue();
        assertThat(matches("client|[a-h]*", "CLIENT|ID", true)).isFalse();
        assertThat(matches("[{]", "[", true)).isFalse();
    }

    @Test
    void shouldNotTakeExponentialTime() {
        String pattern = "a*".repeat(50) + 'b';
        String text = "a".repeat(10_000);

        boolean matched =
                Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> matches(pattern, text, false));

        assertThat(matched).isFalse();
    }

    private static boolean matches(String pattern, String text, boolean ignoreCase) {
        return GlobPattern.matches(pattern.getBytes(ISO_8859_1), text.getBytes(ISO_8859_1), ignoreCase);
    }
}
