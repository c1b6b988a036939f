// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.Environment;
import io.redistill.harness.record.GeneratorRecord;
import io.redistill.harness.record.IntervalLogWriter;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.record.RunFolder;
import io.redistill.harness.record.RunRecord;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.record.Series;
import io.redistill.harness.record.ServerRecord;
import io.redistill.harness.record.SlowRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Writes folders as a generator would, of a server whose latencies are drawn: quick, and known beforehand. */
public final class SimulatedRun {
    private static final long SECOND_NS = 1_000_000_000L;

    private final Random random;
    private final Map<String, String> options = new TreeMap<>(Map.of("connections", "50", "mix", "GET:1,SET:1"));
    private int seconds = 20;
    private int perSecond = 1_000;
    private double medianNs = 60_000;
    private double betweenRuns = 0.01;
    private int port = 6379;
    private boolean valid = true;
    private boolean disturbed = true;
    private long startedAtEpochMs = 1_800_000_000_000L;
    private String server = "redis 7.0.15";

    public SimulatedRun(long seed) {
        random = new Random(seed);
    }

    public SimulatedRun seconds(int seconds) {
        this.seconds = seconds;
        return this;
    }

    public SimulatedRun perSecond(int perSecond) {
        this.perSecond = perSecond;
        options.put("rate", Integer.toString(perSecond));
        return this;
    }

    public SimulatedRun medianNs(double medianNs) {
        this.medianNs = medianNs;
        return this;
    }

    public SimulatedRun port(int port) {
        this.port = port;
        options.put("port", Integer.toString(port));
        return this;
    }

    public SimulatedRun option(String name, String value) {
        options.put(name, value);
        return this;
    }

    public SimulatedRun invalid() {
        valid = false;
        return this;
    }

    /** Without pauses, hiccups and disturbances. */
    public SimulatedRun calm() {
        disturbed = false;
        return this;
    }

    public SimulatedRun startedAtEpochMs(long startedAtEpochMs) {
        this.startedAtEpochMs = startedAtEpochMs;
        return this;
    }

    public SimulatedRun server(String server) {
        this.server = server;
        return this;
    }

    /** Writes the folder and returns its record. */
    public RunRecord write(Path path) throws IOException {
        RunFolder folder = RunFolder.create(path);
        Histogram response = histogram();
        Histogram service = histogram();
        Histogram lateness = histogram();
        List<SecondRow> rows = new ArrayList<>();
        List<Disturbance> disturbances = new ArrayList<>();
        double ofRun = random.nextGaussian() * betweenRuns;
        try (IntervalLogWriter log = folder.intervalWriter(startedAtEpochMs, "simulated")) {
            for (int second = 0; second < seconds; second++) {
                boolean saving = disturbed && second == seconds / 2;
                boolean stolen = disturbed && second % 11 == 7;
                Histogram responseOfSecond = histogram();
                Histogram serviceOfSecond = histogram();
                Histogram latenessOfSecond = histogram();
                for (int i = 0; i < perSecond; i++) {
                    double ns = medianNs * Math.exp(ofRun + 0.2 * random.nextGaussian());
                    double lateNs = 2_000 * Math.exp(random.nextGaussian() * 0.3);
                    if (saving && random.nextInt(4) == 0) {
                        ns += 8e6 * random.nextDouble();
                    }
                    if (stolen && random.nextInt(100) == 0) {
                        lateNs += 2.5e6 * random.nextDouble();
                    }
                    serviceOfSecond.recordValue((long) ns);
                    latenessOfSecond.recordValue((long) lateNs);
                    responseOfSecond.recordValue((long) (ns + lateNs));
                }
                if (saving) {
                    disturbances.add(new Disturbance(
                            "bgsave", second * SECOND_NS, second * SECOND_NS + 600_000_000L, "asked for by --disturb"));
                }
                if (stolen) {
                    disturbances.add(
                            new Disturbance("steal", second * SECOND_NS, (second + 1) * SECOND_NS, "12 ms in it"));
                }
                long from = second * SECOND_NS;
                log.write(Series.TOTAL_RESPONSE, from, from + SECOND_NS, responseOfSecond);
                log.write(Series.TOTAL_SERVICE, from, from + SECOND_NS, serviceOfSecond);
                log.write(Series.LATENESS, from, from + SECOND_NS, latenessOfSecond);
                response.add(responseOfSecond);
                service.add(serviceOfSecond);
                lateness.add(latenessOfSecond);
                rows.add(row(second, responseOfSecond, serviceOfSecond, latenessOfSecond, saving, stolen));
            }
        }
        folder.writeSeconds(rows);
        RunRecord record = record(response, service, lateness, disturbances);
        folder.writeSlowest(record.slowest());
        folder.writeSummary(record);
        return record;
    }

    private SecondRow row(
            int second, Histogram response, Histogram service, Histogram lateness, boolean saving, boolean stolen) {
        return new SecondRow(
                second,
                perSecond,
                perSecond,
                perSecond,
                0,
                perSecond * 9L / 20 + random.nextInt(perSecond / 20 + 1),
                perSecond / 20,
                0,
                random.nextInt(5),
                response.getValueAtPercentile(50),
                response.getValueAtPercentile(99),
                response.getValueAtPercentile(99.9),
                response.getMaxValue(),
                service.getValueAtPercentile(50),
                service.getValueAtPercentile(99),
                service.getMaxValue(),
                lateness.getValueAtPercentile(99),
                lateness.getMaxValue(),
                stolen ? lateness.getMaxValue() : 30_000 + random.nextInt(20_000),
                saving ? 4_000_000 : 25_000,
                perSecond * 9_000L,
                100L << 20,
                stolen ? 12_000_000 : 0,
                saving ? "bgsave" : stolen ? "steal" : "");
    }

    private RunRecord record(
            Histogram response, Histogram service, Histogram lateness, List<Disturbance> disturbances) {
        long count = response.getTotalCount();
        List<SlowRequest> slowest = new ArrayList<>();
        if (disturbed) {
            slowest.add(new SlowRequest(
                    1,
                    seconds / 2 * SECOND_NS,
                    "GET",
                    17,
                    response.getMaxValue(),
                    service.getMaxValue(),
                    lateness.getMaxValue(),
                    true,
                    45_000,
                    4_000_000,
                    "bgsave",
                    "SLOWLOG: KEYS * 7.2 ms <took long>"));
        }
        return new RunRecord(
                RunRecord.FORMAT_VERSION,
                new RunRecord.Harness("0.1.0", "0123abc"),
                startedAtEpochMs,
                RunRecord.COMPLETE,
                new RunConfiguration(
                        List.of("run", "--rate", Integer.toString(perSecond), "--port", Integer.toString(port)),
                        options,
                        "127.0.0.1:" + port,
                        RunConfiguration.OPEN_LOOP,
                        "poisson",
                        "spin",
                        "spin",
                        perSecond,
                        50,
                        1,
                        seconds * SECOND_NS,
                        2 * SECOND_NS),
                new RunRecord.Validity(
                        valid,
                        valid ? List.of() : List.of("lateness p99.9 is 31 % of the response time's, 10 % is the most"),
                        disturbed ? List.of("the last quarter is 12 % slower than the first") : List.of()),
                new RunRecord.Counts(
                        count,
                        count,
                        count,
                        0,
                        0,
                        count * 9 / 20,
                        count / 20,
                        0,
                        2_000,
                        seconds * SECOND_NS,
                        1_000,
                        count * 90,
                        count * 140,
                        ""),
                List.of(
                        Series.of(Series.TOTAL_RESPONSE, response, 0),
                        Series.of(Series.TOTAL_SERVICE, service, 0),
                        Series.of(Series.LATENESS, lateness, 0)),
                disturbances,
                slowest,
                new GeneratorRecord(
                        "nanoTime", 38, 20, seconds * SECOND_NS, 2_100, 0.4, 0, 12, 3_000_000, 2_500_000, "1"),
                new ServerRecord(
                        server,
                        "redis-server --port " + port,
                        4_242,
                        "proc",
                        count * 9_000,
                        9_000,
                        3,
                        90L << 20,
                        100L << 20,
                        0.9,
                        Map.of("redis_version", "7.0.15")),
                new Environment(
                        "bench",
                        "AMD EPYC",
                        2,
                        2,
                        "0-1",
                        "",
                        List.of("0", "1"),
                        "performance",
                        "tsc",
                        "madvise",
                        "Linux 6.1",
                        "kvm",
                        8L << 30,
                        0.2,
                        "OpenJDK 17",
                        List.of("-Xmx512m")));
    }

    private static Histogram histogram() {
        return new Histogram(60_000_000_000L, 3);
    }
}
