// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;

/** A file that is no snapshot, or not a whole and undamaged one. The message says which file, where and why. */
public final class SnapshotDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    SnapshotDamagedException(String name, long offset, String reason) {
        super(name + " is refused at offset " + offset + ": " + reason);
        this.offset = offset;
    }

    /** Where in the file the fault is: the beginning of the document that has it. */
    public long offset() {
        return offset;
    }
}
