// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    Path root;

    @BeforeEach
    void writeMachine() throws IOException {
        write("proc/meminfo", "MemTotal:        8000 kB\nMemFree:         100 kB\n");
    }

    @Test
    void shouldReadTheMemoryOfTheMachine() {
        assertThat(Machine.memoryBytes(root)).isEqualTo(8000 * 1024);
    }

    @Test
    void shouldReadTheLimitOfAContainer() throws IOException {
        write("sys/fs/cgroup/memory.max", "max\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(8000 * 1024);
        write("sys/fs/cgroup/memory.max", "1000000\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(1000000);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "500000\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(500000);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(1000000);
    }

    @Test
    void shouldReadTheLimitsAboveAService() throws IOException {
        write("proc/self/cgroup", "0::/system.slice/redistill.service\n");
        write("sys/fs/cgroup/system.slice/memory.max", "3000\n");
        write("sys/fs/cgroup/system.slice/redistill.service/memory.max", "max\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(3000);
        write("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/abc\n");
        write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "2000\n");
        assertThat(Machine.memoryBytes(root)).isEqualTo(2000);
    }

    @Test
    void shouldReadTheLimitOfOpenFiles() throws IOException {
        assertThat(Machine.openFiles(root)).isEqualTo(Long.MAX_VALUE);
        write(
                "proc/self/limits",
                "Limit  Soft  Hard  Units\nMax open files            1024                 4096        files\n");
        assertThat(Machine.openFiles(root)).isEqualTo(1024);
        write("proc/self/limits", "Max open files            unlimited            unlimited            files\n");
        assertThat(Machine.openFiles(root)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldFindThisMachine() {
        assertThat(Machine.detect().memoryBytes()).isPositive();
        assertThat(Machine.detect().processors()).isPositive();
        assertThat(Machine.memoryBytes(root.resolve("nothing"))).isPositive();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
