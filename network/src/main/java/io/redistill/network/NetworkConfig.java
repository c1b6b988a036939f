// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import io.redistill.network.connection.ClientLimits;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable settings of a {@link NetworkServer}.
 *
 * @param listeners TCP addresses to listen on, may be empty
 * @param port TCP port, 0 for none
 * @param unixSocket path of a Unix-domain socket to listen on, or null
 * @param unixSocketPermissions its mode bits, or 0 for the process's default
 * @param backlog connections that wait to be accepted
 * @param keepAliveSeconds idle seconds after which TCP probes the peer, 0 for never
 * @param idleTimeoutSeconds idle seconds after which a connection is closed, 0 for never
 * @param maxConnections most connections at a time
 * @param clientLimits what a client may make the server hold for it
 * @param password of the default user, empty for none
 * @param protectedMode whether only this machine may connect while there is no password
 * @param transport how sockets are driven; must be one that can be had here
 * @param threads which threads there are
 */
public record NetworkConfig(
        List<Listener> listeners,
        int port,
        @Nullable Path unixSocket,
        int unixSocketPermissions,
        int backlog,
        int keepAliveSeconds,
        int idleTimeoutSeconds,
        int maxConnections,
        ClientLimits clientLimits,
        String password,
        boolean protectedMode,
        Transport transport,
        ThreadConfig threads) {
    public NetworkConfig {
        listeners = List.copyOf(listeners);
    }

    /**
     * A host to listen on.
     *
     * @param optional whether a host that this machine does not have is passed over
     */
    public record Listener(String host, boolean optional) {}
}
