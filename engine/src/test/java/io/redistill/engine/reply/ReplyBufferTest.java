// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.support.OffHeap;
import io.redistill.engine.support.ReplyBytes;
import io.redistill.engine.support.Seeds;
import io.redistill.engine.support.TestChunks;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplyBufferTest {
    private static final int CHUNK = ReplyBuffer.CHUNK_BYTES;
    private static final int SOURCE_BYTES = 300 << 10;

    private final TestChunks chunks = new TestChunks();
    private final ReplyBuffer replies = new ReplyBuffer(chunks);
    private final OffHeap offHeap = new OffHeap();
    private final byte[] sourceBytes = new byte[SOURCE_BYTES];
    private final long source;
    private final long largeBytesBefore = LargeBlock.usedBytes();

    ReplyBufferTest() {
        new SplittableRandom(1).nextBytes(sourceBytes);
        source = offHeap.put(sourceBytes);
    }

    @AfterEach
    void everythingIsGivenBack() {
        replies.release();
        offHeap.close();
        assertThat(chunks.live()).isZero();
        assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
    }

    @Test
    void shouldEncodeAsTheProtocolSays() {
        replies.ok();
        replies.nil(false);
        replies.nil(true);
        for (long number : new long[] {0, 9, 10, 99, 100, 999, 1000, 1023, 1024, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            replies.integer(number);
            replies.bulkInteger(number);
        }
        replies.arrayHeader(0);
        replies.arrayHeader(1_000_000);
        replies.raw("-ERR no\r\n".getBytes(US_ASCII));
        replies.raw(new byte[0]);
        replies.bulk(source, 0);
        StringBuilder expected = new StringBuilder("+OK\r\n$-1\r\n_\r\n");
        for (String number : List.of(
                "0",
                "9",
                "10",
                "99",
                "100",
                "999",
                "1000",
                "1023",
                "1024",
                "-1",
                "" + Long.MAX_VALUE,
                "" + Long.MIN_VALUE)) {
            expected.append(":").append(number).append("\r\n");
            expected.append("$")
                    .append(number.length())
                    .append("\r\n")
                    .append(number)
                    .append("\r\n");
        }
        expected.append("*0\r\n*1000000\r\n-ERR no\r\n$0\r\n\r\n");
        assertThat(replies.position()).isEqualTo(expected.length());
        assertThat(new String(ReplyBytes.of(replies), US_ASCII)).hasToString(expected.toString());
    }

    @Test
    void shouldEncodeBulkStringsOfEachLengthAroundItsLimits() {
        int[] limits = {0, 10, 48, 100, 1000, 1024, 10_000, CHUNK - 32, CHUNK, 2 * CHUNK, 3 * CHUNK};
        for (int limit : limits) {
            for (int length = Math.max(0, limit - 20); length <= limit + 20; length++) {
                Expected expected = new Expected();
                write(new SplittableRandom(length), 3, length, expected);
                assertThat(Arrays.equals(ReplyBytes.of(replies), expected.bytes()))
                        .as("length %d", length)
                        .isTrue();
                replies.reset();
            }
        }
    }

    @Test
    void shouldEncodeEachKindOverTheEndOfAChunk() {
        for (int kind = 0; kind < KINDS; kind++) {
            for (int left = 0; left <= 80; left++) {
                Expected expected = new Expected();
                // raw() fills a chunk to its last byte.
                byte[] filler = new byte[CHUNK - left];
                Arrays.fill(filler, (byte) '.');
                replies.raw(filler);
                expected.plain(filler);
                SplittableRandom random = new SplittableRandom(left);
                write(random, kind, 20 + left % 3, expected);
                write(random, (kind + 1) % KINDS, 20, expected);
                assertThat(replies.position()).isEqualTo(expected.position);
                assertThat(Arrays.equals(ReplyBytes.of(replies), expected.bytes()))
                        .as("kind %d, %d bytes left", kind, left)
                        .isTrue();
                replies.reset();
            }
        }
    }

    @Test
    void shouldEncodeRandomRepliesAndForgetWhatIsRewound() {
        SplittableRandom random = new SplittableRandom(Seeds.next("ReplyBufferTest"));
        for (int round = 0; round < 300; round++) {
            List<Expected> marks = new ArrayList<>();
            marks.add(new Expected());
            int replyCount = random.nextInt(40);
            for (int i = 0; i < replyCount; i++) {
                if (random.nextInt(5) == 0) {
                    int keep = 1 + random.nextInt(marks.size());
                    marks.subList(keep, marks.size()).clear();
                    replies.rewind(marks.get(keep - 1).position);
                } else {
                    Expected next = new Expected(marks.get(marks.size() - 1));
                    write(random, random.nextInt(KINDS), randomLength(random), next);
                    marks.add(next);
                }
                assertThat(replies.position()).isEqualTo(marks.get(marks.size() - 1).position);
            }
            Expected expected = marks.get(marks.size() - 1);
            assertThat(replies.spliceCount()).isEqualTo(expected.splices);
            assertThat(Arrays.equals(ReplyBytes.of(replies), expected.bytes())).isTrue();
            if (random.nextInt(10) == 0) {
                replies.release();
                assertThat(chunks.live()).isZero();
            } else {
                replies.reset();
                assertThat(chunks.live()).isLessThanOrEqualTo(1);
            }
            assertThat(replies.position()).isZero();
            assertThat(replies.spliceCount()).isZero();
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
        }
    }

    @Test
    void shouldReleaseSplicesThatWereNotSent() {
        long block = block(20_000);
        replies.bulkBlock(block, 20_000);
        long mark = replies.position();
        replies.bulkBlock(block, 10_000);
        replies.rewind(mark);
        assertThat(replies.spliceCount()).isEqualTo(1);
        LargeBlock.release(block);
        assertThat(LargeBlock.isExclusive(block)).as("held by the splice").isTrue();
        assertThat(LargeBlock.usedBytes()).isGreaterThan(largeBytesBefore);
        replies.reset();
        assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
    }

    @Test
    void shouldStayAsItWasWhenThereIsNoMemoryForAChunk() {
        for (int full = 0; full < 6; full++) {
            long position = replies.position();
            chunks.failNext();
            assertThatThrownBy(() -> replies.integer(1)).hasMessage("told to fail");
            assertThat(replies.position()).isEqualTo(position);
            replies.raw(new byte[(int) ((full + 1L) * CHUNK - 10 - position)]);
            assertThat(replies.position()).isEqualTo((full + 1L) * CHUNK - 10);
        }
        assertThat(ReplyBytes.of(replies)).hasSize(6 * CHUNK - 10);
    }

    @Test
    void shouldJoinPiecesOfSeveralBuffersInAnyOrder() {
        SplittableRandom random = new SplittableRandom(Seeds.next("ReplyBufferTest pieces"));
        for (int round = 0; round < 150; round++) {
            int sources = 1 + random.nextInt(4);
            ReplyBuffer[] buffers = new ReplyBuffer[sources];
            ReplyBuffer.Cursor[] cursors = new ReplyBuffer.Cursor[sources];
            for (int i = 0; i < sources; i++) {
                buffers[i] = new ReplyBuffer(chunks);
                cursors[i] = new ReplyBuffer.Cursor();
                cursors[i].reset();
            }
            Expected joined = new Expected();
            List<long[]> pieces = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                int from = random.nextInt(sources);
                for (int part = random.nextInt(3); part > 0; part--) {
                    writeTo(buffers[from], random, random.nextInt(KINDS), randomLength(random), joined);
                }
                pieces.add(new long[] {from, buffers[from].position()});
            }
            for (ReplyBuffer buffer : buffers) {
                buffer.finish();
            }
            for (long[] piece : pieces) {
                replies.append(buffers[(int) piece[0]], cursors[(int) piece[0]], piece[1]);
            }
            assertThat(replies.position()).isEqualTo(joined.position);
            assertThat(Arrays.equals(ReplyBytes.of(replies), joined.bytes())).isTrue();
            replies.reset();
            for (ReplyBuffer buffer : buffers) {
                buffer.release();
            }
            assertThat(LargeBlock.usedBytes()).isEqualTo(largeBytesBefore);
        }
    }

    @Test
    void shouldCopyTheSameWhereverItIsCut() {
        SplittableRandom random = new SplittableRandom(Seeds.next("ReplyBufferTest cuts"));
        ReplyBuffer buffer = new ReplyBuffer(chunks);
        for (int round = 0; round < 150; round++) {
            Expected expected = new Expected();
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                writeTo(buffer, random, random.nextInt(KINDS), randomLength(random), expected);
            }
            buffer.finish();
            ReplyBuffer.Cursor cursor = new ReplyBuffer.Cursor();
            cursor.reset();
            long position = 0;
            while (position < expected.position) {
                position = random.nextInt(3) == 0
                        ? Math.min(expected.position, position + random.nextInt(4))
                        : position + random.nextLong(expected.position - position + 1);
                replies.append(buffer, cursor, position);
                assertThat(replies.position()).isEqualTo(position);
            }
            assertThat(Arrays.equals(ReplyBytes.of(replies), expected.bytes())).isTrue();
            replies.reset();
            buffer.reset();
        }
        buffer.release();
    }

    // ---- the reference

    private static final int KINDS = 8;

    /** The bytes that are expected, and the position, which does not count splices. */
    private static final class Expected {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        long position;
        int splices;

        Expected() {}

        Expected(Expected other) {
            out.writeBytes(other.bytes());
            position = other.position;
            splices = other.splices;
        }

        void plain(byte[] bytes) {
            out.writeBytes(bytes);
            position += bytes.length;
        }

        void plain(String text) {
            plain(text.getBytes(US_ASCII));
        }

        void splice(byte[] bytes) {
            out.writeBytes(bytes);
            splices++;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    private static int randomLength(SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt(SOURCE_BYTES);
            case 1 -> CHUNK - 40 + random.nextInt(80);
            case 2, 3 -> random.nextInt(CHUNK);
            default -> random.nextInt(200);
        };
    }

    private void write(SplittableRandom random, int kind, int length, Expected expected) {
        writeTo(replies, random, kind, length, expected);
    }

    private void writeTo(ReplyBuffer target, SplittableRandom random, int kind, int length, Expected expected) {
        long number = random.nextLong() >> random.nextInt(Long.SIZE);
        byte[] bytes = Arrays.copyOf(sourceBytes, length);
        switch (kind) {
            case 0 -> {
                target.ok();
                expected.plain("+OK\r\n");
            }
            case 1 -> {
                target.nil(length % 2 == 0);
                expected.plain(length % 2 == 0 ? "_\r\n" : "$-1\r\n");
            }
            case 2 -> {
                target.integer(number);
                expected.plain(":" + number + "\r\n");
            }
            case 3 -> {
                target.bulk(source, length);
                expected.plain("$" + length + "\r\n");
                expected.plain(bytes);
                expected.plain("\r\n");
            }
            case 4 -> {
                target.bulkInteger(number);
                String digits = Long.toString(number);
                expected.plain("$" + digits.length() + "\r\n" + digits + "\r\n");
            }
            case 5 -> {
                target.arrayHeader(length);
                expected.plain("*" + length + "\r\n");
            }
            case 6 -> {
                target.raw(bytes);
                expected.plain(bytes);
            }
            default -> {
                long block = block(length);
                target.bulkBlock(block, length);
                LargeBlock.release(block);
                expected.plain("$" + length + "\r\n");
                expected.splice(bytes);
                expected.plain("\r\n");
            }
        }
    }

    private long block(int length) {
        long block = LargeBlock.allocate(length);
        Memory.copy(source, block, length);
        return block;
    }
}
