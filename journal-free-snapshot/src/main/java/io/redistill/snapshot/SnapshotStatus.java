// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * What there is to tell about saving, at some moment.
 *
 * @param inProgress whether a snapshot is being saved
 * @param lastSaveMs when the last one that went well was complete, or the process started, ms since the epoch
 * @param lastOk whether the last one went well, or there was none
 * @param lastSeconds what the last one took, -1 when there was none
 * @param currentSeconds what the current one has taken so far, -1 when there is none
 * @param saves snapshots that went well
 * @param changesSinceLast changes of keys since the cut of the last one that went well
 * @param entries written so far for the current snapshot, 0 when there is none
 * @param totalEntries keys that there were at its cut
 * @param heldBytes bytes on their way to the writer
 * @param peakHeldBytes most of them during the current or last snapshot
 * @param budgetBytes most that they may become
 * @param entriesAhead entries of the current or last snapshot that were about to change before their turn
 * @param walkPauses how often its walk waited for the writer
 * @param fileBytes length of the last file that was completed
 * @param lastFailure why the last one failed, or null
 */
public record SnapshotStatus(
        boolean inProgress,
        long lastSaveMs,
        boolean lastOk,
        long lastSeconds,
        long currentSeconds,
        long saves,
        long changesSinceLast,
        long entries,
        long totalEntries,
        long heldBytes,
        long peakHeldBytes,
        long budgetBytes,
        long entriesAhead,
        long walkPauses,
        long fileBytes,
        @Nullable String lastFailure) {}
