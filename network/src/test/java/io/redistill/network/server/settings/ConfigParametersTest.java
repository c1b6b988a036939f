// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigParametersTest {
    @TempDir
    Path directory;

    @Test
    void shouldWriteValuesAsRedisDoes() {
        ConfigParameters parameters = new Start(directory)
                .options("--max-memory", "1gb", "--unixsocketperm", "0700", "--protected-mode", "false")
                .options("--max-connections", "0", "--timeout", "5m", "--password", "p", "--log-level", "warn")
                .settings()
                .configParameters();
        assertThat(parameters.get(List.of("*")))
                .containsExactly(
                        entry("bind", "127.0.0.1 -::1"),
                        entry("port", "6379"),
                        entry("unixsocket", ""),
                        entry("unixsocketperm", "700"),
                        entry("maxclients", "2147483647"),
                        entry("tcp-backlog", "511"),
                        entry("tcp-keepalive", "300"),
                        entry("timeout", "300"),
                        entry(
                                "client-output-buffer-limit",
                                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"),
                        entry("client-query-buffer-limit", "1073741824"),
                        entry("requirepass", "p"),
                        entry("protected-mode", "no"),
                        entry("maxmemory", "1073741824"),
                        entry("maxmemory-policy", "noeviction"),
                        entry("maxmemory-samples", "5"),
                        entry("lfu-log-factor", "10"),
                        entry("lfu-decay-time", "1"),
                        entry("hash-max-listpack-entries", "512"),
                        entry("hash-max-ziplist-entries", "512"),
                        entry("hash-max-listpack-value", "64"),
                        entry("hash-max-ziplist-value", "64"),
                        entry("dir", directory.toAbsolutePath().normalize().toString()),
                        entry("dbfilename", "redistill.snapshot"),
                        entry("save", ""),
                        entry("rdbcompression", "no"),
                        entry("databases", "16"),
                        entry("loglevel", "warning"),
                        entry("appendonly", "no"),
                        entry("proto-max-bulk-len", "536870912"),
                        entry("hll-sparse-max-bytes", "3000"),
                        entry("notify-keyspace-events", ""),
                        entry("cluster-enabled", "no"),
                        entry("tls-port", "0"));
        assertThat(parameters.value("MaxMemory")).isEqualTo("1073741824");
        assertThat(parameters.value("nothing")).isNull();
    }

    @Test
    void shouldAnswerTheLimitThatIsInForce() {
        assertThat(get("maxmemory")).containsExactly(entry("maxmemory", "8000000000"));
    }

    @Test
    void shouldAnswerEachParameterOnce() {
        assertThat(get("MAXMEMORY", "maxmemory", "MaxMem*"))
                .containsExactly(
                        entry("MAXMEMORY", "8000000000"),
                        entry("maxmemory-policy", "noeviction"),
                        entry("maxmemory-samples", "5"));
        assertThat(get("po*", "PORT", "p?rt")).containsExactly(entry("port", "6379"));
        assertThat(get("nothing", "\\port")).isEmpty();
        assertThat(get()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "*, port, true",
        "p*t, port, true",
        "*p*o*r*t*, port, true",
        "P?RT, port, true",
        "?, port, false",
        "por, port, false",
        "port?, port, false",
        "port*, port, true",
        "p[no]rt, port, true",
        "p[N-P]rt, port, true",
        "p[z-a]rt, port, true",
        "p[^a-c]rt, port, true",
        "p[^n-p]rt, port, false",
        "por[t, port, true",
        "por[^t, port, false",
        "p[], po, false",
        "p\\ort*, port, true",
        "port\\, port, false",
        "a\\*, a*, true",
        "a\\*, ab, false",
        "a[\\]]b, a]b, true",
        "*a*a*a*a*a*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false",
    })
    void shouldMatchPatternsAsRedisDoes(String pattern, String text, boolean expected) {
        assertThat(GlobPattern.matches(pattern, text)).isEqualTo(expected);
    }

    private Map<String, String> get(String... patterns) {
        return new Start(directory).settings().configParameters().get(List.of(patterns));
    }
}
