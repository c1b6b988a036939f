// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.machine;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads of this JVM that compile. On a small machine they run on the server's processor, which they would hold for
 * milliseconds each time.
 *
 * <p>Source: {@code sched(7)}: a thread of the policy SCHED_IDLE makes way at once for any other that wakes. Without the
 * privilege to raise priorities there is no way back.
 *
 * <p>Threading: one thread at a time.
 */
public final class CompilerThreads {
    private static final int SCHED_IDLE = 5;
    private static final byte[] NO_PRIORITY = new byte[Integer.BYTES]; // struct sched_param

    private final List<Integer> threads = new ArrayList<>();

    /** Finds them; none where that is not possible. */
    public CompilerThreads() {
        String[] tasks = new File("/proc/self/task").list();
        if (tasks == null || !CLibrary.LOADED) {
            return;
        }
        for (String task : tasks) {
            String name = SystemFiles.line("/proc/self/task/" + task + "/comm");
            if (name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")) {
                threads.add(Integer.parseInt(task));
            }
        }
    }

    /**
     * From now on they, and those that they start, run only where nothing else wants the processor.
     *
     * @return how many do
     */
    public int makeWay() {
        int done = 0;
        for (int thread : threads) {
            done += CLibrary.sched_setscheduler(thread, SCHED_IDLE, NO_PRIORITY) == 0 ? 1 : 0;
        }
        return done;
    }

    private static final class CLibrary {
        static final boolean LOADED = load();

        private static boolean load() {
            if (!Platform.isLinux()) {
                return false;
            }
            try {
                Native.register(CLibrary.class, Platform.C_LIBRARY_NAME);
                return true;
            } catch (UnsatisfiedLinkError | NoClassDefFoundError noNativeAccess) {
                return false;
            }
        }

        static native int sched_setscheduler(int thread, int policy, byte[] parameters);
    }
}
