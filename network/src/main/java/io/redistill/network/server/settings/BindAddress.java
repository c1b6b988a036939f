// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/**
 * One address to listen on.
 *
 * <p>Threading: immutable.
 *
 * @param host a name or an address; {@code *} stands for every IPv4 and {@code ::*} for every IPv6 address
 * @param optional written with a leading {@code -}: the start goes on when the machine does not have this address
 */
public record BindAddress(String host, boolean optional) {
    static BindAddress parse(String text) {
        boolean optional = text.startsWith("-");
        return new BindAddress(optional ? text.substring(1) : text, optional);
    }

    /** As {@code redis.conf} writes it. */
    @Override
    public String toString() {
        return optional ? "-".concat(host) : host;
    }
}
