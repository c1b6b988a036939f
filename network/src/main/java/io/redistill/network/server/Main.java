// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.store.HashLimits;
import io.redistill.network.NetworkConfig;
import io.redistill.network.NetworkServer;
import io.redistill.network.Transport;
import io.redistill.network.connection.ServerCommands;
import io.redistill.network.server.settings.LogLevel;
import io.redistill.network.server.settings.ProductVersion;
import io.redistill.network.server.settings.ServerSettings;
import io.redistill.snapshot.SnapshotStorage;
import io.redistill.snapshot.tool.SnapshotTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the server from options, environment and file, and stops it in order.
 *
 * <p>Exit codes: 0 after an orderly stop, 1 when the start is refused or the last snapshot failed, 70 when a thread died of a fault of ours.
 */
public final class Main {
    /** Says why a native library does not load, in its own words and many lines: we say it in one. Held, not to be lost. */
    private static final Logger NATIVE_LIBRARIES = Logger.getLogger("io.netty.util.internal.NativeLibraryLoader");

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        // Chronicle Wire brings SLF4J, which would say that nobody listens to it.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        if (arguments.length > 0 && arguments[0].equals("snapshot")) {
            SnapshotTool tool = new SnapshotTool(System.out, System.err, "redistill " + ProductVersion.version());
            System.exit(tool.run(Arrays.copyOfRange(arguments, 1, arguments.length)));
            return;
        }
        ServerSettings.Outcome outcome = ServerSettings.resolve(arguments);
        if (outcome instanceof ServerSettings.Outcome.Exit exit) {
            (exit.exitCode() == 0 ? System.out : System.err).println(exit.text());
            System.exit(exit.exitCode());
            return;
        }
        // As in jvm.options, for a plain "java -jar": without it Netty cannot send memory that is not its own.
        System.setProperty("io.netty.tryReflectionSetAccessible", "true");
        System.setProperty("io.netty.noUnsafe", "false");
        ServerSettings settings = ((ServerSettings.Outcome.Run) outcome).settings();
        String refusal = settings.memoryRefusal(Runtime.getRuntime().maxMemory());
        if (refusal != null) {
            System.err.println("redistill: " + refusal);
            System.exit(1);
            return;
        }
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        NATIVE_LIBRARIES.setLevel(Level.OFF);
        Log log = new Log(System.err, settings.logLevel());
        for (String notice : settings.notices()) {
            log.warn(notice);
        }
        log.lines(LogLevel.INFO, settings.effectiveConfiguration());
        String noMapping = AddressSpace.mappingUnavailability();
        if (noMapping != null) {
            log.warn("data is on no huge pages, and its memory does not go back to the system: "
                    + noMapping.lines().findFirst().orElse(noMapping));
        }
        NetworkConfig network = networkConfig(settings, Transport.choose(settings.transports(), log::warn));
        EngineConfig engine = engineConfig(settings);
        NetworkServer server = new NetworkServer(network, engine, (thread, fault) -> dieOf(fault, thread, log));
        server.engine().budget().settings(settings.eviction());
        CountDownLatch stopAsked = new CountDownLatch(1);
        Persistence persistence = new Persistence(server, settings, SnapshotStorage.FILES, log);
        WholeServerCommands commands = new WholeServerCommands(server, settings, persistence, stopAsked::countDown);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAtSignal(server, persistence, log), "shutdown"));
        start(server, commands, persistence);
        commands.start();
        log.info("ready: " + server.transportName() + ", " + server.engine().shardCount() + " shard(s), port "
                + server.boundPort());
        if (!network.listeners().isEmpty()) { // port 0 asks for no TCP port at all, not for one that is soon closed
            Thread warmUp = new Thread(() -> warmUp(network, engine, commands, log), "warm-up");
            warmUp.setDaemon(true);
            warmUp.start();
        }
        stopAsked.await();
        stopInOrder(server, persistence, log);
    }

    /** Holds off a stop until there is something that can be stopped in order. */
    private static synchronized void start(NetworkServer server, WholeServerCommands commands, Persistence persistence)
            throws InterruptedException {
        try {
            server.reserveProcessors();
            server.start(commands);
            persistence.load();
        } catch (IOException e) {
            System.err.println("redistill: " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
        persistence.start();
    }

    private static void warmUp(NetworkConfig network, EngineConfig engine, ServerCommands commands, Log log) {
        long startNs = System.nanoTime();
        try {
            new WarmUp(network, engine, commands, (thread, fault) -> log.warn(thread.getName() + " died of " + fault))
                    .run();
            log.info("warmed up in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs) + " ms");
        } catch (IOException | RuntimeException e) {
            // Of the second kind is what Netty throws when the system has no more of something: the server itself has
            // it.
            log.info("not warmed up: " + e.getMessage());
        } catch (InterruptedException impossible) { // nobody knows this thread
            Thread.currentThread().interrupt();
        }
    }

    private static void stopAtSignal(NetworkServer server, Persistence persistence, Log log) {
        if (persistence.isLoading()) {
            // Nothing has changed yet, and nobody waits for as long as that takes.
            log.info("stopped while loading");
            Runtime.getRuntime().halt(0);
        }
        try {
            stopInOrder(server, persistence, log);
        } catch (InterruptedException impossible) { // nobody knows this thread
            Runtime.getRuntime().halt(1);
        }
    }

    /** Answers what was received, then ends the process with 0, whatever asked for it. */
    private static synchronized void stopInOrder(NetworkServer server, Persistence persistence, Log log)
            throws InterruptedException {
        log.info("stopping");
        persistence.prepareEnd();
        server.stop();
        boolean saved = persistence.saveAtEnd();
        persistence.stop();
        log.info("stopped");
        // Not exit: after a signal the JVM would answer with the signal's code.
        Runtime.getRuntime().halt(saved ? 0 : 1);
    }

    /** A thread of the server died of a fault of ours: half a cache is worse than none. */
    private static void dieOf(Throwable fault, Thread thread, Log log) {
        StringWriter trace = new StringWriter();
        fault.printStackTrace(new PrintWriter(trace));
        log.lines(
                LogLevel.ERROR,
                "thread " + thread.getName() + " died, the server ends\n"
                        + trace.toString().stripTrailing());
        Runtime.getRuntime().halt(70);
    }

    private static NetworkConfig networkConfig(ServerSettings settings, Transport transport) {
        List<NetworkConfig.Listener> listeners = settings.port() == 0
                ? List.of()
                : settings.bind().stream()
                        .map(bind -> new NetworkConfig.Listener(bind.host(), bind.optional()))
                        .toList();
        return new NetworkConfig(
                listeners,
                settings.port(),
                settings.unixSocket(),
                settings.unixSocketPermissions(),
                settings.tcpBacklog(),
                settings.tcpKeepaliveSeconds(),
                settings.timeoutSeconds(),
                settings.maxConnections(),
                settings.clientLimits(),
                settings.password(),
                settings.protectedMode(),
                transport,
                settings.threads());
    }

    private static EngineConfig engineConfig(ServerSettings settings) {
        return new EngineConfig(
                settings.shards(),
                settings.eventLoops(),
                settings.ringSize(),
                settings.maxMemoryBytes(),
                settings.index(),
                settings.stripes(),
                new HashLimits(settings.hashMaxEntries(), settings.hashMaxValueBytes()),
                settings.databases(),
                new SecureRandom().nextLong(),
                ShardClock.SYSTEM,
                true,
                false);
    }
}
