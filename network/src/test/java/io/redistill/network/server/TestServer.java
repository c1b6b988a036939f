// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.EngineConfig;
import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.shard.WaitMode;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import io.redistill.network.NetworkConfig;
import io.redistill.network.NetworkServer;
import io.redistill.network.Placement;
import io.redistill.network.ThreadConfig;
import io.redistill.network.Transport;
import io.redistill.network.connection.ClientLimits;
import io.redistill.network.server.settings.LogLevel;
import io.redistill.network.server.settings.ServerSettings;
import io.redistill.network.support.RespClient;
import io.redistill.snapshot.SnapshotStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A whole server in the test's process, on a port of the system's choice. */
public final class TestServer implements AutoCloseable {
    private final NetworkServer server;
    private final Persistence persistence;
    private volatile Throwable dead;
    private final CountDownLatch shutdownAsked = new CountDownLatch(1);

    private TestServer(Builder builder) throws IOException {
        server = new NetworkServer(
                new NetworkConfig(
                        builder.host.isEmpty() ? List.of() : List.of(new NetworkConfig.Listener(builder.host, false)),
                        0,
                        builder.unixSocket,
                        builder.unixSocketMode,
                        511,
                        300,
                        builder.idleTimeoutSeconds,
                        builder.maxConnections,
                        builder.limits,
                        builder.password,
                        true,
                        builder.transport,
                        new ThreadConfig(
                                builder.placement, builder.waitMode, builder.eventLoopCpus, builder.shardCpus)),
                new EngineConfig(
                        builder.shards,
                        builder.placement == Placement.FUSED ? builder.shards : builder.eventLoops,
                        builder.ringSize,
                        builder.maxMemoryBytes,
                        IndexKind.EXTENDIBLE,
                        EngineConfig.DEFAULT_STRIPES,
                        HashLimits.defaults(),
                        EngineConfig.DEFAULT_DATABASES,
                        builder.seed,
                        ShardClock.SYSTEM,
                        false,
                        true),
                (thread, fault) -> dead = fault);
        server.engine()
                .budget()
                .settings(new EvictionSettings(
                        builder.maxMemoryBytes,
                        builder.policy,
                        EvictionSettings.DEFAULT_SAMPLES,
                        EvictionSettings.DEFAULT_LFU_LOG_FACTOR,
                        EvictionSettings.DEFAULT_LFU_DECAY_MINUTES));
        builder.options("--shards", String.valueOf(builder.shards), "--dbfilename", builder.file);
        ServerSettings.Outcome outcome =
                ServerSettings.resolve(builder.options.toArray(String[]::new), Map.of(), Path.of("target"));
        ServerSettings settings = ((ServerSettings.Outcome.Run) outcome).settings();
        persistence = new Persistence(server, settings, builder.storage, new Log(System.err, LogLevel.ERROR));
        server.start(new WholeServerCommands(server, settings, persistence, shutdownAsked::countDown));
        persistence.load();
        persistence.start();
    }

    public static Builder shards(int shards) {
        return new Builder(shards);
    }

    public int port() {
        return server.boundPort();
    }

    public RespClient connect() throws IOException {
        return RespClient.connect(port());
    }

    public NetworkServer server() {
        return server;
    }

    @Override
    public void close() {
        if (dead != null) {
            throw new AssertionError("a thread of the server died", dead);
        }
        persistence.prepareEnd();
        server.close();
        persistence.stop();
    }

    /** Settings. */
    public static final class Builder {
        private final int shards;
        private String host = "127.0.0.1";
        private int ringSize = 4096;
        private long maxMemoryBytes = 1L << 30;
        private EvictionPolicy policy = EvictionPolicy.NOEVICTION;
        private int maxConnections = 10_000;
        private int idleTimeoutSeconds;
        private ClientLimits limits = ClientLimits.DEFAULT;
        private String password = "";
        private Path unixSocket;
        private int unixSocketMode;
        private long seed = 1;
        private Placement placement = Placement.FUSED;
        private Transport transport = Transport.EPOLL;
        private WaitMode waitMode = WaitMode.PARK;
        private int eventLoops = 1;
        private List<Integer> eventLoopCpus = List.of();
        private List<Integer> shardCpus = List.of();

        private SnapshotStorage storage = SnapshotStorage.FILES;
        private final List<String> options = new ArrayList<>();
        private String file = "none.snapshot";

        private Builder(int shards) {
            this.shards = shards;
        }

        /** The snapshot's name; none that is there without this. */
        public Builder file(String name) {
            file = name;
            return this;
        }

        /** Options that the commands and the persistence go by. */
        public Builder options(String... more) {
            options.addAll(List.of(more));
            return this;
        }

        /** Where snapshots go. */
        public Builder storage(SnapshotStorage snapshotStorage) {
            storage = snapshotStorage;
            return this;
        }

        /** Empty for no TCP listener. */
        public Builder host(String name) {
            host = name;
            return this;
        }

        public Builder ringSize(int slots) {
            ringSize = slots;
            return this;
        }

        public Builder maxMemoryBytes(long bytes) {
            maxMemoryBytes = bytes;
            return this;
        }

        public Builder policy(EvictionPolicy evictionPolicy) {
            policy = evictionPolicy;
            return this;
        }

        public Builder idleTimeoutSeconds(int seconds) {
            idleTimeoutSeconds = seconds;
            return this;
        }

        public Builder maxConnections(int count) {
            maxConnections = count;
            return this;
        }

        public Builder limits(ClientLimits clientLimits) {
            limits = clientLimits;
            return this;
        }

        public Builder password(String text) {
            password = text;
            return this;
        }

        public Builder unixSocket(Path path, int mode) {
            unixSocket = path;
            unixSocketMode = mode;
            return this;
        }

        public Builder seed(long hashSeed) {
            seed = hashSeed;
            return this;
        }

        /** Threads for the shards alone, beside so many event loops. */
        public Builder dedicated(int loops) {
            placement = Placement.DEDICATED;
            eventLoops = loops;
            return this;
        }

        public Builder cpus(List<Integer> forEventLoops, List<Integer> forShards) {
            eventLoopCpus = forEventLoops;
            shardCpus = forShards;
            return this;
        }

        public Builder waitMode(WaitMode mode) {
            waitMode = mode;
            return this;
        }

        /** One that can be had here. */
        public Builder transport(Transport kind) {
            transport = kind;
            return this;
        }

        public TestServer start() throws IOException {
            return new TestServer(this);
        }
    }
}
