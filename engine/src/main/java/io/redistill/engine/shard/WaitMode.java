// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

/** What a thread does that has nothing to do. */
public enum WaitMode {
    /** It sleeps until somebody wakes it. */
    PARK,

    /** It offers its processor to others and looks again. */
    YIELD,

    /** It looks again at once; needs a processor of its own. */
    SPIN
}
