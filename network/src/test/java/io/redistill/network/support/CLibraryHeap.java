// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Structure;

/** What the C library's allocator has given out: memory that no counter of ours sees. */
public final class CLibraryHeap {
    private CLibraryHeap() {}

    /** glibc's {@code struct mallinfo2}. */
    @Structure.FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static class Info extends Structure implements Structure.ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        public long uordblks;
        public long fordblks;
        public long keepcost;
    }

    /** Bytes in use, or -1 where the library cannot tell. */
    public static long usedBytes() {
        try {
            Info info = (Info) NativeLibrary.getInstance(com.sun.jna.Platform.C_LIBRARY_NAME)
                    .getFunction("mallinfo2")
                    .invoke(Info.class, new Object[0]);
            return Native.SIZE_T_SIZE == Long.BYTES ? info.uordblks + info.hblkhd : -1;
        } catch (UnsatisfiedLinkError e) {
            return -1;
        }
    }
}
