// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BlockRingTest {
    /** With many shards the blocks that they are filling may be all that the walk may be ahead. */
    @Test
    void shouldWakeShardsThatHaveNoRoomWhenTheWriterHasNothingToDo() throws IOException {
        AtomicInteger wakes = new AtomicInteger();
        BlockRing ring = new BlockRing(0, wakes::incrementAndGet);
        Queue<Block> open = new ArrayDeque<>();
        while (ring.hasRoom()) {
            open.add(ring.take(100, false));
        }
        assertThat(ring.heldBytes()).isEqualTo(BlockRing.WALK_LIMIT_BYTES);
        assertThat(ring.isIdle()).isTrue();
        assertThat(ring.drain(block -> {})).isFalse();
        assertThat(wakes).hasValue(1);
        // One of them gives what it has while the others wait on.
        assertThat(ring.hasRoom()).isFalse();
        ring.publish(open.remove());
        assertThat(ring.isIdle()).isFalse();
        assertThat(ring.drain(block -> {})).isTrue();
        assertThat(wakes).hasValue(2);
        assertThat(ring.hasRoom()).isTrue();
        while (!open.isEmpty()) {
            ring.publish(open.remove());
        }
        while (ring.drain(block -> {})) {}
        assertThat(ring.heldBytes()).isZero();
        assertThat(wakes).as("nobody waits any more").hasValue(2);
        ring.close();
    }
}
