// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.support;

import io.redistill.harness.cli.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The harness in a process of its own. */
public final class HarnessProcess {
    private HarnessProcess() {}

    /** A run against a server for a minute, blocking, 1,000 requests a second; errors go where the output goes. */
    public static ProcessBuilder run(FakeServer server, Path output, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "-p",
                server.port(),
                "-o",
                output.toString(),
                "--duration=60s",
                "--rate=1k",
                "--send=block",
                "--receive=block"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
