// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import java.util.List;

/**
 * How a measuring loop runs.
 *
 * <p>Threading: immutable.
 *
 * @param open requests on a schedule; false makes a new request for each reply
 * @param depth most requests under way on a connection: the pipelining limit of an open loop, the depth of a closed one
 * @param spinToSend whether the thread spins for the time of the next request
 * @param spinToReceive whether it spins for replies
 * @param warmUpNs how long requests are made before the measured part
 * @param durationNs length of the measured part
 * @param drainNs longest wait for replies after it
 * @param giveUpNs how long connections may stay broken before the run ends
 * @param mostRequests requests after which the loop ends as if its time were up
 * @param queueCapacity requests that may wait or be under way on a connection, a power of two
 * @param handshake requests sent first on each connection, each as RESP; an error reply to one ends the run
 */
public record LoopSettings(
        boolean open,
        int depth,
        boolean spinToSend,
        boolean spinToReceive,
        long warmUpNs,
        long durationNs,
        long drainNs,
        long giveUpNs,
        long mostRequests,
        int queueCapacity,
        List<byte[]> handshake) {}
