// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import io.redistill.engine.EngineConfig;
import io.redistill.engine.shard.WaitMode;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.engine.store.IndexKind;
import io.redistill.network.Placement;
import io.redistill.network.ThreadConfig;
import io.redistill.network.Transport;
import io.redistill.network.connection.ClientLimits;
import io.redistill.snapshot.SaveRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one start, each from the strongest source that gives it: command-line option, environment variable,
 * {@code redistill.toml}, default. Only the value that counts is checked, so that an option can correct a file.
 *
 * <p>Start must be fast, hence no lambdas, no string templates and neither picocli nor the TOML library on the way of a
 * start with a few plain options; {@code StartWithoutLibrariesTest} holds the latter. That takes 20 to 40 ms here, and
 * a file some 150 ms more.
 *
 * <p>Threading: immutable.
 */
public final class ServerSettings {
    static final String MASK = "***";
    /** Files that are open without any client: libraries, event loops, listeners. */
    private static final long RESERVED_FILES = 128;

    private static final String DEFAULT_FILE = "redistill.toml";
    private static final long DEFAULT_MEMORY_PERCENT = 80;

    /** What the process takes beside data: 90 to 120 MiB with some dozen busy clients, and room for more of them. */
    private static final long MEMORY_BESIDE_DATA_BYTES = 192L << 20;

    /** Beside data and heap: code and threads of the JVM, and what each event loop keeps to read and write with. */
    private static final long BUFFER_BYTES = 64 << 20;

    private static final long BUFFER_BYTES_PER_LOOP = 4 << 20;

    private final Map<Setting, Given> given;
    private final Map<Setting, Object> values;
    private final List<String> notices;
    private final Machine machine;
    private final Path workingDirectory;

    private ServerSettings(
            Map<Setting, Given> given,
            Map<Setting, Object> values,
            List<String> notices,
            Machine machine,
            Path workingDirectory) {
        this.given = given;
        this.values = values;
        this.notices = List.copyOf(notices);
        this.machine = machine;
        this.workingDirectory = workingDirectory;
    }

    /** What a start comes to: settings to run with, or a text to print and an exit code. */
    public sealed interface Outcome {
        /** Go on with these. */
        record Run(ServerSettings settings) implements Outcome {}

        /**
         * End here.
         *
         * @param text without a line end; for standard output when the exit code is 0, for standard error otherwise
         */
        record Exit(String text, int exitCode) implements Outcome {}
    }

    /** Reads the settings of the process: its environment and its working directory. */
    public static Outcome resolve(String[] args) {
        return resolve(args, System.getenv(), Path.of(""));
    }

    /**
     * Reads the settings from everything that can give one.
     *
     * @param workingDirectory where relative paths start
     */
    public static Outcome resolve(String[] args, Map<String, String> environment, Path workingDirectory) {
        return resolve(args, environment, workingDirectory, Machine.detect());
    }

    static Outcome resolve(String[] args, Map<String, String> environment, Path workingDirectory, Machine machine) {
        try {
            CommandLineArguments arguments = CommandLineArguments.parse(args);
            String text = arguments.textToPrint();
            if (text != null) {
                return new Outcome.Exit(text, 0);
            }
            List<String> notices = new ArrayList<>();
            EnvironmentVariables variables = new EnvironmentVariables(environment, notices);
            Map<Setting, Given> given = readFile(arguments, variables, workingDirectory, notices);
            given.putAll(variables.settings());
            given.putAll(arguments.settings());
            return new Outcome.Run(check(given, notices, machine, workingDirectory));
        } catch (RefusedException e) {
            return new Outcome.Exit("redistill: " + e.line(), 1);
        }
    }

    /** Where to listen; what is optional may be missing on this machine. */
    @SuppressWarnings("unchecked") // BIND holds a list of addresses: its row says so.
    public List<BindAddress> bind() {
        return (List<BindAddress>) value(Setting.BIND);
    }

    /** The TCP port, or 0 for no TCP. */
    public int port() {
        return number(Setting.PORT);
    }

    /** The absolute path of the Unix-domain socket, or null for none. */
    public @Nullable Path unixSocket() {
        String path = text(Setting.UNIX_SOCKET);
        return path.isEmpty() ? null : workingDirectory.resolve(path).toAbsolutePath();
    }

    /** Permission bits of the Unix-domain socket, or 0 to leave them to the umask. */
    public int unixSocketPermissions() {
        return number(Setting.UNIX_SOCKET_PERMISSIONS);
    }

    /** The most clients at the same time; {@link Integer#MAX_VALUE} for no limit. */
    public int maxConnections() {
        return (int) Math.min(askedConnections(), machine.openFiles() - RESERVED_FILES);
    }

    private int askedConnections() {
        int connections = number(Setting.MAX_CONNECTIONS);
        return connections == 0 ? Integer.MAX_VALUE : connections;
    }

    public int tcpBacklog() {
        return number(Setting.TCP_BACKLOG);
    }

    /** Seconds of silence after which the system probes a peer, or 0 for never. */
    public int tcpKeepaliveSeconds() {
        return number(Setting.TCP_KEEPALIVE);
    }

    /** Seconds of silence after which a client is disconnected, or 0 for never. */
    public int timeoutSeconds() {
        return number(Setting.TIMEOUT);
    }

    /** What a client may make the server hold for it. */
    public ClientLimits clientLimits() {
        OutputBufferLimits.Limit output = ((OutputBufferLimits) value(Setting.OUTPUT_BUFFER_LIMIT)).normal();
        return new ClientLimits(
                (Long) value(Setting.QUERY_BUFFER_LIMIT), output.hardBytes(), output.softBytes(), output.softSeconds());
    }

    /** The password of the default user, or the empty text for none. */
    public String password() {
        return text(Setting.PASSWORD);
    }

    /** Whether clients of other machines are refused while there is no password. */
    public boolean protectedMode() {
        return (Boolean) value(Setting.PROTECTED_MODE);
    }

    /**
     * The memory for data in bytes, never 0. Without a setting it is a share of what the machine or the container has; in
     * a small one what the process itself needs is left, or three quarters if that is less.
     */
    public long maxMemoryBytes() {
        long bytes = (Long) value(Setting.MAX_MEMORY);
        return bytes == 0 ? Math.min(usualShareBytes(), restBytes()) : bytes;
    }

    private long usualShareBytes() {
        return machine.memoryBytes() / 100 * DEFAULT_MEMORY_PERCENT;
    }

    private long restBytes() {
        return Math.max(machine.memoryBytes() - MEMORY_BESIDE_DATA_BYTES, machine.memoryBytes() / 4);
    }

    /**
     * Why the limit for data cannot be kept here, or null if it can: one line with the sum of what there must be room for.
     * Without a limit in the settings there is nothing to refuse.
     *
     * @param heapBytes what the Java heap may take
     */
    public @Nullable String memoryRefusal(long heapBytes) {
        long dataBytes = (Long) value(Setting.MAX_MEMORY);
        long bufferBytes = bufferBytes();
        long sumBytes = dataBytes + heapBytes + bufferBytes;
        if (dataBytes == 0 || sumBytes <= machine.memoryBytes()) {
            return null;
        }
        Given source = source(Setting.MAX_MEMORY);
        return source.where() + ": memory.max_memory=" + source.text() + " is refused: data " + dataBytes
                + " + Java heap "
                + heapBytes + " + buffers " + bufferBytes + " = " + sumBytes + " bytes, but there are "
                + machine.memoryBytes() + " here; lower it, or give the heap less (-Xmx)";
    }

    private long bufferBytes() {
        return BUFFER_BYTES + eventLoops() * BUFFER_BYTES_PER_LOOP;
    }

    /**
     * The highest limit for data that can be kept here, bytes: what heap and buffers leave, and never less than the limit
     * at the start.
     *
     * @param heapBytes what the Java heap may take
     */
    public long mostMemoryBytes(long heapBytes) {
        return Math.max(maxMemoryBytes(), machine.memoryBytes() - heapBytes - bufferBytes());
    }

    /** The memory of the machine or of the container, bytes. */
    public long systemMemoryBytes() {
        return machine.memoryBytes();
    }

    /** A limit in the writing of settings and of Redis, in bytes from 1; 0 for the default, -1 when it is none. */
    public static long maxMemoryBytes(String text) {
        try {
            return Setting.MAX_MEMORY.type().bytes(text);
        } catch (BadValueException notALimit) {
            return -1;
        }
    }

    /** The limit of {@link #maxMemoryBytes} with what has to go when it is reached. */
    public EvictionSettings eviction() {
        return new EvictionSettings(
                maxMemoryBytes(),
                ((EvictionPolicySetting) value(Setting.EVICTION_POLICY)).policy(),
                number(Setting.EVICTION_SAMPLES),
                number(Setting.LFU_LOG_FACTOR),
                number(Setting.LFU_DECAY_TIME));
    }

    /** How many shards, at least 1: without a setting one for each processor that no event loop has for its own. */
    public int shards() {
        int shards = number(Setting.SHARDS);
        if (shards != 0) {
            return shards;
        }
        int processors = placement() == Placement.FUSED ? machine.processors() : machine.processors() - eventLoops();
        return Math.max(1, Math.min(processors, EngineConfig.MAX_SHARDS));
    }

    /** How many event loops, at least 1. */
    public int eventLoops() {
        int eventLoops = number(Setting.EVENT_LOOPS);
        if (eventLoops != 0) {
            return eventLoops;
        }
        return placement() == Placement.FUSED
                ? shards()
                : Math.max(1, Math.min(machine.processors() / 2, EngineConfig.MAX_SHARDS));
    }

    private Placement placement() {
        return value(Setting.PLACEMENT) == PlacementSetting.DEDICATED ? Placement.DEDICATED : Placement.FUSED;
    }

    /** Which threads there are. */
    @SuppressWarnings("unchecked") // the rows' types
    public ThreadConfig threads() {
        return new ThreadConfig(
                placement(),
                ((WaitSetting) value(Setting.WAIT)).mode(),
                (List<Integer>) value(Setting.EVENT_LOOP_CPUS),
                (List<Integer>) value(Setting.SHARD_CPUS));
    }

    /** How sockets are to be driven: the best first, one that can always be had last. */
    public List<Transport> transports() {
        return ((TransportSetting) value(Setting.TRANSPORT)).preferred();
    }

    /** Numbered databases, from 1. */
    public int databases() {
        return number(Setting.DATABASES);
    }

    /** Slots of a shard's command ring, a power of two. */
    public int ringSize() {
        return number(Setting.RING_SIZE);
    }

    /** Implementation of the key index. */
    public IndexKind index() {
        return ((IndexSetting) value(Setting.INDEX)).kind();
    }

    /** Tables of a striped index over all shards; not necessarily a power of two. */
    public int stripes() {
        return number(Setting.STRIPES);
    }

    /** The absolute directory of snapshots. */
    public Path snapshotDirectory() {
        return workingDirectory
                .resolve(text(Setting.SNAPSHOT_DIR))
                .toAbsolutePath()
                .normalize();
    }

    /** The snapshot's path, absolute or relative to {@link #snapshotDirectory}. */
    public String snapshotPath() {
        return text(Setting.SNAPSHOT_PATH);
    }

    /** When snapshots are saved without being asked for. */
    public SaveRules saveRules() {
        SaveRules rules = (SaveRules) value(Setting.SAVE);
        int interval = snapshotIntervalSeconds();
        return persistenceEnabled() && interval > 0 ? rules.with(new SaveRule(interval, 1)) : rules;
    }

    int snapshotIntervalSeconds() {
        return number(Setting.SNAPSHOT_INTERVAL);
    }

    private boolean persistenceEnabled() {
        return (Boolean) value(Setting.PERSISTENCE);
    }

    /** Whether the end saves a snapshot even if there are no rules; {@link #savesAtEnd} must be true as well. */
    public boolean savesAtEndWithoutRules() {
        return persistenceEnabled()
                || source(Setting.SAVE_ON_SHUTDOWN).source() != Given.Source.DEFAULT
                        && source(Setting.PERSISTENCE).source() == Given.Source.DEFAULT;
    }

    /** Whether the end saves a snapshot, if anything does. */
    public boolean savesAtEnd() {
        return (Boolean) value(Setting.SAVE_ON_SHUTDOWN);
    }

    public boolean snapshotCompression() {
        return (Boolean) value(Setting.SNAPSHOT_COMPRESSION);
    }

    /** Whether a snapshot that is there is put aside. */
    public boolean startEmpty() {
        return (Boolean) value(Setting.START_EMPTY);
    }

    /** Most fields of a hash in compact form. */
    public int hashMaxEntries() {
        return number(Setting.HASH_MAX_ENTRIES);
    }

    /** Longest field or value in bytes of a hash in compact form. */
    public int hashMaxValueBytes() {
        return number(Setting.HASH_MAX_VALUE);
    }

    /** How often a thread looks how late it wakes, or 0 for never. */
    public int hiccupIntervalMs() {
        return number(Setting.HICCUP_INTERVAL);
    }

    public LogLevel logLevel() {
        return (LogLevel) value(Setting.LOG_LEVEL);
    }

    /** Lines for the operator about what was given and has no effect. */
    public List<String> notices() {
        return notices;
    }

    /** The settings under the names that Redis knows them by. */
    public ConfigParameters configParameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            String name = setting.redisName();
            if (name != null) {
                parameters.put(name, redisValue(setting));
            }
            String alias = setting.redisAlias();
            if (alias != null) {
                parameters.put(alias, redisValue(setting));
            }
        }
        return new ConfigParameters(parameters);
    }

    /** Every setting with its value and where it comes from, a line each, secrets masked. */
    public String effectiveConfiguration() {
        StringBuilder lines = new StringBuilder();
        for (Setting setting : Setting.values()) {
            Given source = source(setting);
            lines.append(lines.length() == 0 ? "" : "\n").append(setting.key()).append(" = ");
            lines.append(setting.secret() && !source.text().isEmpty() ? MASK : source.text());
            if (setting == Setting.MAX_MEMORY && (Long) value(setting) == 0) {
                boolean usual = maxMemoryBytes() == usualShareBytes();
                lines.append(" -> ")
                        .append(maxMemoryBytes())
                        .append(
                                usual
                                        ? ", 80 % of the memory here"
                                        : ", what the server itself leaves of the memory here");
            } else if (setting == Setting.SHARDS && number(setting) == 0) {
                lines.append(" -> ").append(shards());
            } else if (setting == Setting.EVENT_LOOPS && number(setting) == 0) {
                lines.append(" -> ").append(eventLoops());
            }
            lines.append(" (").append(source.where()).append(')');
        }
        return lines.toString();
    }

    private static Map<Setting, Given> readFile(
            CommandLineArguments arguments, EnvironmentVariables variables, Path workingDirectory, List<String> notices)
            throws RefusedException {
        String name = arguments.configFile();
        Given variable = variables.configFile();
        if (name == null && variable != null) {
            name = variable.text();
        }
        if (name == null) {
            if (!Files.exists(workingDirectory.resolve(DEFAULT_FILE))) {
                return new EnumMap<>(Setting.class);
            }
            name = DEFAULT_FILE;
        }
        return new SettingsFile(workingDirectory.resolve(name), name, notices).settings();
    }

    private static ServerSettings check(
            Map<Setting, Given> given, List<String> notices, Machine machine, Path workingDirectory)
            throws RefusedException {
        Map<Setting, Object> values = new EnumMap<>(Setting.class);
        ServerSettings settings = new ServerSettings(given, values, notices, machine, workingDirectory);
        for (Setting setting : Setting.values()) {
            Given source = settings.source(setting);
            try {
                values.put(setting, setting.type().parse(source.text()));
            } catch (BadValueException e) {
                throw refused(setting, source, e);
            }
        }
        if (settings.port() == 0 && settings.unixSocket() == null) {
            throw new RefusedException(
                    settings.source(Setting.PORT).where()
                            + ": server.port=0 is refused while server.unixsocket is empty: nothing would be left to listen on");
        }
        return settings.withThreadsChecked().withOpenFilesChecked();
    }

    /** Refuses to start without files for a single client, and says so when there are not enough for all. */
    private ServerSettings withOpenFilesChecked() throws RefusedException {
        long limit = machine.openFiles();
        int asked = askedConnections();
        if (limit <= RESERVED_FILES) {
            throw new RefusedException("Your current 'ulimit -n' of " + limit
                    + " is not enough for the server to start. Please increase your open file limit to at least "
                    + (RESERVED_FILES + 1L) + ". Exiting.");
        }
        if (number(Setting.MAX_CONNECTIONS) == 0 || asked + RESERVED_FILES <= limit) {
            return this;
        }
        List<String> more = new ArrayList<>(notices);
        more.add("You requested maxclients of " + asked + " requiring at least " + (asked + RESERVED_FILES)
                + " max file descriptors.");
        more.add("Current maximum open files is " + limit + ". maxclients has been reduced to " + maxConnections()
                + " to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.");
        return new ServerSettings(given, values, more, machine, workingDirectory);
    }

    /** Refuses counts and processors that placement fused cannot have, and notes threads that would spin in vain. */
    private ServerSettings withThreadsChecked() throws RefusedException {
        ThreadConfig threads = threads();
        int threadCount = eventLoops() + shards();
        if (threads.placement() == Placement.FUSED) {
            if (eventLoops() != shards()) {
                throw new RefusedException(source(Setting.EVENT_LOOPS).where() + ": engine.event_loops=" + eventLoops()
                        + " is refused beside engine.shards=" + shards()
                        + ": in placement fused they are the same threads; leave one of them auto, or set"
                        + " engine.placement=dedicated");
            }
            if (!threads.shardCpus().isEmpty()) {
                throw new RefusedException(source(Setting.SHARD_CPUS).where() + ": engine.shard_cpus="
                        + source(Setting.SHARD_CPUS).text()
                        + " is refused in placement fused: shards have no threads of their own there; use"
                        + " engine.event_loop_cpus, or set engine.placement=dedicated");
            }
            threadCount = eventLoops();
        }
        if (threads.waitMode() == WaitMode.PARK || threadCount <= machine.processors()) {
            return this;
        }
        List<String> more = new ArrayList<>(notices);
        more.add(source(Setting.WAIT).where() + ": engine.wait="
                + source(Setting.WAIT).text() + " with " + threadCount + " threads on " + machine.processors()
                + " processor(s): they take the processors from one another");
        return new ServerSettings(given, values, more, machine, workingDirectory);
    }

    private static RefusedException refused(Setting setting, Given source, BadValueException reason) {
        return new RefusedException(source.where() + ": " + setting.key() + "="
                + (setting.secret() ? MASK : source.text()) + " is refused: allowed is " + reason.getMessage());
    }

    private Given source(Setting setting) {
        Given source = given.get(setting);
        return source != null ? source : new Given(setting.defaultText(), "default", Given.Source.DEFAULT);
    }

    private Object value(Setting setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalStateException(setting.key() + " was not resolved");
        }
        return value;
    }

    private int number(Setting setting) {
        return (Integer) value(setting);
    }

    private String text(Setting setting) {
        return (String) value(setting);
    }

    /** What is in force, in Redis's writing. */
    private String redisValue(Setting setting) {
        return switch (setting) {
            case MAX_MEMORY -> Long.toString(maxMemoryBytes());
            case MAX_CONNECTIONS -> Integer.toString(maxConnections());
            case SNAPSHOT_DIR -> snapshotDirectory().toString();
            case SAVE -> saveRules().toString();
            default -> print(setting.type(), value(setting));
        };
    }

    @SuppressWarnings("unchecked") // A value comes from its own type's parse.
    private static <T> String print(ValueType<T> type, Object value) {
        return type.toRedis((T) value);
    }
}
