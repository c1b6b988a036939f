// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannelConfig;
import io.redistill.engine.Engine;
import io.redistill.engine.EngineConfig;
import io.redistill.engine.shard.ShardThread;
import io.redistill.engine.shard.SleepGate;
import io.redistill.network.connection.Authentication;
import io.redistill.network.connection.ClientRegistry;
import io.redistill.network.connection.Connection;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.connection.ServerCommands;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listeners and the threads behind them: accepts connections, deals each to the event loop that has fewest, and owns the
 * engine and all threads.
 *
 * <p>Threading: one thread constructs, {@link #start}s and {@link #stop}s or {@link #close}s it; the accessors any thread.
 */
public final class NetworkServer implements AutoCloseable {
    /** As Redis: with fewer, a storm of connections waits for as many turns of a loop that others keep busy. */
    private static final int MAX_ACCEPTS_PER_TURN = 1000;

    private final NetworkConfig config;
    private final Engine engine;
    private final ClientRegistry clients;
    private final Authentication authentication;
    private final Transport transport;
    private final EventLoopThread[] eventLoops;
    private final List<ShardThread> shardThreads = new ArrayList<>();
    private final List<Channel> listening = new ArrayList<>();

    /** Whether the file of the Unix-domain socket is ours to remove. */
    private boolean ownsUnixSocket;

    /**
     * A server that does not listen yet.
     *
     * @param engineConfig the engine's; its publishers are the event loops
     * @param atThreadDeath is told when a thread of the server dies of an exception
     */
    public NetworkServer(
            NetworkConfig config, EngineConfig engineConfig, Thread.UncaughtExceptionHandler atThreadDeath) {
        this.config = config;
        transport = config.transport();
        ThreadConfig threadConfig = config.threads();
        boolean fused = threadConfig.placement() == Placement.FUSED;
        if (fused && engineConfig.publishers() != engineConfig.shards()) {
            throw new IllegalArgumentException("publishers=" + engineConfig.publishers() + " but shards="
                    + engineConfig.shards() + "; in placement fused they must be equal");
        }
        clients = new ClientRegistry(config.maxConnections());
        authentication = new Authentication(config.password());
        ServerThreads threads = new ServerThreads(threadConfig.namePrefix(), atThreadDeath);
        eventLoops = new EventLoopThread[engineConfig.publishers()];
        SleepGate[] gates = new SleepGate[eventLoops.length];
        for (int i = 0; i < eventLoops.length; i++) {
            eventLoops[i] = new EventLoopThread(
                    i,
                    transport.ioHandlerFactory(),
                    threadConfig.waitMode(),
                    threads.named(fused ? "core" : "net", i, threadConfig.eventLoopCpus()));
            gates[i] = eventLoops[i].gate();
        }
        engine = new Engine(engineConfig, gates);
        for (int i = 0; !fused && i < engineConfig.shards(); i++) {
            shardThreads.add(new ShardThread(
                    engine.shard(i), threadConfig.waitMode(), threads.named("shard", i, threadConfig.shardCpus())));
        }
    }

    /** Keeps the processors that event loops and shards are to be pinned to free of all other threads; before the start. */
    public void reserveProcessors() {
        List<Integer> pinned = new ArrayList<>(config.threads().eventLoopCpus());
        pinned.addAll(config.threads().shardCpus());
        Processors.leave(pinned);
    }

    /**
     * Starts the threads and listens.
     *
     * @throws IOException when a processor cannot be had or an address not be listened on; the message names it. Nothing is left running.
     */
    public void start(ServerCommands serverCommands) throws IOException {
        try {
            ServerThreads.check(config.threads().eventLoopCpus());
            ServerThreads.check(config.threads().shardCpus());
        } catch (IOException e) {
            engine.close();
            throw e;
        }
        boolean fused = shardThreads.isEmpty();
        shardThreads.forEach(ShardThread::start);
        for (int i = 0; i < eventLoops.length; i++) {
            eventLoops[i].start(
                    engine,
                    fused ? engine.shard(i) : null,
                    clients,
                    serverCommands,
                    authentication,
                    config.clientLimits(),
                    config.idleTimeoutSeconds());
        }
        try {
            listen();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void listen() throws IOException {
        if (config.port() >= 0) {
            for (NetworkConfig.Listener listener : config.listeners()) {
                listenTcp(listener);
            }
        }
        Path path = config.unixSocket();
        if (path != null) {
            removeStale(path);
            listenOn(transport.unix(), transport.unixAddress(path), path.toString(), false);
            ownsUnixSocket = true;
            setPermissions(path);
        }
    }

    private void listenTcp(NetworkConfig.Listener listener) throws IOException {
        String name = listener.host() + ":" + config.port();
        InetAddress host;
        try {
            host = InetAddress.getByName(listener.host());
        } catch (UnknownHostException e) {
            if (listener.optional()) {
                return;
            }
            throw new IOException("cannot listen on " + name + ": unknown host", e);
        }
        listenOn(transport.tcp(), new InetSocketAddress(host, config.port()), name, listener.optional());
    }

    private void listenOn(Class<? extends ServerChannel> type, SocketAddress address, String name, boolean optional)
            throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(eventLoops[0].ioLoop())
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(MAX_ACCEPTS_PER_TURN))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ignored) {}
                });
        if (address instanceof InetSocketAddress) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        }
        bootstrap.handler(new Acceptor());
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause == null) {
            listening.add(bound.channel());
        } else if (!optional || isInUse(cause)) {
            String reason = isInUse(cause) ? "Address already in use" : String.valueOf(cause.getMessage());
            throw new IOException("cannot listen on " + name + ": " + reason, cause);
        }
    }

    private static boolean isInUse(Throwable cause) {
        String message = cause.getMessage();
        return (cause instanceof BindException || cause instanceof IOException)
                && message != null
                && message.contains("in use");
    }

    /** Removes a socket file that nobody listens on any more. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            throw new IOException("cannot listen on " + path + ": a file that is no socket is in the way");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobodyListens) {
            Files.delete(path);
            return;
        }
        throw new IOException("cannot listen on " + path + ": Address already in use");
    }

    private void setPermissions(Path path) throws IOException {
        int mode = config.unixSocketPermissions();
        if (mode == 0) {
            return;
        }
        PosixFilePermission[] bits = PosixFilePermission.values(); // owner, group, others: read, write, execute
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < bits.length; i++) {
            if ((mode & 1 << bits.length - 1 - i) != 0) {
                permissions.add(bits[i]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /** Publishes the event of a cut that was claimed at the engine's source of cuts. Any thread. */
    public void publishCut() {
        EventLoopThread first = eventLoops[0];
        first.ioLoop().execute(() -> first.loop().publishCut());
    }

    /** {@link #stop}, and then gives back what the data takes, which the end of the process does too, and faster. */
    @Override
    public void close() {
        try {
            stop();
            engine.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops accepting, answers what was received, closes the connections and ends the threads. The data is still there
     * afterwards.
     *
     * @throws InterruptedException when threads may still be running
     */
    public void stop() throws InterruptedException {
        for (Channel channel : listening) {
            channel.close().awaitUninterruptibly();
        }
        Path path = config.unixSocket();
        if (path != null && ownsUnixSocket) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // The next start removes it as stale.
            }
        }
        for (EventLoopThread eventLoop : eventLoops) {
            eventLoop.drainLater();
        }
        for (EventLoopThread eventLoop : eventLoops) {
            eventLoop.awaitDrained();
        }
        for (EventLoopThread eventLoop : eventLoops) {
            eventLoop.stop();
        }
        for (ShardThread shardThread : shardThreads) {
            shardThread.stop();
        }
    }

    public Engine engine() {
        return engine;
    }

    public ClientRegistry clients() {
        return clients;
    }

    /** The event loops, by number. */
    public List<ConnectionLoop> loops() {
        List<ConnectionLoop> loops = new ArrayList<>();
        for (EventLoopThread eventLoop : eventLoops) {
            loops.add(eventLoop.loop());
        }
        return loops;
    }

    /** Which threads there are. */
    public ThreadConfig threadConfig() {
        return config.threads();
    }

    /** The transport in use, as in {@code epoll}. */
    public String transportName() {
        return transport.label();
    }

    /** The TCP port that the first listener got, or 0. */
    public int boundPort() {
        for (Channel channel : listening) {
            if (channel.localAddress() instanceof InetSocketAddress address) {
                return address.getPort();
            }
        }
        return 0;
    }

    /** Takes accepted channels: confined to the first event loop. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Channel child = (Channel) message;
            String refusal = refusal(child);
            if (refusal != null) {
                refuse(child, refusal);
                return;
            }
            EventLoopThread eventLoop = leastLoaded();
            eventLoop.connections().incrementAndGet();
            Connection connection = Connection.create(
                    eventLoop.loop(),
                    describe(child.remoteAddress(), child.localAddress()),
                    describe(child.localAddress(), child.localAddress()),
                    !authentication.isRequired());
            child.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            if (child.config() instanceof SocketChannelConfig tcp) {
                tcp.setTcpNoDelay(true);
                if (config.keepAliveSeconds() > 0) {
                    transport.keepAlive(tcp, config.keepAliveSeconds());
                }
            }
            transport.prepare(child, connection);
            child.pipeline().addLast(connection);
            child.closeFuture().addListener(ignored -> eventLoop.connections().decrementAndGet());
            register(child, eventLoop);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Out of file descriptors or the like: the next accept may succeed again.
        }

        private void register(Channel child, EventLoopThread eventLoop) {
            child.unsafe().register(eventLoop.ioLoop(), child.newPromise());
        }

        private EventLoopThread leastLoaded() {
            EventLoopThread least = eventLoops[0];
            for (EventLoopThread eventLoop : eventLoops) {
                if (eventLoop.connections().get() < least.connections().get()) {
                    least = eventLoop;
                }
            }
            return least;
        }

        private void refuse(Channel child, String refusal) {
            child.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                    ctx.writeAndFlush(io.netty.buffer.Unpooled.copiedBuffer(
                                    refusal, java.nio.charset.StandardCharsets.US_ASCII))
                            .addListener(ignored -> ctx.close());
                }
            });
            register(child, eventLoops[0]);
        }

        private @Nullable String refusal(Channel child) {
            if (config.protectedMode() && !authentication.isRequired() && !Connection.isLocal(child)) {
                return PROTECTED_MODE;
            }
            return clients.tryAdmit() ? null : "-ERR max number of clients reached\r\n";
        }

        private String describe(@Nullable SocketAddress address, @Nullable SocketAddress local) {
            if (address instanceof InetSocketAddress inet) {
                String host = inet.getAddress().getHostAddress();
                return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
            }
            return config.unixSocket() + ":0";
        }
    }

    private static final String PROTECTED_MODE = "-DENIED Redis is running in protected mode because protected mode is"
            + " enabled and no password is set for the default user. In this mode connections are only accepted from"
            + " the loopback interface. If you want to connect from external computers to Redis you may adopt one of"
            + " the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode"
            + " no' from the loopback interface by connecting to Redis from the same host the server is running,"
            + " however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to"
            + " make this change permanent. 2) Alternatively you can just disable the protected mode by editing the"
            + " Redis configuration file, and setting the protected mode option to 'no', and then restarting the"
            + " server. 3) If you started the server manually just for testing, restart it with the '--protected-mode"
            + " no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one"
            + " of the above things in order for the server to start accepting connections from the outside.\r\n";
}
