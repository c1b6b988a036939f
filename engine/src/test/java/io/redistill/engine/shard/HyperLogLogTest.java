// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes and counts as redis-server 7.0.15 gives them; the differential test compares many more. */
@Timeout(30)
class HyperLogLogTest {
    @Test
    void shouldKeepTheBytesThatRedisKeeps() {
        try (ShardRig rig = new ShardRig(2, 1, 64)) {
            TestBatch batch = rig.batch(0)
                    .add("PFADD", "h", "a", "b", "c", "d", "e", "f", "g")
                    .add("PFADD", "h", "g")
                    .add("GET", "h")
                    .add("PFCOUNT", "h");
            batch.publish();
            rig.settle();
            byte[] expected = HexFormat.of()
                    .parseHex("48594c4c010000000000000000000080466d80560c80443c84388050b184498c80426d80425a");
            assertThat(batch.replies()).containsExactly(":1", ":0", "$" + new String(expected, ISO_8859_1), ":7");
        }
    }

    @Test
    void shouldCountAndMergeSparseAndDenseOnesOfAnyShard() {
        try (ShardRig rig = new ShardRig(4, 1, 64)) {
            TestBatch batch = rig.batch(0)
                    .add(add("one", 1, 1500))
                    .add(add("other", 1000, 5000))
                    .add("STRLEN", "one")
                    .add("STRLEN", "other")
                    .add("PFCOUNT", "one")
                    .add("PFCOUNT", "other")
                    .add("PFCOUNT", "one", "other", "none")
                    .add("PFMERGE", "sparse", "one", "none")
                    .add("PFMERGE", "dense", "one", "other")
                    .add("STRLEN", "sparse")
                    .add("STRLEN", "dense")
                    .add("PFCOUNT", "dense");
            batch.publish();
            rig.settle();
            assertThat(batch.replies())
                    .containsExactly(
                            ":1", ":1", ":2766", ":12304", ":1512", ":3987", ":4985", "+OK", "+OK", ":2766", ":12304",
                            ":4985");
        }
    }

    @Test
    void shouldRefuseWhatIsNoneOrCorrupted() {
        String header = "HYLL\1" + "\0".repeat(10) + (char) 0x80;
        try (ShardRig rig = new ShardRig(1, 1, 64)) {
            TestBatch batch = rig.batch(0)
                    .add("SET", "short", "HYLL\1")
                    .add("SET", "digits", "1234567890123456")
                    .add("SET", "few", header + "\0")
                    .add("SET", "many", header + "\177\377\0")
                    .add("HSET", "hash", "f", "v")
                    .add("PFADD", "short", "a")
                    .add("PFCOUNT", "digits")
                    .add("PFCOUNT", "few")
                    .add("PFMERGE", "new", "many")
                    .add("PFADD", "few", "a")
                    .add("PFADD", "hash", "a")
                    .add("EXISTS", "new");
            batch.publish();
            rig.settle();
            String notValid = "-WRONGTYPE Key is not a valid HyperLogLog string value.";
            String corrupted = "-INVALIDOBJ Corrupted HLL object detected";
            assertThat(batch.replies().subList(5, 12))
                    .containsExactly(
                            notValid,
                            notValid,
                            corrupted,
                            corrupted,
                            corrupted,
                            "-WRONGTYPE Operation against a key holding the wrong kind of value",
                            ":0");
        }
    }

    private static String[] add(String key, int from, int to) {
        return IntStream.rangeClosed(from - 2, to)
                .mapToObj(i -> i == from - 2 ? "PFADD" : i == from - 1 ? key : Integer.toString(i))
                .toArray(String[]::new);
    }
}
