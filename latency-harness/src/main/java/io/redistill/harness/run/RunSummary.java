// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.report.Units;
import java.util.Locale;

/** The record of a run as text for a terminal. */
public final class RunSummary {
    private RunSummary() {}

    /** A few lines per run, INVALID first where it is. */
    public static String text(RunRecord record, String folder) {
        StringBuilder text = new StringBuilder();
        if (!record.validity().valid()) {
            text.append("INVALID: these figures may not be used\n");
            record.validity()
                    .reasons()
                    .forEach(reason -> text.append("  ").append(reason).append('\n'));
        }
        if (!record.end().equals(RunRecord.COMPLETE)) {
            text.append("ended early: ").append(record.end()).append('\n');
        }
        var configuration = record.configuration();
        line(
                text,
                "%s, %s arrivals, %s, %d connections, %d thread%s, send %s, receive %s",
                configuration.loop(),
                configuration.arrivals(),
                configuration.ratePerSecond() > 0
                        ? String.format(Locale.ROOT, "%,.0f/s asked", configuration.ratePerSecond())
                        : "no rate asked",
                configuration.connections(),
                configuration.threads(),
                configuration.threads() == 1 ? "" : "s",
                configuration.sendMode(),
                configuration.receiveMode());
        var counts = record.counts();
        line(
                text,
                "%,d replies in %.2f s (%,.0f/s), %d errors, %d lost, %d reconnects, hit ratio %s",
                counts.replies(),
                counts.measuredNs() / 1e9,
                counts.repliesPerSecond(),
                counts.errors(),
                counts.lost(),
                counts.reconnects(),
                Double.isNaN(counts.hitRatio()) ? "-" : String.format(Locale.ROOT, "%.4f", counts.hitRatio()));
        table(text, record);
        line(
                text,
                "server %s: CPU %s per command (%s), RSS %s",
                record.server().name(),
                Double.isNaN(record.server().cpuNsPerCommand())
                        ? "unknown"
                        : Units.time(record.server().cpuNsPerCommand()),
                record.server().cpuSource(),
                record.server().rssEndBytes() < 0 ? "unknown" : (record.server().rssEndBytes() >> 20) + " MiB");
        line(
                text,
                "generator: %s per request, %.0f %% busy, %d bytes allocated, hiccup max %s, steal %s",
                Units.time(record.generator().costPerRequestNs()),
                100 * record.generator().busyShare(),
                record.generator().allocatedBytes(),
                Units.time(record.generator().hiccupMaxNs()),
                record.generator().stealNs() < 0
                        ? "unknown"
                        : Units.time(record.generator().stealNs()));
        record.validity()
                .warnings()
                .forEach(warning -> text.append("note: ").append(warning).append('\n'));
        return text.append(folder).append('\n').toString();
    }

    private static void table(StringBuilder text, RunRecord record) {
        text.append(String.format(Locale.ROOT, "%-18s%12s", "", "samples"));
        for (double percentile : Series.PERCENTILES) {
            text.append(String.format(Locale.ROOT, "%10s", percentile == 100 ? "max" : "p" + trimmed(percentile)));
        }
        text.append('\n');
        for (Series series : record.series()) {
            text.append(String.format(Locale.ROOT, "%-18s%,12d", series.tag(), series.count()));
            for (Series.PercentileValue value : series.percentiles()) {
                text.append(
                        String.format(Locale.ROOT, "%10s", Units.time(value.valueNs()) + (value.enough() ? "" : "?")));
            }
            text.append('\n');
        }
        text.append("? too few samples beyond it for a verdict\n");
    }

    private static String trimmed(double percentile) {
        String text = Double.toString(percentile);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
