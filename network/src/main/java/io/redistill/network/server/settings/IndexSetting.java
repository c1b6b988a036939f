// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.engine.store.IndexKind;

/** The engine's key index, by the names of its implementations. */
enum IndexSetting implements ValueType.Choice {
    EXTENDIBLE(IndexKind.EXTENDIBLE),
    STRIPED(IndexKind.STRIPED);

    private final IndexKind kind;

    IndexSetting(IndexKind kind) {
        this.kind = kind;
    }

    IndexKind kind() {
        return kind;
    }

    @Override
    public String redisName() {
        return this == EXTENDIBLE ? "extendible" : "striped";
    }
}
