// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.Engine;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.command.CommandLookup;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.KeyHash;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.reply.ReplyChunk;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch that waits is not overtaken by a later one of the same connection, on whatever ring. */
class PublicationOrderTest {
    private static final long SEED = 7;
    private static final KeyHash HASH = new KeyHash(SEED);

    private final List<Long> memory = new ArrayList<>();
    private final List<ReplyChunk> chunks = new ArrayList<>();
    private Engine engine;

    @AfterEach
    void free() {
        engine.close();
        memory.forEach(Memory::free);
        chunks.forEach(ReplyChunk::free);
    }

    @Test
    void shouldNotLetAShortBatchOvertakeALongOneThatNeedsMoreRoom() {
        start(1, 4);
        CommandPublisher publisher = engine.publisher(0);
        assertThat(publish(publisher, "SET x 0", "SET x 0", "SET x 0")).isTrue();
        assertThat(publish(publisher, "SET k 1", "SET k 2")).isFalse();
        assertThat(publish(publisher, "SET k 3")).isFalse();
        publisher.retryWaiting();
        drain();
        assertThat(get("k")).isEqualTo("3");
    }

    @Test
    void shouldNotLetABatchOvertakeOneThatWaitsForTheTicket() {
        start(2, 2);
        String here = key(0, "h");
        String there = key(1, "t");
        CommandPublisher other = engine.publisher(1);
        assertThat(publish(other, "SET " + here + " 0", "SET " + here + " 0")).isTrue();
        // Takes the ticket, and keeps it while ring 0 is full.
        assertThat(publish(other, "MSET " + here + " 0 " + there + " 0")).isFalse();

        CommandPublisher publisher = engine.publisher(0);
        assertThat(publish(publisher, "MSET " + here + " 1 " + there + " 1")).isFalse();
        assertThat(publish(publisher, "SET " + there + " 2")).isFalse();
        publisher.retryWaiting();
        drain();
        assertThat(get(there)).isEqualTo("2");
    }

    @Test
    void shouldNotLetABatchOvertakeCommandsBehindAMultiShardCommandThatWaits() {
        start(3, 2);
        String full = key(0, "f");
        String second = key(1, "s");
        String third = key(2, "t");
        CommandPublisher publisher = engine.publisher(0);
        assertThat(publish(publisher, "SET " + full + " 0", "SET " + full + " 0"))
                .isTrue();
        assertThat(publish(publisher, "MSET " + full + " 1 " + second + " 1", "SET " + third + " 1"))
                .isFalse();
        assertThat(publish(publisher, "SET " + third + " 2")).isFalse();
        publisher.retryWaiting();
        drain();
        assertThat(get(third)).isEqualTo("2");
    }

    @Test
    void shouldNotKeepTheTicketFromAnEarlierBatch() {
        start(3, 2);
        String full = key(0, "f");
        String second = key(1, "s");
        String third = key(2, "t");
        CommandPublisher publisher = engine.publisher(0);
        assertThat(publish(publisher, "SET " + full + " 0", "SET " + full + " 0"))
                .isTrue();
        assertThat(publish(publisher, "SET " + full + " 1", "MSET " + full + " 2 " + second + " 2"))
                .isFalse();
        assertThat(publish(publisher, "MSET " + full + " 3 " + third + " 3")).isFalse();
        publisher.retryWaiting();
        drain();
        assertThat(get(full)).isEqualTo("3");
    }

    private void start(int shards, int ringSize) {
        SleepGate[] gates = {new SleepGate(() -> {}), new SleepGate(() -> {})};
        engine = new Engine(
                new EngineConfig(
                        shards,
                        2,
                        ringSize,
                        1 << 20,
                        IndexKind.EXTENDIBLE,
                        1,
                        HashLimits.defaults(),
                        16,
                        SEED,
                        ShardClock.SYSTEM,
                        false,
                        true),
                gates);
    }

    /** A key of a shard. */
    private String key(int shard, String prefix) {
        return IntStream.range(0, 10_000)
                .mapToObj(i -> prefix + i)
                .filter(key -> {
                    long hash = HASH.of(copy(key), key.length());
                    return ShardRouting.shardOf(hash, engine.shardCount()) == shard;
                })
                .findFirst()
                .orElseThrow();
    }

    /** Publishes commands as one batch; true when all of it is in the rings. */
    private boolean publish(CommandPublisher publisher, String... commands) {
        return publisher.publish(batch(publisher, commands));
    }

    private RequestBatch batch(CommandPublisher publisher, String... commands) {
        RequestBatch batch = new RequestBatch(done -> {}, engine.shardCount(), this::newChunk);
        for (String command : commands) {
            String[] words = command.split(" ");
            for (String word : words) {
                batch.addArgument(copy(word), word.length());
            }
            int opcode = CommandLookup.opcodeOf(copy(words[0]), words[0].length());
            publisher.commit(batch, CommandTable.spec(opcode), 0, 0);
        }
        assertThat(batch.seal()).isFalse();
        return batch;
    }

    private long copy(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
        long address = Memory.allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, address, bytes.length);
        memory.add(address);
        return address;
    }

    private ReplyChunk newChunk(boolean isFirst) {
        ReplyChunk chunk = new ReplyChunk(Memory.allocate(ReplyBuffer.CHUNK_BYTES), ReplyBuffer.CHUNK_BYTES) {
            @Override
            public void free() {
                Memory.free(address());
            }
        };
        chunks.add(chunk);
        return chunk;
    }

    /** Turns all shards and retries until nothing waits. */
    private void drain() {
        int idle = 0;
        while (idle < 3) {
            boolean progress = false;
            for (int i = 0; i < engine.shardCount(); i++) {
                progress |= engine.shard(i).turn() > 0;
            }
            progress |= engine.publisher(0).retryWaiting();
            progress |= engine.publisher(1).retryWaiting();
            idle = progress ? 0 : idle + 1;
        }
        assertThat(engine.publisher(0).hasWaiting()).isFalse();
        assertThat(engine.publisher(1).hasWaiting()).isFalse();
    }

    private String get(String key) {
        RequestBatch batch = batch(engine.publisher(0), "GET " + key);
        engine.publisher(0).publish(batch);
        drain();
        ReplyBuffer reply = batch.onlyReply();
        reply.finish();
        String text = new String(
                Memory.toArray(reply.chunk(0).address(), reply.chunk(0).length()), StandardCharsets.US_ASCII);
        return text.split("\r\n")[1];
    }
}
