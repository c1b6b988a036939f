// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/**
 * A value as somebody wrote it.
 *
 * @param text the value
 * @param where where it stands: {@code option --port}, {@code variable REDIS_PORT}, {@code redistill.toml:3}
 * @param source the kind of place
 */
record Given(String text, String where, Source source) {
    enum Source {
        OPTION,
        VARIABLE,
        FILE,
        DEFAULT
    }
}
