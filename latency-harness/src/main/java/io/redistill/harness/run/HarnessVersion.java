// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.record.Environment;
import io.redistill.harness.record.RunRecord;

/** Version and commit of this harness: the jar's manifest has the one, the launcher tells the other. */
final class HarnessVersion {
    private static final String COMMIT_PROPERTY = "io.redistill.harness.commit";

    private HarnessVersion() {}

    static RunRecord.Harness read() {
        String version = HarnessVersion.class.getPackage().getImplementationVersion();
        String commit = System.getProperty(COMMIT_PROPERTY, "");
        return new RunRecord.Harness(
                version == null ? Environment.UNKNOWN : version, commit.isEmpty() ? Environment.UNKNOWN : commit);
    }
}
