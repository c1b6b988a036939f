// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

/** What the limit of a cache counts. */
public enum Counting {
    /** Objects, whatever their size. */
    OBJECTS,
    /** The bytes of the objects, and nothing around them. */
    BYTES,
    /** What the engine itself counts: entries in their blocks, index, queues. */
    MEMORY
}
