// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.report.Units;
import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What is shown while a run goes on: one line that is written over on a terminal, a line a second elsewhere.
 *
 * <p>Threading: any thread, one at a time.
 */
public final class Progress {
    private static final int BAR = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final boolean quiet;
    private boolean lineOpen;

    public Progress(PrintWriter out, boolean quiet) {
        this.out = out;
        this.terminal = System.console() != null;
        this.quiet = quiet;
    }

    /** Says something, on a line of its own. */
    public synchronized void say(String text) {
        closeLine();
        out.println(text);
        out.flush();
    }

    /** Whether {@link #second} says anything. */
    boolean talks() {
        return !quiet;
    }

    synchronized void second(long startNs, long endNs, long replies, long errors, Histogram response) {
        if (quiet) {
            return;
        }
        double seconds = Math.max(1, endNs - startNs) / 1e9;
        show(String.format(
                Locale.ROOT,
                "%s %4.0f s  %,9.0f/s  p50 %-8s p99 %-8s max %-8s%s",
                startNs < 0 ? "warm-up" : "measure",
                endNs / 1e9,
                replies / seconds,
                Units.time(response.getValueAtPercentile(50)),
                Units.time(response.getValueAtPercentile(99)),
                Units.time(response.getMaxValue()),
                errors == 0 ? "" : "  errors " + errors));
    }

    synchronized void prefill(long done, long all) {
        int filled = (int) (BAR * done / Math.max(1, all));
        show(String.format(
                Locale.ROOT, "prefill [%s%s] %,d of %,d", "#".repeat(filled), ".".repeat(BAR - filled), done, all));
    }

    private void show(String line) {
        if (quiet) {
            return;
        }
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            lineOpen = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    synchronized void closeLine() {
        if (lineOpen) {
            out.println();
            lineOpen = false;
        }
    }
}
