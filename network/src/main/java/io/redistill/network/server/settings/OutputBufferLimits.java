// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Redis's {@code client-output-buffer-limit}: for each class of clients a hard limit, a soft one, and the seconds that the
 * soft one may be passed for; 0 for no limit. Only {@code normal} clients exist in this version.
 *
 * <p>Threading: immutable.
 */
record OutputBufferLimits(Limit normal, Limit replica, Limit pubsub) {
    static final OutputBufferLimits DEFAULT = new OutputBufferLimits(
            new Limit(0, 0, 0), new Limit(256L << 20, 64L << 20, 60), new Limit(32L << 20, 8L << 20, 60));

    record Limit(long hardBytes, long softBytes, int softSeconds) {
        @Override
        public String toString() {
            return hardBytes + " " + softBytes + " " + softSeconds;
        }
    }

    /** With another limit for one class; null when there is no such class. */
    @Nullable
    OutputBufferLimits with(String clientClass, Limit limit) {
        return switch (clientClass.toLowerCase(Locale.ROOT)) {
            case "normal" -> new OutputBufferLimits(limit, replica, pubsub);
            case "slave", "replica" -> new OutputBufferLimits(normal, limit, pubsub);
            case "pubsub" -> new OutputBufferLimits(normal, replica, limit);
            default -> null;
        };
    }

    @Override
    public String toString() {
        return "normal " + normal + " slave " + replica + " pubsub " + pubsub;
    }
}
