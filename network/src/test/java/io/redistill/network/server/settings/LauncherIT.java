// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a tree of its own, with a java that prints how it was called and a mvn that only makes a file: every
 * decision of the script, none of the waiting.
 */
class LauncherIT {
    private static final Path ROOT =
            Path.of(System.getProperty("redistill.root", "..")).toAbsolutePath();

    @TempDir
    Path directory;

    private Path tree;
    private Path jar;
    private Path jdk;
    private String path;

    @BeforeEach
    void makeTree() throws IOException {
        tree = directory.resolve("a tree");
        jar = tree.resolve("network/target/redistill.jar");
        jdk = directory.resolve("jdk");
        Files.createDirectories(tree.resolve("engine/src/main"));
        Files.createDirectories(tree.resolve("network/src/main"));
        Files.copy(ROOT.resolve("redistill"), tree.resolve("redistill"));
        Files.copy(ROOT.resolve("launcher.bash"), tree.resolve("launcher.bash"));
        tree.resolve("redistill").toFile().setExecutable(true);
        for (String file : List.of("jvm.options", "jvm-production.options", "pom.xml", "engine/src/main/A.java")) {
            write(tree.resolve(file), "");
        }
        makeJdk(jdk, "17.0.1");
        script(jdk.resolve("bin/javac"), "exit 1");
        script(
                directory.resolve("bin/mvn"),
                "echo \"mvn $*\"; mkdir -p network/target; echo x >network/target/redistill.jar");
        path = directory.resolve("bin") + ":" + System.getenv("PATH");
    }

    @Test
    void shouldBuildWhenThereIsNoJarOrASourceIsNewer() throws Exception {
        Run first = run(Map.of(), "--help");
        assertThat(first.err()).contains("there is no build yet", "mvn -q -B -DskipTests", "built in");
        assertThat(first.out()).endsWith("-jar\n" + jar + "\n--help\n").doesNotContain("mvn");
        assertThat(run(Map.of(), "--help").err()).isEmpty();
        Files.setLastModifiedTime(
                tree.resolve("engine/src/main/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(run(Map.of()).err()).contains("sources are newer than the build");
    }

    @Test
    void shouldRunWithoutMavenWhenThereAreNoSources() throws Exception {
        Files.delete(tree.resolve("pom.xml"));
        assertThat(run(Map.of()).err())
                .isEqualTo("redistill: " + jar + " is missing, and there are no sources here to build it from\n");
        write(jar, "");
        Run run = run(Map.of("REDISTILL_JAVA_OPTS", "-Da=* -Db"), "--port", "1 2");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("@" + tree.resolve("jvm.options") + "\n@" + tree.resolve("jvm-production.options") + "\n")
                .endsWith("-Da=*\n-Db\n-jar\n" + jar + "\n--port\n1 2\n");
    }

    @Test
    void shouldFollowLinks() throws Exception {
        write(jar, "");
        Files.createSymbolicLink(directory.resolve("one"), tree.resolve("redistill"));
        Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));
        assertThat(run(Map.of(), directory.resolve("two")).out()).contains("\n" + jar + "\n");
    }

    @Test
    void shouldDeriveTheHeapFromTheStrongestMaxMemory() throws Exception {
        write(jar, "");
        assertThat(heap(Map.of(), "--max-memory", "500mb")).isEqualTo("-Xms271m -Xmx271m -Xmn32m");
        assertThat(heap(Map.of(), "--max_memory=1500mb")).isEqualTo("-Xms302m -Xmx302m -Xmn32m");
        assertThat(heap(Map.of("REDIS_MAX_MEMORY", "500mb"), "--maxmemory", "1500mb"))
                .startsWith("-Xms302m");
        assertThat(heap(Map.of(), "--max-memory", "1mb")).startsWith("-Xms256m");
        write(directory.resolve("redistill.toml"), "[memory] # limits\nmax_memory = \"500_mb\" # half\n");
        assertThat(heap(Map.of())).isEqualTo("-Xms271m -Xmx271m -Xmn32m");
        assertThat(heap(Map.of("REDIS_MAX_MEMORY", "1500mb"))).startsWith("-Xms302m");
        assertThat(heap(Map.of("REDISTILL_MAX_MEMORY", "500mb", "REDIS_MAX_MEMORY", "1500mb")))
                .startsWith("-Xms271m");
        write(directory.resolve("b.toml"), "[server]\nmax_memory = 1\n[ memory ]\nx = 1\nmax-memory= 1572864000\n");
        assertThat(heap(Map.of(), "--config", "b.toml")).startsWith("-Xms302m");
        assertThat(heap(Map.of("REDISTILL_CONFIG", "b.toml"))).startsWith("-Xms302m");
        assertThat(run(Map.of()).out()).doesNotContain("UseTransparentHugePages");
        // The striped index has its tables on the heap.
        assertThat(run(Map.of(), "--index", "striped").out()).contains("\n-XX:+UseTransparentHugePages\n");
        assertThat(heap(Map.of(), "--index", "striped", "--max-memory", "500mb"))
                .isEqualTo("-Xms492m -Xmx492m -Xmn32m");
        assertThat(heap(Map.of("REDIS_INDEX", "striped"), "--max-memory=1500mb"))
                .isEqualTo("-Xms1092m -Xmx1092m -Xmn64m");
        write(directory.resolve("c.toml"), "[memory]\nmax_memory = \"500mb\"\n[engine]\nindex = \"striped\"\n");
        assertThat(heap(Map.of(), "--config", "c.toml")).startsWith("-Xms492m");
        assertThat(heap(Map.of("REDISTILL_INDEX", "extendible"), "--config", "c.toml"))
                .startsWith("-Xms271m");
        assertThat(run(Map.of("REDISTILL_JAVA_OPTS", "-Xmx1g")).out())
                .doesNotContain("-Xms")
                .contains("\n-Xmx1g\n");
    }

    @Test
    void shouldTakeTheFirstJavaThatIsNewEnough() throws Exception {
        write(jar, "");
        Path old = directory.resolve("old");
        makeJdk(old, "11.0.2");
        assertThat(run(Map.of("JAVA_HOME", old.toString(), "PATH", jdk.resolve("bin") + ":" + path))
                        .exitCode())
                .isZero();
        Run run = run(Map.of("JAVA_HOME", old.toString(), "PATH", old.resolve("bin") + ":" + path));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("redistill: Java 17 or newer is needed: set JAVA_HOME or put java on the PATH" + " (found "
                        + old + " is 11.0.2)\n");
    }

    @Test
    void shouldSayWhatABuildNeeds() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));
        assertThat(run(Map.of()).err())
                .isEqualTo("redistill: there is no build yet, and " + jdk
                        + " has no javac: a JDK is needed to build, not a JRE\n");
    }

    private record Run(int exitCode, String out, String err) {}

    private String heap(Map<String, String> variables, String... args) throws Exception {
        return run(variables, args)
                .out()
                .lines()
                .filter(line -> line.startsWith("-Xm"))
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }

    private Run run(Map<String, String> variables, String... args) throws Exception {
        return run(variables, tree.resolve("redistill"), args);
    }

    private Run run(Map<String, String> variables, Path launcher, String... args) throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("bash", launcher.toString());
        builder.command().addAll(List.of(args));
        builder.environment().keySet().removeIf(name -> name.startsWith("REDIS"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("PATH", path);
        builder.environment().putAll(variables);
        Process process = builder.directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static void makeJdk(Path home, String version) throws IOException {
        write(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    }

    private static void script(Path file, String text) throws IOException {
        write(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
