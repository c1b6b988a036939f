// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.shard.WaitMode;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.engine.store.IndexKind;
import io.redistill.network.Placement;
import io.redistill.network.Transport;
import io.redistill.network.connection.ClientLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting from every source: changing it there changes what the server reads, and the stronger source wins. */
class SettingSourcesTest {
    @TempDir
    Path directory;

    /**
     * A setting with two values other than its default.
     *
     * @param getter what the server reads
     */
    record Sample(
            Setting setting,
            Function<ServerSettings, Object> getter,
            Object byDefault,
            String first,
            Object firstValue,
            String second,
            Object secondValue) {
        @Override
        public String toString() {
            return setting.key();
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample(
                        Setting.BIND,
                        ServerSettings::bind,
                        List.of(new BindAddress("127.0.0.1", false), new BindAddress("::1", true)),
                        "0.0.0.0",
                        List.of(new BindAddress("0.0.0.0", false)),
                        "10.0.0.1, -::*",
                        List.of(new BindAddress("10.0.0.1", false), new BindAddress("::*", true))),
                new Sample(Setting.PORT, ServerSettings::port, 6379, "1", 1, "65535", 65535),
                new Sample(
                        Setting.UNIX_SOCKET,
                        settings -> String.valueOf(settings.unixSocket()),
                        "null",
                        "/run/a.sock",
                        "/run/a.sock",
                        "/run/b.sock",
                        "/run/b.sock"),
                new Sample(
                        Setting.UNIX_SOCKET_PERMISSIONS,
                        ServerSettings::unixSocketPermissions,
                        0,
                        "700",
                        0700,
                        "0777",
                        0777),
                new Sample(
                        Setting.MAX_CONNECTIONS, ServerSettings::maxConnections, 10000, "5", 5, "0", Integer.MAX_VALUE),
                new Sample(Setting.TCP_BACKLOG, ServerSettings::tcpBacklog, 511, "1", 1, "4096", 4096),
                new Sample(Setting.TCP_KEEPALIVE, ServerSettings::tcpKeepaliveSeconds, 300, "1m", 60, "7", 7),
                new Sample(Setting.TIMEOUT, ServerSettings::timeoutSeconds, 0, "2000ms", 2, "1h", 3600),
                new Sample(
                        Setting.OUTPUT_BUFFER_LIMIT,
                        ServerSettings::clientLimits,
                        new ClientLimits(1L << 30, 0, 0, 0),
                        "normal 2mb 1kb 60",
                        new ClientLimits(1L << 30, 2 << 20, 1 << 10, 60),
                        "pubsub 1 2 3 normal 0 5 6",
                        new ClientLimits(1L << 30, 0, 5, 6)),
                new Sample(
                        Setting.QUERY_BUFFER_LIMIT,
                        settings -> settings.clientLimits().queryBufferBytes(),
                        1L << 30,
                        "2mb",
                        2L << 20,
                        "1gb",
                        1L << 30),
                new Sample(Setting.PASSWORD, ServerSettings::password, "", "one", "one", "@two ${x}", "@two ${x}"),
                new Sample(Setting.PROTECTED_MODE, ServerSettings::protectedMode, true, "no", false, "False", false),
                new Sample(
                        Setting.MAX_MEMORY,
                        ServerSettings::maxMemoryBytes,
                        8_000_000_000L,
                        "1gb",
                        1L << 30,
                        "512MB",
                        512L << 20),
                new Sample(
                        Setting.PERSISTENCE,
                        settings -> settings.saveRules().toString(),
                        "",
                        "yes",
                        "300 1",
                        "True",
                        "300 1"),
                new Sample(
                        Setting.SNAPSHOT_DIR,
                        settings -> settings.snapshotDirectory().toString().replaceAll("^(?!/(a|b)$).*", "."),
                        ".",
                        "/a",
                        "/a",
                        "/b",
                        "/b"),
                new Sample(
                        Setting.SNAPSHOT_PATH,
                        ServerSettings::snapshotPath,
                        "redistill.snapshot",
                        "a.snapshot",
                        "a.snapshot",
                        "b/c",
                        "b/c"),
                new Sample(Setting.SNAPSHOT_INTERVAL, ServerSettings::snapshotIntervalSeconds, 300, "1m", 60, "0", 0),
                new Sample(
                        Setting.SAVE,
                        settings -> settings.saveRules().toString(),
                        "",
                        "900 1",
                        "900 1",
                        "1 2 3 4",
                        "1 2 3 4"),
                new Sample(Setting.SAVE_ON_SHUTDOWN, ServerSettings::savesAtEnd, true, "no", false, "off", false),
                new Sample(
                        Setting.SNAPSHOT_COMPRESSION,
                        ServerSettings::snapshotCompression,
                        false,
                        "yes",
                        true,
                        "1",
                        true),
                new Sample(Setting.START_EMPTY, ServerSettings::startEmpty, false, "yes", true, "on", true),
                new Sample(
                        Setting.EVICTION_POLICY,
                        settings -> settings.eviction().policy(),
                        EvictionPolicy.NOEVICTION,
                        "allkeys-s3fifo",
                        EvictionPolicy.ALLKEYS_S3FIFO,
                        "Volatile-TTL",
                        EvictionPolicy.VOLATILE_TTL),
                new Sample(
                        Setting.EVICTION_SAMPLES,
                        settings -> settings.eviction().samples(),
                        5,
                        "1",
                        1,
                        "10",
                        10),
                new Sample(
                        Setting.LFU_LOG_FACTOR, settings -> settings.eviction().lfuLogFactor(), 10, "0", 0, "100", 100),
                new Sample(
                        Setting.LFU_DECAY_TIME, settings -> settings.eviction().lfuDecayMinutes(), 1, "0", 0, "60", 60),
                new Sample(Setting.SHARDS, ServerSettings::shards, 3, "1", 1, "16", 16),
                new Sample(
                        Setting.PLACEMENT,
                        settings -> settings.threads().placement(),
                        Placement.FUSED,
                        "dedicated",
                        Placement.DEDICATED,
                        "Dedicated",
                        Placement.DEDICATED),
                new Sample(Setting.EVENT_LOOPS, ServerSettings::eventLoops, 1, "2", 2, "5", 5),
                new Sample(
                        Setting.SHARD_CPUS,
                        settings -> settings.threads().shardCpus(),
                        List.of(),
                        "1",
                        List.of(1),
                        "2-3",
                        List.of(2, 3)),
                new Sample(
                        Setting.WAIT,
                        settings -> settings.threads().waitMode(),
                        WaitMode.PARK,
                        "spin",
                        WaitMode.SPIN,
                        "Yield",
                        WaitMode.YIELD),
                new Sample(
                        Setting.EVENT_LOOP_CPUS,
                        settings -> settings.threads().eventLoopCpus(),
                        List.of(),
                        "1",
                        List.of(1),
                        "0,2-3",
                        List.of(0, 2, 3)),
                new Sample(
                        Setting.TRANSPORT,
                        ServerSettings::transports,
                        List.of(Transport.EPOLL, Transport.NIO),
                        "nio",
                        List.of(Transport.NIO),
                        "io_uring",
                        List.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO)),
                new Sample(Setting.DATABASES, ServerSettings::databases, 16, "1", 1, "65536", 65536),
                new Sample(Setting.RING_SIZE, ServerSettings::ringSize, 4096, "2", 2, "1048576", 1048576),
                new Sample(
                        Setting.INDEX,
                        ServerSettings::index,
                        IndexKind.EXTENDIBLE,
                        "striped",
                        IndexKind.STRIPED,
                        "extendible",
                        IndexKind.EXTENDIBLE),
                new Sample(Setting.HASH_MAX_ENTRIES, ServerSettings::hashMaxEntries, 512, "128", 128, "0", 0),
                new Sample(Setting.HASH_MAX_VALUE, ServerSettings::hashMaxValueBytes, 64, "100", 100, "0", 0),
                new Sample(Setting.STRIPES, ServerSettings::stripes, 2048, "256", 256, "4096", 4096),
                new Sample(Setting.HICCUP_INTERVAL, ServerSettings::hiccupIntervalMs, 10, "1s", 1000, "0", 0),
                new Sample(
                        Setting.LOG_LEVEL,
                        ServerSettings::logLevel,
                        LogLevel.INFO,
                        "debug",
                        LogLevel.DEBUG,
                        "warning",
                        LogLevel.WARN));
    }

    /** In the placement that the setting needs to be allowed at all. */
    private Start start(Sample sample) {
        Start start = new Start(directory);
        boolean dedicated = sample.setting() == Setting.EVENT_LOOPS || sample.setting() == Setting.SHARD_CPUS;
        return dedicated ? start.variable("REDISTILL_PLACEMENT", "dedicated") : start;
    }

    @Test
    void shouldCoverEverySetting() {
        Set<Setting> covered = EnumSet.noneOf(Setting.class);
        samples().forEach(sample -> covered.add(sample.setting()));
        assertThat(covered).isEqualTo(EnumSet.allOf(Setting.class));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldHaveADefault(Sample sample) {
        assertThat(sample.getter().apply(start(sample).settings())).isEqualTo(sample.byDefault());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldTakeTheStrongestSource(Sample sample) {
        String option = sample.setting().options().get(0);
        String ours = sample.setting().variables().get(0);
        String redis = ours.replace("REDISTILL_", "REDIS_");
        Start start = start(sample).file(line(sample.setting().key(), sample.first()));
        assertThat(sample.getter().apply(start.settings())).isEqualTo(sample.firstValue());
        start.variable(redis, sample.second());
        assertThat(sample.getter().apply(start.settings())).isEqualTo(sample.secondValue());
        start.variable(ours, sample.first());
        assertThat(sample.getter().apply(start.settings())).isEqualTo(sample.firstValue());
        start.options(option, sample.second());
        assertThat(sample.getter().apply(start.settings())).isEqualTo(sample.secondValue());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldKnowEveryNameOfASetting(Sample sample) {
        List<Start> starts = new ArrayList<>();
        for (String option : sample.setting().options()) {
            starts.add(start(sample).options(option, sample.second()));
            starts.add(start(sample).options(option + "=" + sample.second()));
            starts.add(start(sample).options("--" + option.substring(2).replace('-', '_'), sample.second()));
        }
        for (String variable : sample.setting().variables()) {
            starts.add(start(sample).variable(variable, sample.second()));
        }
        for (int i = 0; i < sample.setting().keys().size(); i++) {
            String key = sample.setting().keys().get(i);
            starts.add(start(sample)
                    .file("key" + i + ".toml", line(key, sample.second()))
                    .options("--config", "key" + i + ".toml"));
            starts.add(start(sample)
                    .file("dash" + i + ".toml", line(key.replace('_', '-'), sample.second()))
                    .variable("REDISTILL_CONFIG", "dash" + i + ".toml"));
        }
        for (Start start : starts) {
            assertThat(sample.getter().apply(start.settings())).isEqualTo(sample.secondValue());
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldReadOptionsTheSameWithAndWithoutPicocli(Sample sample) throws RefusedException {
        for (String option : sample.setting().options()) {
            for (String[] args : List.of(
                    new String[] {option, sample.first(), "--config", "x"},
                    new String[] {option.replace('-', '_').replaceFirst("__", "--") + "=" + sample.second()},
                    new String[] {option + "=", "--config=a=b"})) {
                CommandLineArguments plain = CommandLineArguments.parsePlain(args);
                CommandLineArguments any = CommandLineArguments.parseAny(args);
                assertThat(plain).isNotNull();
                assertThat(plain.settings()).isEqualTo(any.settings()).hasSize(1);
                assertThat(plain.configFile()).isEqualTo(any.configFile());
            }
        }
    }

    private static String line(String key, String value) {
        return key + " = \"" + value + "\"\n";
    }
}
