// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.engine.store.EvictionPolicy;

/** What happens when memory is full, as it is written in settings. */
enum EvictionPolicySetting implements ValueType.Choice {
    NOEVICTION(EvictionPolicy.NOEVICTION),
    ALLKEYS_LRU(EvictionPolicy.ALLKEYS_LRU),
    ALLKEYS_LFU(EvictionPolicy.ALLKEYS_LFU),
    ALLKEYS_RANDOM(EvictionPolicy.ALLKEYS_RANDOM),
    ALLKEYS_S3FIFO(EvictionPolicy.ALLKEYS_S3FIFO),
    VOLATILE_LRU(EvictionPolicy.VOLATILE_LRU),
    VOLATILE_LFU(EvictionPolicy.VOLATILE_LFU),
    VOLATILE_RANDOM(EvictionPolicy.VOLATILE_RANDOM),
    VOLATILE_TTL(EvictionPolicy.VOLATILE_TTL);

    private final EvictionPolicy policy;

    EvictionPolicySetting(EvictionPolicy policy) {
        this.policy = policy;
    }

    EvictionPolicy policy() {
        return policy;
    }

    @Override
    public String text() {
        return policy.text();
    }

    @Override
    public String redisName() {
        return policy.text();
    }
}
