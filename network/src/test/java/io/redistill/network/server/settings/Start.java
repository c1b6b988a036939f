// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A start being described by a test: its options, variables and file. */
final class Start {
    /** A machine of 10,000,000,000 bytes: 80 % of it is easily seen. */
    static final Machine MACHINE = new Machine(10_000_000_000L, 3, Long.MAX_VALUE);

    private final Path directory;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();
    private Machine machine = MACHINE;

    Start(Path directory) {
        this.directory = directory;
    }

    Start options(String... words) {
        options.addAll(List.of(words));
        return this;
    }

    Start variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    Start file(String text) {
        return file("redistill.toml", text);
    }

    Start file(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Start machine(Machine another) {
        machine = another;
        return this;
    }

    ServerSettings.Outcome outcome() {
        return ServerSettings.resolve(options.toArray(String[]::new), variables, directory, machine);
    }

    ServerSettings settings() {
        ServerSettings.Outcome outcome = outcome();
        assertThat(outcome).isInstanceOf(ServerSettings.Outcome.Run.class);
        return ((ServerSettings.Outcome.Run) outcome).settings();
    }

    /** The message of a start that must be refused, without the "redistill: " before it. */
    String refusal() {
        ServerSettings.Outcome outcome = outcome();
        assertThat(outcome).isInstanceOf(ServerSettings.Outcome.Exit.class);
        ServerSettings.Outcome.Exit exit = (ServerSettings.Outcome.Exit) outcome;
        assertThat(exit.exitCode()).isEqualTo(1);
        assertThat(exit.text()).startsWith("redistill: ").doesNotContain("\n");
        return exit.text().substring("redistill: ".length());
    }
}
