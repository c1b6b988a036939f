// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

/**
 * The block lengths of an {@link Arena}: multiples of 8 up to 256 bytes, then eight steps to each doubling, each
 * stretched to the longest of which as many fit into a run. At most 15 % of a block is lost, and more only where a shorter
 * block would not fit into a run more often.
 *
 * <p>Threading: immutable.
 */
final class SizeClasses {
    /** Longest block: three fit into a run. */
    static final int MAX_BLOCK_BYTES = (Arena.RUN_LENGTH_BYTES - Arena.RUN_HEADER_BYTES) / 3 & -8;

    private static final int LINEAR_LIMIT = 256;

    private static final int[] LENGTHS = lengths();

    /** Class of a length, by the length in granules (of 8 bytes), rounded up. */
    private static final byte[] CLASS_OF_GRANULES = classOfGranules();

    private SizeClasses() {}

    static int count() {
        return LENGTHS.length;
    }

    /** Class of the shortest block that holds {@code length} bytes; 1 to {@link #MAX_BLOCK_BYTES}. */
    static int classOf(int length) {
        return CLASS_OF_GRANULES[(length + 7) >>> 3];
    }

    static int lengthOf(int sizeClass) {
        return LENGTHS[sizeClass];
    }

    private static int[] lengths() {
        int[] found = new int[128];
        int count = 0;
        for (int length = 8; length <= LINEAR_LIMIT; length += 8) {
            found[count++] = length;
        }
        int usable = Arena.RUN_LENGTH_BYTES - Arena.RUN_HEADER_BYTES;
        for (int doubling = LINEAR_LIMIT; doubling < MAX_BLOCK_BYTES; doubling *= 2) {
            for (int step = 1; step <= 8; step++) {
                int wanted = doubling + doubling / 8 * step;
                int perRun = usable / wanted;
                // As long as the number in a run stays the same a longer block costs nothing.
                int length = perRun <= 3 ? MAX_BLOCK_BYTES : usable / perRun & -8;
                if (length > found[count - 1]) {
                    found[count++] = length;
                }
                if (length == MAX_BLOCK_BYTES) {
                    break;
                }
            }
        }
        return java.util.Arrays.copyOf(found, count);
    }

    private static byte[] classOfGranules() {
        byte[] classes = new byte[(MAX_BLOCK_BYTES >>> 3) + 1];
        int sizeClass = 0;
        for (int granules = 1; granules < classes.length; granules++) {
            if (granules << 3 > LENGTHS[sizeClass]) {
                sizeClass++;
            }
            classes[granules] = (byte) sizeClass;
        }
        return classes;
    }
}
