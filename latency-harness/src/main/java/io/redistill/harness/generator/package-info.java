// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
/**
 * The measuring loop: sends requests when they are due, takes replies, records both times of each. Clock and transport
 * are ports, so that the loop that measures servers is the one that the truth test measures.
 */
@NullMarked
package io.redistill.harness.generator;

import org.jspecify.annotations.NullMarked;
