// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** The start is refused; the message is one line, complete, for the operator. Never leaves this package. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message, null, false, false);
    }

    /** The message, which is never absent. */
    String line() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
