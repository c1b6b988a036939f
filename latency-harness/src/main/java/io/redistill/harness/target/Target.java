// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.target;

import io.redistill.harness.generator.HarnessClock;
import io.redistill.harness.generator.NioTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Where requests go and how a connection introduces itself. HELLO and CLIENT are sent when they are asked for and not
 * otherwise, so that any server can be a target.
 *
 * <p>Threading: immutable.
 *
 * @param address TCP or Unix
 * @param tls makes the engine of a connection, or null
 * @param user name to authenticate with, or null
 * @param password password to authenticate with, or null
 * @param resp3 whether to ask for RESP3
 * @param database database to select, 0 for none
 * @param clientName name to give the connections, or null
 */
public record Target(
        SocketAddress address,
        @Nullable Supplier<SSLEngine> tls,
        @Nullable String user,
        @Nullable String password,
        boolean resp3,
        int database,
        @Nullable String clientName) {
    /** The address as people write it. */
    public String text() {
        if (address instanceof InetSocketAddress internet) {
            return internet.getHostString() + ":" + internet.getPort() + (tls == null ? "" : " (TLS)");
        }
        return ((UnixDomainSocketAddress) address).getPath().toString();
    }

    /** Whether its processes may be those of this machine. */
    public boolean local() {
        return address instanceof UnixDomainSocketAddress
                || (address instanceof InetSocketAddress internet
                        && !internet.isUnresolved()
                        && internet.getAddress().isLoopbackAddress());
    }

    /** The requests that a new connection begins with. */
    public List<byte[]> handshake() {
        List<byte[]> frames = new ArrayList<>();
        if (resp3) {
            frames.add(
                    password == null
                            ? request("HELLO", "3")
                            : request("HELLO", "3", "AUTH", user == null ? "default" : user, password));
        } else if (password != null) {
            frames.add(user == null ? request("AUTH", password) : request("AUTH", user, password));
        }
        if (database > 0) {
            frames.add(request("SELECT", Integer.toString(database)));
        }
        if (clientName != null) {
            frames.add(request("CLIENT", "SETNAME", clientName));
        }
        return frames;
    }

    /** A transport of so many connections to it. */
    public NioTransport transport(int connections, boolean precise) throws IOException {
        return new NioTransport(address, tls, connections, HarnessClock.SYSTEM, precise);
    }

    /** A request as RESP. */
    public static byte[] request(String... arguments) {
        StringBuilder text = new StringBuilder("*" + arguments.length + "\r\n");
        for (String argument : arguments) {
            text.append('$')
                    .append(argument.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(argument)
                    .append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
