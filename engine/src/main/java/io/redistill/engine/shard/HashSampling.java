// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.HashValue;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * HRANDFIELD.
 *
 * <p>Source: the Redis command reference as of 7.0. Threading: stateless; called on the shard thread.
 */
final class HashSampling {
    /** Most fields drawn with repetition: their reply has no other limit. */
    static final long MAX_DRAWS = 1 << 24;

    /** Up to one field in so many is drawn one by one, more by a walk through all. */
    private static final int SPARSE = 3;

    private HashSampling() {}

    static void hrandfield(Invocation call) {
        if (call.argumentCount() == 2) {
            one(call);
            return;
        }
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long count = call.integer(2);
        if (count == Long.MIN_VALUE) {
            call.error(Errors.NOT_IN_RANGE_OF_LONGS);
            return;
        }
        boolean withValues = call.argumentCount() == 4 && call.isWord(3, "WITHVALUES");
        if (call.argumentCount() > 3 && !withValues) {
            call.error(Errors.SYNTAX);
            return;
        }
        if (withValues && (count > Long.MAX_VALUE / 2 || count < -(Long.MAX_VALUE / 2))) {
            call.error(Errors.OUT_OF_RANGE);
            return;
        }
        HashValue hash = HashCommands.toRead(call);
        if (hash == null) {
            return;
        }
        if (count >= 0) {
            distinct(call, hash, Math.min(count, hash.liveLength()), withValues);
        } else if (hash.liveLength() == 0) {
            header(call, 0, withValues);
        } else if (count < -MAX_DRAWS) {
            call.error(Errors.OUT_OF_RANGE);
        } else {
            repeating(call, hash, -count, withValues);
        }
    }

    private static void one(Invocation call) {
        HashValue hash = HashCommands.toRead(call);
        if (hash == null) {
            return;
        }
        if (hash.random(call.random())) {
            call.item(hash.field());
        } else {
            call.nil();
        }
    }

    private static void header(Invocation call, long count, boolean withValues) {
        call.reply().arrayHeader(withValues && !call.isResp3() ? count * 2 : count);
    }

    private static void element(Invocation call, HashValue hash, boolean withValues) {
        if (withValues && call.isResp3()) {
            call.reply().arrayHeader(2);
        }
        call.item(hash.field());
        if (withValues) {
            call.item(hash.value());
        }
    }

    private static void repeating(Invocation call, HashValue hash, long count, boolean withValues) {
        header(call, count, withValues);
        SplittableRandom random = call.random();
        long[] positions = hash.isPacked() ? positions(hash) : new long[0];
        for (long i = 0; i < count; i++) {
            if (hash.isPacked()) {
                hash.position(positions[random.nextInt(positions.length)]);
            } else {
                hash.random(random);
            }
            element(call, hash, withValues);
        }
    }

    private static long[] positions(HashValue hash) {
        long[] positions = new long[(int) hash.length()];
        hash.rewind();
        for (int i = 0; hash.next(); i++) {
            positions[i] = hash.position();
        }
        return positions;
    }

    /** Draws {@code count} fields, at most all, each no more than once. */
    private static void distinct(Invocation call, HashValue hash, long count, boolean withValues) {
        header(call, count, withValues);
        SplittableRandom random = call.random();
        if (!hash.isPacked() && count * SPARSE < hash.length()) {
            Set<Long> drawn = new HashSet<>();
            while (drawn.size() < count) {
                if (hash.random(random) && drawn.add(hash.position())) {
                    element(call, hash, withValues);
                }
            }
            return;
        }
        // Selection sampling: D. E. Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S.
        long wanted = count;
        long left = hash.liveLength();
        hash.rewind();
        while (wanted > 0 && hash.next()) {
            if (random.nextLong(left--) < wanted) {
                element(call, hash, withValues);
                wanted--;
            }
        }
    }
}
