// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LargeBlockTest {
    private static final int HEADER_BYTES = 16;

    @Test
    void shouldLiveUntilItsLastHolderLetsGo() {
        long before = LargeBlock.usedBytes();
        long block = LargeBlock.allocate(20_000);
        assertThat(LargeBlock.capacity(block)).isEqualTo(20_000);
        assertThat(LargeBlock.isExclusive(block)).isTrue();
        assertThat(LargeBlock.usedBytes() - before).isEqualTo(20_000 + HEADER_BYTES);
        Memory.fill(block, 20_000, (byte) 3);
        LargeBlock.retain(block);
        assertThat(LargeBlock.isExclusive(block)).isFalse();
        LargeBlock.release(block);
        assertThat(LargeBlock.isExclusive(block)).isTrue();
        assertThat(Memory.getByte(block + 19_999)).isEqualTo((byte) 3);
        assertThat(LargeBlock.usedBytes() - before).isEqualTo(20_000 + HEADER_BYTES);
        LargeBlock.release(block);
        assertThat(LargeBlock.usedBytes()).isEqualTo(before);
    }

    @Test
    void shouldCountHoldersOfSeveralThreads() throws InterruptedException {
        long before = LargeBlock.usedBytes();
        long block = LargeBlock.allocate(1);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            LargeBlock.retain(block);
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 100_000; i++) {
                    LargeBlock.retain(block);
                    LargeBlock.release(block);
                }
                LargeBlock.release(block);
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(LargeBlock.isExclusive(block)).isTrue();
        assertThat(LargeBlock.usedBytes()).isGreaterThan(before);
        LargeBlock.release(block);
        assertThat(LargeBlock.usedBytes()).isEqualTo(before);
    }
}
