// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.engine.shard.WaitMode;
import java.util.Locale;

/** The engine's wait modes, by their names. */
enum WaitSetting implements ValueType.Choice {
    PARK(WaitMode.PARK),
    YIELD(WaitMode.YIELD),
    SPIN(WaitMode.SPIN);

    private final WaitMode mode;

    WaitSetting(WaitMode mode) {
        this.mode = mode;
    }

    WaitMode mode() {
        return mode;
    }

    @Override
    public String redisName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
