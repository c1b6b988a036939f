// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redistill.network.server.TestServer;
import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which threads a server has, where they run, and which of them touches a shard's memory first: as Linux tells it. */
class ThreadsIT {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int PAGE_BYTES = 4096;

    @BeforeAll
    static void needsLinux() {
        assumeTrue(Files.isDirectory(TASKS), "there is no /proc");
    }

    @Test
    void shouldGiveEventLoopsAndShardsThreadsOfTheirOwnWhenDedicated() throws Exception {
        try (TestServer server = TestServer.shards(3).dedicated(2).start()) {
            Await.until("all threads run", () -> tasks().size() == 5);
            assertThat(server.server().loops()).hasSize(2);
            assertThat(tasks().keySet()).containsExactly("net-0", "net-1", "shard-0", "shard-1", "shard-2");
        }
        Await.until("no thread is left", () -> tasks().isEmpty());
    }

    @Test
    void shouldGiveEachShardTheThreadOfAnEventLoopWhenFused() throws Exception {
        try (TestServer server = TestServer.shards(2).start()) {
            Await.until("all threads run", () -> tasks().size() == 2);
            assertThat(server.server().loops()).hasSize(2);
            assertThat(tasks().keySet()).containsExactly("core-0", "core-1");
        }
    }

    @Test
    void shouldRunThreadsOnTheirProcessorsInTurn() throws Exception {
        List<Integer> cpus = Affinity.getAffinity().stream().boxed().toList();
        int last = cpus.get(cpus.size() - 1);
        try (TestServer server = TestServer.shards(2)
                        .dedicated(2)
                        .cpus(List.of(last), cpus)
                        .start();
                RespClient client = server.connect()) {
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            Await.until("all threads run", () -> tasks().size() == 4);
            Map<String, Path> tasks = tasks();
            assertThat(field(tasks.get("net-0"), "Cpus_allowed_list")).isEqualTo(String.valueOf(last));
            assertThat(field(tasks.get("net-1"), "Cpus_allowed_list")).isEqualTo(String.valueOf(last));
            assertThat(field(tasks.get("shard-0"), "Cpus_allowed_list")).isEqualTo(String.valueOf(cpus.get(0)));
            assertThat(field(tasks.get("shard-1"), "Cpus_allowed_list"))
                    .isEqualTo(String.valueOf(cpus.get(1 % cpus.size())));
        }
    }

    @Test
    void shouldKeepOtherThreadsOffPinnedProcessorsWhereThereAreOthers() throws Exception {
        BitSet all = Affinity.getAffinity();
        int pinned = all.nextSetBit(0);
        try (ServerProcess server =
                ServerProcess.startWarm("--shards", "1", "--event-loop-cpus", String.valueOf(pinned))) {
            Path tasks = Path.of("/proc", String.valueOf(server.pid()), "task");
            int others = 0;
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
                for (Path thread : threads) {
                    boolean isPinned;
                    boolean runsThere;
                    try {
                        isPinned = Files.readString(thread.resolve("comm")).startsWith("core-");
                        runsThere = field(thread, "Cpus_allowed_list")
                                .split("[,-]")[0]
                                .equals(String.valueOf(pinned));
                    } catch (IOException e) { // a compiler thread that has ended
                        continue;
                    }
                    others += isPinned ? 0 : 1;
                    assertThat(runsThere).as(thread.toString()).isEqualTo(isPinned || all.cardinality() == 1);
                }
            }
            assertThat(others).isGreaterThan(5);
        }
    }

    @Test
    void shouldRefuseAProcessorThatIsNotThere() {
        BitSet before = Affinity.getAffinity();
        List<Integer> cpus = List.of(before.nextSetBit(0), 4095);
        assertThatThrownBy(() -> TestServer.shards(1).cpus(cpus, List.of()).start())
                .isInstanceOf(IOException.class)
                .hasMessage("cannot run on processor 4095, which this machine or container does not have");
        assertThat(tasks()).isEmpty();
        assertThat(Affinity.getAffinity()).isEqualTo(before);
    }

    /** The system takes a page from the node of the processor that touches it first. */
    @Test
    void shouldTouchAShardsMemoryFirstOnItsOwnThread() throws Exception {
        int values = 4_000;
        int valueBytes = 8_000;
        try (TestServer server = TestServer.shards(1).dedicated(1).start();
                RespClient client = server.connect()) {
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            long shardBefore = minorFaults("shard-0");
            long netBefore = minorFaults("net-0");
            String value = "v".repeat(valueBytes);
            for (int i = 0; i < values; i++) {
                assertThat(client.call("SET", "key" + i, value)).isEqualTo("+OK\r\n");
            }
            int pages = values * valueBytes / PAGE_BYTES;
            assertThat(minorFaults("shard-0") - shardBefore).isGreaterThan(pages * 9L / 10);
            assertThat(minorFaults("net-0") - netBefore).isLessThan(pages / 10);
        }
    }

    @Test
    void shouldTellWhenAThreadDies() throws Exception {
        AtomicReference<Throwable> told = new AtomicReference<>();
        IllegalStateException fault = new IllegalStateException("fault");
        Thread thread = new ServerThreads("warm-up-", (dead, why) -> told.set(why))
                .named("net", 7, List.of())
                .newThread(() -> {
                    throw fault;
                });
        assertThat(thread.getName()).isEqualTo("warm-up-net-7");
        thread.start();
        thread.join();
        assertThat(told).hasValue(fault);
    }

    private static long minorFaults(String thread) throws IOException {
        String stat = Files.readString(tasks().get(thread).resolve("stat"));
        // The fields after the name in parentheses begin with the third; minflt is the tenth.
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[7]);
    }

    private static String field(Path task, String name) throws IOException {
        for (String line : Files.readAllLines(task.resolve("status"))) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        throw new IOException(task + " has no " + name);
    }

    /** The tasks of a server's threads, by name. */
    private static Map<String, Path> tasks() {
        Map<String, Path> tasks = new TreeMap<>();
        List<Path> all = new ArrayList<>();
        try (Stream<Path> list = Files.list(TASKS)) {
            list.forEach(all::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path task : all) {
            try {
                String name = Files.readString(task.resolve("comm")).strip();
                if (name.matches("(core|net|shard)-[0-9]+")) {
                    tasks.put(name, task);
                }
            } catch (IOException ended) {
                continue;
            }
        }
        return tasks;
    }
}
