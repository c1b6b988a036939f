// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The right to publish a command that concerns several shards. One publisher at a time has it, from its first claim to
 * its last publication, so that all rings see such commands in the same order.
 *
 * <p>It is taken by one compare-and-set or not at all; who does not get it leaves a mark and is woken on release.
 *
 * <p>Threading: any event loop.
 */
final class PublicationTicket {
    private static final int FREE = -1;

    private final AtomicInteger holder = new AtomicInteger(FREE);
    private final AtomicIntegerArray waiting;
    private final SleepGate[] publisherGates;

    PublicationTicket(SleepGate[] publisherGates) {
        this.publisherGates = publisherGates;
        waiting = new AtomicIntegerArray(publisherGates.length);
    }

    boolean tryTake(int publisher) {
        if (holder.get() == FREE && holder.compareAndSet(FREE, publisher)) {
            return true;
        }
        // Mark first, then try again: a release between the two either sees the mark or lets this attempt succeed.
        waiting.set(publisher, 1);
        return holder.compareAndSet(FREE, publisher);
    }

    void release() {
        holder.set(FREE);
        for (int i = 0; i < publisherGates.length; i++) {
            if (waiting.get(i) != 0) {
                waiting.set(i, 0);
                publisherGates[i].wake();
            }
        }
    }
}
