// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.harness.cli.ExitCode;
import io.redistill.harness.cli.OptionCheck;
import io.redistill.harness.report.Units;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code harness trace}: which eviction policy misses least on a trace of keys? */
@Command(
        name = "trace",
        description = {
            "Replays a trace of keys through the store of the engine, within this process, and prints how many requests"
                    + " each eviction policy misses. A request is a GET and, when it misses, a SET.",
            "Formats: text, a line 'key [size [ttl]]' each (bytes, seconds); libCacheSim's oracleGeneral, told by the name"
                    + " (.oracleGeneral, .oracleGeneral.bin).",
            "Exit code: 0 replayed, 1 a trace cannot be read, 2 usage."
        },
        footer = {
            "",
            "Examples:",
            "  harness trace cluster52.txt",
            "  harness trace --policy allkeys-lru,allkeys-s3fifo --size 1%%,10%% --shards 4 trace.oracleGeneral.bin",
            "  harness trace --count memory --size 64m --json misses.json trace.txt"
        })
public final class TraceCommand implements Callable<Integer> {
    private static final int MAX_SHARDS = 64;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Traces.")
    private List<Path> files = List.of();

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "POLICY",
            converter = PolicyConverter.class,
            defaultValue = "allkeys-lru,allkeys-lfu,allkeys-random,allkeys-s3fifo",
            description = "Eviction policies, by the names that maxmemory-policy has. Default: ${DEFAULT-VALUE}.")
    private List<EvictionPolicy> policies = List.of();

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "0.1%,1%,10%",
            description =
                    "Sizes of the cache, in what --count says: a number, with k, m or g (of 1024) behind it or not, or"
                            + " a share of all objects or bytes of the trace, as 10%%."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Size> sizes = List.of();

    @Option(
            names = "--count",
            paramLabel = "WHAT",
            defaultValue = "OBJECTS",
            description =
                    "What fills the cache (${COMPLETION-CANDIDATES}): objects; their bytes and nothing around them;"
                            + " or all memory as the server counts it. Default: ${DEFAULT-VALUE}.")
    private Counting counting = Counting.OBJECTS;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description = "Shards that share the size, 1 to " + MAX_SHARDS + ". Default: ${DEFAULT-VALUE}.")
    private int shards;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "" + EvictionSettings.DEFAULT_SAMPLES,
            description = "maxmemory-samples. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--lfu-log-factor",
            paramLabel = "N",
            defaultValue = "" + EvictionSettings.DEFAULT_LFU_LOG_FACTOR,
            description = "lfu-log-factor. Default: ${DEFAULT-VALUE}.")
    private int logFactor;

    @Option(
            names = "--lfu-decay-time",
            paramLabel = "MINUTES",
            defaultValue = "" + EvictionSettings.DEFAULT_LFU_DECAY_MINUTES,
            description = "lfu-decay-time. Default: ${DEFAULT-VALUE}.")
    private int decayMinutes;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How fast time goes by in a text, which has none. Default: ${DEFAULT-VALUE}.")
    private long requestsPerSecond;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures there too.")
    private @Nullable Path json;

    @Option(names = "--help", usageHelp = true, description = "This text.")
    private boolean help;

    /** A size as it was given. */
    record Size(String text, double share, long count) {
        long of(long whole) {
            return share == 0 ? count : (long) (whole * share);
        }
    }

    /** One line of the table, and one element of the JSON. */
    record Row(
            String trace,
            String policy,
            int shards,
            Counting counting,
            long size,
            long requests,
            long misses,
            double missRatio,
            double byteMissRatio,
            long objectsHeld) {}

    @Override
    public Integer call() throws IOException {
        refuseWhatIsNotAllowed();
        PrintWriter out = spec.commandLine().getOut();
        List<Row> rows = new ArrayList<>();
        for (Path file : files) {
            replay(file, rows, out);
        }
        if (json != null) {
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValue(json.toFile(), rows);
        }
        return ExitCode.FINE;
    }

    private void replay(Path file, List<Row> rows, PrintWriter out) throws IOException {
        TraceFormat format = TraceFormat.of(file);
        TraceSummary trace;
        try (TraceReader reader = format.open(file, requestsPerSecond)) {
            trace = TraceSummary.of(reader);
        }
        if (counting == Counting.BYTES && trace.deadlines()) {
            throw new IOException(
                    file + " has deadlines, with which --count=bytes is not counted: use objects or memory");
        }
        out.printf(
                Locale.ROOT,
                "%s: %s requests, %s objects, %s bytes; %d shard(s)%n%16s %-16s %12s %10s %12s %12s%n",
                file.getFileName(),
                Units.count(trace.requests()),
                Units.count(trace.objects()),
                Units.count(trace.bytes()),
                shards,
                counting.name().toLowerCase(Locale.ROOT),
                "policy",
                "misses",
                "miss ratio",
                "of bytes",
                "objects held");
        for (Size size : sizes) {
            long limit = size.of(counting == Counting.OBJECTS ? trace.objects() : trace.bytes());
            for (EvictionPolicy policy : policies) {
                Row row = replay(file, format, trace, limit, policy);
                rows.add(row);
                out.printf(
                        Locale.ROOT,
                        "%16s %-16s %12s %10.4f %12.4f %12s%n",
                        Units.count(limit),
                        policy.text(),
                        Units.count(row.misses()),
                        row.missRatio(),
                        row.byteMissRatio(),
                        Units.count(row.objectsHeld()));
                out.flush();
            }
        }
    }

    private Row replay(Path file, TraceFormat format, TraceSummary trace, long limit, EvictionPolicy policy)
            throws IOException {
        long misses = 0;
        long missedBytes = 0;
        EvictionSettings settings = new EvictionSettings(Math.max(1, limit), policy, samples, logFactor, decayMinutes);
        try (TraceReader reader = format.open(file, requestsPerSecond);
                TraceCache cache = new TraceCache(settings, counting, shards)) {
            while (reader.next()) {
                if (!cache.request(reader)) {
                    misses++;
                    missedBytes += reader.size();
                }
            }
            return new Row(
                    file.getFileName().toString(),
                    policy.text(),
                    shards,
                    counting,
                    limit,
                    trace.requests(),
                    misses,
                    ratio(misses, trace.requests()),
                    ratio(missedBytes, trace.requestedBytes()),
                    cache.objects());
        }
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private void refuseWhatIsNotAllowed() {
        OptionCheck check = new OptionCheck(spec);
        check.refuseUnlessBetween("--shards", shards, 1, MAX_SHARDS);
        check.refuseUnless(samples >= 1, "--samples=" + samples + " is below 1");
        check.refuseUnless(logFactor >= 0, "--lfu-log-factor=" + logFactor + " is below 0");
        check.refuseUnless(decayMinutes >= 0, "--lfu-decay-time=" + decayMinutes + " is below 0");
        check.refuseUnlessBetween("--requests-per-second", requestsPerSecond, 1, 1_000_000_000);
        for (Size size : sizes) {
            check.refuseUnless(
                    counting != Counting.MEMORY || size.share() == 0,
                    "--size=" + size.text() + " is a share, of which --count=memory knows none: give bytes");
        }
    }

    static final class PolicyConverter implements ITypeConverter<EvictionPolicy> {
        @Override
        public EvictionPolicy convert(String text) {
            for (EvictionPolicy policy : EvictionPolicy.values()) {
                if (policy.text().equalsIgnoreCase(text)) {
                    return policy;
                }
            }
            throw new TypeConversionException("'" + text + "' is no policy; there are "
                    + Arrays.stream(EvictionPolicy.values())
                            .map(EvictionPolicy::text)
                            .collect(Collectors.joining(", ")));
        }
    }

    static final class SizeConverter implements ITypeConverter<Size> {
        private static final long MOST = 1L << 40;

        @Override
        public Size convert(String text) {
            if (text.matches("[0-9]{1,3}(\\.[0-9]{1,9})?%")) {
                double share = Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
                if (share > 0 && share <= 1) {
                    return new Size(text, share, 0);
                }
            }
            String digits = text.replaceFirst("[kKmMgG]$", "");
            if (digits.matches("[0-9]{1,12}")) {
                long factor = switch (text.substring(digits.length()).toLowerCase(Locale.ROOT)) {
                    case "k" -> 1L << 10;
                    case "m" -> 1L << 20;
                    case "g" -> 1L << 30;
                    default -> 1;
                };
                long count = Long.parseLong(digits);
                if (count >= 1 && count <= MOST / factor) {
                    return new Size(text, 0, count * factor);
                }
            }
            throw new TypeConversionException("'" + text + "' is no size: a number from 1 to " + MOST
                    + " is, with k, m or g (of 1024) behind it or not, or a share above 0% up to 100%");
        }
    }
}
