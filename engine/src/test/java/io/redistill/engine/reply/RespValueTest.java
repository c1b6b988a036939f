// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespValueTest {
    @Test
    void shouldEncodeWhatBothProtocolsHave() {
        shouldEncode(RespValue.OK, "+OK\r\n", "+OK\r\n");
        shouldEncode(RespValue.error("ERR no"), "-ERR no\r\n", "-ERR no\r\n");
        shouldEncode(RespValue.integer(Long.MIN_VALUE), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n");
        shouldEncode(RespValue.bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n");
        shouldEncode(RespValue.bulk(""), "$0\r\n\r\n", "$0\r\n\r\n");
        shouldEncode(RespValue.array(), "*0\r\n", "*0\r\n");
        shouldEncode(
                RespValue.array(RespValue.integer(1), RespValue.array(RespValue.bulk("x"))),
                "*2\r\n:1\r\n*1\r\n$1\r\nx\r\n",
                "*2\r\n:1\r\n*1\r\n$1\r\nx\r\n");
    }

    /** The RESP2 sides are what Redis 7.0.15 answers to DEBUG PROTOCOL. */
    @Test
    void shouldGiveResp2WhatRedisGivesIt() {
        shouldEncode(RespValue.NULL, "$-1\r\n", "_\r\n");
        shouldEncode(RespValue.NULL_ARRAY, "*-1\r\n", "_\r\n");
        shouldEncode(RespValue.bool(true), ":1\r\n", "#t\r\n");
        shouldEncode(RespValue.bool(false), ":0\r\n", "#f\r\n");
        shouldEncode(RespValue.real(3.141), "$5\r\n3.141\r\n", ",3.141\r\n");
        shouldEncode(
                RespValue.verbatim("txt", "This is a verbatim\nstring"),
                "$25\r\nThis is a verbatim\nstring\r\n",
                "=29\r\ntxt:This is a verbatim\nstring\r\n");
        shouldEncode(RespValue.set(List.of(RespValue.integer(7))), "*1\r\n:7\r\n", "~1\r\n:7\r\n");
        shouldEncode(
                RespValue.map(
                        RespValue.bulk("a"),
                        RespValue.map(RespValue.integer(1), RespValue.bool(true)),
                        RespValue.bulk("b"),
                        RespValue.NULL),
                "*4\r\n$1\r\na\r\n*2\r\n:1\r\n:1\r\n$1\r\nb\r\n$-1\r\n",
                "%2\r\n$1\r\na\r\n%1\r\n:1\r\n#t\r\n$1\r\nb\r\n_\r\n");
    }

    /** What Redis 7.0.15 answers to ZSCORE. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "1.5, 1.5",
        "100, 100",
        "0.1, 0.10000000000000001",
        "1e16, 10000000000000000",
        "1e17, 1e+17",
        "123456789012345678, 1.2345678901234568e+17",
        "1e-4, 0.0001",
        "1e-5, 1.0000000000000001e-05",
        "1.2345e-7, 1.2345000000000001e-07",
        "-2.5e-10, -2.5000000000000002e-10",
        "1e100, 1e+100",
        "5e-324, 4.9406564584124654e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "3.0000000000000004, 3.0000000000000004",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan",
    })
    void shouldPrintDoublesAsRedisDoes(double value, String expected) {
        shouldEncode(
                RespValue.real(value), "$" + expected.length() + "\r\n" + expected + "\r\n", "," + expected + "\r\n");
    }

    @Test
    void shouldKeepErrorsOnOneLine() {
        assertThat(RespValue.error("ERR a\r\nb\n").toBytes(true)).isEqualTo("-ERR a  b\r\n".getBytes(UTF_8));
        assertThat(RespValue.error("ERR").isError()).isTrue();
        assertThat(RespValue.OK.isError()).isFalse();
    }

    @Test
    void shouldRefuseHalfAPairAndUnknownFormats() {
        assertThatThrownBy(() -> RespValue.map(RespValue.OK)).hasMessage("keysAndValues.size()=1, must be even");
        assertThatThrownBy(() -> RespValue.verbatim("text", "")).hasMessage("format=text, must have three letters");
    }

    private static void shouldEncode(RespValue value, String resp2, String resp3) {
        assertThat(new String(value.toBytes(false), UTF_8)).isEqualTo(resp2);
        assertThat(new String(value.toBytes(true), UTF_8)).isEqualTo(resp3);
        assertThat(value).hasToString(resp3.replace("\r\n", "\\r\\n"));
    }
}
