// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.Memory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that hold a length, with and without bytes behind them: the quick way and the slow way must agree. */
class LengthLineTest {
    private static final String[] BEHIND = {"", "\r", "\r\nxxxxxxxx", "99999999", "\0\0\0\0\0\0\0\0"};

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                9,
                10,
                99,
                100,
                999,
                9999,
                12345,
                99_999,
                100_000,
                999_999,
                536_870_912,
                Integer.MAX_VALUE,
                -1,
                -10,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void shouldReadANumberWhateverIsBehindIt(long number) {
        String text = "*" + number + "\r\n";
        for (String behind : BEHIND) {
            assertThat(read(text + behind)).as("before %s", behind).isEqualTo(text.length());
            assertThat(value).isEqualTo(number);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 7, 12345, 123_456, 10_000_000_000L, -3})
    void shouldWaitForTheWholeLine(long number) {
        String text = "*" + number + "\r\n";
        for (int length = 1; length < text.length(); length++) {
            assertThat(read(text.substring(0, length))).isEqualTo(LengthLine.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*\r\n",
                "*-\r\n",
                "*-0\r\n",
                "*+1\r\n",
                "*00\r\n",
                "*01\r\n",
                "* 1\r\n",
                "*1 \r\n",
                "*1x\r\n",
                "*12345x\r\n",
                "*123456x\r\n",
                "*9223372036854775808\r\n",
                "*-9223372036854775809\r\n",
                "*1.0\r\n",
                "*:\r\n",
                "*/\r\n"
            })
    void shouldRefuseWhatIsNoCanonicalNumber(String text) {
        for (String behind : BEHIND) {
            assertThat(read(text + behind)).isEqualTo(LengthLine.NOT_A_NUMBER);
        }
    }

    @Test
    void shouldLimitTheLine() {
        String most = "*" + "1".repeat(RespLimits.MAX_LINE_BYTES - 1);
        assertThat(read(most)).isEqualTo(LengthLine.INCOMPLETE);
        assertThat(read(most + "1")).isEqualTo(LengthLine.TOO_LONG);
        assertThat(read("*1\0" + most)).isEqualTo(LengthLine.TOO_LONG);
        assertThat(read("*1\0\r\n")).isEqualTo(LengthLine.INCOMPLETE);
    }

    private long value;

    /** Returns the offset after the line, or a constant. */
    private long read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long memory = Memory.allocate(bytes.length);
        try {
            Memory.copyFromArray(bytes, 0, memory, bytes.length);
            LengthLine line = new LengthLine();
            long result = line.read(memory, memory + bytes.length);
            value = line.value();
            return result > 0 ? result - memory : result;
        } finally {
            Memory.free(memory);
        }
    }
}
