// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.reply;

/**
 * The port through which the engine speaks: where a batch goes when the last of its parts is executed.
 *
 * @param <B> the kind of batch
 *
 * <p>Threading: called on the thread of the shard that finished; must neither block nor allocate.
 */
@FunctionalInterface
public interface ReplySink<B> {
    /** Takes a batch, all of whose replies are written, back into its owner's hands. */
    void finished(B batch);
}
