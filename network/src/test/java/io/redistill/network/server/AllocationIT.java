// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.RespClient;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hot commands over loopback must allocate nothing on any thread of the server, which runs in a process of its own with
 * the flags of production. The budget is {@code allocation-budget.properties}.
 */
class AllocationIT {
    private static final Path ROOT =
            Path.of(System.getProperty("redistill.root", "..")).toAbsolutePath();
    private static final int KEYS = 10_000;
    private static final int VALUE_BYTES = 256;
    private static final int CONNECTIONS = 16;
    private static final int PAYLOADS = 64;
    private static final int HASHES = 1000;
    private static final int FIELDS = 10;
    private static final byte[] FIELD_VALUE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** Enough for the pools to reach the depth that two cores in a race come to need. */
    private static final int ATTEMPTS = 12;

    /** One server for both depths of pipelines, warmed up by the first. */
    private static @Nullable Probe probe;

    private static @Nullable Load load;

    @AfterAll
    static void stop() throws IOException {
        if (load != null) {
            load.close();
        }
        if (probe != null) {
            probe.close();
        }
    }

    @ParameterizedTest(name = "shards={0} P={1} commands={2}")
    @CsvSource({"1, 16, 100000", "1, 1, 10000", "2, 16, 100000", "2, 1, 10000"})
    void shouldAllocateNothingForHotCommands(int shards, int pipeline, int commands) throws Exception {
        measure(shards, pipeline, commands, 1);
    }

    @Tag("slow")
    @ParameterizedTest(name = "shards={0} P={1}")
    @CsvSource({"1, 16", "1, 1", "2, 16", "2, 1"})
    void shouldAllocateNothingForAMillionHotCommands(int shards, int pipeline) throws Exception {
        measure(shards, pipeline, 1_000_000, 2);
    }

    private static void measure(int shards, int pipeline, int commands, int budgets) throws Exception {
        Properties budget = new Properties();
        budget.load(AllocationIT.class.getResourceAsStream("allocation-budget.properties"));
        Probe server = probe;
        Load client = load;
        if (server == null || client == null || server.shards != shards) {
            stop();
            server = new Probe(shards);
            probe = server;
            client = new Load(server.port);
            load = client;
            client.fill();
        }
        measure(
                server,
                client,
                pipeline,
                commands,
                name -> budgets * Long.parseLong(budget.getProperty(shards > 1 ? "several-shards" : name)));
    }

    private static void measure(Probe probe, Load load, int pipeline, int commands, ToLongFunction<String> budget)
            throws IOException {
        Map<String, Kind> all = load.kinds(pipeline);
        all.values().forEach(kind -> load.run(kind, commands / 4));
        List<String> over = new ArrayList<>();
        for (Map.Entry<String, Kind> kind : all.entrySet()) {
            // Compiled again for this mix alone.
            load.run(kind.getValue(), commands / 4);
            // The JVM's own (a method compiled anew, a pool that grows) happens once; a command's happens each
            // time.
            long least = Long.MAX_VALUE;
            long allowed = budget.applyAsLong(kind.getKey());
            Map<String, Long> more = Map.of();
            for (int attempt = 0; attempt < ATTEMPTS && least > allowed; attempt++) {
                Map<String, Long> before = probe.allocated();
                long sent = load.run(kind.getValue(), commands);
                more = probe.since(before);
                long bytes = more.values().stream().mapToLong(Long::longValue).sum();
                least = Math.min(least, bytes);
                System.out.println("allocated: shards=" + probe.shards + " P=" + pipeline + " " + kind.getKey() + " x "
                        + sent + ": " + bytes + " bytes " + more);
            }
            if (least > allowed) {
                over.add(kind.getKey() + ": " + least + " bytes for " + commands + " commands, " + more);
            }
        }
        assertThat(over).as("allocation over the budget").isEmpty();
    }

    /** The server's process. */
    private static final class Probe implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final Writer in;
        private final int port;
        private final int shards;

        Probe(int shards) throws IOException {
            this.shards = shards;
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "@" + ROOT.resolve("jvm.options"),
                            "@" + ROOT.resolve("jvm-production.options"),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            AllocationProbe.class.getName(),
                            String.valueOf(shards))
                    .redirectError(new File("target/allocation-probe.log"))
                    .start();
            out = process.inputReader(StandardCharsets.US_ASCII);
            in = process.outputWriter(StandardCharsets.US_ASCII);
            String line = String.valueOf(out.readLine());
            assertThat(line).as("first line, see target/allocation-probe.log").startsWith("port ");
            port = Integer.parseInt(line.substring("port ".length()));
        }

        Map<String, Long> allocated() throws IOException {
            in.write("\n");
            in.flush();
            Map<String, Long> threads = new LinkedHashMap<>();
            for (String figure : out.readLine().split(" ")) {
                int equals = figure.lastIndexOf('=');
                threads.put(figure.substring(0, equals), Long.parseLong(figure.substring(equals + 1)));
            }
            assertThat(threads.keySet()).anyMatch(name -> name.startsWith("core-0#"));
            return threads;
        }

        /** By thread, without those that allocated nothing. */
        Map<String, Long> since(Map<String, Long> before) throws IOException {
            Map<String, Long> now = allocated();
            now.replaceAll((thread, bytes) -> bytes - before.getOrDefault(thread, 0L));
            now.values().removeIf(bytes -> bytes == 0);
            return now;
        }

        @Override
        public void close() throws IOException {
            in.close();
            process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
            process.destroyForcibly();
        }
    }

    /** Requests of one kind: many different payloads of {@code pipeline} commands each. */
    private record Kind(ByteBuffer[] payloads, int pipeline, int linesOfReply) {}

    /** Connections that each have one pipeline under way; replies are only counted, by their lines. */
    private static final class Load implements AutoCloseable {
        private final Random random = new Random(1);
        private final SocketChannel[] connections = new SocketChannel[CONNECTIONS];
        private final ByteBuffer input = ByteBuffer.allocateDirect(256 << 10);
        private final byte[] value = "v".repeat(VALUE_BYTES).getBytes(StandardCharsets.US_ASCII);

        Load(int port) throws IOException {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections[i] = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                connections[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        }

        void fill() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int commands = 0;
            for (int i = 0; i < KEYS; i++) {
                RespClient.append(bytes, ascii("SET"), key(i), value);
                commands++;
            }
            for (int i = 0; i < HASHES; i++) {
                RespClient.append(bytes, ascii("SETBIT"), ascii("bits:" + i), ascii("2047"), ascii("1"));
                RespClient.append(bytes, ascii("HSET"), ascii("hash:" + i), ascii("n"), ascii("1"));
                commands += 2;
                for (int field = 0; field < FIELDS; field++) {
                    RespClient.append(bytes, ascii("HSET"), ascii("hash:" + i), field(field), FIELD_VALUE);
                    commands++;
                }
            }
            ByteBuffer pipeline = ByteBuffer.wrap(bytes.toByteArray());
            while (pipeline.hasRemaining()) {
                connections[0].write(pipeline);
            }
            readLines(connections[0], commands);
        }

        private static byte[] key(int number) {
            return ("key:" + number).getBytes(StandardCharsets.US_ASCII);
        }

        private byte[] anyKey() {
            return key(random.nextInt(KEYS));
        }

        Map<String, Kind> kinds(int pipeline) {
            Map<String, Kind> all = new LinkedHashMap<>();
            all.put("get", kind(pipeline, 2, () -> new byte[][] {ascii("GET"), anyKey()}));
            all.put("set", kind(pipeline, 1, () -> new byte[][] {ascii("SET"), anyKey(), value}));
            all.put("incr", kind(pipeline, 1, () ->
                    new byte[][] {ascii("INCR"), ascii("counter:" + random.nextInt(100))}));
            all.put("mget", kind(pipeline, 1 + 2 * 10, this::mget));
            all.put("expire", kind(pipeline, 1, () -> new byte[][] {ascii("EXPIRE"), anyKey(), ascii("10000")}));
            all.put("hget", kind(pipeline, 2, () -> new byte[][] {ascii("HGET"), anyHash(), anyField()}));
            all.put("hset", kind(pipeline, 1, () -> new byte[][] {ascii("HSET"), anyHash(), anyField(), FIELD_VALUE}));
            all.put("hincrby", kind(pipeline, 1, () ->
                    new byte[][] {ascii("HINCRBY"), anyHash(), ascii("n"), ascii("1")}));
            all.put("getrange", kind(pipeline, 2, () ->
                    new byte[][] {ascii("GETRANGE"), anyKey(), ascii("10"), ascii("99")}));
            all.put("setbit", kind(pipeline, 1, () ->
                    new byte[][] {ascii("SETBIT"), any("bits:", HASHES), any("", VALUE_BYTES * 8), any("", 2)}));
            all.put("pfadd", kind(pipeline, 1, () -> new byte[][] {ascii("PFADD"), any("hll:", 20), any("e", 1000)}));
            return all;
        }

        private byte[] anyHash() {
            return any("hash:", HASHES);
        }

        private byte[] anyField() {
            return field(random.nextInt(FIELDS));
        }

        private static byte[] field(int number) {
            return ascii("field:" + number);
        }

        private byte[] any(String prefix, int bound) {
            return ascii(prefix + random.nextInt(bound));
        }

        private byte[][] mget() {
            byte[][] words = new byte[11][];
            words[0] = ascii("MGET");
            for (int i = 1; i < words.length; i++) {
                words[i] = anyKey();
            }
            return words;
        }

        private Kind kind(int pipeline, int linesOfReply, Supplier<byte[][]> commands) {
            ByteBuffer[] payloads = new ByteBuffer[PAYLOADS];
            for (int i = 0; i < PAYLOADS; i++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (int j = 0; j < pipeline; j++) {
                    RespClient.append(bytes, commands.get());
                }
                payloads[i] = ByteBuffer.allocateDirect(bytes.size()).put(bytes.toByteArray());
            }
            return new Kind(payloads, pipeline, linesOfReply);
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        /** Returns how many commands were answered. */
        long run(Kind kind, int commands) {
            try {
                long sent = 0;
                for (int next = 0; sent < commands; ) {
                    for (SocketChannel connection : connections) {
                        ByteBuffer payload = kind.payloads[next++ % PAYLOADS].flip();
                        while (payload.hasRemaining()) {
                            connection.write(payload);
                        }
                    }
                    for (SocketChannel connection : connections) {
                        readLines(connection, kind.linesOfReply * kind.pipeline);
                        sent += kind.pipeline;
                    }
                }
                return sent;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private void readLines(SocketChannel connection, int count) throws IOException {
            int lines = 0;
            while (lines < count) {
                input.clear();
                if (connection.read(input) < 0) {
                    throw new IOException("the server closed the connection");
                }
                for (int i = 0; i < input.position(); i++) {
                    byte letter = input.get(i);
                    lines += letter == '\n' ? 1 : 0;
                    if (letter == '-') {
                        throw new IOException("an error: " + StandardCharsets.US_ASCII.decode(input.flip()));
                    }
                }
            }
            assertThat(lines).isEqualTo(count);
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel connection : connections) {
                connection.close();
            }
        }
    }
}
