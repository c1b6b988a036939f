// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

/**
 * When to save without being asked: so many seconds after the last time, if so many keys changed.
 *
 * @param seconds from 1
 * @param changes from 0, as in Redis; nothing is saved without a change all the same
 */
public record SaveRule(int seconds, long changes) {
    /** Whether the rule wants a snapshot. */
    boolean isDue(long secondsSinceLast, long changesSinceLast) {
        return changesSinceLast >= Math.max(1, changes) && secondsSinceLast > seconds;
    }
}
