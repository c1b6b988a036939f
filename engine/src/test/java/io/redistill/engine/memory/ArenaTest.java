// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaTest {
    private static final int SEGMENT = AddressSpace.SEGMENT_LENGTH_BYTES;
    private static final long SPARE_BYTES = 2L * SEGMENT;

    /** A live block as the test knows it. */
    private record Block(long address, int length, byte pattern) {}

    /** Live blocks by address, with what the arena must answer about them. */
    private static final class Reference {
        final Arena arena;
        final TreeMap<Long, Block> byAddress = new TreeMap<>();
        final List<Block> list = new ArrayList<>();
        final Map<Long, Integer> positions = new HashMap<>();
        long usedBytes;
        byte nextPattern;

        Reference(Arena arena) {
            this.arena = arena;
        }

        boolean allocate(int length) {
            long address = arena.allocate(length);
            if (address == 0) {
                assertThat(arena.usedBytes()).isEqualTo(usedBytes);
                return false;
            }
            int blockLength = Arena.blockLength(length);
            assertThat(address % AddressSpace.GRANULE_BYTES).isZero();
            Map.Entry<Long, Block> below = byAddress.floorEntry(address);
            if (below != null) {
                Block block = below.getValue();
                assertThat(block.address + Arena.blockLength(block.length)).isLessThanOrEqualTo(address);
            }
            Long above = byAddress.ceilingKey(address);
            if (above != null) {
                assertThat(above).isGreaterThanOrEqualTo(address + blockLength);
            }
            Block block = new Block(address, length, ++nextPattern);
            Memory.fill(address, length, block.pattern);
            byAddress.put(address, block);
            positions.put(address, list.size());
            list.add(block);
            usedBytes += blockLength;
            assertThat(arena.usedBytes()).isEqualTo(usedBytes);
            return true;
        }

        void free(int position) {
            Block block = list.get(position);
            Block last = list.remove(list.size() - 1);
            if (last != block) {
                list.set(position, last);
                positions.put(last.address, position);
            }
            positions.remove(block.address);
            byAddress.remove(block.address);
            check(block);
            arena.free(block.address);
            usedBytes -= Arena.blockLength(block.length);
            assertThat(arena.usedBytes()).isEqualTo(usedBytes);
        }

        void checkAll() {
            list.forEach(Reference::check);
        }

        static void check(Block block) {
            byte[] bytes = Memory.toArray(block.address, block.length);
            byte[] expected = new byte[block.length];
            Arrays.fill(expected, block.pattern);
            assertThat(Arrays.equals(bytes, expected)).as("%s", block).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void shouldAgreeWithAReferenceThroughRandomChanges(int segments) {
        SplittableRandom random = new SplittableRandom(Seeds.next("ArenaTest " + segments));
        try (AddressSpace space = new AddressSpace((long) segments * SEGMENT, false)) {
            Reference reference = new Reference(new Arena(space, true));
            int refused = 0;
            for (int phase = 0; phase < 12; phase++) {
                boolean grow = phase % 2 == 0;
                int style = random.nextInt(3);
                for (int step = 0; step < 1500; step++) {
                    if (reference.list.isEmpty() || random.nextInt(10) < (grow ? 8 : 2)) {
                        refused += reference.allocate(randomLength(random, style)) ? 0 : 1;
                    } else {
                        reference.free(random.nextInt(reference.list.size()));
                    }
                }
                reference.checkAll();
                assertThat(reference.arena.heldBytes()).isEqualTo(space.usedBytes());
                assertThat(reference.arena.heldBytes()).isGreaterThanOrEqualTo(reference.usedBytes);
            }
            while (reference.allocate(1000)) {}
            refused++;
            while (!reference.list.isEmpty()) {
                reference.free(random.nextInt(reference.list.size()));
            }
            assertThat(refused).isPositive();
            assertThat(reference.arena.usedBytes()).isZero();
            assertThat(space.usedBytes()).isLessThanOrEqualTo(SPARE_BYTES);
            assertThat(reference.arena.heldBytes()).isEqualTo(space.usedBytes());
        }
    }

    private static int randomLength(SplittableRandom random, int style) {
        return switch (style) {
            case 0 -> 1 + random.nextInt(300);
            case 1 -> 1 + random.nextInt(Arena.MAX_BLOCK_BYTES);
            default -> 1 + random.nextInt(1 << 3 + random.nextInt(12));
        };
    }

    @Test
    void shouldRefuseWhenExhaustedAndServeEveryLengthAgainAfterwards() {
        try (AddressSpace space = new AddressSpace(3L * SEGMENT, false)) {
            Reference reference = new Reference(new Arena(space, true));
            // Filling with small blocks takes long: classes 0 to 24 are those up to 200 bytes.
            for (int sizeClass = 24; sizeClass < SizeClasses.count(); sizeClass += 5) {
                int length = SizeClasses.lengthOf(sizeClass);
                while (reference.allocate(length)) {}
                assertThat(space.usedBytes()).isEqualTo(3L * SEGMENT);
                int perRun = (Arena.RUN_LENGTH_BYTES - Arena.RUN_HEADER_BYTES) / length;
                assertThat(reference.list).as("no run is left").hasSize(3 * 32 * perRun);
                reference.free(reference.list.size() / 2);
                assertThat(reference.allocate(length)).as("one was freed").isTrue();
                assertThat(reference.allocate(length)).isFalse();
                while (!reference.list.isEmpty()) {
                    reference.free(reference.list.size() - 1);
                }
                assertThat(space.usedBytes()).isEqualTo(SPARE_BYTES);
            }
        }
    }

    @Test
    void shouldLeaveSegmentsToOthers() {
        try (AddressSpace space = new AddressSpace(4L * SEGMENT, false)) {
            Reference first = new Reference(new Arena(space, true));
            Reference second = new Reference(new Arena(space, true));
            while (first.allocate(5000)) {}
            assertThat(second.allocate(1)).isFalse();
            while (!first.list.isEmpty()) {
                first.free(first.list.size() - 1);
            }
            while (second.allocate(7000)) {}
            assertThat(second.arena.heldBytes()).isEqualTo(2L * SEGMENT);
            assertThat(first.arena.heldBytes()).isEqualTo(SPARE_BYTES);
            second.checkAll();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPoisonFreedBlocksWhenAsked(boolean poison) {
        try (AddressSpace space = new AddressSpace(SEGMENT, false)) {
            Arena arena = new Arena(space, poison);
            arena.allocate(100);
            long block = arena.allocate(100);
            Memory.fill(block, 100, (byte) 1);
            arena.free(block);
            // The first four bytes link to the next free block.
            for (int i = 4; i < 100; i++) {
                assertThat(Memory.getByte(block + i)).isEqualTo(poison ? (byte) 0xdb : 1);
            }
        }
    }
}
