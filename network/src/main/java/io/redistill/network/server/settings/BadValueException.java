// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** A value that its setting does not take; the message says what is allowed instead. Cold path: start only. */
final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String allowed) {
        super(allowed, null, false, false);
    }
}
