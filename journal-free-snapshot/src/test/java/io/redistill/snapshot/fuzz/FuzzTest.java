// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs Jazzer, which is guided by coverage, in a process of its own. */
@Tag("slow")
@Timeout(600)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("redistill.fuzz.seconds", 60);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "SnapshotFuzzer, 48000040c6666f726d6174f2726564697374696c6c2d736e617073686f74",
        "RdbFuzzer, 04020161016201630164",
        "RdbFuzzer, 10180000000200816103016102ff"
    })
    void shouldReadOrRefuseAnything(String target, String seed) throws Exception {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        Files.write(corpus.resolve("seed"), HexFormat.of().parseHex(seed));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("redistill.root", "..")).resolve("jvm.options"),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + getClass().getPackageName() + "." + target,
                "--instrumentation_includes=io.redistill.**",
                "-max_total_time=" + SECONDS,
                "-rss_limit_mb=4096",
                corpus.toString()));
        Path log = directory.resolve("log");
        Process jazzer = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(log.toString()))
                .start();
        try {
            assertThat(jazzer.waitFor(SECONDS + 300L, TimeUnit.SECONDS)).isTrue();
            assertThat(jazzer.exitValue()).as(Files.readString(log)).isZero();
            assertThat(Files.readString(log)).contains("Done ", " runs in ");
        } finally {
            jazzer.destroyForcibly();
        }
    }
}
