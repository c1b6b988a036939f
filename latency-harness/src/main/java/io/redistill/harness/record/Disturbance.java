// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.record;

/**
 * Something that may have changed the times of an interval. Marked in every output, never removed from it.
 *
 * <p>Threading: immutable.
 *
 * @param name what it was: {@code bgsave}, {@code info}, {@code eviction}, {@code storm}, {@code steal}, …
 * @param startNs offset of its beginning
 * @param endNs offset of its end
 * @param detail figures or texts for the reader, may be empty
 */
public record Disturbance(String name, long startNs, long endNs, String detail) {}
