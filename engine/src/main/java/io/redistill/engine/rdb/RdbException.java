// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

import java.io.IOException;

/** Bytes that are not what the RDB format has. */
public final class RdbException extends IOException {
    private static final long serialVersionUID = 1L;

    public RdbException(String reason) {
        super(reason);
    }
}
