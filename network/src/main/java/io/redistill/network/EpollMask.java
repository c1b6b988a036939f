// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollIoOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel's epoll mask from becoming empty, around a fault of Netty 4.2.18: it takes a socket whose mask is empty
 * out of epoll and forgets that it did, so that the next change of the mask fails with ENOENT and the channel closes. The
 * mask of a half-closed connection is empty until a reply does not fit into the socket: its last replies would be lost.
 *
 * <p>EPOLLERR is reported whether it is in the mask or not, so adding it changes nothing else. Netty offers no public way.
 *
 * <p>Threading: stateless.
 */
final class EpollMask {
    private static final @Nullable Method SET_FLAG = setFlag();

    private EpollMask() {}

    private static @Nullable Method setFlag() {
        try {
            Class<?> channel = Class.forName("io.netty.channel.epoll.AbstractEpollChannel");
            Method method = channel.getDeclaredMethod("setFlag", int.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException anotherNetty) {
            // PipelineIT says whether that one needs it.
            return null;
        }
    }

    /** For a channel that is not registered yet. */
    static void keepFilled(Channel channel) {
        if (SET_FLAG == null) {
            return;
        }
        try {
            SET_FLAG.invoke(channel, EpollIoOps.EPOLLERR.value());
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
