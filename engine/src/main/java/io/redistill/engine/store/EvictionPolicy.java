// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import java.util.Locale;

/** Which keys have to go when memory is short, under Redis's names and one of ours. Immutable. */
public enum EvictionPolicy {
    /** None: commands that need memory are refused. */
    NOEVICTION(false),
    ALLKEYS_LRU(false),
    ALLKEYS_LFU(false),
    ALLKEYS_RANDOM(false),
    /** By {@link S3FifoQueues}. */
    ALLKEYS_S3FIFO(false),
    VOLATILE_LRU(true),
    VOLATILE_LFU(true),
    VOLATILE_RANDOM(true),
    VOLATILE_TTL(true);

    private final boolean onlyVolatile;

    EvictionPolicy(boolean onlyVolatile) {
        this.onlyVolatile = onlyVolatile;
    }

    /** Whether keys without a deadline stay. */
    public boolean onlyVolatile() {
        return onlyVolatile;
    }

    /** Whether it goes by how often keys are used. */
    public boolean byFrequency() {
        return this == ALLKEYS_LFU || this == VOLATILE_LFU;
    }

    /** Whether it goes by the order of queues. */
    public boolean byQueues() {
        return this == ALLKEYS_S3FIFO;
    }

    /** As it is written in settings: {@code allkeys-lru}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
