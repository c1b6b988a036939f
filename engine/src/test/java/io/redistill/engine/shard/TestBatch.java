// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.command.CommandSpec;
import io.redistill.engine.command.CommandTable;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.support.ReplyBytes;
import io.redistill.engine.support.Resp;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A batch filled from words, which knows how often it was handed back and what it would send. */
final class TestBatch {
    final RequestBatch batch;
    private final CommandPublisher publisher;
    private final AtomicInteger handedBack = new AtomicInteger();
    private final ReplyStitcher stitcher;
    private final ReplyBuffer stitched;
    private final int shardCount;

    TestBatch(ShardRig rig, CommandPublisher publisher, Consumer<TestBatch> finished) {
        this.publisher = publisher;
        shardCount = rig.shardCount;
        batch = new RequestBatch(
                done -> {
                    handedBack.incrementAndGet();
                    finished.accept(this);
                },
                shardCount,
                rig.chunks);
        stitcher = new ReplyStitcher(shardCount);
        stitched = new ReplyBuffer(rig.chunks);
    }

    TestBatch add(String... words) {
        return addWith(0, words);
    }

    TestBatch addWith(int flags, String... words) {
        CommandSpec spec = CommandTable.find(words[0].getBytes(ISO_8859_1));
        if (spec.isContainer()) {
            spec = CommandTable.find((words[0] + "|" + words[1]).getBytes(ISO_8859_1));
        }
        addArguments(words);
        publisher.commit(batch, spec, 0, flags);
        return this;
    }

    /** A command that an event loop answers itself, with OK. */
    TestBatch addLocal() {
        addArguments("PING");
        batch.localReply().ok();
        int first = batch.openArgument();
        batch.commit(0, RequestBatch.LOCAL, 0, 0, 0);
        batch.pieceEnd(first, batch.localReply().position());
        return this;
    }

    void addArguments(String... words) {
        for (String word : words) {
            byte[] bytes = word.getBytes(ISO_8859_1);
            long address = Memory.allocate(Math.max(1, bytes.length));
            Memory.copyFromArray(bytes, 0, address, bytes.length);
            batch.addMemory(address);
            batch.addArgument(address, bytes.length);
        }
    }

    /** Seals and publishes; whether all of it is in the rings. */
    boolean publish() {
        return batch.seal() || publisher.publish(batch);
    }

    int handedBack() {
        return handedBack.get();
    }

    /** The replies in order; the batch must have been handed back, once. */
    List<String> replies() {
        assertThat(handedBack.get()).as("times handed back").isEqualTo(1);
        return readReplies();
    }

    /** The replies of a batch in the hands of its owner. */
    List<String> readReplies() {
        assertThat(batch.isExecuted()).isTrue();
        if (!batch.isStitched()) {
            return Resp.parse(ReplyBytes.of(batch.onlyReply()));
        }
        stitcher.stitch(batch, stitched);
        List<String> replies = Resp.parse(ReplyBytes.of(stitched));
        stitched.reset();
        return replies;
    }

    /** Empties the batch for its next use. */
    void recycle() {
        batch.releaseInput();
        batch.reset();
        handedBack.set(0);
    }

    void free() {
        batch.releaseInput();
        for (int i = 0; i < shardCount; i++) {
            batch.reply(i).release();
        }
        batch.localReply().release();
        stitched.release();
    }
}
