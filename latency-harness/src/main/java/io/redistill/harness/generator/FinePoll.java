// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.generator;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Waits for sockets with {@code ppoll(2)}, whose time limit is in nanoseconds; that of a Java selector is in
 * milliseconds, far too coarse for a schedule.
 *
 * <p>Threading: confined to the generator thread.
 */
final class FinePoll {
    private static final int POLLFD_BYTES = 8;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final long SECOND_NS = 1_000_000_000L;

    private final Memory descriptors;
    private final Memory timespec = new Memory(16);
    private final long descriptorsAddress;
    private final long timespecAddress;
    private final int count;
    private final Method descriptorOf;
    private boolean slackSet;

    private FinePoll(int count, Method descriptorOf) {
        this.count = count;
        this.descriptorOf = descriptorOf;
        descriptors = new Memory((long) count * POLLFD_BYTES);
        descriptors.clear();
        for (int i = 0; i < count; i++) {
            forget(i);
        }
        descriptorsAddress = Pointer.nativeValue(descriptors);
        timespecAddress = Pointer.nativeValue(timespec);
    }

    /** Null where the system has no {@code ppoll} or the JVM hides descriptors. */
    static @Nullable FinePoll createIfPossible(int count) {
        if (!Platform.isLinux() || !Libc.LOADED) {
            return null;
        }
        try {
            Method descriptorOf = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            descriptorOf.setAccessible(true);
            return new FinePoll(count, descriptorOf);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // the caller says that it waits in milliseconds
        }
    }

    /** Watches a socket for selector operations. */
    void watch(int index, SocketChannel channel, int operations) {
        int descriptor;
        try {
            descriptor = (int) descriptorOf.invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        short events = 0;
        if ((operations & SelectionKey.OP_READ) != 0) {
            events |= POLLIN;
        }
        if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            events |= POLLOUT;
        }
        descriptors.setInt((long) index * POLLFD_BYTES, descriptor);
        descriptors.setShort((long) index * POLLFD_BYTES + 4, events);
    }

    /** The kernel passes over negative descriptors. */
    void forget(int index) {
        descriptors.setInt((long) index * POLLFD_BYTES, -1);
    }

    /** Sleeps until a watched socket is ready or the time is over. */
    void await(long ns) {
        if (!slackSet) { // of the calling thread: the kernel may wake it 50 us late otherwise
            Libc.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
            slackSet = true;
        }
        timespec.setLong(0, ns / SECOND_NS);
        timespec.setLong(8, ns % SECOND_NS);
        Libc.ppoll(descriptorsAddress, count, timespecAddress, 0);
    }

    void close() {
        descriptors.close();
        timespec.close();
    }

    /** Mapped directly, with addresses as numbers: such a call makes no object. */
    private static final class Libc {
        static final boolean LOADED = load();

        private static boolean load() {
            try {
                Native.register(Libc.class, Platform.C_LIBRARY_NAME);
                return true;
            } catch (UnsatisfiedLinkError e) {
                return false;
            }
        }

        static native int ppoll(long descriptors, long count, long timespec, long signals);

        static native int prctl(int option, long a, long b, long c, long d);
    }
}
