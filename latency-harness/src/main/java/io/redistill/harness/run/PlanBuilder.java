// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.redistill.harness.generator.LoopSettings;
import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.KeyDistribution;
import io.redistill.harness.load.WeightedRanges;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.report.Units;
import io.redistill.harness.target.Disturber;
import io.redistill.harness.target.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Checks options and makes the plan of a run. Every refusal is an {@link IllegalArgumentException} whose message names
 * the option, its value and what is allowed.
 */
public final class PlanBuilder {
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int MOST_THREADS = 256;
    private static final int MOST_QUEUED = 1 << 20;
    private static final int MOST_BATCH = 1 << 10;
    private static final int LEAST_QUEUE = 1 << 10;
    private static final double QUEUED_SECONDS = 20;
    private static final long MILLISECOND_NS = 1_000_000;

    private final RunOptions options;

    public PlanBuilder(RunOptions options) {
        this.options = options;
    }

    /**
     * The plan.
     *
     * @param commandLine arguments as given, without passwords
     * @param values all options with their values, without passwords
     */
    public RunPlan build(List<String> commandLine, Map<String, String> values) {
        RunOptions.Loop loop = loop();
        boolean open = loop == RunOptions.Loop.OPEN;
        int connections =
                loop == RunOptions.Loop.PING_PONG ? 1 : range("connections", options.connections, 1, MOST_CONNECTIONS);
        int threads = range("threads", loop == RunOptions.Loop.PING_PONG ? 1 : options.threads, 1, MOST_THREADS);
        if (threads > connections) {
            throw bad("threads", Integer.toString(threads), "at most connections=" + connections);
        }
        range("pipeline", options.pipeline, 0, Integer.MAX_VALUE);
        range("batch", options.batch, 1, MOST_BATCH);
        boolean spaced =
                options.arrivals == RunOptions.Arrivals.CONSTANT || options.arrivals == RunOptions.Arrivals.POISSON;
        if (options.batch > 1 && !(open && spaced)) {
            throw bad("batch", Integer.toString(options.batch), "1 unless arrivals are constant or poisson");
        }
        range("depth", options.depth, 1, 1 << 16);
        range("resp", options.resp, 2, 3);
        range("database", options.database, 0, Integer.MAX_VALUE);
        double rate = rate();
        long keys = count("keys", options.keys, 1, 999_999_999_999L);
        WeightedRanges valueLengths =
                parsed("value-size", options.valueSize, text -> WeightedRanges.parse(text, Quantities::bytes));
        String ttl = options.ttl == null ? "1h" : options.ttl;
        WeightedRanges ttls = parsed(
                "ttl",
                ttl,
                text -> WeightedRanges.parse(text, part -> Math.max(1, Quantities.durationNs(part) / MILLISECOND_NS)));
        CommandMix mix = mix();
        Target target = target();
        long durationNs = time("duration", options.duration, MILLISECOND_NS);
        long warmUpNs = time("warm-up", options.warmUp, 0);
        int depth = open
                ? (options.pipeline == 0 ? Integer.MAX_VALUE : options.pipeline)
                : loop == RunOptions.Loop.PING_PONG ? 1 : options.depth;
        LoopSettings settings = new LoopSettings(
                open,
                depth,
                options.send == RunOptions.Waiting.SPIN,
                options.receive == RunOptions.Waiting.SPIN,
                warmUpNs,
                durationNs,
                time("drain", options.drain, 0),
                time("give-up", options.giveUp, 0),
                Long.MAX_VALUE,
                open ? queueCapacity(rate, connections) : powerOfTwo(depth),
                target.handshake());
        RunConfiguration configuration = new RunConfiguration(
                List.copyOf(commandLine),
                values,
                target.text(),
                switch (loop) {
                    case OPEN -> RunConfiguration.OPEN_LOOP;
                    case CLOSED -> RunConfiguration.CLOSED_LOOP;
                    case PING_PONG -> RunConfiguration.PING_PONG;
                },
                open ? arrivals() : "none",
                options.send.name().toLowerCase(Locale.ROOT),
                options.receive.name().toLowerCase(Locale.ROOT),
                open ? rate : 0,
                connections,
                threads,
                durationNs,
                warmUpNs);
        return new RunPlan(
                configuration,
                target,
                schedule(threads, rate),
                mix,
                keys,
                distribution(keys, connections),
                valueLengths,
                ttls,
                valueLengths.greatest(),
                settings,
                options.prefill,
                prefillMix(mix),
                cpus("pin", options.pin),
                cpus("server-cpus", options.serverCpus),
                disturbances(),
                options.serverPid,
                options.seed,
                output(),
                options.quiet);
    }

    private RunOptions.Loop loop() {
        return switch (options.loop.toLowerCase(Locale.ROOT)) {
            case "open" -> RunOptions.Loop.OPEN;
            case "closed" -> RunOptions.Loop.CLOSED;
            case "ping-pong" -> RunOptions.Loop.PING_PONG;
            default -> throw bad("loop", options.loop, "open, closed or ping-pong");
        };
    }

    // ---- arrivals ---------------------------------------------------------------------------------------------------

    private double rate() {
        return switch (options.arrivals) {
            case CONSTANT, POISSON -> count("rate", options.rate, 1, 100_000_000);
            case BURST ->
                range("burst-size", options.burstSize, 1, 1 << 20)
                        * 1e9
                        / time("burst-every", options.burstEvery, 1_000);
            case REPLAY -> 0;
        };
    }

    private String arrivals() {
        String kind = options.arrivals.name().toLowerCase(Locale.ROOT);
        return options.batch == 1 ? kind : kind + ", " + options.batch + " at a time";
    }

    private IntFunction<ArrivalSchedule> schedule(int threads, double rate) {
        return switch (options.arrivals) {
            case CONSTANT -> {
                // The rate of batches need be no whole number.
                Supplier<ArrivalSchedule> whole = () -> options.batch == 1
                        ? ArrivalSchedule.constant((long) rate)
                        : ArrivalSchedule.burst(1, Math.max(1, Math.round(options.batch * 1e9 / rate)));
                yield thread ->
                        ArrivalSchedule.batches(ArrivalSchedule.share(whole.get(), thread, threads), options.batch);
            }
            case POISSON ->
                thread -> ArrivalSchedule.batches(
                        ArrivalSchedule.poisson(rate / threads / options.batch, options.seed + thread), options.batch);
            case BURST -> {
                long everyNs = time("burst-every", options.burstEvery, 1_000);
                yield thread ->
                        ArrivalSchedule.share(ArrivalSchedule.burst(options.burstSize, everyNs), thread, threads);
            }
            case REPLAY -> {
                long[] times = replayTimes();
                yield thread -> ArrivalSchedule.share(ArrivalSchedule.replay(times), thread, threads);
            }
        };
    }

    /** Times from the first line on. */
    private long[] replayTimes() {
        Path file = options.replay;
        if (file == null) {
            throw bad("replay", "nothing", "a file when arrivals=replay");
        }
        List<Long> times = new ArrayList<>();
        double firstSeconds = Double.NaN;
        for (String line : lines("replay", file)) {
            String number = line.strip().split("[\\s,]", 2)[0];
            if (number.isEmpty() || number.startsWith("#")) {
                continue;
            }
            double seconds;
            try {
                seconds = Double.parseDouble(number);
            } catch (NumberFormatException e) {
                throw bad(
                        "replay", file + " with '" + number + "'", "a number of seconds at the beginning of each line");
            }
            firstSeconds = Double.isNaN(firstSeconds) ? seconds : firstSeconds;
            long timeNs = Math.round((seconds - firstSeconds) * 1e9);
            if (!times.isEmpty() && timeNs < times.get(times.size() - 1)) {
                throw bad("replay", file + " with '" + number + "'", "times that ascend");
            }
            times.add(timeNs);
        }
        if (times.isEmpty()) {
            throw bad("replay", file.toString(), "a file with at least one time");
        }
        return times.stream().mapToLong(Long::longValue).toArray();
    }

    /** Room for what is due while a server stands still for some seconds. */
    private static int queueCapacity(double rate, int connections) {
        double wanted = rate == 0 ? MOST_QUEUED : rate * QUEUED_SECONDS;
        long each = (long) Math.min(wanted / connections, (double) MOST_QUEUED / connections);
        return powerOfTwo((int) Math.max(each, LEAST_QUEUE));
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }

    // ---- data -------------------------------------------------------------------------------------------------------

    private IntFunction<KeyDistribution> distribution(long keys, int connections) {
        switch (options.keyDistribution) {
            case UNIFORM -> {
                KeyDistribution uniform = KeyDistribution.uniform(keys);
                return connection -> uniform;
            }
            case ZIPF -> {
                KeyDistribution zipf = parsed(
                        "zipf-exponent",
                        Double.toString(options.zipfExponent),
                        text -> KeyDistribution.zipf(keys, options.zipfExponent));
                return connection -> zipf;
            }
            case HOT -> {
                long hotKeys = count("hot-keys", options.hotKeys, 1, keys);
                KeyDistribution hot = parsed(
                        "hot-keys", options.hotKeys, text -> KeyDistribution.hotSet(keys, hotKeys, options.hotShare));
                return connection -> hot;
            }
            case SEQUENTIAL -> {
                return connection -> KeyDistribution.sequential(keys, keys / connections * connection);
            }
        }
        throw new IllegalStateException("unreachable");
    }

    private CommandMix mix() {
        Path file = options.template;
        if (file == null) {
            return parsed("commands", options.commands, text -> CommandMix.parse(text, options.ttl != null));
        }
        return parsed("template", file.toString(), text -> CommandMix.parseFile(lines("template", file)));
    }

    /** For each kind of key that the mix reads, the command that writes it. */
    private static CommandMix prefillMix(CommandMix mix) {
        Set<String> writers = new TreeSet<>();
        mix.templates().forEach(template -> {
            String name = template.name();
            writers.add(
                    name.startsWith("H")
                            ? "HSET"
                            : name.startsWith("INCR") || name.startsWith("DECR") ? "INCR" : "SET");
        });
        return CommandMix.parse(String.join(",", writers), false);
    }

    private List<Disturber> disturbances() {
        return options.disturb.stream()
                .map(one -> parsed("disturb", one, text -> Disturber.parse(text, Quantities::durationNs)))
                .toList();
    }

    // ---- target -----------------------------------------------------------------------------------------------------

    private Target target() {
        String password = options.password == null ? System.getenv("HARNESS_PASSWORD") : options.password;
        if (options.user != null && password == null) {
            throw bad("user", options.user, "a password with it");
        }
        SocketAddress address = options.socket == null
                ? new InetSocketAddress(options.host, range("port", options.port, 1, 65_535))
                : UnixDomainSocketAddress.of(options.socket);
        return new Target(
                address,
                options.tls ? tls() : null,
                options.user,
                password,
                options.resp == 3,
                options.database,
                options.clientName);
    }

    private Supplier<SSLEngine> tls() {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            if (options.tlsInsecure) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            } else if (options.tlsCa != null) {
                builder.trustManager(options.tlsCa.toFile());
            }
            if (options.tlsCert != null || options.tlsKey != null) {
                if (options.tlsCert == null || options.tlsKey == null) {
                    throw new IllegalArgumentException("--tls-cert and --tls-key go together");
                }
                builder.keyManager(options.tlsCert.toFile(), options.tlsKey.toFile());
            }
            SslContext context = builder.build();
            return () -> context.newEngine(ByteBufAllocator.DEFAULT, options.host, options.port);
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private static @Nullable BitSet cpus(String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        BitSet cpus = new BitSet();
        for (String part : text.split(",", -1)) {
            if (!part.matches("\\d{1,4}(-\\d{1,4})?")) {
                throw bad(option, text, "processors as 1, 2-3 or 0,2");
            }
            String[] ends = part.split("-", 2);
            int from = Integer.parseInt(ends[0]);
            int to = Integer.parseInt(ends[ends.length - 1]);
            if (to < from) {
                throw bad(option, text, "processors as 1, 2-3 or 0,2");
            }
            cpus.set(from, to + 1);
        }
        return cpus;
    }

    private Path output() {
        return options.output == null
                ? Path.of("runs", DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now()))
                : options.output;
    }

    // ---- checking ---------------------------------------------------------------------------------------------------

    private interface Parser<T> {
        T parse(String text);
    }

    private static <T> T parsed(String option, String value, Parser<T> parser) {
        try {
            return parser.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--" + option + ": " + e.getMessage(), e);
        }
    }

    private static long time(String option, String value, long leastNs) {
        long ns = parsed(option, value, Quantities::durationNs);
        if (ns < leastNs) {
            throw bad(option, value, "at least " + Units.time(leastNs));
        }
        return ns;
    }

    private static long count(String option, String value, long least, long most) {
        long count = parsed(option, value, Quantities::count);
        if (count < least || count > most) {
            throw bad(option, value, least + " to " + most);
        }
        return count;
    }

    private static int range(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw bad(option, Integer.toString(value), least + " to " + most);
        }
        return value;
    }

    private static List<String> lines(String option, Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw bad(option, file.toString(), "a file of text that can be read");
        }
    }

    private static IllegalArgumentException bad(String option, String value, String allowed) {
        return new IllegalArgumentException("--" + option + "=" + value + " is not allowed: " + allowed + " is");
    }
}
