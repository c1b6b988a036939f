// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0

/**
 * Where every setting of the server comes from: command-line option, environment variable, {@code redistill.toml},
 * default, in this order.
 *
 * <p>The settings are data ({@link io.redistill.network.server.settings.Setting}); options, variables, keys of the
 * file, {@code CONFIG GET}, {@code --help} and {@code docs/configuration.md} follow from that table. No other package
 * reads the environment, system properties or configuration files.
 */
@NullMarked
package io.redistill.network.server.settings;

import org.jspecify.annotations.NullMarked;
