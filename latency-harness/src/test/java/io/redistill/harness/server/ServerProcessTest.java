// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redistill.harness.FakeServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    private static final Duration READY_WITHIN = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("server.log");
    }

    @Test
    void shouldBeReadyWhenItAnswersAndGoneWhenClosed() throws Exception {
        ProcessHandle handle;
        try (ServerProcess server = ServerProcess.start(FakeServer.command(), "", log(), READY_WITHIN)) {
            assertThat(server.isAlive()).isTrue();
            assertThat(server.port()).isBetween(20_000, 32_000);
            handle = ProcessHandle.of(server.pid()).orElseThrow();
            // The server itself, not a shell around it.
            assertThat(handle.info().command().orElseThrow()).endsWith("java");
        }
        assertThat(handle.isAlive()).isFalse();
    }

    @Test
    void shouldSayWhatAServerThatEndedSaid() {
        assertThatThrownBy(() ->
                        ServerProcess.start("sh -c 'echo no such option; exit 7' %PORT%", "", log(), READY_WITHIN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended with 7 before it answered")
                .hasMessageContaining("no such option");
    }

    @Test
    void shouldStopAServerThatDoesNotAnswer() throws Exception {
        Path pid = directory.resolve("pid");
        assertThatThrownBy(() -> ServerProcess.start(
                        "sh -c 'echo $$ >" + pid + "; exec sleep 600' %PORT%", "", log(), Duration.ofMillis(500)))
                .hasMessageContaining("did not answer PING within");
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .map(ProcessHandle::isAlive)
                        .orElse(false))
                .isFalse();
    }

    @Test
    void shouldRefuseACommandWithoutAPort() {
        assertThatThrownBy(() -> ServerProcess.start("redis-server", "", log(), READY_WITHIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the command has no %PORT%: redis-server");
    }
}
