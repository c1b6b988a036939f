// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Lets threads have little of a processor that others want.
 *
 * <p>Source: {@code nice(2)}; Linux keeps a nice value for each thread and gives it to those that a thread starts.
 * Java's own priorities have no effect there.
 */
final class BackgroundPriority {
    /** A quarter of the processor beside one thread of ordinary priority: with less, locks would be held for too long. */
    private static final int NICE = 5;

    private BackgroundPriority() {}

    /** Puts the calling thread, and all that it will start, behind others; does nothing where that is not possible. */
    static void take() {
        if (!Platform.isLinux()) {
            return; // elsewhere the call means the whole process
        }
        try {
            CLibrary.nice(NICE);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError noNativeAccess) {
            // Then it has the priority of all others.
        }
    }

    private static final class CLibrary {
        static {
            Native.register(CLibrary.class, Platform.C_LIBRARY_NAME);
        }

        static native int nice(int increment);
    }
}
