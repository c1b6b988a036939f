// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the Rust project Redistill can be told and this server cannot yet, so that its files and environments start
 * this server and nothing in them is dropped silently.
 *
 * @param key {@code section.key} in its file
 * @param variable its environment variable, or null
 * @param same values that ask for nothing this server does not do anyway: no word about them
 * @param unsafe whether to ignore any other value would do harm: the start is refused
 */
record ForeignKey(String key, @Nullable String variable, List<String> same, boolean unsafe) {
    private static final List<String> NONE = List.of();
    private static final List<String> FALSE = List.of("false", "no", "off", "0");
    private static final List<String> TRUE = List.of("true", "yes", "on", "1");

    static final List<ForeignKey> ALL = List.of(
            ignored("server.batch_size", "REDIS_BATCH_SIZE", NONE),
            ignored("server.buffer_size", "REDIS_BUFFER_SIZE", NONE),
            ignored("server.buffer_pool_size", "REDIS_BUFFER_POOL_SIZE", NONE),
            ignored("server.connection_rate_limit", null, List.of("0")),
            ignored("server.health_check_port", "REDIS_HEALTH_CHECK_PORT", List.of("0")),
            ignored("server.shutdown_grace_period_secs", "REDIS_SHUTDOWN_GRACE_SECS", NONE),
            refused("security.tls_enabled", null, FALSE),
            ignored("security.tls_cert_path", null, List.of("")),
            ignored("security.tls_key_path", null, List.of("")),
            ignored("memory.s3fifo_small_ratio", null, NONE),
            ignored("memory.s3fifo_ghost_ratio", null, NONE),
            ignored("logging.format", null, List.of("text")),
            ignored("performance.tcp_nodelay", "REDIS_TCP_NODELAY", TRUE),
            ignored("persistence.aof_enabled", "REDIS_AOF_ENABLED", FALSE),
            ignored("persistence.aof_path", "REDIS_AOF_PATH", NONE),
            ignored("persistence.aof_fsync", "REDIS_AOF_FSYNC", NONE),
            ignored("persistence.aof_rewrite_min_size", "REDIS_AOF_REWRITE_MIN_SIZE", NONE),
            ignored("persistence.aof_rewrite_percentage", "REDIS_AOF_REWRITE_PERCENTAGE", NONE),
            ignored("metrics.command_counter", "REDIS_METRICS_COMMAND_COUNTER", FALSE),
            ignored("metrics.command_histogram", "REDIS_METRICS_COMMAND_HISTOGRAM", FALSE),
            refused("replication.replicaof", "REDIS_REPLICAOF", List.of("")),
            ignored("replication.masterauth", "REDIS_MASTERAUTH", List.of("")),
            ignored("replication.replica_read_only", "REDIS_REPLICA_READ_ONLY", NONE),
            ignored("replication.repl_backlog_size", "REDIS_REPL_BACKLOG_SIZE", NONE));

    private static final Map<String, ForeignKey> BY_KEY = new HashMap<>();

    static {
        for (ForeignKey foreign : ALL) {
            BY_KEY.put(foreign.key, foreign);
        }
    }

    /** The row of {@code section.key}, or null. */
    static @Nullable ForeignKey ofKey(String key) {
        return BY_KEY.get(key);
    }

    /**
     * What to tell the operator about a value of this key, or null for nothing.
     *
     * @throws RefusedException when it cannot be ignored
     */
    @Nullable
    String judge(String where, String value) throws RefusedException {
        if (same.contains(value.toLowerCase(Locale.ROOT))) {
            return null;
        }
        if (unsafe) {
            throw new RefusedException(where + ": " + key + "=" + value
                    + " is refused: not in this version, and to ignore it would be unsafe; allowed is "
                    + (same.contains("") ? "an empty text" : same.get(0)));
        }
        return where + ": " + key + " has no counterpart here yet and is ignored";
    }

    private static ForeignKey ignored(String key, @Nullable String variable, List<String> same) {
        return new ForeignKey(key, variable, same, false);
    }

    private static ForeignKey refused(String key, @Nullable String variable, List<String> same) {
        return new ForeignKey(key, variable, same, true);
    }
}
