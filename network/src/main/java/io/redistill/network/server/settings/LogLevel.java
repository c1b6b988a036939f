// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** How much the server logs; each level includes those before it. */
public enum LogLevel implements ValueType.Choice {
    ERROR("warning"),
    WARN("warning"),
    INFO("notice"),
    DEBUG("debug");

    private final String redisName;

    LogLevel(String redisName) {
        this.redisName = redisName;
    }

    /** The nearest of Redis's levels, for {@code CONFIG GET loglevel}. */
    @Override
    public String redisName() {
        return redisName;
    }
}
