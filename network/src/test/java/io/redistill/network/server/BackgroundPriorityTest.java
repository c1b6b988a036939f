// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackgroundPriorityTest {
    private static final Path SELF = Path.of("/proc/thread-self/stat");

    /** Fields behind the name of the thread, which may have spaces. */
    private static final int NICE_FIELD = 16;

    @Test
    void shouldBeOfTheThreadAndThoseThatItStartsAndOfNobodyElse() throws InterruptedException {
        assumeTrue(Files.exists(SELF), "there is no /proc");
        int before = nice();
        List<Integer> seen = new ArrayList<>();
        Thread thread = new Thread(() -> {
            BackgroundPriority.take();
            seen.add(nice());
            Thread child = new Thread(() -> seen.add(nice()));
            child.start();
            join(child);
        });
        thread.start();
        thread.join();
        assertThat(seen).hasSize(2).allMatch(nice -> nice == Math.min(before + 5, 19));
        assertThat(nice()).isEqualTo(before);
    }

    private static int nice() {
        try {
            String stat = Files.readString(SELF);
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE_FIELD]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
