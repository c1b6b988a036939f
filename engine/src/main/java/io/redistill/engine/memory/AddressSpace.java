// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous range of virtual addresses, dealt out in {@link #SEGMENT_LENGTH_BYTES segments}.
 *
 * <p>The range is reserved without being committed: a segment costs physical memory only once it is touched, and gives
 * it back when released. Because the range never moves, a reference is an offset from its {@link #base()} in units of
 * {@link #GRANULE_BYTES}, which fits in {@link #REFERENCE_BITS} bits; reference 0 is never dealt out and means
 * "none".
 *
 * <p>Threading: {@link #acquireSegment} and {@link #releaseSegment} any thread (a monitor; they are rare), the rest
 * immutable. {@link #close} only after every owner of a segment has stopped.
 */
public final class AddressSpace implements AutoCloseable {
    /** Length and alignment of a segment: one huge page on x86-64 and aarch64. */
    public static final int SEGMENT_LENGTH_BYTES = 2 << 20;

    /** Unit of references. */
    public static final int GRANULE_BYTES = 8;

    /** Bits that hold any reference: 2^40 granules are 8 TiB. */
    public static final int REFERENCE_BITS = 40;

    /** Longest range that references reach. */
    public static final long MAX_LENGTH_BYTES = (long) GRANULE_BYTES << REFERENCE_BITS;

    private final Mapping mapping;
    private final long base;
    private final int segmentCount;

    private final BitSet used = new BitSet();
    private int usedCount;

    /**
     * Reserves at least {@code lengthBytes} bytes.
     *
     * @param lengthBytes 1 byte to 8 TiB; rounded up to whole segments
     * @param hugePages whether to ask for transparent huge pages
     * @throws IllegalStateException when the system refuses the reservation
     */
    public AddressSpace(long lengthBytes, boolean hugePages) {
        long rounded = roundUp(lengthBytes);
        if (lengthBytes <= 0 || rounded > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " is not in 1 to 8 TiB");
        }
        mapping = Mapping.reserve(rounded + SEGMENT_LENGTH_BYTES, hugePages);
        base = roundUp(mapping.address());
        segmentCount = (int) (rounded / SEGMENT_LENGTH_BYTES);
    }

    /**
     * Why memory cannot be mapped on this machine, or null if it can. Without that, the range is taken from the C
     * library: on no huge pages, and none of it goes back to the system before the end.
     */
    public static @Nullable String mappingUnavailability() {
        return Mapping.unavailability();
    }

    /** Absolute address of reference 0. */
    public long base() {
        return base;
    }

    /** Absolute address of a free segment, or 0 when the range is used up. The caller owns it until it releases it. */
    public synchronized long acquireSegment() {
        int segment = used.nextClearBit(0);
        if (segment >= segmentCount) {
            return 0;
        }
        used.set(segment);
        usedCount++;
        return base + (long) segment * SEGMENT_LENGTH_BYTES;
    }

    /** Takes a segment back and returns its memory to the system; its contents are lost. */
    public synchronized void releaseSegment(long address) {
        int segment = (int) ((address - base) / SEGMENT_LENGTH_BYTES);
        if (!used.get(segment)) {
            throw new IllegalStateException("segment " + segment + " was released twice");
        }
        mapping.discard(address, SEGMENT_LENGTH_BYTES);
        used.clear(segment);
        usedCount--;
    }

    /** Bytes in segments now dealt out. */
    public synchronized long usedBytes() {
        return (long) usedCount * SEGMENT_LENGTH_BYTES;
    }

    /** Bytes that can be dealt out in all. */
    public long lengthBytes() {
        return (long) segmentCount * SEGMENT_LENGTH_BYTES;
    }

    @Override
    public void close() {
        mapping.close();
    }

    private static long roundUp(long value) {
        return (value + SEGMENT_LENGTH_BYTES - 1) & -SEGMENT_LENGTH_BYTES;
    }
}
