// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.memory;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.jspecify.annotations.Nullable;

/**
 * A reservation of virtual memory: anonymous {@code mmap} without swap reservation on Linux, the C library's allocator
 * elsewhere or where native access fails (then nothing is given back before {@link #close}).
 *
 * <p>Threading: immutable; any thread. {@link #close} when nobody uses the range any more.
 */
final class Mapping {
    private final long address;
    private final long lengthBytes;
    private final boolean mapped;

    private Mapping(long address, long lengthBytes, boolean mapped) {
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.mapped = mapped;
    }

    static Mapping reserve(long lengthBytes, boolean hugePages) {
        if (isAvailable()) {
            long address = CLibrary.mmap(
                    0,
                    lengthBytes,
                    CLibrary.PROT_READ | CLibrary.PROT_WRITE,
                    CLibrary.MAP_PRIVATE | CLibrary.MAP_ANONYMOUS | CLibrary.MAP_NORESERVE,
                    -1,
                    0);
            if (address == -1) {
                throw new IllegalStateException(
                        "the system refuses to reserve " + lengthBytes + " bytes of address space");
            }
            if (hugePages) {
                // Advice only: a kernel without transparent huge pages refuses it and small pages serve as well.
                CLibrary.madvise(address, lengthBytes, CLibrary.MADV_HUGEPAGE);
            }
            return new Mapping(address, lengthBytes, true);
        }
        return new Mapping(Memory.allocate(lengthBytes), lengthBytes, false);
    }

    /** Whether there are mappings at all, and not only the C library's allocator. */
    static boolean isAvailable() {
        return Platform.isLinux() && CLibrary.AVAILABLE;
    }

    /** Refuses huge pages, so that what is next to a touched byte costs nothing and what is discarded stays away. */
    void useSmallPages(long from, long length) {
        if (mapped) {
            CLibrary.madvise(from, length, CLibrary.MADV_NOHUGEPAGE);
        }
    }

    /** Asks for huge pages again. */
    void useHugePages(long from, long length) {
        if (mapped) {
            CLibrary.madvise(from, length, CLibrary.MADV_HUGEPAGE);
        }
    }

    long address() {
        return address;
    }

    /** Gives the physical memory of a range back; reading it afterwards yields zeros (mapped) or old bytes (not). */
    void discard(long from, long length) {
        if (mapped) {
            CLibrary.madvise(from, length, CLibrary.MADV_DONTNEED);
        }
    }

    /** Why the system's calls cannot be made, or null if they can. */
    static @Nullable String unavailability() {
        return CLibrary.UNAVAILABILITY;
    }

    void close() {
        if (mapped) {
            CLibrary.munmap(address, lengthBytes);
        } else {
            Memory.free(address);
        }
    }

    /** The three calls of the C library that are needed, bound directly (no proxies). */
    private static final class CLibrary {
        static final int PROT_READ = 1;
        static final int PROT_WRITE = 2;
        static final int MAP_PRIVATE = 0x02;
        static final int MAP_ANONYMOUS = 0x20;
        static final int MAP_NORESERVE = 0x4000;
        static final int MADV_DONTNEED = 4;
        static final int MADV_HUGEPAGE = 14;
        static final int MADV_NOHUGEPAGE = 15;

        static final @Nullable String UNAVAILABILITY = bind();
        static final boolean AVAILABLE = UNAVAILABILITY == null;

        private static @Nullable String bind() {
            try {
                Native.register(CLibrary.class, Platform.C_LIBRARY_NAME);
                return null;
            } catch (UnsatisfiedLinkError | NoClassDefFoundError noNativeAccess) {
                return String.valueOf(noNativeAccess.getMessage());
            }
        }

        static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset);

        static native int munmap(long address, long length);

        static native int madvise(long address, long length, int advice);
    }
}
