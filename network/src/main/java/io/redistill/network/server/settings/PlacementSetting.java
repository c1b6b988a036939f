// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.Locale;

/** Who drains a command ring. */
enum PlacementSetting implements ValueType.Choice {
    /** The server decides by the number of processors. */
    AUTO,
    /** The event loop's own thread. */
    FUSED,
    /** A thread for each shard. */
    DEDICATED;

    @Override
    public String redisName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
