// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.Environment;
import io.redistill.harness.record.GeneratorRecord;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.Series;
import io.redistill.harness.record.ServerRecord;
import io.redistill.harness.record.SlowRequest;
import io.redistill.harness.report.Page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables of a run. */
final class RunTables {
    private RunTables() {}

    /** What was asked of the server, in one line. */
    static String load(RunConfiguration configuration) {
        StringBuilder load = new StringBuilder(configuration.loop());
        if (configuration.ratePerSecond() > 0) {
            load.append(" at ")
                    .append(Units.count(configuration.ratePerSecond()))
                    .append(" requests a second");
        }
        if (configuration.loop().equals(RunConfiguration.OPEN_LOOP)) {
            load.append(", ").append(configuration.arrivals()).append(" arrivals");
        }
        load.append(", ").append(counted(configuration.connections(), "connection"));
        load.append(", ").append(counted(configuration.threads(), "generator thread"));
        load.append(" (sending: ").append(configuration.sendMode()).append(", receiving: ");
        load.append(configuration.receiveMode()).append("), ");
        return load.append(Units.time(configuration.durationNs()))
                .append(" after a warm-up of ")
                .append(Units.time(configuration.warmUpNs()))
                .toString();
    }

    private static String counted(int number, String noun) {
        return Units.count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    static Table percentiles(RunRecord record) {
        List<String> columns = new ArrayList<>(List.of("<", "samples", "mean"));
        Series.PERCENTILES.forEach(percentile -> columns.add(Units.percentile(percentile)));
        Table table = new Table(columns.toArray(new String[0]));
        for (Series series : record.series()) {
            List<String> cells = new ArrayList<>(List.of(
                    series.tag(),
                    Units.count(series.count())
                            + (series.overflow() > 0 ? " (" + series.overflow() + " beyond range)" : ""),
                    Units.time(series.meanNs())));
            for (Series.PercentileValue value : series.percentiles()) {
                String text = Units.time(value.valueNs());
                cells.add(value.enough() ? text : "(" + text + ")");
            }
            table.row(cells.toArray(new String[0]));
        }
        return table;
    }

    static Table slowest(RunRecord record) {
        Table table =
                new Table("at", "response", "service", "sent late by", "<command", "connection", "<at the same time");
        for (SlowRequest request : record.slowest()) {
            table.row(
                    Units.digits(request.dueNs() / 1e9) + " s",
                    Units.time(request.responseNs()) + (request.answered() ? "" : ", lost"),
                    Units.time(request.serviceNs()),
                    Units.time(request.latenessNs()),
                    request.command(),
                    Integer.toString(request.connection()),
                    meanwhile(request));
        }
        return table;
    }

    private static String meanwhile(SlowRequest request) {
        List<String> parts = new ArrayList<>();
        if (request.generatorHiccupNs() > 0) {
            parts.add("generator's hiccup " + Units.time(request.generatorHiccupNs()));
        }
        if (request.serverHiccupNs() > 0) {
            parts.add("hiccup on the server's processors " + Units.time(request.serverHiccupNs()));
        }
        if (!request.disturbances().isEmpty()) {
            parts.add(request.disturbances());
        }
        if (!request.serverNote().isEmpty()) {
            parts.add(request.serverNote());
        }
        return String.join("; ", parts);
    }

    static Table counts(RunRecord record) {
        RunRecord.Counts counts = record.counts();
        return new Table("<Requests of the measured part", "")
                .row("due", Units.count(counts.due()))
                .row("sent", Units.count(counts.sent()))
                .row("replies", Units.count(counts.replies()))
                .row(
                        counts.firstError().isEmpty()
                                ? "error replies"
                                : "error replies, first: " + counts.firstError(),
                        Units.count(counts.errors()))
                .row("without a reply when the drain ended", Units.count(counts.lost()))
                .row("keys found", Units.count(counts.hits()))
                .row("keys not found", Units.count(counts.misses()))
                .row("connections made again", Units.count(counts.reconnects()))
                .row("requests of the warm-up, in no figure", Units.count(counts.warmUpRequests()))
                .row("length of the measured part", Units.time(counts.measuredNs()))
                .row("drain after it", Units.time(counts.drainNs()))
                .row("sent, warm-up included", Units.bytes(counts.bytesSent()))
                .row("received, warm-up included", Units.bytes(counts.bytesReceived()));
    }

    static Table generator(RunRecord record) {
        GeneratorRecord generator = record.generator();
        return facts().row(
                        "harness",
                        record.harness().version() + ", commit "
                                + record.harness().commit())
                .row("command line", String.join(" ", record.configuration().commandLine()))
                .row(
                        "clock",
                        generator.clock() + ", " + Units.time(generator.clockCostNs()) + " a reading, steps of "
                                + Units.time(generator.clockResolutionNs()))
                .row("processor time", Units.time(generator.cpuNs()))
                .row("own cost per request", Units.time(generator.costPerRequestNs()))
                .row("busiest thread, share of time not waiting", Units.share(generator.busyShare()))
                .row("allocated while measuring", Units.bytes(generator.allocatedBytes()))
                .row(
                        "taken off its processor",
                        known(generator.involuntarySwitches(), Units.count(generator.involuntarySwitches())))
                .row("stolen by the hypervisor", known(generator.stealNs(), Units.time(generator.stealNs())))
                .row("longest hiccup", Units.time(generator.hiccupMaxNs()))
                .row("processors", generator.pinnedTo());
    }

    static Table server(ServerRecord server) {
        Table table = facts().row("name", server.name())
                .row("command line", server.commandLine())
                .row("processor time, from " + server.cpuSource(), known(server.cpuNs(), Units.time(server.cpuNs())))
                .row("processor time per command", Units.time(server.cpuNsPerCommand()))
                .row(
                        "taken off its processor",
                        known(server.involuntarySwitches(), Units.count(server.involuntarySwitches())))
                .row("resident memory at the start", known(server.rssStartBytes(), Units.bytes(server.rssStartBytes())))
                .row("resident memory at the end", known(server.rssEndBytes(), Units.bytes(server.rssEndBytes())));
        server.info().forEach((field, value) -> table.row("INFO " + field, value));
        return table;
    }

    static Table environment(Environment environment) {
        return facts().row("host", environment.host())
                .row("processor", environment.cpuModel())
                .row(
                        "processors",
                        environment.cpus() + ", " + environment.availableCpus() + " available to the JVM, affinity "
                                + environment.affinity())
                .row("isolated processors", environment.isolatedCpus())
                .row("siblings", String.join("; ", environment.smtSiblings()))
                .row("governor", environment.governor())
                .row("clock source", environment.clockSource())
                .row("transparent huge pages", environment.transparentHugePages())
                .row("kernel", environment.kernel())
                .row("virtualization", environment.virtualization())
                .row("memory", known(environment.memoryBytes(), Units.bytes(environment.memoryBytes())))
                .row("load average before", Units.plain(environment.loadAverage()))
                .row("JVM", environment.jvm())
                .row("JVM flags", String.join(" ", environment.jvmFlags()));
    }

    static Table options(RunConfiguration configuration) {
        Table table = new Table("<option", "<value");
        for (Map.Entry<String, String> option : configuration.options().entrySet()) {
            table.row("--" + option.getKey(), option.getValue());
        }
        return table;
    }

    private static Table facts() {
        return new Table("<", "<");
    }

    static String known(long value, String text) {
        return value < 0 ? "unknown" : text;
    }
}
