// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.store.EntryView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * LCS: the longest common subsequence of two strings by dynamic programming, in time proportional to the product of their
 * lengths. Two rows of lengths are kept, and one bit for each pair of positions that says which way back is the better.
 *
 * <p>Source: the Redis command reference, as of 7.0; among several longest ones the one that Redis's walk back finds.
 *
 * <p>Threading: confined to one call on the shard thread. Allocates.
 */
final class LongestCommonSubsequence {
    /** Most memory for the bits; the error beyond it is Redis's for memory that it cannot have. */
    private static final long MAX_BITS = 1L << 31;

    private static final byte[] NOT_STRINGS = Errors.encoded("ERR The specified keys must contain string values");
    private static final byte[] LENGTH_AND_INDEXES =
            Errors.encoded("ERR If you want both the length and indexes, please just use IDX.");
    private static final byte[] TOO_LONG =
            Errors.encoded("ERR Insufficient memory, failed allocating transient memory for LCS");
    private static final byte[] MATCHES = "$7\r\nmatches\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LEN = "$3\r\nlen\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[] a;
    private final byte[] b;

    /** For positions i of a and j of b, 0 excluded: whether leaving out a's last byte is better than b's. */
    private final long[] leaveA;

    private int length;

    private int[] ranges = new int[16];
    private int rangeCount;

    private LongestCommonSubsequence(byte[] a, byte[] b) {
        this.a = a;
        this.b = b;
        leaveA = new long[(int) (((long) a.length * b.length + Long.SIZE - 1) / Long.SIZE)];
        fill();
    }

    static void lcs(Invocation call) {
        byte[] a = string(call, 1);
        byte[] b = a == null ? null : string(call, 2);
        if (a == null || b == null) {
            call.error(NOT_STRINGS);
            return;
        }
        boolean indexes = false;
        boolean lengthOnly = false;
        boolean withLengths = false;
        long leastLength = 0;
        for (int i = 3; i < call.argumentCount(); i++) {
            if (call.isWord(i, "IDX")) {
                indexes = true;
            } else if (call.isWord(i, "LEN")) {
                lengthOnly = true;
            } else if (call.isWord(i, "WITHMATCHLEN")) {
                withLengths = true;
            } else if (call.isWord(i, "MINMATCHLEN") && i + 1 < call.argumentCount()) {
                i++;
                if (!call.isInteger(i)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return;
                }
                leastLength = Math.max(0, call.integer(i));
            } else {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        if (indexes && lengthOnly) {
            call.error(LENGTH_AND_INDEXES);
            return;
        }
        if ((long) a.length * b.length > MAX_BITS) {
            call.error(TOO_LONG);
            return;
        }
        LongestCommonSubsequence found = new LongestCommonSubsequence(a, b);
        if (indexes) {
            found.walkBack(leastLength);
            found.replyIndexes(call, withLengths);
        } else if (lengthOnly) {
            call.integerReply(found.length);
        } else {
            call.bulk(found.walkBack(0));
        }
    }

    /** The string of a key, empty where there is none; null where it is no string. */
    private static byte @Nullable [] string(Invocation call, int argument) {
        call.keyOfAny(argument);
        EntryView existing = call.lookUp();
        if (existing == null) {
            return new byte[0];
        }
        return existing.isString() ? Memory.toArray(call.bytes(existing), existing.stringLength()) : null;
    }

    private void fill() {
        int[] before = new int[b.length + 1];
        int[] row = new int[b.length + 1];
        for (int i = 1; i <= a.length; i++) {
            for (int j = 1; j <= b.length; j++) {
                if (a[i - 1] == b[j - 1]) {
                    row[j] = before[j - 1] + 1;
                } else if (before[j] > row[j - 1]) {
                    row[j] = before[j];
                    long bit = bit(i, j);
                    leaveA[(int) (bit / Long.SIZE)] |= 1L << bit;
                } else {
                    row[j] = row[j - 1];
                }
            }
            int[] next = before;
            before = row;
            row = next;
        }
        length = before[b.length];
    }

    private long bit(int i, int j) {
        return (long) (i - 1) * b.length + (j - 1);
    }

    private boolean isALeft(int i, int j) {
        long bit = bit(i, j);
        return (leaveA[(int) (bit / Long.SIZE)] & 1L << bit) != 0;
    }

    /** Walks from both ends to the start; notes ranges of neighbours that match and returns the subsequence. */
    private byte[] walkBack(long leastLength) {
        byte[] subsequence = new byte[length];
        int left = length;
        int i = a.length;
        int j = b.length;
        int run = 0;
        while (i > 0 && j > 0) {
            if (a[i - 1] == b[j - 1]) {
                subsequence[--left] = a[i - 1];
                run++;
                i--;
                j--;
                continue;
            }
            addRange(i, j, run, leastLength);
            run = 0;
            if (isALeft(i, j)) {
                i--;
            } else {
                j--;
            }
        }
        addRange(i, j, run, leastLength);
        return subsequence;
    }

    private void addRange(int aStart, int bStart, int run, long leastLength) {
        if (run == 0 || run < leastLength) {
            return;
        }
        if (rangeCount + 3 > ranges.length) {
            ranges = Arrays.copyOf(ranges, ranges.length * 2);
        }
        ranges[rangeCount++] = aStart;
        ranges[rangeCount++] = bStart;
        ranges[rangeCount++] = run;
    }

    private void replyIndexes(Invocation call, boolean withLengths) {
        ReplyBuffer reply = call.reply();
        call.mapHeader(2);
        reply.raw(MATCHES);
        reply.arrayHeader(rangeCount / 3);
        for (int i = 0; i < rangeCount; i += 3) {
            int run = ranges[i + 2];
            reply.arrayHeader(withLengths ? 3 : 2);
            replyRange(reply, ranges[i], run);
            replyRange(reply, ranges[i + 1], run);
            if (withLengths) {
                reply.integer(run);
            }
        }
        reply.raw(LEN);
        reply.integer(length);
    }

    private static void replyRange(ReplyBuffer reply, int start, int run) {
        reply.arrayHeader(2);
        reply.integer(start);
        reply.integer(start + run - 1);
    }
}
