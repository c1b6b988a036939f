// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** What happens when memory is full. */
public enum EvictionPolicy implements ValueType.Choice {
    /** Writes that need memory are refused with {@code -OOM}. */
    NOEVICTION;

    @Override
    public String redisName() {
        return "noeviction";
    }
}
