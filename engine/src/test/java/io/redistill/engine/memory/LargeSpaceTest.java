// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LargeSpaceTest {
    private static final long LENGTH_BYTES = 64L << 20;

    private record Block(long address, long length, byte pattern) {
        void check() {
            for (long offset = 0; offset < length; offset += 512) {
                assertThat(Memory.getByte(address + offset)).isEqualTo(pattern);
            }
            assertThat(Memory.getByte(address + length - 1)).isEqualTo(pattern);
        }
    }

    private static LargeSpace open() {
        LargeSpace space = LargeSpace.open(LENGTH_BYTES);
        Assumptions.assumeTrue(space != null, "memory cannot be mapped here");
        return space;
    }

    private static long length(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> 1 + random.nextInt(8 << 20);
            case 1, 2, 3 -> 1 + random.nextInt(200_000);
            default -> (16 << 10) + random.nextInt(48 << 10);
        };
    }

    @Test
    void shouldKeepBlocksApartAndJoinAllThatIsFree() {
        SplittableRandom random = new SplittableRandom(Seeds.next("LargeSpaceTest"));
        LargeSpace space = open();
        List<Block> live = new ArrayList<>();
        int refused = 0;
        for (int step = 0; step < 6000; step++) {
            boolean grow = step / 1000 % 2 == 0;
            if (live.isEmpty() || random.nextInt(10) < (grow ? 7 : 3)) {
                long length = length(random);
                long address = space.allocate(length);
                if (address == 0) {
                    refused++;
                } else {
                    Block block = new Block(address, length, (byte) step);
                    Memory.fill(address, length, block.pattern);
                    live.add(block);
                }
            } else {
                Block block = live.remove(random.nextInt(live.size()));
                block.check();
                space.free(block.address, block.length);
            }
            if (step % 100 == 0) {
                space.check();
            }
        }
        live.forEach(Block::check);
        for (Block block : live) {
            space.free(block.address, block.length);
        }
        space.check();
        assertThat(refused).isPositive();
        assertThat(space.takenBytes()).isZero();
        assertThat(space.lostBytes()).isZero();
        assertThat(space.reserveBytes()).isLessThanOrEqualTo(LargeSpace.SPARE_BYTES + 8192);
        assertThat(space.allocate(LENGTH_BYTES - (LENGTH_BYTES >> 5) - 4096))
                .as("nearly all at once")
                .isNotZero();
        space.close();
    }

    /** Its pages are there already, those of a longer range would have to come from the system. */
    @Test
    void shouldGiveTheLastFreedRangeOfTheSameLength() {
        LargeSpace space = open();
        int length = 65_552;
        space.allocate(length);
        long second = space.allocate(length);
        space.allocate(length);
        long fourth = space.allocate(length);
        space.allocate(length);
        space.free(second, length);
        space.free(fourth, length);
        assertThat(space.allocate(length)).isEqualTo(fourth);
        assertThat(space.allocate(length - 10)).isEqualTo(second);
        space.check();
        space.close();
    }

    @Test
    void shouldKeepNoMoreThanSparePagesOfWhatIsFree() {
        LargeSpace space = open();
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            long block = space.allocate(100_000);
            Memory.fill(block, 100_000, (byte) 1);
            blocks.add(block);
        }
        for (int i = 0; i < 600; i += 2) {
            space.free(blocks.get(i), 100_000);
        }
        // Of a free range between two others at most two incomplete pages stay.
        assertThat(space.reserveBytes()).isLessThanOrEqualTo(LargeSpace.SPARE_BYTES + 300 * 2 * 4096);
        space.purge();
        space.check();
        assertThat(space.reserveBytes()).isLessThanOrEqualTo(300 * 2 * 4096);
        assertThat(Memory.getByte(blocks.get(0) + 50_000)).as("given back").isZero();
        assertThat(Memory.getByte(blocks.get(1) + 50_000)).isEqualTo((byte) 1);
        space.close();
    }
}
