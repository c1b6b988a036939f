// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

/**
 * What a client may make the server hold for it before it is disconnected; 0 for no limit.
 *
 * @param queryBufferBytes bytes of a request that is not complete
 * @param outputHardBytes bytes of replies that it does not read, at once
 * @param outputSoftBytes the same, for longer than {@code outputSoftSeconds}
 * @param outputSoftSeconds seconds that the soft limit may be passed for
 */
public record ClientLimits(long queryBufferBytes, long outputHardBytes, long outputSoftBytes, int outputSoftSeconds) {
    /** As Redis's defaults for ordinary clients. */
    public static final ClientLimits DEFAULT = new ClientLimits(1L << 30, 0, 0, 0);

    boolean limitsOutput() {
        return outputHardBytes != 0 || outputSoftBytes != 0;
    }
}
