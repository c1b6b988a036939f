// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Hears what Netty's leak detector says. {@link #install} before the first buffer is made.
 *
 * <p>Threading: any thread.
 */
public final class LeakWatch {
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    /** Held here, since the log manager does not hold its loggers. */
    private static final Logger LOGGER = Logger.getLogger(ResourceLeakDetector.class.getName());

    static {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        LOGGER.addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                String message = record.getMessage();
                if (message != null && message.startsWith("LEAK")) {
                    LEAKS.add(message);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private LeakWatch() {}

    /** Begins to listen; nothing more happens after the first time. */
    public static void install() {
        if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            throw new IllegalStateException("leak detection is " + ResourceLeakDetector.getLevel() + ", not PARANOID");
        }
    }

    /** What was reported since the start of the process, after everything unreachable has been looked at. */
    public static List<String> leaks() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            PhantomReference<Object> sentinel = new PhantomReference<>(new Object(), queue);
            System.gc();
            if (queue.remove(10_000) != sentinel) {
                throw new IllegalStateException("the collector did not run");
            }
            // The detector reports when the next buffer is made.
            ByteBuf probe = UnpooledByteBufAllocator.DEFAULT.directBuffer(8);
            probe.release();
        }
        return List.copyOf(LEAKS);
    }

    /** Forgets a leak that a test made on purpose. */
    static void forget(String leak) {
        LEAKS.remove(leak);
    }
}
