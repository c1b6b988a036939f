// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.redistill.engine.EngineConfig;
import io.redistill.engine.store.EvictionPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServerSettingsTest {
    private static final String POLICIES = "noeviction, allkeys-lru, allkeys-lfu, allkeys-random,"
            + " allkeys-s3fifo, volatile-lru, volatile-lfu, volatile-random, volatile-ttl";

    @TempDir
    Path directory;

    static Stream<Arguments> refusedOptions() {
        return Stream.of(
                arguments(
                        "--port 65536",
                        "option --port: server.port=65536 is refused: allowed is a whole number from 0 to 65535"),
                arguments(
                        "--port=", "option --port: server.port= is refused: allowed is a whole number from 0 to 65535"),
                arguments("--port", "option --port needs a value: allowed is a whole number from 0 to 65535"),
                arguments(
                        "--port --shards 1", "option --port needs a value: allowed is a whole number from 0 to 65535"),
                arguments("--port 1 --port 2", "option --port is given twice"),
                arguments("--maxmemory 1gb --max_memory 2gb", "option --max-memory: the same setting is given twice"),
                arguments("--max-memry 1gb", "option --max-memry is unknown; did you mean --max-memory?"),
                arguments("--max_memry=1gb", "option --max-memry is unknown; did you mean --max-memory?"),
                arguments("--level debug", "option --level is unknown; did you mean --log-level?"),
                arguments("--persistence yes", "option --persistence is unknown (--help lists the known ones)"),
                arguments("-p 6380", "option -p is unknown (--help lists the known ones)"),
                arguments("redis.conf", "argument redis.conf is not an option (--help lists them)"),
                arguments(
                        "--max-memory 1tb",
                        "option --max-memory: memory.max_memory=1tb is refused:"
                                + " allowed is 0, or a size from 1mb, such as 536870912, 512mb or 4gb"),
                arguments(
                        "--max-memory 1000",
                        "option --max-memory: memory.max_memory=1000 is refused:"
                                + " allowed is 0, or a size from 1mb, such as 536870912, 512mb or 4gb"),
                arguments(
                        "--max-memory 99999999999gb",
                        "option --max-memory: memory.max_memory=99999999999gb is refused:"
                                + " allowed is 0, or a size from 1mb, such as 536870912, 512mb or 4gb"),
                arguments(
                        "--timeout 1500ms",
                        "option --timeout: server.timeout=1500ms is refused:"
                                + " allowed is whole seconds, or a time such as 300, 300s, 5m or 1h; 0 for never"),
                arguments(
                        "--eviction-policy lru",
                        "option --eviction-policy: memory.eviction_policy=lru is refused: allowed is " + POLICIES),
                arguments(
                        "--placement both",
                        "option --placement: engine.placement=both is refused: allowed is auto, fused, dedicated"),
                arguments(
                        "--event-loops 2",
                        "option --event-loops: engine.event_loops=2 is refused beside engine.shards=3: in placement"
                                + " fused they are the same threads; leave one of them auto, or set"
                                + " engine.placement=dedicated"),
                arguments(
                        "--shard-cpus 0,1",
                        "option --shard-cpus: engine.shard_cpus=0,1 is refused in placement fused: shards have no"
                                + " threads of their own there; use engine.event_loop_cpus, or set"
                                + " engine.placement=dedicated"),
                arguments(
                        "--event-loop-cpus 3-1",
                        "option --event-loop-cpus: engine.event_loop_cpus=3-1 is refused: allowed is empty, or numbers"
                                + " of processors such as 0 or 0,2-3"),
                arguments(
                        "--ring-size 3",
                        "option --ring-size: engine.ring_size=3 is refused:"
                                + " allowed is a power of two from 2 to 1048576"),
                arguments(
                        "--shards 65",
                        "option --shards: engine.shards=65 is refused:"
                                + " allowed is auto, or a whole number from 1 to 64"),
                arguments(
                        "--unixsocketperm 789",
                        "option --unixsocketperm: server.unixsocket_perm=789 is refused:"
                                + " allowed is up to four octal digits such as 700 or 0770 (in the file: in quotes)"),
                arguments(
                        "--protected-mode maybe",
                        "option --protected-mode: security.protected_mode=maybe is refused:"
                                + " allowed is yes, no, true or false"),
                arguments(
                        "--log-level loud",
                        "option --log-level: logging.level=loud is refused: allowed is error, warn, info, debug"),
                arguments(
                        "--bind ,",
                        "option --bind: server.bind=, is refused: allowed is addresses separated by spaces or commas,"
                                + " such as \"127.0.0.1 -::1\" or 0.0.0.0"),
                arguments(
                        "--port 0",
                        "option --port: server.port=0 is refused while server.unixsocket is empty:"
                                + " nothing would be left to listen on"),
                arguments("--config none.toml", "none.toml: there is no such file"),
                arguments("--config .", ".: cannot be read as a file"));
    }

    @ParameterizedTest
    @MethodSource("refusedOptions")
    void shouldRefuseOptionsWithOneClearMessage(String options, String message) {
        assertThat(new Start(directory).options(options.split(" ")).refusal()).isEqualTo(message);
    }

    static Stream<Arguments> refusedFiles() {
        return Stream.of(
                arguments(
                        "[server]\nport = \"x\"",
                        "2: server.port=x is refused: allowed is a whole number from 0 to 65535"),
                arguments(
                        "[server]\n\nport = [1, 2]",
                        "3: server.port=[1, 2] is refused: allowed is a whole number from 0 to 65535"),
                arguments(
                        "[server.port]\na = 1",
                        "1: server.port={…} is refused: allowed is a whole number from 0 to 65535"),
                arguments("[server]\nprot = 1", "2: server.prot is unknown; did you mean server.port?"),
                arguments(
                        "[server]\nmax_memory = 1", "2: server.max_memory is unknown; did you mean memory.max_memory?"),
                arguments("port = 1", "1: port is unknown; did you mean server.port?"),
                arguments("[sever]\nbind = \"::1\"", "2: sever.bind is unknown; did you mean server.bind?"),
                arguments("[storage]\n", "1: storage is unknown (docs/configuration.md lists the known ones)"),
                arguments(
                        "[server]\ntimeout = 1\nconnection_timeout = 2",
                        "3: server.connection_timeout sets server.timeout again, after redistill.toml:2"),
                arguments(
                        "[server]\nunixsocket_perm = 700",
                        "2: server.unixsocket_perm=700 is refused:"
                                + " allowed is up to four octal digits such as 700 or 0770 (in the file: in quotes)"),
                arguments(
                        "[security]\npassword = \"a\\u0000b\"",
                        "2: security.password=*** is refused: allowed is a text without control characters"),
                arguments(
                        "[security]\npassword = [\"secret\"]",
                        "2: security.password=*** is refused: allowed is a text without control characters"),
                arguments(
                        "[security]\ntls_enabled = true",
                        "2: security.tls_enabled=true is refused: not in this version, and to ignore it would be"
                                + " unsafe; allowed is false"),
                arguments(
                        "[replication]\nreplicaof = \"a:1\"",
                        "2: replication.replicaof=a:1 is refused: not in this version, and to ignore it would be"
                                + " unsafe; allowed is an empty text"));
    }

    @ParameterizedTest
    @MethodSource("refusedFiles")
    void shouldRefuseFilesWithTheLine(String file, String message) {
        assertThat(new Start(directory).file(file).refusal()).isEqualTo("redistill.toml:" + message);
    }

    @Test
    void shouldRefuseWhatIsNotToml() {
        assertThat(new Start(directory).file("[server]\nport 6379\n").refusal())
                .startsWith("redistill.toml:2: not valid TOML: ");
    }

    @Test
    void shouldRefuseWhatIsNotText() throws Exception {
        Files.write(directory.resolve("redistill.toml"), "password=\"é\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(new Start(directory).refusal()).isEqualTo("redistill.toml: is not a text in UTF-8");
    }

    @Test
    void shouldRefuseVariables() {
        assertThat(new Start(directory).variable("REDIS_PORT", "x").refusal())
                .isEqualTo("variable REDIS_PORT: server.port=x is refused:"
                        + " allowed is a whole number from 0 to 65535");
        assertThat(new Start(directory).variable("REDISTILL_PROT", "1").refusal())
                .isEqualTo("variable REDISTILL_PROT is unknown; did you mean REDISTILL_PORT?");
        assertThat(new Start(directory).variable("REDISTILL_COLOUR_SCHEME", "1").refusal())
                .isEqualTo("variable REDISTILL_COLOUR_SCHEME is unknown (docs/configuration.md lists the known ones)");
        assertThat(new Start(directory).variable("REDIS_CONFIG", "a.toml").refusal())
                .isEqualTo("a.toml: there is no such file");
        assertThat(new Start(directory)
                        .variable("REDIS_EVICTION_POLICY", "s3fifo")
                        .refusal())
                .isEqualTo("variable REDIS_EVICTION_POLICY: memory.eviction_policy=s3fifo is refused:" + " allowed is "
                        + POLICIES);
    }

    @Test
    void shouldLeaveAloneVariablesThatAreNotOurs() {
        ServerSettings settings = new Start(directory)
                .variable("REDIS_URL", "redis://localhost")
                .variable("REDIS_PASSWORD", "")
                .variable("REDISTILL_JAVA_OPTS", "-Xmx1g")
                // What Kubernetes puts into every container beside services called redis and redistill-cache.
                .variable("REDIS_PORT", "tcp://10.0.0.11:6379")
                .variable("REDISTILL_PORT", "tcp://10.0.0.11:6379")
                .variable("REDISTILL_PORT_6379_TCP_ADDR", "10.0.0.11")
                .variable("REDISTILL_SERVICE_HOST", "10.0.0.11")
                .variable("REDISTILL_CACHE_SERVICE_PORT_REDIS", "6379")
                .variable("REDISTILL_CACHE_PORT", "tcp://10.0.0.11:6379")
                .settings();
        assertThat(settings.port()).isEqualTo(6379);
        assertThat(settings.notices()).isEmpty();
    }

    @Test
    void shouldCheckOnlyTheValueThatCounts() {
        assertThat(new Start(directory)
                        .file("[memory]\nmax_memory = \"1gb\"\neviction_policy = \"s3fifo\"")
                        .options("--eviction-policy", "noeviction")
                        .settings()
                        .maxMemoryBytes())
                .isEqualTo(1L << 30);
    }

    @Test
    void shouldReadUnitsAsRedisDoes() {
        assertThat(memory("1048576")).isEqualTo(1048576);
        assertThat(memory("1048577b")).isEqualTo(1048577);
        assertThat(memory("2000k")).isEqualTo(2_000_000);
        assertThat(memory("2000KB")).isEqualTo(2_048_000);
        assertThat(memory("3m")).isEqualTo(3_000_000);
        assertThat(memory("3Mb")).isEqualTo(3 << 20);
        assertThat(memory("4g")).isEqualTo(4_000_000_000L);
        assertThat(memory("4gb")).isEqualTo(4L << 30);
        assertThat(memory("0")).isEqualTo(8_000_000_000L);
    }

    @Test
    void shouldTakeListsAndNumbersFromTheFile() {
        ServerSettings settings = new Start(directory)
                .file("server = { bind = [\"10.0.0.1\", \"-::1\"], port = 6_380, max-connections = 7 }\n"
                        + "security.protected_mode = false\n")
                .settings();
        assertThat(settings.bind()).containsExactly(new BindAddress("10.0.0.1", false), new BindAddress("::1", true));
        assertThat(settings.port()).isEqualTo(6380);
        assertThat(settings.maxConnections()).isEqualTo(7);
        assertThat(settings.protectedMode()).isFalse();
    }

    @Test
    void shouldResolveTheSocketAgainstTheWorkingDirectory() {
        ServerSettings settings = new Start(directory)
                .options("--port", "0", "--unixsocket", "r.sock")
                .settings();
        assertThat(settings.unixSocket()).isEqualTo(directory.resolve("r.sock").toAbsolutePath());
        assertThat(new Start(directory).options("--unixsocket", "x".repeat(108)).refusal())
                .endsWith("is refused: allowed is a path of at most 107 bytes");
    }

    @Test
    void shouldStartFromAFileOfRedistill() {
        ServerSettings settings = new Start(directory)
                .file("""
                        [server]
                        bind = "0.0.0.0"
                        port = 6380
                        num_shards = 512
                        batch_size = 256
                        buffer_size = 16384
                        buffer_pool_size = 2048
                        max_connections = 50000
                        connection_timeout = 60
                        connection_rate_limit = 5000
                        health_check_port = 8080
                        shutdown_grace_period_secs = 30
                        [security]
                        password = "secret"
                        tls_enabled = false
                        tls_cert_path = "cert.pem"
                        tls_key_path = "key.pem"
                        [logging]
                        level = "trace"
                        format = "json"
                        [performance]
                        tcp_nodelay = true
                        tcp_keepalive = 60
                        [memory]
                        max_memory = 0
                        eviction_policy = "allkeys-s3fifo"
                        eviction_sample_size = 5
                        s3fifo_small_ratio = 0.1
                        s3fifo_ghost_ratio = 0.9
                        [persistence]
                        enabled = false
                        snapshot_path = "redistill.rdb"
                        snapshot_interval = 300
                        save_on_shutdown = true
                        aof_enabled = false
                        aof_path = "redistill.aof"
                        aof_fsync = "everysec"
                        aof_rewrite_min_size = 67108864
                        aof_rewrite_percentage = 100
                        [metrics]
                        command_counter = true
                        command_histogram = false
                        [replication]
                        replicaof = ""
                        masterauth = ""
                        replica_read_only = true
                        repl_backlog_size = 1048576
                        """)
                .variable("REDIS_NUM_SHARDS", "1024")
                .variable("REDIS_BATCH_SIZE", "16")
                .settings();
        assertThat(settings.port()).isEqualTo(6380);
        assertThat(settings.stripes()).isEqualTo(1024);
        assertThat(settings.maxConnections()).isEqualTo(50000);
        assertThat(settings.timeoutSeconds()).isEqualTo(60);
        assertThat(settings.tcpKeepaliveSeconds()).isEqualTo(60);
        assertThat(settings.password()).isEqualTo("secret");
        assertThat(settings.logLevel()).isEqualTo(LogLevel.DEBUG);
        assertThat(settings.eviction().policy()).isEqualTo(EvictionPolicy.ALLKEYS_S3FIFO);
        assertThat(settings.notices())
                .contains(
                        "variable REDIS_BATCH_SIZE: server.batch_size has no counterpart here yet and is ignored",
                        "redistill.toml:5: server.batch_size has no counterpart here yet and is ignored",
                        "redistill.toml:11: server.health_check_port has no counterpart here yet and is ignored")
                .noneMatch(line -> line.contains("tls_enabled") || line.contains("replicaof"))
                .hasSize(19);
    }

    @Test
    void shouldKnowEveryForeignVariable() {
        Start start = new Start(directory);
        int variables = 0;
        for (ForeignKey foreign : ForeignKey.ALL) {
            if (foreign.variable() != null && !foreign.unsafe()) {
                start.variable(foreign.variable(), "x");
                variables++;
            }
        }
        assertThat(start.settings().notices()).hasSize(variables);
    }

    @Test
    void shouldRefuseALimitThatCannotBeKeptWithTheArithmetic() throws Exception {
        Start start = new Start(directory).machine(new Machine(1 << 30, 2, Long.MAX_VALUE));
        long heapBytes = 300 << 20;
        // 1024 MiB are 300 of heap, 72 of buffers and 652 of data.
        assertThat(start.options("--max-memory", "652mb").settings().memoryRefusal(heapBytes))
                .isNull();
        assertThat(new Start(directory)
                        .machine(new Machine(1 << 30, 2, Long.MAX_VALUE))
                        .options("--max-memory", "653mb")
                        .settings()
                        .memoryRefusal(heapBytes))
                .isEqualTo(
                        "option --max-memory: memory.max_memory=653mb is refused: data 684720128 + Java heap 314572800"
                                + " + buffers 75497472 = 1074790400 bytes, but there are 1073741824 here; lower it, or give the"
                                + " heap less (-Xmx)");
        assertThat(new Start(directory)
                        .machine(new Machine(1 << 30, 2, Long.MAX_VALUE))
                        .settings()
                        .memoryRefusal(1 << 30))
                .as("no limit, nothing to refuse")
                .isNull();
        assertThat(start.settings().mostMemoryBytes(heapBytes))
                .as("what CONFIG SET may ask for")
                .isEqualTo(652 << 20);
        assertThat(start.settings().mostMemoryBytes(600 << 20))
                .as("not below the limit at the start")
                .isEqualTo(652 << 20);
    }

    @Test
    void shouldMakeNoMoreShardsThanAnEngineCanHave() {
        Start start = new Start(directory).machine(new Machine(1 << 30, 200, Long.MAX_VALUE));
        assertThat(start.settings().shards()).isEqualTo(EngineConfig.MAX_SHARDS);
        assertThat(start.settings().effectiveConfiguration()).contains("engine.shards = auto -> 64 (default)\n");
    }

    @Test
    void shouldPrintTheEffectiveConfigurationWithoutSecrets() {
        assertThat(new Start(directory)
                        .file("[security]\npassword = \"hunter2\"\n")
                        .variable("REDIS_LOG_LEVEL", "debug")
                        .options("--port", "7")
                        .settings()
                        .effectiveConfiguration())
                .contains(
                        "server.port = 7 (option --port)\n",
                        "security.password = *** (redistill.toml:2)\n",
                        "memory.max_memory = 0 -> 8000000000, 80 % of the memory here (default)\n",
                        "engine.shards = auto -> 3 (default)\n",
                        "logging.level = debug (variable REDIS_LOG_LEVEL)")
                .doesNotContain("hunter2");
    }

    @Test
    void shouldPrintHelpAndVersion() {
        for (String[] args : new String[][] {{"--help"}, {"-h"}, {"--port", "1", "--help"}}) {
            ServerSettings.Outcome.Exit exit = (ServerSettings.Outcome.Exit)
                    new Start(directory).options(args).outcome();
            assertThat(exit.exitCode()).isZero();
            assertThat(exit.text()).startsWith("Usage: ./redistill [OPTIONS]\n");
            for (Setting setting : Setting.values()) {
                assertThat(exit.text()).contains(setting.options().get(0) + "=");
            }
        }
        ServerSettings.Outcome.Exit exit = (ServerSettings.Outcome.Exit)
                new Start(directory).options("--version").outcome();
        assertThat(exit).isEqualTo(new ServerSettings.Outcome.Exit(ProductVersion.line(), 0));
        assertThat(exit.text()).startsWith("Redistill for the JVM ");
    }

    @Test
    void shouldLeaveMemoryForItselfInASmallContainer() {
        assertThat(defaultLimit(10L << 30)).isEqualTo((10L << 30) / 100 * 80);
        assertThat(defaultLimit(512 << 20)).isEqualTo(320 << 20);
        assertThat(defaultLimit(256 << 20)).isEqualTo(64 << 20);
        assertThat(defaultLimit(64 << 20)).isEqualTo(16 << 20);
        assertThat(new Start(directory)
                        .machine(new Machine(512 << 20, 1, Long.MAX_VALUE))
                        .settings()
                        .effectiveConfiguration())
                .contains(
                        "memory.max_memory = 0 -> 335544320, what the server itself leaves of the memory here (default)");
    }

    private long defaultLimit(long machineBytes) {
        return new Start(directory)
                .machine(new Machine(machineBytes, 1, Long.MAX_VALUE))
                .settings()
                .maxMemoryBytes();
    }

    private long memory(String text) {
        return new Start(directory).options("--max-memory", text).settings().maxMemoryBytes();
    }

    @Test
    void shouldTakeFewerConnectionsWhereFilesAreFew() {
        ServerSettings settings =
                new Start(directory).machine(new Machine(1 << 30, 3, 1024)).settings();
        assertThat(settings.maxConnections()).isEqualTo(896);
        assertThat(settings.notices())
                .containsExactly(
                        "You requested maxclients of 10000 requiring at least 10128 max file descriptors.",
                        "Current maximum open files is 1024. maxclients has been reduced to 896 to compensate for low"
                                + " ulimit. If you need higher maxclients increase 'ulimit -n'.");
        ServerSettings unlimited = new Start(directory)
                .machine(new Machine(1 << 30, 3, 1024))
                .options("--max-connections", "0")
                .settings();
        assertThat(unlimited.maxConnections()).isEqualTo(896);
        assertThat(unlimited.notices()).isEmpty();
        assertThat(new Start(directory).machine(new Machine(1 << 30, 3, 128)).refusal())
                .startsWith("Your current 'ulimit -n' of 128 is not enough for the server to start.");
    }
}
