// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * Decodes requests that lie complete in one piece of memory, in place: arguments are left where they are and only their
 * addresses are noted. What is not complete is left alone, to be decoded again when more has come, or to be taken over by
 * {@link PartialCommand}.
 *
 * <p>Source: the Redis serialization protocol specification; limits, texts and tolerances of Redis 7.0's
 * {@code processMultibulkBuffer} and {@code processInlineBuffer}.
 *
 * <p>Threading: confined to the event loop; one serves all its connections, since it keeps nothing between calls.
 */
public final class RespDecoder {
    /** A command is complete: its arguments are the batch's open ones. */
    public static final int COMMAND = 0;

    /** An empty request, to be skipped. */
    public static final int NOTHING = 1;

    /** More bytes are needed; the batch has no open arguments. */
    public static final int INCOMPLETE = 2;

    /** The request is wrong: {@link #error} says how. */
    public static final int ERROR = 3;

    private final LengthLine line = new LengthLine();
    private final InlineRequest inline = new InlineRequest();
    private long next;
    private long incompleteBulkBytes;
    private @Nullable ProtocolError error;
    private byte found;

    /**
     * Decodes the request at {@code from}.
     *
     * @param batch takes the arguments
     * @param end where the bytes received end
     * @param authenticated whether the full limits hold
     * @return one of the constants of this class
     */
    public int decode(RequestBatch batch, long from, long end, boolean authenticated) {
        if (Memory.getByte(from) != '*') {
            return decodeInline(batch, from, end);
        }
        incompleteBulkBytes = 0;
        long at = line.read(from, end);
        if (at <= 0) {
            return lineFailure(at, ProtocolError.TOO_BIG_MULTIBULK_COUNT, ProtocolError.INVALID_MULTIBULK_LENGTH);
        }
        long elements = line.value();
        if (elements > RespLimits.MAX_ELEMENTS) {
            return fail(ProtocolError.INVALID_MULTIBULK_LENGTH);
        }
        if (!authenticated && elements > RespLimits.MAX_UNAUTHENTICATED_ELEMENTS) {
            return fail(ProtocolError.UNAUTHENTICATED_MULTIBULK_LENGTH);
        }
        if (elements <= 0) {
            next = at;
            return NOTHING;
        }
        for (long i = 0; i < elements; i++) {
            if (at >= end) {
                batch.dropOpenArguments();
                return INCOMPLETE;
            }
            if (Memory.getByte(at) != '$') {
                return notDollar(batch, at, end);
            }
            long payload = line.read(at, end);
            if (payload <= 0) {
                batch.dropOpenArguments();
                return lineFailure(payload, ProtocolError.TOO_BIG_BULK_COUNT, ProtocolError.INVALID_BULK_LENGTH);
            }
            long length = line.value();
            if (length < 0 || length > RespLimits.MAX_BULK_BYTES) {
                batch.dropOpenArguments();
                return fail(ProtocolError.INVALID_BULK_LENGTH);
            }
            if (!authenticated && length > RespLimits.MAX_UNAUTHENTICATED_BULK_BYTES) {
                batch.dropOpenArguments();
                return fail(ProtocolError.UNAUTHENTICATED_BULK_LENGTH);
            }
            at = payload + length + 2;
            if (at > end) {
                batch.dropOpenArguments();
                incompleteBulkBytes = length;
                return INCOMPLETE;
            }
            batch.addArgument(payload, (int) length);
        }
        next = at;
        return COMMAND;
    }

    /** Redis looks for the line's end before it looks at its first byte. */
    private int notDollar(RequestBatch batch, long at, long end) {
        batch.dropOpenArguments();
        long result = LengthLine.skip(at, end);
        if (result == LengthLine.INCOMPLETE) {
            return INCOMPLETE;
        }
        if (result == LengthLine.TOO_LONG) {
            return fail(ProtocolError.TOO_BIG_BULK_COUNT);
        }
        found = Memory.getByte(at);
        return fail(ProtocolError.EXPECTED_DOLLAR);
    }

    private int decodeInline(RequestBatch batch, long from, long end) {
        int result = inline.split(batch, from, end);
        next = inline.next();
        return switch (result) {
            case InlineRequest.INCOMPLETE ->
                end - from > RespLimits.MAX_LINE_BYTES ? fail(ProtocolError.TOO_BIG_INLINE) : INCOMPLETE;
            case InlineRequest.UNBALANCED -> {
                batch.dropOpenArguments();
                yield fail(ProtocolError.UNBALANCED_QUOTES);
            }
            case 0 -> NOTHING;
            default -> COMMAND;
        };
    }

    private int lineFailure(long result, ProtocolError tooLong, ProtocolError notANumber) {
        if (result == LengthLine.INCOMPLETE) {
            return INCOMPLETE;
        }
        return fail(result == LengthLine.TOO_LONG ? tooLong : notANumber);
    }

    private int fail(ProtocolError problem) {
        error = problem;
        return ERROR;
    }

    /** The address after the request, after {@link #COMMAND} and {@link #NOTHING}. */
    public long next() {
        return next;
    }

    /** After {@link #INCOMPLETE} of a multibulk request: the announced length of the string that is cut, or 0. */
    public long incompleteBulkBytes() {
        return incompleteBulkBytes;
    }

    /** The encoded error reply, after {@link #ERROR}. */
    public byte[] error() {
        ProtocolError error = this.error;
        if (error == null) {
            throw new IllegalStateException("no error was found");
        }
        return error.reply(found);
    }
}
