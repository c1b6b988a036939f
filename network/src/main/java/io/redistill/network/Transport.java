// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.redistill.network.connection.Connection;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are driven.
 *
 * <p>Threading: immutable, but whether a transport can be had is found out, and its native library loaded, when it is
 * first asked for.
 */
public enum Transport {
    /** Linux's epoll: tells which sockets are ready, and then we read. */
    EPOLL {
        @Override
        @Nullable
        Throwable unavailability() {
            return Epoll.unavailabilityCause();
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> tcp() {
            return EpollServerSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> unix() {
            return EpollServerDomainSocketChannel.class;
        }

        @Override
        SocketAddress unixAddress(Path path) {
            return new DomainSocketAddress(path.toFile());
        }

        @Override
        void prepare(Channel accepted, Connection connection) {
            super.prepare(accepted, connection);
            EpollMask.keepFilled(accepted);
        }

        @Override
        KeepAliveOptions keepAliveOptions() {
            return new KeepAliveOptions(
                    EpollChannelOption.TCP_KEEPIDLE, EpollChannelOption.TCP_KEEPINTVL, EpollChannelOption.TCP_KEEPCNT);
        }
    },

    /**
     * Linux's io_uring: reads for all sockets stand in the kernel, which fills buffers of a ring that the loop's sockets
     * share, so that an idle connection holds none; what arrives is copied into the loop's input memory.
     */
    IO_URING {
        @Override
        @Nullable
        Throwable unavailability() {
            Throwable cause = IoUring.unavailabilityCause();
            if (cause == null && !IoUring.isRegisterBufferRingSupported()) {
                return new UnsupportedOperationException("this kernel has no rings of provided buffers");
            }
            return cause;
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                    .setBufferRingConfig(IoUringBufferRingConfig.builder()
                            .bufferGroupId(INPUT_BUFFERS)
                            .bufferRingSize(INPUT_BUFFER_COUNT)
                            .batchSize(INPUT_BUFFER_COUNT)
                            .allocator(new IoUringFixedBufferRingAllocator(INPUT_BUFFER_BYTES))
                            .build()));
        }

        @Override
        Class<? extends ServerChannel> tcp() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> unix() {
            return IoUringServerDomainSocketChannel.class;
        }

        @Override
        SocketAddress unixAddress(Path path) {
            return new DomainSocketAddress(path.toFile());
        }

        @Override
        void prepare(Channel accepted, Connection connection) {
            // Reads of many sockets are under way at a time: they cannot share the place they are read to.
            accepted.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, INPUT_BUFFERS);
        }

        @Override
        KeepAliveOptions keepAliveOptions() {
            return new KeepAliveOptions(
                    IoUringChannelOption.TCP_KEEPIDLE,
                    IoUringChannelOption.TCP_KEEPINTVL,
                    IoUringChannelOption.TCP_KEEPCNT);
        }
    },

    /** The JDK's selectors, for everything else. */
    NIO {
        @Override
        @Nullable
        Throwable unavailability() {
            return null;
        }

        @Override
        IoHandlerFactory ioHandlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> tcp() {
            return NioServerSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> unix() {
            return NioServerDomainSocketChannel.class;
        }

        @Override
        SocketAddress unixAddress(Path path) {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        KeepAliveOptions keepAliveOptions() {
            return new KeepAliveOptions(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
        }
    };

    private static final int KEEP_ALIVE_PROBES = 3;
    private static final short INPUT_BUFFERS = 0;
    private static final short INPUT_BUFFER_COUNT = 64;
    private static final int INPUT_BUFFER_BYTES = 32 << 10;

    /**
     * The first of several that can be had here. {@link #NIO} always can.
     *
     * @param warning is told, in one line, why it is not the very first
     */
    public static Transport choose(List<Transport> preferred, Consumer<String> warning) {
        StringBuilder reasons = new StringBuilder();
        for (Transport transport : preferred) {
            Throwable cause = transport.unavailability();
            if (cause == null) {
                if (!reasons.isEmpty()) {
                    warning.accept(reasons + "; transport " + transport.label() + " is used");
                }
                return transport;
            }
            reasons.append(reasons.isEmpty() ? "transport " : "; transport ")
                    .append(transport.label())
                    .append(" cannot be had here: ")
                    .append(rootMessage(cause));
        }
        throw new IllegalArgumentException("no transport of " + preferred + " can be had");
    }

    /** What a native library says about why it does not load is in the innermost cause. */
    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.toString() : message.lines().findFirst().orElse(message);
    }

    /** Whether it can be had on this machine. */
    public boolean isAvailable() {
        return unavailability() == null;
    }

    /** The name that the setting has, as in {@code io_uring}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Why it cannot be had on this machine, or null if it can. */
    abstract @Nullable Throwable unavailability();

    abstract IoHandlerFactory ioHandlerFactory();

    abstract Class<? extends ServerChannel> tcp();

    abstract Class<? extends ServerChannel> unix();

    abstract SocketAddress unixAddress(Path path);

    abstract KeepAliveOptions keepAliveOptions();

    /**
     * Makes TCP ask an idle peer whether it is still there, at intervals as Redis sets them: the peer is given up after
     * twice the time.
     */
    void keepAlive(ChannelConfig tcp, int idleSeconds) {
        KeepAliveOptions options = keepAliveOptions();
        tcp.setOption(ChannelOption.SO_KEEPALIVE, true);
        tcp.setOption(options.idleSeconds(), idleSeconds);
        tcp.setOption(options.intervalSeconds(), Math.max(1, idleSeconds / KEEP_ALIVE_PROBES));
        tcp.setOption(options.probes(), KEEP_ALIVE_PROBES);
    }

    /** Sets up an accepted channel before it is registered. */
    void prepare(Channel accepted, Connection connection) {
        RecvByteBufAllocator intoLoopMemory = connection.receiveAllocator();
        accepted.config().setOption(ChannelOption.RECVBUF_ALLOCATOR, intoLoopMemory);
    }

    /** What a transport calls TCP's keep-alive. */
    private record KeepAliveOptions(
            ChannelOption<Integer> idleSeconds,
            ChannelOption<Integer> intervalSeconds,
            ChannelOption<Integer> probes) {}
}
