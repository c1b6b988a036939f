// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of a run as they are given; {@link PlanBuilder} checks them. Times are numbers with a unit
 * ({@link Quantities#durationNs}), counts may have k or m behind them.
 *
 * <p>Threading: filled by picocli, then read only.
 */
public final class RunOptions {
    /** How requests follow each other. */
    public enum Loop {
        OPEN,
        CLOSED,
        PING_PONG
    }

    /** When requests are due in an open loop. */
    public enum Arrivals {
        CONSTANT,
        POISSON,
        BURST,
        REPLAY
    }

    /** How a generator thread waits. */
    public enum Waiting {
        SPIN,
        BLOCK
    }

    /** Which keys requests are for. */
    public enum Keys {
        UNIFORM,
        ZIPF,
        HOT,
        SEQUENTIAL
    }

    static final String ALLOWED = " (${COMPLETION-CANDIDATES})";

    // ---- target
    @Option(
            names = {"-h", "--host"},
            paramLabel = "NAME",
            defaultValue = "127.0.0.1",
            description = "Server (${DEFAULT-VALUE}).")
    String host = "";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "N",
            defaultValue = "6379",
            description = "Its port (${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = {"-s", "--socket"},
            paramLabel = "PATH",
            description = "Unix socket of the server, instead of host and port.")
    @Nullable
    Path socket;

    @Option(names = "--tls", description = "Use TLS.")
    boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Certificates to trust (PEM); those of the JVM otherwise.")
    @Nullable
    Path tlsCa;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate of the client (PEM).")
    @Nullable
    Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key (PEM, PKCS#8).")
    @Nullable
    Path tlsKey;

    @Option(names = "--tls-insecure", description = "Trust any certificate.")
    boolean tlsInsecure;

    @Option(names = "--user", paramLabel = "NAME", description = "User to authenticate as.")
    @Nullable
    String user;

    @Option(
            names = {"-a", "--password"},
            paramLabel = "TEXT",
            description = "Password; the variable HARNESS_PASSWORD keeps it out of the process list.")
    @Nullable
    String password;

    @Option(
            names = "--resp",
            paramLabel = "2|3",
            defaultValue = "2",
            description = "Protocol; 3 sends HELLO (${DEFAULT-VALUE}).")
    int resp;

    @Option(
            names = {"-n", "--database"},
            paramLabel = "N",
            defaultValue = "0",
            description = "Database to select (${DEFAULT-VALUE}).")
    int database;

    @Option(names = "--client-name", paramLabel = "NAME", description = "Name the connections with CLIENT SETNAME.")
    @Nullable
    String clientName;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            defaultValue = "-1",
            description = "Process of a server of this machine; taken from INFO otherwise.")
    long serverPid;

    // ---- load
    @Option(
            names = {"-c", "--connections"},
            paramLabel = "N",
            defaultValue = "50",
            description = "Connections in all (${DEFAULT-VALUE}; 1 for ping-pong).")
    int connections;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Generator threads (${DEFAULT-VALUE}).")
    int threads;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            defaultValue = "0",
            description = "Most requests under way on a connection; 0 is no limit (${DEFAULT-VALUE}).")
    int pipeline;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Constant and poisson arrivals come so many at a time over one connection, as from clients that pipeline (${DEFAULT-VALUE}).")
    int batch;

    @Option(
            names = "--loop",
            paramLabel = "KIND",
            defaultValue = "open",
            description =
                    "open, closed or ping-pong: on a schedule, or a new request for each reply (${DEFAULT-VALUE}).")
    String loop = "";

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "1",
            description = "Requests under way on each connection of a closed loop (${DEFAULT-VALUE}).")
    int depth;

    @Option(
            names = {"-r", "--rate"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "Requests per second of all connections (${DEFAULT-VALUE}).")
    String rate = "";

    @Option(
            names = "--arrivals",
            paramLabel = "KIND",
            defaultValue = "constant",
            description = "constant, poisson, burst or replay (${DEFAULT-VALUE}).")
    Arrivals arrivals = Arrivals.CONSTANT;

    @Option(
            names = "--burst-size",
            paramLabel = "N",
            defaultValue = "100",
            description = "Requests of a burst (${DEFAULT-VALUE}).")
    int burstSize;

    @Option(
            names = "--burst-every",
            paramLabel = "TIME",
            defaultValue = "100ms",
            description = "Time from burst to burst (${DEFAULT-VALUE}); takes the place of --rate.")
    String burstEvery = "";

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "Times of requests in seconds, one at the beginning of each line, ascending.")
    @Nullable
    Path replay;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of arrivals, keys, sizes and mix (${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--send",
            paramLabel = "HOW",
            defaultValue = "spin",
            description = "spin or block: how to wait for the next send (${DEFAULT-VALUE}).")
    Waiting send = Waiting.SPIN;

    @Option(
            names = "--receive",
            paramLabel = "HOW",
            defaultValue = "spin",
            description = "spin or block: how to wait for replies (${DEFAULT-VALUE}).")
    Waiting receive = Waiting.SPIN;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Length of the measured part (${DEFAULT-VALUE}).")
    String duration = "";

    @Option(
            names = {"-w", "--warm-up"},
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Requests before it, logged and not counted (${DEFAULT-VALUE}).")
    String warmUp = "";

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Longest wait for replies after it (${DEFAULT-VALUE}).")
    String drain = "";

    @Option(
            names = "--give-up",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "How long a broken connection is tried again before the run ends (${DEFAULT-VALUE}).")
    String giveUp = "";

    @Option(names = "--pin", paramLabel = "CPUS", description = "Processors of the generator threads, e.g. 1 or 2-3.")
    @Nullable
    String pin;

    @Option(
            names = "--server-cpus",
            paramLabel = "CPUS",
            description = "Processors that a server of this machine is pinned to: its hiccups are recorded there.")
    @Nullable
    String serverCpus;

    // ---- data
    @Option(
            names = {"-k", "--keys"},
            paramLabel = "N",
            defaultValue = "100k",
            description = "Number of keys (${DEFAULT-VALUE}).")
    String keys = "";

    @Option(
            names = "--key-distribution",
            paramLabel = "KIND",
            defaultValue = "uniform",
            description = "uniform, zipf, hot or sequential (${DEFAULT-VALUE}).")
    Keys keyDistribution = Keys.UNIFORM;

    @Option(
            names = "--zipf-exponent",
            paramLabel = "X",
            defaultValue = "0.99",
            description = "Exponent of zipf (${DEFAULT-VALUE}).")
    double zipfExponent;

    @Option(
            names = "--hot-keys",
            paramLabel = "N",
            defaultValue = "100",
            description = "Keys of the hot set (${DEFAULT-VALUE}).")
    String hotKeys = "";

    @Option(
            names = "--hot-share",
            paramLabel = "X",
            defaultValue = "0.9",
            description = "Share of requests for the hot set (${DEFAULT-VALUE}).")
    double hotShare;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "256",
            description = "Length of values: 256, 16-1k, or weighted 64:80,1k-2k:15,16k:5 (${DEFAULT-VALUE}).")
    String valueSize = "";

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Time to live that SET gives: 10s, 1s-60s, or weighted ranges.")
    @Nullable
    String ttl;

    @Option(
            names = "--commands",
            paramLabel = "MIX",
            defaultValue = "GET=1,SET=1",
            description = "Commands with weights (${DEFAULT-VALUE}).")
    String commands = "";

    @Option(
            names = "--template",
            paramLabel = "FILE",
            description =
                    "Commands from a file instead: WEIGHT [NAME:] COMMAND ARGUMENTS a line, with {key}, {value}, {ttl}, {ttlms}, {field}, {number}.")
    @Nullable
    Path template;

    @Option(names = "--prefill", description = "Write every key first.")
    boolean prefill;

    @Option(
            names = "--disturb",
            paramLabel = "KIND@START[+LENGTH][/EVERY]",
            description =
                    "bgsave, info, eviction or storm at a time of the measured part, as info@2s+5s/100ms; may be given again.")
    List<String> disturb = new ArrayList<>();

    // ---- output
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description = "Folder for the results; must not hold anything yet (runs/TIME).")
    @Nullable
    Path output;

    @Option(names = "--label", paramLabel = "TEXT", description = "Name of the run for reports.")
    @Nullable
    String label;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress line.")
    boolean quiet;
}
