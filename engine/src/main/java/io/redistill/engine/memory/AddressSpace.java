// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import java.nio.file.Files;
import java.nio.file.Path;
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
 * <p><b>Ahead.</b> The first touch of a huge page makes the system find and clear 2 MiB: 0.1 ms on a machine of its own,
 * 8 ms measured on a virtual one whose host has to find the memory as well. So that no command waits for that, a thread of
 * the address space keeps a few free segments touched. Where there is more than one memory node this is left to the
 * owners, since a page comes from the node of the processor that touches it first.
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

    private static final Path SECOND_MEMORY_NODE = Path.of("/sys/devices/system/node/node1");
    private static final int SMALL_PAGE_BYTES = 4096;

    /** A quarter of the mappings that Linux allows a process, in the worst case. */
    private static final int MAX_SEGMENTS_WITH_HOLES = 8192;

    private final Mapping mapping;
    private final long base;
    private final int segmentCount;

    private final boolean hugePages;
    private int segmentsWithHoles;

    private final BitSet used = new BitSet();
    private int usedCount;
    private final long[] ahead;
    private int aheadCount;
    private boolean closed;
    private final @Nullable Thread toucher;

    /** An address space that touches nothing ahead. */
    public AddressSpace(long lengthBytes, boolean hugePages) {
        this(lengthBytes, hugePages, 0);
    }

    /**
     * Reserves at least {@code lengthBytes} bytes.
     *
     * @param lengthBytes 1 byte to 8 TiB; rounded up to whole segments
     * @param hugePages whether to ask for transparent huge pages
     * @param segmentsAhead free segments to keep touched, 0 for none
     * @throws IllegalStateException when the system refuses the reservation
     */
    public AddressSpace(long lengthBytes, boolean hugePages, int segmentsAhead) {
        long rounded = roundUp(lengthBytes);
        if (lengthBytes <= 0 || rounded > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " is not in 1 to 8 TiB");
        }
        this.hugePages = hugePages;
        mapping = Mapping.reserve(rounded + SEGMENT_LENGTH_BYTES, hugePages);
        base = roundUp(mapping.address());
        segmentCount = (int) (rounded / SEGMENT_LENGTH_BYTES);
        ahead = new long[Files.exists(SECOND_MEMORY_NODE) ? 0 : segmentsAhead];
        if (ahead.length == 0) {
            toucher = null;
        } else {
            toucher = new Thread(this::touchAhead, "memory");
            toucher.setDaemon(true);
            toucher.start();
        }
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
        long address;
        if (aheadCount > 0) {
            address = ahead[--aheadCount];
            notifyAll();
        } else {
            address = reserve();
        }
        usedCount += address != 0 ? 1 : 0;
        return address;
    }

    private long reserve() {
        int segment = used.nextClearBit(0);
        if (segment >= segmentCount) {
            return 0;
        }
        used.set(segment);
        return base + (long) segment * SEGMENT_LENGTH_BYTES;
    }

    private void touchAhead() {
        try {
            long address;
            while ((address = awaitWanted()) != 0) {
                for (int offset = 0; offset < SEGMENT_LENGTH_BYTES; offset += SMALL_PAGE_BYTES) {
                    Memory.putByte(address + offset, (byte) 0);
                }
                synchronized (this) {
                    ahead[aheadCount++] = address;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A free segment, once one is to be touched; 0 when the address space is closed. */
    private synchronized long awaitWanted() throws InterruptedException {
        while (!closed) {
            long address = aheadCount < ahead.length ? reserve() : 0;
            if (address != 0) {
                return address;
            }
            wait();
        }
        return 0;
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
        notifyAll();
    }

    /** Returns the memory of some whole pages of a segment with holes to the system; their contents are lost. */
    void discard(long address, long lengthBytes) {
        mapping.discard(address, lengthBytes);
    }

    /**
     * Begins or ends that parts of a segment are discarded. Meanwhile it has small pages only, since the system would make
     * it whole again.
     *
     * @return false when there are too many such segments: the system counts each as two mappings, of which there is a limit
     */
    synchronized boolean holes(long segment, boolean has) {
        if (!has) {
            segmentsWithHoles--;
            if (hugePages) {
                mapping.useHugePages(segment, SEGMENT_LENGTH_BYTES);
            }
            return true;
        }
        if (segmentsWithHoles == MAX_SEGMENTS_WITH_HOLES) {
            return false;
        }
        segmentsWithHoles++;
        mapping.useSmallPages(segment, SEGMENT_LENGTH_BYTES);
        return true;
    }

    /** Free segments that are touched already. */
    synchronized int aheadCount() {
        return aheadCount;
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
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (toucher != null && toucher.isAlive()) {
            try {
                toucher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        mapping.close();
    }

    private static long roundUp(long value) {
        return (value + SEGMENT_LENGTH_BYTES - 1) & -SEGMENT_LENGTH_BYTES;
    }
}
