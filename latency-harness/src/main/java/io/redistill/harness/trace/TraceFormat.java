// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** How a trace is written. */
enum TraceFormat {
    /** A line each: {@code key [size [ttl]]}. */
    TEXT,
    /** libCacheSim's records of 24 bytes. */
    ORACLE_GENERAL;

    /** The format that a file's name stands for: {@code .oracleGeneral} or {@code .oracleGeneral.bin}, else text. */
    static TraceFormat of(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".zst") || name.endsWith(".gz")) {
            throw new IOException(file + " is compressed: unpack it first");
        }
        return name.contains(".oraclegeneral") ? ORACLE_GENERAL : TEXT;
    }

    TraceReader open(Path file, long requestsPerSecond) throws IOException {
        return switch (this) {
            case TEXT -> new TextTraceReader(file, requestsPerSecond);
            case ORACLE_GENERAL -> new OracleGeneralReader(file);
        };
    }
}
