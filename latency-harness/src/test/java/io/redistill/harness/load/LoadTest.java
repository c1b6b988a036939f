// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn and how it is encoded; all seeds are fixed. */
class LoadTest {
    private static final int DRAWS = 300_000;
    private final RandomStream random = new RandomStream(11, 0);

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.99, 1, 1.5})
    void shouldDrawKeysWithTheWeightsOfZipf(double exponent) {
        int keys = 50;
        double total = 0;
        for (int rank = 1; rank <= keys; rank++) {
            total += Math.pow(rank, -exponent);
        }
        long[] counts = new long[keys];
        KeyDistribution zipf = KeyDistribution.zipf(keys, exponent);
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) zipf.next(random)]++;
        }
        for (int rank = 1; rank <= keys; rank++) {
            double expected = Math.pow(rank, -exponent) / total;
            assertThat(counts[rank - 1] / (double) DRAWS).isCloseTo(expected, within(0.004));
        }
    }

    @Test
    void shouldDrawHotAndSequentialKeys() {
        KeyDistribution hot = KeyDistribution.hotSet(1_000, 10, 0.9);
        long inHotSet = 0;
        for (int i = 0; i < DRAWS; i++) {
            inHotSet += hot.next(random) < 10 ? 1 : 0;
        }
        assertThat(inHotSet / (double) DRAWS).isCloseTo(0.9, within(0.005));
        KeyDistribution sequential = KeyDistribution.sequential(3, 1);
        assertThat(new long[] {sequential.next(random), sequential.next(random), sequential.next(random)})
                .containsExactly(1, 2, 0);
    }

    @Test
    void shouldDrawFromWeightedRanges() {
        WeightedRanges ranges = WeightedRanges.parse("5:3,10-19", Long::parseLong);
        long fives = 0;
        for (int i = 0; i < DRAWS; i++) {
            long number = ranges.next(random);
            assertThat(number == 5 || (number >= 10 && number <= 19)).isTrue();
            fives += number == 5 ? 1 : 0;
        }
        assertThat(fives / (double) DRAWS).isCloseTo(0.75, within(0.005));
        assertThat(ranges.greatest()).isEqualTo(19);
        assertThatIllegalArgumentException().isThrownBy(() -> WeightedRanges.parse("9-5", Long::parseLong));
        assertThatIllegalArgumentException().isThrownBy(() -> WeightedRanges.parse("5:x", Long::parseLong));
    }

    @Test
    void shouldGiveEachConnectionAStreamOfItsOwnAndTheSameForTheSameSeed() {
        assertThat(new RandomStream(1, 0).next())
                .isEqualTo(new RandomStream(1, 0).next())
                .isNotEqualTo(new RandomStream(1, 1).next())
                .isNotEqualTo(new RandomStream(2, 0).next());
    }

    @Test
    void shouldEncodeEveryPlaceOfATemplate() {
        assertThat(encode("SET user:{key}:x {value} PX {ttlms} EX {ttl}"))
                .isEqualTo("*7\r\n$3\r\nSET\r\n$19\r\nuser:000000000004:x\r\n$3\r\nVVV\r\n$2\r\nPX\r\n$4\r\n2500\r\n"
                        + "$2\r\nEX\r\n$1\r\n2\r\n");
        assertThat(encode("HINCRBY h f{field} {number}"))
                .matches("(?s)\\*4\r\n\\$7\r\nHINCRBY\r\n\\$1\r\nh\r\n" + "\\$3\r\nf0\\d\r\n\\$\\d\r\n\\d{1,3}\r\n");
    }

    private static String encode(String line) {
        ByteBuffer values = ByteBuffer.wrap("VVVVVVVV".getBytes(StandardCharsets.US_ASCII));
        Draw draw = new Draw(
                new RandomStream(1, 0),
                KeyDistribution.sequential(10, 4),
                WeightedRanges.parse("3", Long::parseLong),
                WeightedRanges.parse("2500", Long::parseLong),
                values);
        CommandTemplate template = CommandTemplate.of("t", line);
        ByteBuffer out = ByteBuffer.allocate(template.longestBytes(3));
        template.encode(out, draw);
        return new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII);
    }

    @Test
    void shouldReadTemplateFilesAndRefuseWhatIsNone() {
        CommandMix mix = CommandMix.parseFile(List.of("# c", "", "2 read: GET a:{key}", "1 PING"));
        assertThat(mix.templates()).extracting(CommandTemplate::name).containsExactly("read", "PING");
        assertThat(mix.templates().get(0).reads()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandMix.parseFile(List.of("1 GET {kee}")))
                .withMessageContaining("{key}, {value}");
        assertThatIllegalArgumentException().isThrownBy(() -> CommandMix.parseFile(List.of("GET")));
        assertThatIllegalArgumentException().isThrownBy(() -> CommandMix.parseFile(List.of("0 PING")));
        assertThatIllegalArgumentException().isThrownBy(() -> CommandMix.parse("", false));
    }
}
