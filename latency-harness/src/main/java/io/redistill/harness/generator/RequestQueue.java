// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

/**
 * The requests of one connection in the order in which they are answered: waiting to be encoded, encoded, written,
 * answered. Four positions that only grow move over arrays made at the start.
 *
 * <pre>
 *   head            written          encoded             tail
 *    | under way ... | in the buffer  | due, not encoded  |
 * </pre>
 *
 * <p>Threading: confined to the generator thread.
 */
final class RequestQueue {
    private final int mask;
    private final long[] dueNs;
    private final long[] sentNs;
    private final long[] endPosition;
    private final int[] command;
    private final boolean[] latenessKnown;

    private long head;
    private long written;
    private long encoded;
    private long tail;

    RequestQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity=" + capacity + " is no power of two");
        }
        mask = capacity - 1;
        dueNs = new long[capacity];
        sentNs = new long[capacity];
        endPosition = new long[capacity];
        command = new int[capacity];
        latenessKnown = new boolean[capacity];
    }

    boolean full() {
        return tail - head > mask;
    }

    boolean nothingUnanswered() {
        return tail == head;
    }

    /** Requests encoded or written and not answered. */
    long underWay() {
        return encoded - head;
    }

    boolean anyToEncode() {
        return encoded != tail;
    }

    boolean anyToWrite() {
        return written != encoded;
    }

    boolean anyWritten() {
        return head != written;
    }

    void add(long due) {
        int slot = (int) tail & mask;
        dueNs[slot] = due;
        latenessKnown[slot] = false;
        tail++;
    }

    /** The lateness of the newest request is known before it is sent, since it has to wait for others. */
    void latenessOfNewestIsKnown() {
        latenessKnown[(int) (tail - 1) & mask] = true;
    }

    void encodedNext(int commandNumber, long position) {
        int slot = (int) encoded & mask;
        command[slot] = commandNumber;
        endPosition[slot] = position;
        encoded++;
    }

    /** Whether the next request to be written ends at or before a position of the stream. */
    boolean nextIsWrittenAt(long position) {
        return written != encoded && endPosition[(int) written & mask] <= position;
    }

    long dueOfNextToWrite() {
        return dueNs[(int) written & mask];
    }

    /** Whether the lateness of the next request to be written is yet to be recorded; it is not from now on. */
    boolean takeLatenessOfNextToWrite() {
        int slot = (int) written & mask;
        boolean open = !latenessKnown[slot];
        latenessKnown[slot] = true;
        return open;
    }

    void writtenNext(long sent) {
        sentNs[(int) written & mask] = sent;
        written++;
    }

    /** What is encoded and not wholly written is to be encoded again, for another connection. */
    void encodeAgain() {
        encoded = written;
    }

    long headDueNs() {
        return dueNs[(int) head & mask];
    }

    long headSentNs() {
        return sentNs[(int) head & mask];
    }

    int headCommand() {
        return command[(int) head & mask];
    }

    void removeHead() {
        head++;
        written = Math.max(written, head);
        encoded = Math.max(encoded, head);
    }
}
