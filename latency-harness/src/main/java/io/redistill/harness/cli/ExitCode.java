// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

/** What the process answers its caller. */
public final class ExitCode {
    /** The run was made, bounds hold. */
    public static final int FINE = 0;
    /** A bound was missed, a comparison came out worse, or a run ended early. */
    public static final int MISSED = 1;
    /** Options that make no sense; nothing was run. */
    public static final int USAGE = 2;
    /** The figures may not be used. */
    public static final int INVALID = 3;

    private ExitCode() {}
}
