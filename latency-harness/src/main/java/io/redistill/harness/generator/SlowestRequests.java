// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

/**
 * The slowest requests of one generator thread: a heap over arrays whose root is the fastest of them.
 *
 * <p>Threading: the generator thread writes; others read after it has ended.
 */
public final class SlowestRequests {
    /** How many are kept. */
    public static final int COUNT = 20;

    private static final int FIELDS = 6;
    private static final int RESPONSE = 0;
    private static final int DUE = 1;
    private static final int SERVICE = 2;
    private static final int COMMAND = 3;
    private static final int CONNECTION = 4;
    private static final int ANSWERED = 5;

    private final long[][] heap = new long[COUNT][FIELDS];
    private int size;

    void clear() {
        size = 0;
    }

    void offer(long dueNs, long responseNs, long serviceNs, int command, int connection, boolean answered) {
        if (size == COUNT && responseNs <= heap[0][RESPONSE]) {
            return;
        }
        int place = size == COUNT ? 0 : size++;
        long[] entry = heap[place];
        entry[RESPONSE] = responseNs;
        entry[DUE] = dueNs;
        entry[SERVICE] = serviceNs;
        entry[COMMAND] = command;
        entry[CONNECTION] = connection;
        entry[ANSWERED] = answered ? 1 : 0;
        if (place == 0) {
            sink();
        } else {
            swim(place);
        }
    }

    private void swim(int from) {
        int place = from;
        while (place > 0 && heap[place][RESPONSE] < heap[(place - 1) / 2][RESPONSE]) {
            swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void sink() {
        int place = 0;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && heap[child + 1][RESPONSE] < heap[child][RESPONSE]) {
                child++;
            }
            if (heap[place][RESPONSE] <= heap[child][RESPONSE]) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private void swap(int a, int b) {
        long[] entry = heap[a];
        heap[a] = heap[b];
        heap[b] = entry;
    }

    /** How many there are, at most {@link #COUNT}; they are in no order. */
    public int size() {
        return size;
    }

    public long responseNs(int index) {
        return heap[index][RESPONSE];
    }

    public long dueNs(int index) {
        return heap[index][DUE];
    }

    public long serviceNs(int index) {
        return heap[index][SERVICE];
    }

    public int command(int index) {
        return (int) heap[index][COMMAND];
    }

    public int connection(int index) {
        return (int) heap[index][CONNECTION];
    }

    public boolean answered(int index) {
        return heap[index][ANSWERED] == 1;
    }
}
