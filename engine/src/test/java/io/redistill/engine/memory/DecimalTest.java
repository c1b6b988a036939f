// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
    private static final byte UNTOUCHED = (byte) 0xa5;

    private final OffHeap offHeap = new OffHeap();
    private final long address = offHeap.allocate(64);

    @AfterEach
    void freeMemory() {
        offHeap.close();
    }

    @Test
    void shouldPrintAndParseEachEdge() {
        long power = 1;
        for (int digits = 1; digits <= 19; digits++) {
            for (long delta = -2; delta <= 2; delta++) {
                shouldPrintAndParse(power + delta);
                shouldPrintAndParse(-power + delta);
            }
            power *= 10;
        }
        for (int bit = 0; bit < Long.SIZE; bit++) {
            for (long delta = -2; delta <= 2; delta++) {
                shouldPrintAndParse((1L << bit) + delta);
                shouldPrintAndParse(-(1L << bit) + delta);
            }
        }
        for (long small = -1100; small <= 1100; small++) {
            shouldPrintAndParse(small);
        }
    }

    @Test
    void shouldPrintAndParseRandomNumbers() {
        SplittableRandom random = new SplittableRandom(Seeds.next("DecimalTest"));
        for (int i = 0; i < 50_000; i++) {
            shouldPrintAndParse(random.nextLong() >> random.nextInt(Long.SIZE));
        }
    }

    private void shouldPrintAndParse(long value) {
        String expected = Long.toString(value);
        Memory.fill(address, 64, UNTOUCHED);
        assertThat(Decimal.length(value)).isEqualTo(expected.length());
        assertThat(Decimal.write(address + 8, value)).isEqualTo(expected.length());
        assertThat(new String(Memory.toArray(address + 8, expected.length()), ISO_8859_1))
                .isEqualTo(expected);
        assertThat(Memory.getByte(address + 7)).isEqualTo(UNTOUCHED);
        assertThat(Memory.getByte(address + 8 + expected.length())).isEqualTo(UNTOUCHED);
        assertThat(Decimal.isInteger(address + 8, expected.length())).isTrue();
        assertThat(Decimal.parse(address + 8, expected.length())).isEqualTo(value);
    }

    /** What Redis's string2ll refuses. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+",
                "+1",
                " 1",
                "1 ",
                "01",
                "00",
                "-0",
                "-01",
                "1a",
                "a",
                "1.0",
                "1e3",
                "--1",
                "1-",
                "0x1",
                "9223372036854775808",
                "-9223372036854775809",
                "9223372036854775810",
                "18446744073709551616",
                "99999999999999999999",
                "-9999999999999999999",
                "100000000000000000000",
                "-10000000000000000000",
                "\u00001",
                "1\u0000",
                "/",
                ":",
                "1/",
                "1:"
            })
    void shouldRefuseWhatIsNoCanonicalInteger(String text) {
        assertThat(isInteger(text)).isFalse();
    }

    @Test
    void shouldAgreeWithTheLibraryOnRandomTexts() {
        SplittableRandom random = new SplittableRandom(Seeds.next("DecimalTest texts"));
        String[] stems = {"9223372036854775807", "-9223372036854775808", "1000000000000000000", "-1", "0", "42"};
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(stems[random.nextInt(stems.length)]);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(text.length() + 1);
                char replacement = "0123456789-+ a".charAt(random.nextInt(14));
                if (at == text.length()) {
                    text.append(replacement);
                } else if (random.nextInt(4) == 0 && text.length() > 1) {
                    text.deleteCharAt(at);
                } else {
                    text.setCharAt(at, replacement);
                }
            }
            String candidate = text.toString();
            boolean expected;
            try {
                expected = Long.toString(Long.parseLong(candidate)).equals(candidate);
            } catch (NumberFormatException e) {
                expected = false;
            }
            assertThat(isInteger(candidate)).as(candidate).isEqualTo(expected);
        }
    }

    private boolean isInteger(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        // Digits behind the end must not count.
        Memory.fill(address, 64, (byte) '7');
        Memory.copyFromArray(bytes, 0, address, bytes.length);
        return Decimal.isInteger(address, bytes.length);
    }
}
