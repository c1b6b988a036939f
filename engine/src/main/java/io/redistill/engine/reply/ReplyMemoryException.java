// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

/**
 * There is no memory for the rest of a reply: what was written of it is to be taken back, and the client, who cannot be
 * answered, to be disconnected. An exception, since it ends the encoding of a reply wherever that stands; rare, and
 * without a stack.
 *
 * <p>Threading: immutable.
 */
public final class ReplyMemoryException extends RuntimeException {
    static final ReplyMemoryException INSTANCE = new ReplyMemoryException();

    private static final long serialVersionUID = 1;

    private ReplyMemoryException() {
        super("no memory for replies", null, false, false);
    }
}
