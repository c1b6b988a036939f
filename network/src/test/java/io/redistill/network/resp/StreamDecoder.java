// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decodes a stream that comes in pieces as a connection does, without a channel. */
final class StreamDecoder implements AutoCloseable {
    private final RespDecoder decoder = new RespDecoder();
    private final boolean authenticated;
    private final int maxLeftoverBytes;
    private final List<List<String>> commands = new ArrayList<>();
    private final RequestBatch batch = new RequestBatch(ignored -> {}, 1, isFirst -> {
        throw new IllegalStateException("nobody replies here");
    });
    private PartialCommand partial;
    private byte[] leftover = new byte[0];
    private String error = "";

    /**
     * A decoder of one stream.
     *
     * @param maxLeftoverBytes from here on a command that is cut is taken over by a {@link PartialCommand}
     */
    StreamDecoder(boolean authenticated, int maxLeftoverBytes) {
        this.authenticated = authenticated;
        this.maxLeftoverBytes = maxLeftoverBytes;
    }

    /** Takes a piece; large arguments are filled directly, as the socket fills them. */
    void receive(byte[] piece) {
        int from = 0;
        while (error.isEmpty()
                && partial != null
                && partial.wanted() > 0
                && leftover.length == 0
                && from < piece.length) {
            int bytes = Math.min(partial.wanted(), piece.length - from);
            Memory.copyFromArray(piece, from, partial.target(), bytes);
            from += bytes;
            if (partial.filled(bytes)) {
                completePartial();
            }
        }
        receiveCopied(piece, from);
    }

    /** Takes a piece as it comes through shared input memory. */
    void receiveCopied(byte[] piece) {
        receiveCopied(piece, 0);
    }

    private void receiveCopied(byte[] piece, int offset) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(leftover);
        joined.write(piece, offset, piece.length - offset);
        byte[] bytes = joined.toByteArray();
        // Exactly as long as the bytes: what lies behind them is another's.
        long memory = Memory.allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, memory, bytes.length);
        long end = memory + bytes.length;
        long at = memory;
        while (at < end && error.isEmpty()) {
            long next = partial != null ? feed(at, end) : decode(at, end);
            if (next == at) {
                break;
            }
            at = next;
        }
        leftover = Memory.toArray(at, (int) (end - at));
        Memory.free(memory);
    }

    private long decode(long at, long end) {
        switch (decoder.decode(batch, at, end, authenticated)) {
            case RespDecoder.COMMAND -> {
                long next = decoder.next();
                completeCommand();
                return next;
            }
            case RespDecoder.NOTHING -> {
                checkNothingOpen();
                return decoder.next();
            }
            case RespDecoder.ERROR -> {
                checkNothingOpen();
                fail(decoder.error());
                return end;
            }
            default -> {
                checkNothingOpen();
                if (end - at > maxLeftoverBytes || decoder.incompleteBulkBytes() >= PartialCommand.LARGE_BYTES) {
                    partial = PartialCommand.open(at, end, authenticated);
                    return partial != null ? partial.next() : at;
                }
                return at;
            }
        }
    }

    private long feed(long at, long end) {
        int status = partial.feed(at, end);
        if (status == RespDecoder.ERROR) {
            fail(partial.error());
            partial.free();
            partial = null;
            return end;
        }
        long next = partial.next();
        if (status == RespDecoder.COMMAND) {
            completePartial();
        }
        return next;
    }

    private void completePartial() {
        partial.moveTo(batch);
        // Nothing is left to free, and freeing again does no harm.
        partial.free();
        partial = null;
        completeCommand();
    }

    private void completeCommand() {
        List<String> words = new ArrayList<>();
        for (int i = batch.openArgument(); i < batch.argumentCount(); i++) {
            words.add(new String(
                    Memory.toArray(batch.argumentAddress(i), batch.argumentLength(i)), StandardCharsets.ISO_8859_1));
        }
        commands.add(words);
        batch.commit(Opcode.PING, RequestBatch.LOCAL, 0, 0, 0);
        batch.releaseInput();
        batch.reset();
    }

    private void checkNothingOpen() {
        if (batch.argumentCount() != 0) {
            throw new AssertionError("arguments are left open");
        }
    }

    private void fail(byte[] reply) {
        error = new String(reply, StandardCharsets.ISO_8859_1);
    }

    List<List<String>> commands() {
        return commands;
    }

    /** The error reply, with CRLF, or nothing. */
    String error() {
        return error;
    }

    /** Bytes not yet taken. */
    int leftoverLength() {
        return leftover.length;
    }

    @Override
    public void close() {
        if (partial != null) {
            partial.free();
            partial = null;
        }
    }
}
