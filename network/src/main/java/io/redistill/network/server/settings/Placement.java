// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** Who drains a command ring. */
public enum Placement implements ValueType.Choice {
    /** The server decides by the number of processors. */
    AUTO,
    /** The event loop's own thread. */
    FUSED;

    @Override
    public String redisName() {
        return this == AUTO ? "auto" : "fused";
    }
}
