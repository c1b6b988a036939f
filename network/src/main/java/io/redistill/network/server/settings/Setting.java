// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.engine.EngineConfig;
import io.redistill.engine.store.EvictionSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table of settings. A constant is a row; everything that reads, prints or documents settings goes over
 * {@link #values()}.
 *
 * <p>From the key of a row follow its option (the key with dashes) and its environment variables ({@code REDISTILL_}
 * and {@code REDIS_} with the key in capitals) unless {@link Row#named} says otherwise. A further option is its name in
 * Redis's {@code CONFIG GET}. Older keys are those by which the Rust project Redistill knows the same thing.
 *
 * <p>Threading: immutable.
 */
enum Setting {
    BIND(row("server", "bind", ValueType.addresses(), "127.0.0.1 -::1")
            .redis("bind")
            .about("Addresses to listen on; one with a leading - may be missing on this machine.")),
    PORT(row("server", "port", ValueType.number(0, 65535), "6379").redis("port").about("TCP port; 0 for no TCP.")),
    UNIX_SOCKET(row("server", "unixsocket", ValueType.socketPath(), "")
            .redis("unixsocket")
            .about("Path of a Unix-domain socket to listen on; empty for none.")),
    UNIX_SOCKET_PERMISSIONS(row("server", "unixsocket_perm", ValueType.octalMode(), "0")
            .redis("unixsocketperm")
            .about("Permissions of that socket in octal; 0 leaves them to the umask.")),
    MAX_CONNECTIONS(row("server", "max_connections", ValueType.number(0, Integer.MAX_VALUE), "10000")
            .redis("maxclients")
            .about("Clients connected at the same time; 0 for no limit.")),
    TCP_BACKLOG(row("server", "tcp_backlog", ValueType.number(1, 65535), "511")
            .redis("tcp-backlog")
            .about("Connections that may wait to be accepted.")),
    TCP_KEEPALIVE(row("server", "tcp_keepalive", ValueType.seconds(), "300")
            .redis("tcp-keepalive")
            .formerly("performance", "tcp_keepalive")
            .about("Idle time after which a peer is probed; 0 for never.")),
    TIMEOUT(row("server", "timeout", ValueType.seconds(), "0")
            .redis("timeout")
            .formerly("server", "connection_timeout")
            .about("Idle time after which a client is disconnected; 0 for never.")),
    OUTPUT_BUFFER_LIMIT(row(
                    "server",
                    "client_output_buffer_limit",
                    ValueType.outputBufferLimits(),
                    OutputBufferLimits.DEFAULT.toString())
            .redis("client-output-buffer-limit")
            .about("Unread replies at which a client is disconnected: class, hard limit, soft limit, seconds.")),
    QUERY_BUFFER_LIMIT(row("server", "client_query_buffer_limit", ValueType.bytesFromOneMebibyte(), "1gb")
            .redis("client-query-buffer-limit")
            .about("Bytes of an incomplete request at which a client is disconnected; 0 for no limit.")),
    PASSWORD(row("security", "password", ValueType.text(), "")
            .redis("requirepass")
            .secret()
            .about("Password that clients must give; empty for none.")),
    PROTECTED_MODE(row("security", "protected_mode", ValueType.yesOrNo(), "yes")
            .redis("protected-mode")
            .about("Without a password, serve only clients on this machine.")),
    MAX_MEMORY(row("memory", "max_memory", ValueType.bytesFromOneMebibyte(), "0")
            .redis("maxmemory")
            .about("Memory for data; 0 for 80 % of the machine's or the container's, less in one below 1 GiB.")),
    EVICTION_POLICY(row("memory", "eviction_policy", Types.EVICTION_POLICY, "noeviction")
            .redis("maxmemory-policy")
            .about("What happens when that memory is full.")),
    EVICTION_SAMPLES(row(
                    "memory",
                    "eviction_samples",
                    ValueType.number(1, Integer.MAX_VALUE),
                    Integer.toString(EvictionSettings.DEFAULT_SAMPLES))
            .redis("maxmemory-samples")
            .formerly("memory", "eviction_sample_size")
            .about("Places of the index, of up to eight keys, that are looked at to evict one.")),
    LFU_LOG_FACTOR(row(
                    "memory",
                    "lfu_log_factor",
                    ValueType.number(0, Integer.MAX_VALUE),
                    Integer.toString(EvictionSettings.DEFAULT_LFU_LOG_FACTOR))
            .redis("lfu-log-factor")
            .about("How much slower a key's counter of uses grows with its value.")),
    LFU_DECAY_TIME(row(
                    "memory",
                    "lfu_decay_time",
                    ValueType.number(0, Integer.MAX_VALUE),
                    Integer.toString(EvictionSettings.DEFAULT_LFU_DECAY_MINUTES))
            .redis("lfu-decay-time")
            .about("Minutes without use after which that counter falls by 1; 0 for never.")),
    HASH_MAX_ENTRIES(row("memory", "hash_max_listpack_entries", ValueType.number(0, Integer.MAX_VALUE), "512")
            .redis("hash-max-listpack-entries")
            .alias("hash-max-ziplist-entries")
            .about("Most fields of a hash in compact form.")),
    HASH_MAX_VALUE(row("memory", "hash_max_listpack_value", ValueType.number(0, Integer.MAX_VALUE), "64")
            .redis("hash-max-listpack-value")
            .alias("hash-max-ziplist-value")
            .about("Longest field or value in bytes of a hash in compact form.")),
    PERSISTENCE(row("persistence", "enabled", ValueType.yesOrNo(), "no")
            .named("persistence_enabled")
            .about("Save a snapshot every snapshot_interval when keys changed, and at the end.")),
    SNAPSHOT_DIR(row("persistence", "snapshot_dir", ValueType.filePath(), ".")
            .redis("dir")
            .about("Directory of the snapshot; the one the server was started in if it is relative.")),
    SNAPSHOT_PATH(row("persistence", "snapshot_path", ValueType.filePath(), "redistill.snapshot")
            .redis("dbfilename")
            .about("The snapshot: loaded at start if it is there, written by SAVE, BGSAVE and rules.")),
    SNAPSHOT_INTERVAL(row("persistence", "snapshot_interval", ValueType.seconds(), "300")
            .about("With enabled: how long after the last snapshot a change is saved; 0 for never.")),
    SAVE(row("persistence", "save", ValueType.saveRules(), "")
            .redis("save")
            .about("Further rules: seconds after the last snapshot, and changes that are enough then.")),
    SAVE_ON_SHUTDOWN(row("persistence", "save_on_shutdown", ValueType.yesOrNo(), "yes")
            .about("Whether a snapshot is saved at the end, if there are rules for saving or if this is asked for.")),
    SNAPSHOT_COMPRESSION(row("persistence", "snapshot_compression", ValueType.yesOrNo(), "no")
            .redis("rdbcompression")
            .about("Whether snapshots are compressed (LZ4).")),
    START_EMPTY(row("persistence", "start_empty", ValueType.yesOrNo(), "no")
            .about("Start without the snapshot, which is kept under another name.")),
    DATABASES(row("engine", "databases", ValueType.number(1, 1 << 16), "16")
            .redis("databases")
            .about("Numbered databases that clients may select; an unused one costs nothing.")),
    SHARDS(
            row("engine", "shards", ValueType.numberOrAuto(EngineConfig.MAX_SHARDS), "auto")
                    .about(
                            "Shards of the keyspace; auto for one per processor, at most 64, less those of event loops in placement dedicated.")),
    PLACEMENT(row("engine", "placement", Types.PLACEMENT, "auto")
            .about("Who executes commands; fused: threads that own an event loop and a shard; dedicated: threads of"
                    + " their own; auto: fused.")),
    EVENT_LOOPS(row("engine", "event_loops", ValueType.numberOrAuto(EngineConfig.MAX_SHARDS), "auto")
            .about("Threads that serve connections; auto for as many as shards in placement fused, else for half of the"
                    + " processors.")),
    WAIT(row("engine", "wait", Types.WAIT, "park")
            .about("What threads do without work; yield and spin need whole processors.")),
    EVENT_LOOP_CPUS(row("engine", "event_loop_cpus", ValueType.cpus(), "")
            .about("Processors for the threads of event loops, in turn; empty to leave that to the system.")),
    SHARD_CPUS(row("engine", "shard_cpus", ValueType.cpus(), "")
            .about("The same for the threads of shards in placement dedicated.")),
    TRANSPORT(row("engine", "transport", Types.TRANSPORT, "auto")
            .about("How sockets are driven; auto: epoll where it can be had, else nio.")),
    RING_SIZE(row("engine", "ring_size", ValueType.powerOfTwo(2, 1 << 20), "4096")
            .about("Slots of the command ring of a shard.")),
    INDEX(row("engine", "index", Types.INDEX, "extendible")
            .about("How keys are found: extendible in arena memory, striped in Koloboke tables on the heap.")),
    STRIPES(row("engine", "stripes", ValueType.number(1, 1 << 20), "2048")
            .formerly("server", "num_shards")
            .about("Tables of a striped index over all shards; each grows on its own.")),
    HICCUP_INTERVAL(row("metrics", "hiccup_interval", ValueType.milliseconds(), "10ms")
            .about("How often a thread looks how late it wakes, shown by INFO; 0 for never.")),
    LOG_LEVEL(row("logging", "level", Types.LOG_LEVEL, "info")
            .named("log_level")
            .redis("loglevel")
            .about("How much is logged."));

    private static final Map<String, Setting> BY_OPTION = new HashMap<>();
    private static final Map<String, Setting> BY_KEY = new HashMap<>();

    static {
        for (Setting setting : values()) {
            for (String option : setting.options) {
                BY_OPTION.put(option, setting);
            }
            for (String key : setting.keys) {
                BY_KEY.put(key, setting);
            }
        }
    }

    private final String section;
    private final ValueType<?> type;
    private final String defaultText;
    private final boolean secret;
    private final @Nullable String redisName;
    private final @Nullable String redisAlias;
    private final List<String> options;
    private final List<String> variables;
    private final List<String> keys;
    private final String description;

    Setting(Row row) {
        section = row.section;
        type = row.type;
        defaultText = row.defaultText;
        secret = row.secret;
        redisName = row.redisName;
        redisAlias = row.redisAlias;
        description = row.description;
        keys = List.copyOf(row.keys);
        variables = new ArrayList<>();
        for (String name : row.names) {
            variables.add("REDISTILL_".concat(name.toUpperCase(Locale.ROOT)));
        }
        for (String name : row.names) {
            variables.add("REDIS_".concat(name.toUpperCase(Locale.ROOT)));
        }
        options = new ArrayList<>();
        options.add("--".concat(row.names.get(0).replace('_', '-')));
        if (redisName != null && !options.get(0).substring(2).equals(redisName)) {
            options.add("--".concat(redisName));
        }
        if (redisAlias != null) {
            options.add("--".concat(redisAlias));
        }
    }

    /** The setting of an option, written with dashes, or null. */
    static @Nullable Setting ofOption(String option) {
        return BY_OPTION.get(option);
    }

    /** The setting of {@code section.key}, or null. */
    static @Nullable Setting ofKey(String key) {
        return BY_KEY.get(key);
    }

    String section() {
        return section;
    }

    /** {@code section.key}, the name by which messages and documents call the setting. */
    String key() {
        return keys.get(0);
    }

    /** Every key of the file that sets it, the usual one first. */
    List<String> keys() {
        return keys;
    }

    ValueType<?> type() {
        return type;
    }

    String defaultText() {
        return defaultText;
    }

    /** Whether messages must not show the value. */
    boolean secret() {
        return secret;
    }

    /** The name in {@code CONFIG GET}, or null when Redis has no such parameter. */
    @Nullable
    String redisName() {
        return redisName;
    }

    /** A second name in {@code CONFIG GET}, or null. */
    @Nullable
    String redisAlias() {
        return redisAlias;
    }

    /** Every option that sets it, written with dashes, the usual one first. */
    List<String> options() {
        return options;
    }

    /** Every environment variable that sets it, the strongest first. */
    List<String> variables() {
        return variables;
    }

    String description() {
        return description;
    }

    private static Row row(String section, String key, ValueType<?> type, String defaultText) {
        return new Row(section, key, type, defaultText);
    }

    /** Types too long for a row; a class of their own because an enum's constants come before its fields. */
    private static final class Types {
        static final ValueType<EvictionPolicySetting> EVICTION_POLICY =
                ValueType.oneOf(EvictionPolicySetting.class, Map.of());
        static final ValueType<IndexSetting> INDEX = ValueType.oneOf(IndexSetting.class, Map.of());
        static final ValueType<PlacementSetting> PLACEMENT = ValueType.oneOf(PlacementSetting.class, Map.of());
        static final ValueType<WaitSetting> WAIT = ValueType.oneOf(WaitSetting.class, Map.of());
        static final ValueType<TransportSetting> TRANSPORT = ValueType.oneOf(TransportSetting.class, Map.of());
        static final ValueType<LogLevel> LOG_LEVEL = ValueType.oneOf(
                LogLevel.class,
                Map.of(
                        "trace", LogLevel.DEBUG,
                        "verbose", LogLevel.DEBUG,
                        "notice", LogLevel.INFO,
                        "warning", LogLevel.WARN));
    }

    /** A row being written. */
    private static final class Row {
        private final String section;
        private final ValueType<?> type;
        private final String defaultText;
        private final List<String> keys = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private @Nullable String redisName;
        private @Nullable String redisAlias;
        private boolean secret;
        private String description = "";

        Row(String section, String key, ValueType<?> type, String defaultText) {
            this.section = section;
            this.type = type;
            this.defaultText = defaultText;
            keys.add(section.concat(".").concat(key));
            names.add(key);
        }

        /** For a key that says too little without its section. */
        Row named(String name) {
            names.set(0, name);
            return this;
        }

        Row redis(String name) {
            redisName = name;
            return this;
        }

        /** An older name of Redis's. */
        Row alias(String name) {
            redisAlias = name;
            return this;
        }

        Row formerly(String otherSection, String otherKey) {
            keys.add(otherSection.concat(".").concat(otherKey));
            if (!names.contains(otherKey)) {
                names.add(otherKey);
            }
            return this;
        }

        Row secret() {
            secret = true;
            return this;
        }

        Row about(String text) {
            description = text;
            return this;
        }
    }
}
