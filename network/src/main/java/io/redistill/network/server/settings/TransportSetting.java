// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.network.Transport;
import java.util.List;
import java.util.Locale;

/** How sockets are driven, and what is tried when that cannot be had. */
enum TransportSetting implements ValueType.Choice {
    AUTO(List.of(Transport.EPOLL, Transport.NIO)),
    EPOLL(List.of(Transport.EPOLL, Transport.NIO)),
    IO_URING(List.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO)),
    NIO(List.of(Transport.NIO));

    private final List<Transport> preferred;

    TransportSetting(List<Transport> preferred) {
        this.preferred = preferred;
    }

    List<Transport> preferred() {
        return preferred;
    }

    @Override
    public String redisName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
