// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.network.support.CLibraryHeap;
import io.redistill.network.support.ProtocolCorpus;
import io.redistill.network.support.ProtocolCorpus.Sample;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes in, commands out: whole, cut anywhere, and taken over by {@link PartialCommand} early and late. */
class RespDecoderTest {
    /** Never taken over for its length alone. */
    private static final int LATE = Integer.MAX_VALUE;

    /** Taken over as soon as a command is cut behind its first line. */
    private static final int EARLY = 0;

    private long largeBytes;

    @BeforeEach
    void noteLargeBlocks() {
        largeBytes = LargeBlock.usedBytes();
    }

    @AfterEach
    void allLargeBlocksShouldBeGivenBack() {
        assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytes);
    }

    static List<Sample> valid() {
        return ProtocolCorpus.valid();
    }

    static List<Sample> samples() {
        List<Sample> all = new ArrayList<>(ProtocolCorpus.valid());
        all.addAll(ProtocolCorpus.wrong());
        all.addAll(ProtocolCorpus.incomplete());
        return all;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldDecodeWhole(Sample sample) {
        for (int takeOver : new int[] {LATE, EARLY}) {
            try (StreamDecoder decoder = new StreamDecoder(true, takeOver)) {
                decoder.receive(sample.input());
                check(sample, decoder, "whole");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldDecodeCutAtEveryByte(Sample sample) {
        int step = sample.isLong() ? sample.input().length / 50 : 1;
        for (int takeOver : new int[] {LATE, EARLY}) {
            for (int cut = 0; cut <= sample.input().length; cut += step) {
                try (StreamDecoder decoder = new StreamDecoder(true, takeOver)) {
                    decoder.receive(Arrays.copyOfRange(sample.input(), 0, cut));
                    decoder.receive(Arrays.copyOfRange(sample.input(), cut, sample.input().length));
                    check(sample, decoder, "cut at " + cut);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldDecodeByteByByte(Sample sample) {
        int step = sample.isLong() ? 997 : 1;
        for (int takeOver : new int[] {LATE, EARLY}) {
            try (StreamDecoder decoder = new StreamDecoder(true, takeOver)) {
                for (int at = 0; at < sample.input().length; at += step) {
                    decoder.receive(Arrays.copyOfRange(sample.input(), at, Math.min(at + step, sample.input().length)));
                }
                check(sample, decoder, "in steps of " + step);
            }
        }
    }

    private static void check(Sample sample, StreamDecoder decoder, String how) {
        assertThat(decoder.commands()).as(how).isEqualTo(sample.commands());
        assertThat(decoder.error()).as(how).isEqualTo(sample.error().isEmpty() ? "" : sample.error() + "\r\n");
    }

    @Test
    void shouldDecodeSeveralInOneBuffer() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<List<String>> expected = new ArrayList<>();
        for (Sample sample : valid()) {
            all.writeBytes(sample.input());
            expected.addAll(sample.commands());
        }
        byte[] bytes = all.toByteArray();
        for (int takeOver : new int[] {LATE, EARLY}) {
            try (StreamDecoder decoder = new StreamDecoder(true, takeOver)) {
                decoder.receive(bytes);
                assertThat(decoder.commands()).isEqualTo(expected);
                assertThat(decoder.leftoverLength()).isZero();
                assertThat(decoder.error()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'*11\r\n', '-ERR Protocol error: unauthenticated multibulk length\r\n'",
        "'*10\r\n$16384\r\n', ''",
        "'*10\r\n$16385\r\n', '-ERR Protocol error: unauthenticated bulk length\r\n'",
        "'*2\r\n$4\r\nECHO\r\n$16385\r\n', '-ERR Protocol error: unauthenticated bulk length\r\n'",
        "'*2147483648\r\n', '-ERR Protocol error: invalid multibulk length\r\n'",
        "'*1\r\n$536870913\r\n', '-ERR Protocol error: invalid bulk length\r\n'",
    })
    void shouldTakeLittleBeforeAuthentication(String input, String error) {
        for (int takeOver : new int[] {LATE, EARLY}) {
            try (StreamDecoder decoder = new StreamDecoder(false, takeOver)) {
                decoder.receive(input.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(decoder.error()).isEqualTo(error);
                assertThat(decoder.commands()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "16381", "16382", "16383", "16384", "16385", "32766", "32767", "32768", "40000"})
    void shouldReceiveArgumentsOfEveryKindOfLength(int length) {
        byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        String text = new String(value, StandardCharsets.ISO_8859_1);
        byte[] request = RespClient.request("MSET", "a", text, "b", text, "c", "");
        for (int piece : new int[] {1 << 20, 16 << 10, 1000, 7}) {
            try (StreamDecoder decoder = new StreamDecoder(true, EARLY)) {
                for (int at = 0; at < request.length; at += piece) {
                    decoder.receive(Arrays.copyOfRange(request, at, Math.min(at + piece, request.length)));
                }
                assertThat(decoder.commands()).containsExactly(List.of("MSET", "a", text, "b", text, "c", ""));
                assertThat(decoder.leftoverLength()).isZero();
            }
        }
    }

    @Test
    void cutShouldEqualWhole() {
        Random seeds = new Random(Seeds.next("RespDecoderTest.cutShouldEqualWhole"));
        for (int round = 0; round < 400; round++) {
            Random random = new Random(seeds.nextLong());
            byte[] stream = stream(random);
            try (StreamDecoder whole = new StreamDecoder(true, LATE);
                    StreamDecoder cut =
                            new StreamDecoder(true, random.nextBoolean() ? EARLY : random.nextInt(20_000))) {
                whole.receive(stream);
                int longest = 1 << random.nextInt(17);
                for (int at = 0; at < stream.length; ) {
                    int bytes = Math.min(1 + random.nextInt(longest), stream.length - at);
                    byte[] piece = Arrays.copyOfRange(stream, at, at + bytes);
                    if (random.nextInt(4) == 0) {
                        cut.receiveCopied(piece);
                    } else {
                        cut.receive(piece);
                    }
                    at += bytes;
                }
                assertThat(cut.commands()).as("round %d", round).isEqualTo(whole.commands());
                assertThat(cut.error()).as("round %d", round).isEqualTo(whole.error());
            }
        }
    }

    /** Requests, most of them right. Wrong ones only in short streams: how long a bad line may be depends on the cut. */
    private static byte[] stream(Random random) {
        boolean damaged = random.nextInt(3) == 0;
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        int requests = 1 + random.nextInt(20);
        for (int i = 0; i < requests; i++) {
            switch (random.nextInt(8)) {
                case 0 -> stream.writeBytes("PING \"a\\x00b\" 'c'\r\n".getBytes(StandardCharsets.US_ASCII));
                case 1 -> stream.writeBytes("\r\n*0\r\n*-1\r\n".getBytes(StandardCharsets.US_ASCII));
                default -> {
                    byte[][] words = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 6)][];
                    for (int j = 0; j < words.length; j++) {
                        int most = damaged || words.length > 6 ? 50 : random.nextInt(10) == 0 ? 80_000 : 3000;
                        words[j] = new byte[random.nextInt(most)];
                        random.nextBytes(words[j]);
                    }
                    RespClient.append(stream, words);
                }
            }
        }
        byte[] bytes = stream.toByteArray();
        if (!damaged) {
            return bytes;
        }
        bytes = Arrays.copyOf(bytes, Math.min(bytes.length, 60_000));
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt(256) : "*$\r\n-0".charAt(random.nextInt(6)));
        }
        return bytes;
    }

    @Test
    void shouldGiveAllMemoryBackWhenDroppedHalfWay() {
        Random random = new Random(Seeds.next("RespDecoderTest.shouldGiveAllMemoryBackWhenDroppedHalfWay"));
        byte[] small = "s".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        byte[] large = "l".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        byte[] request = RespClient.request(small, large, small, small, large, small, small, large, large, small);
        dropHalfWay(random, request, 50);
        long before = CLibraryHeap.usedBytes();
        Assumptions.assumeTrue(before >= 0, "the C library cannot tell what is in use");
        dropHalfWay(random, request, 1000);
        // About 32 KiB for pages each, and more for blocks: 60 MB if they stayed.
        assertThat(CLibraryHeap.usedBytes() - before).isLessThan(8 << 20);
    }

    private void dropHalfWay(Random random, byte[] request, int times) {
        for (int i = 0; i < times; i++) {
            byte[] half = Arrays.copyOf(request, random.nextInt(request.length));
            int first = random.nextInt(half.length + 1);
            try (StreamDecoder decoder = new StreamDecoder(true, EARLY)) {
                decoder.receive(Arrays.copyOf(half, first));
                decoder.receive(Arrays.copyOfRange(half, first, half.length));
                assertThat(decoder.commands()).isEmpty();
            }
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytes);
        }
    }

    @Test
    void shouldTakeMemoryAsElementsArriveNotAsTheyAreAnnounced() {
        long before = CLibraryHeap.usedBytes();
        Assumptions.assumeTrue(before >= 0, "the C library cannot tell what is in use");
        try (StreamDecoder decoder = new StreamDecoder(true, EARLY)) {
            decoder.receive("*2147483647\r\n$3\r\nDEL\r\n$3\r\nabc\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(CLibraryHeap.usedBytes() - before).isLessThan(4 << 20);
            assertThat(decoder.commands()).isEmpty();
            assertThat(decoder.error()).isEmpty();
        }
    }
}
