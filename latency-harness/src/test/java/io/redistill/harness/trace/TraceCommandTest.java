// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.harness.HarnessRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceCommandTest {
    @TempDir
    Path directory;

    private Path text(String name, List<String> lines) throws IOException {
        return Files.write(directory.resolve(name), lines);
    }

    private JsonNode replay(Object... arguments) throws IOException {
        Path json = directory.resolve("misses.json");
        List<Object> all = new ArrayList<>(List.of("trace", "--json", json));
        all.addAll(Arrays.asList(arguments));
        HarnessRun run = HarnessRun.of(all.toArray());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        JsonNode rows = new JsonMapper().readTree(json.toFile());
        for (JsonNode row : rows) {
            assertThat(run.out()).contains(row.get("policy").asText());
        }
        return rows;
    }

    @Test
    void shouldCountMissesOfEachPolicyAndSize() throws IOException {
        // a and b are used again and again, beside a run of keys that never return.
        List<String> lines = new ArrayList<>(List.of("# a trace", ""));
        for (int i = 0; i < 1000; i++) {
            lines.add("a 10");
            lines.add("b\t20 ");
            lines.add("once" + i + " 30");
        }
        JsonNode rows = replay("--size", "2,50%,2k", text("trace.txt", lines));
        assertThat(rows.size()).isEqualTo(12);
        assertThat(rows.at("/0/requests").asLong()).isEqualTo(3000);
        assertThat(rows.at("/4/size").asLong()).isEqualTo(501);
        for (int i = 4; i < 12; i++) {
            // Once each; by chance a key in use may go.
            assertThat(rows.at("/" + i + "/misses").asLong()).isBetween(1002L, 1010L);
        }
        assertThat(rows.at("/8/missRatio").asDouble()).isEqualTo(1002.0 / 3000);
        assertThat(rows.at("/8/byteMissRatio").asDouble()).isEqualTo(30_030.0 / 60_000);
        assertThat(rows.at("/8/objectsHeld").asLong()).isEqualTo(1002);
        // Two places: least recently used first, each of the three has gone when it is asked for again.
        assertThat(rows.at("/0/policy").asText()).isEqualTo("allkeys-lru");
        assertThat(rows.at("/0/misses").asLong()).isGreaterThan(1500);
    }

    /** The misses of libCacheSim's s3fifo (commit aa0fc40), to the single one: a loop shows whose turn it is at each step. */
    @ParameterizedTest
    @CsvSource({"525, 500, 50000, 8279", "92, 87, 20000, 5216"})
    void shouldMissOfALoopWhatTheReferenceMisses(int length, int size, int requests, int misses) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            lines.add(Integer.toString(100_000 + i % length));
        }
        JsonNode rows = replay("--policy", "allkeys-s3fifo", "--size", size, text("loop.txt", lines));
        assertThat(rows.at("/0/misses").asInt()).isEqualTo(misses);
    }

    @Test
    void shouldReadOracleGeneralAndKeepTheCapacityOverShards() throws IOException {
        ByteBuffer trace = ByteBuffer.allocate(24 * 20_000).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(1);
        while (trace.hasRemaining()) {
            long id = (long) (2000 * Math.pow(random.nextDouble(), 3));
            trace.putInt(trace.position() / 2400)
                    .putLong(id)
                    .putInt((int) (1 + id % 100))
                    .putLong(-1);
        }
        Path file = Files.write(directory.resolve("a.oracleGeneral.bin"), trace.array());
        JsonNode one = replay("--policy", "ALLKEYS-S3FIFO,allkeys-lru", "--size", "10%", file);
        JsonNode four = replay("--policy", "allkeys-s3fifo,allkeys-lru", "--size", "10%", "--shards", "4", file);
        JsonNode bytes = replay("--policy", "allkeys-s3fifo,allkeys-lru", "--size", "10%", "--count", "bytes", file);
        for (int i = 0; i < 2; i++) {
            assertThat(one.get(i).get("objectsHeld").asLong())
                    .isEqualTo(one.get(i).get("size").asLong());
            assertThat(four.get(i).get("objectsHeld").asLong())
                    .isEqualTo(one.get(i).get("size").asLong());
            assertThat(four.get(i).get("missRatio").asDouble())
                    .isBetween(
                            one.get(i).get("missRatio").asDouble() - 0.01,
                            one.get(i).get("missRatio").asDouble() + 0.01);
            assertThat(bytes.get(i).get("byteMissRatio").asDouble()).isBetween(0.3, 0.99);
        }
        assertThat(one.at("/0/misses").asLong()).isLessThan(one.at("/1/misses").asLong());
    }

    @Test
    void shouldLetObjectsExpire() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lines.add("a 1 5");
        }
        // At one request a second it is there for five more.
        JsonNode rows = replay(
                "--policy", "volatile-ttl,noeviction", "--size", "10", "--requests-per-second", "1", text("t", lines));
        assertThat(rows.at("/0/misses").asLong()).isEqualTo(17);
        assertThat(rows.at("/1/misses").asLong()).isEqualTo(17);
    }

    @Test
    void shouldCountMemoryAsTheServerDoes() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            lines.add("key" + i % 5000 + " 1000");
        }
        JsonNode rows = replay("--policy", "allkeys-lru", "--size", "1m", "--count", "memory", text("t", lines));
        assertThat(rows.at("/0/objectsHeld").asLong()).isBetween(800L, 1048L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--policy lru | 'lru' is no policy; there are noeviction, allkeys-lru, allkeys-lfu, allkeys-random, allkeys-s3fifo,",
                "--size 0 | '0' is no size: a number from 1 to",
                "--size 101% | '101%' is no size:",
                "--count kilos | expected one of [OBJECTS, BYTES, MEMORY]",
                "--shards 65 | --shards=65 is not between 1 and 64",
                "--samples 0 | --samples=0 is below 1",
                "--lfu-log-factor -1 | --lfu-log-factor=-1 is below 0",
                "--lfu-decay-time -1 | --lfu-decay-time=-1 is below 0",
                "--requests-per-second 0 | --requests-per-second=0 is not between 1 and 1000000000",
                "--count memory --size 10% | --size=10% is a share, of which --count=memory knows none: give bytes",
            })
    void shouldNameWhatIsAllowed(String options, String message) throws IOException {
        List<Object> all = new ArrayList<>(List.of("trace"));
        all.addAll(Arrays.asList(options.split(" ")));
        all.add(text("t", List.of("a")));
        HarnessRun run = HarnessRun.of(all.toArray());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "t | a 1 2 3 | t: line 1 is not 'key [size [ttl]]'",
                "t | a x | t: line 1 has size=x, which is no whole number from 0 to 536870912",
                "t | a 1 -1 | t: line 1 has ttl=-1, which is no whole number from 0 to 2147483647",
                "t.oracleGeneral | a | t.oracleGeneral ends within a record, after 0 whole ones of 24 bytes",
                "t.zst | a | t.zst is compressed: unpack it first",
            })
    void shouldSayWhatIsWrongWithATrace(String name, String line, String message) throws IOException {
        HarnessRun run = HarnessRun.of("trace", text(name, List.of(line)));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(message);
    }
}
