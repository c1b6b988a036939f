// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyScannerTest {
    private final ReplyScanner scanner = new ReplyScanner();

    @ParameterizedTest
    @CsvSource({
        "+OK|, 1, 0, false",
        ":12|, 1, 0, false",
        "-ERR no|, 1, 0, true",
        "$-1|, 0, 1, false",
        "*-1|, 0, 1, false",
        "_|, 0, 1, false",
        "$0||, 1, 0, false",
        "*0|, 0, 1, false",
        "*3|$1|a|$-1|*2|:1|:2|, 3, 1, false",
        "*2|*0|+a|, 1, 0, false",
        "%2|+a|:1|+b|_|, 3, 1, false",
        "!5|ERR x|, 1, 0, true",
        "=5|txt:a|, 1, 0, false",
        "|1|+ttl|:1|$1|a|, 1, 0, false",
        ">2|+invalidate|*1|+a|:7|, 1, 0, false",
        "*2|:1|-ERR in|, 2, 0, true",
        "#t|, 1, 0, false",
        "',1.5|', 1, 0, false"
    })
    void shouldFindTheEndWhereverTheBytesAreCut(String text, int values, int nulls, boolean error) {
        byte[] bytes = lines(text);
        for (int cut = 0; cut <= bytes.length; cut++) {
            ByteBuffer first = ByteBuffer.wrap(bytes, 0, cut);
            ByteBuffer rest = ByteBuffer.wrap(bytes, cut, bytes.length - cut);
            int found = scanner.scan(first);
            if (cut < bytes.length) {
                assertThat(found).as("cut at " + cut).isEqualTo(ReplyScanner.INCOMPLETE);
                found = scanner.scan(rest);
            }
            assertThat(found).as("cut at " + cut).isEqualTo(ReplyScanner.REPLY);
            assertThat(rest.hasRemaining()).isFalse();
            assertThat(scanner.values()).isEqualTo(values);
            assertThat(scanner.nulls()).isEqualTo(nulls);
            assertThat(scanner.error()).isEqualTo(error);
        }
    }

    @Test
    void shouldFindEveryReplyOfABuffer() {
        ByteBuffer bytes = ByteBuffer.wrap(lines("+OK|$3|abc|*2|:1|:2|-ERR bad thing|:5|"));
        List<Boolean> errors = new ArrayList<>();
        while (scanner.scan(bytes) == ReplyScanner.REPLY) {
            errors.add(scanner.error());
        }
        assertThat(errors).containsExactly(false, false, false, true, false);
        assertThat(scanner.errorText()).isEqualTo("ERR bad thing");
    }

    @Test
    void shouldSayWhenItIsNoReply() {
        assertThat(scanner.scan(ByteBuffer.wrap(lines("HTTP/1.1 400|")))).isEqualTo(ReplyScanner.BROKEN);
    }

    /** In the tables above a bar stands for the end of a line, and at the beginning of a line for itself. */
    private static byte[] lines(String text) {
        String body = text.startsWith("|") ? text.substring(1) : text;
        String lines = (text.startsWith("|") ? "|" : "") + body.replace("|", "\r\n");
        return lines.getBytes(StandardCharsets.UTF_8);
    }
}
