// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.resp;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.Database;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A long command that arrives in pieces. Each byte is taken out of the input once: arguments are gathered in pages,
 * large ones each in a {@link LargeBlock} of its own, which the socket can be read into directly ({@link #target}).
 *
 * <p>Memory is taken as elements arrive, not as they are announced, except for one block at a time, whose pages the
 * system commits as they are written.
 *
 * <p>Threading: confined to the event loop of its connection. Whoever drops it unfinished calls {@link #free}.
 */
public final class PartialCommand {
    /** Arguments from this length on are received into blocks of their own. */
    public static final int LARGE_BYTES = Database.LARGE_VALUE_BYTES;

    private static final int PAGE_BYTES = 32 << 10;
    private static final int CRLF_BYTES = 2;

    private final LengthLine line = new LengthLine();
    private final boolean authenticated;
    private final long elements;

    private long[] addresses = new long[8];
    private int[] lengths = new int[8];
    private boolean[] blocks = new boolean[8];
    private int count;

    private long[] pages = new long[1];
    private int pageCount;
    private long pageAddress;
    private long pageEnd;

    /** The argument being received: where it goes, how much of it (CRLF included) is there and how much it will be. */
    private long current;

    private int currentLength = -1;
    private int received;

    private long receivedBytes;
    private long next;
    private @Nullable ProtocolError error;
    private byte found;

    private PartialCommand(long elements, boolean authenticated) {
        this.elements = elements;
        this.authenticated = authenticated;
    }

    /**
     * Takes over the request at {@code from}, which {@link RespDecoder} found incomplete; null where it is an inline one
     * or its first line is incomplete. {@link #next} is then the address after that line.
     */
    public static @Nullable PartialCommand open(long from, long end, boolean authenticated) {
        if (Memory.getByte(from) != '*') {
            return null;
        }
        LengthLine first = new LengthLine();
        long at = first.read(from, end);
        if (at <= 0) {
            return null;
        }
        PartialCommand partial = new PartialCommand(first.value(), authenticated);
        partial.next = at;
        return partial;
    }

    /**
     * Takes bytes.
     *
     * @return {@link RespDecoder#COMMAND} when the command is complete, {@link RespDecoder#INCOMPLETE} when all bytes up
     *     to {@link #next} are taken and more are needed, or {@link RespDecoder#ERROR}
     */
    public int feed(long from, long end) {
        long at = from;
        while (count < elements) {
            if (currentLength < 0) {
                if (at >= end) {
                    break;
                }
                long payload = Memory.getByte(at) == '$' ? line.read(at, end) : LengthLine.skip(at, end);
                if (payload == LengthLine.INCOMPLETE) {
                    break;
                }
                ProtocolError problem = check(payload, at);
                if (problem != null) {
                    error = problem;
                    return RespDecoder.ERROR;
                }
                at = payload;
                openArgument((int) line.value());
            }
            int piece = (int) Math.min(end - at, (long) currentLength + CRLF_BYTES - received);
            Memory.copy(at, current + received, piece);
            at += piece;
            if (!took(piece)) {
                break;
            }
        }
        next = at;
        return count == elements ? RespDecoder.COMMAND : RespDecoder.INCOMPLETE;
    }

    private @Nullable ProtocolError check(long payload, long at) {
        if (payload == LengthLine.TOO_LONG) {
            return ProtocolError.TOO_BIG_BULK_COUNT;
        }
        found = Memory.getByte(at);
        if (found != '$') {
            return ProtocolError.EXPECTED_DOLLAR;
        }
        if (payload == LengthLine.NOT_A_NUMBER || line.value() < 0 || line.value() > RespLimits.MAX_BULK_BYTES) {
            return ProtocolError.INVALID_BULK_LENGTH;
        }
        return !authenticated && line.value() > RespLimits.MAX_UNAUTHENTICATED_BULK_BYTES
                ? ProtocolError.UNAUTHENTICATED_BULK_LENGTH
                : null;
    }

    private void openArgument(int length) {
        currentLength = length;
        received = 0;
        if (length >= LARGE_BYTES) {
            current = LargeBlock.announce((long) length + CRLF_BYTES);
            return;
        }
        if (pageEnd - pageAddress < length + CRLF_BYTES) {
            if (pageCount == pages.length) {
                pages = Arrays.copyOf(pages, pageCount * 2);
            }
            pageAddress = Memory.allocate(PAGE_BYTES);
            pageEnd = pageAddress + PAGE_BYTES;
            pages[pageCount++] = pageAddress;
        }
        current = pageAddress;
        pageAddress += length + CRLF_BYTES;
    }

    /** Counts bytes of the current argument; true when it is complete. */
    private boolean took(int bytes) {
        received += bytes;
        receivedBytes += bytes;
        if (currentLength >= LARGE_BYTES) {
            LargeBlock.arrived(bytes);
        }
        if (received < currentLength + CRLF_BYTES) {
            return false;
        }
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            blocks = Arrays.copyOf(blocks, count * 2);
        }
        addresses[count] = current;
        lengths[count] = currentLength;
        blocks[count++] = currentLength >= LARGE_BYTES;
        currentLength = -1;
        return true;
    }

    /** The address after what was taken. */
    public long next() {
        return next;
    }

    /** Bytes of arguments taken so far. */
    public long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes that the current argument still lacks, if it is a large one: they can be read to {@link #target}; else 0. */
    public int wanted() {
        return currentLength >= LARGE_BYTES ? currentLength + CRLF_BYTES - received : 0;
    }

    /** Where the next bytes of the current large argument go. */
    public long target() {
        return current + received;
    }

    /** Notes that {@code bytes} were put at {@link #target}; true when the command is complete. */
    public boolean filled(int bytes) {
        return took(bytes) && count == elements;
    }

    /** Hands the arguments and their memory to a batch; this object is then done with. */
    public void moveTo(RequestBatch batch) {
        for (int i = 0; i < count; i++) {
            if (blocks[i]) {
                batch.addBlockArgument(addresses[i], lengths[i]);
            } else {
                batch.addArgument(addresses[i], lengths[i]);
            }
        }
        for (int i = 0; i < pageCount; i++) {
            batch.addMemory(pages[i]);
        }
        count = 0;
        pageCount = 0;
    }

    /** Gives the memory of an unfinished command back. */
    public void free() {
        if (currentLength >= LARGE_BYTES) {
            LargeBlock.abandon(current, received);
        }
        currentLength = -1;
        for (int i = 0; i < count; i++) {
            if (blocks[i]) {
                LargeBlock.release(addresses[i]);
            }
        }
        count = 0;
        while (pageCount > 0) {
            Memory.free(pages[--pageCount]);
        }
    }

    /** The encoded error reply. */
    public byte[] error() {
        ProtocolError error = this.error;
        if (error == null) {
            throw new IllegalStateException("no error was found");
        }
        return error.reply(found);
    }
}
