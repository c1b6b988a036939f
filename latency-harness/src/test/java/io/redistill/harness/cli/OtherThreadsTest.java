// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.harness.support.FakeServer;
import io.redistill.harness.support.HarnessProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The threads of the harness that do not measure must disturb neither the one that does nor a server beside it. */
@EnabledOnOs(OS.LINUX)
class OtherThreadsTest {
    private static final int SCHED_IDLE = 5;
    private static final int PER_SECOND = 1_000;

    @TempDir
    Path directory;

    private record Task(String name, String cpus, int policy) {}

    @Test
    void shouldKeepOffTheGeneratorsProcessorAndCompileOnlyWhereNothingElseRuns() throws Exception {
        BitSet processors = Affinity.getAffinity();
        assumeTrue(processors.cardinality() > 1, "needs two processors");
        String generators = Integer.toString(processors.length() - 1);
        CountDownLatch measuring = new CountDownLatch(2 * PER_SECOND);
        try (FakeServer server = new FakeServer(
                command -> {
                    measuring.countDown();
                    return "$-1\r\n";
                },
                0)) {
            Process run = HarnessProcess.run(server, directory.resolve("run"), "--warm-up=1s", "--pin=" + generators)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                assertThat(measuring.await(30, TimeUnit.SECONDS)).isTrue();
                List<Task> tasks = tasks(run.pid());
                Map<String, Set<String>> cpus =
                        tasks.stream().collect(groupingBy(Task::name, mapping(Task::cpus, toSet())));
                assertThat(cpus.get("generator-0")).containsExactly(generators);
                for (String other : List.of("java", "C2 CompilerThre", "VM Thread")) { // java: collects the intervals
                    assertThat(cpus.get(other)).as(other).isNotNull().noneMatch(list -> includes(list, generators));
                }
                assertThat(tasks)
                        .filteredOn(task -> task.name().contains("CompilerThre"))
                        .isNotEmpty()
                        .allMatch(task -> task.policy() == SCHED_IDLE);
                assertThat(tasks)
                        .filteredOn(task ->
                                task.name().equals("generator-0") || task.name().equals("java"))
                        .allMatch(task -> task.policy() != SCHED_IDLE);
            } finally {
                run.destroyForcibly();
            }
        }
    }

    /** Whether a list as the kernel prints it, {@code 0-2,5}, has a processor. */
    private static boolean includes(String list, String processor) {
        int number = Integer.parseInt(processor);
        return Stream.of(list.split(",")).anyMatch(range -> {
            String[] ends = range.split("-");
            return Integer.parseInt(ends[0]) <= number && number <= Integer.parseInt(ends[ends.length - 1]);
        });
    }

    private static List<Task> tasks(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return tasks.map(OtherThreadsTest::read).flatMap(Optional::stream).toList();
        }
    }

    private static Optional<Task> read(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            String cpus = Files.readAllLines(task.resolve("status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseThrow();
            return Optional.of(new Task(
                    stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                    cpus,
                    Integer.parseInt(behindName[38])));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }
}
