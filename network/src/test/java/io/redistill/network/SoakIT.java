// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.Await;
import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import io.redistill.network.support.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everything at once for minutes: clients that check each reply, storms of connections, and abusers of every kind. Nobody
 * but the abusers sees an error, memory does not grow, and nothing leaks.
 *
 * <p>{@code -Dredistill.soak.minutes=N} sets how long, 10 by default. The seed is printed; {@code -Dredistill.seed=N}
 * replays it.
 */
@Tag("slow")
class SoakIT {
    private static final long MINUTES = Long.getLong("redistill.soak.minutes", 10);
    private static final int WORKERS = 4;
    private static final int KEYS = 20_000;
    private static final int MIB = 1 << 20;

    private volatile boolean ended;

    @Test
    void shouldServeItsClientsThroughStormsAndAbuse() throws Exception {
        long seed = Seeds.next("SoakIT");
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerProcess server = ServerProcess.start(
                List.of("-Dio.netty.leakDetection.level=paranoid"),
                "--shards",
                "2",
                "--client-output-buffer-limit",
                "normal 64mb 32mb 20",
                "--client-query-buffer-limit",
                "32mb")) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int number = i;
                running.add(threads.submit(() -> work(server, number, new Random(seed + number))));
            }
            running.add(threads.submit(() -> storm(server, new Random(seed + 100))));
            running.add(threads.submit(() -> abuse(server, new Random(seed + 200))));
            List<Long> residentBytes = watch(server, running);
            ended = true;
            try {
                for (Future<?> one : running) {
                    one.get(4, TimeUnit.MINUTES);
                }
            } catch (ExecutionException e) {
                throw new AssertionError(state(server), e.getCause());
            }
            try (RespClient client = server.connect()) {
                Await.until(
                        "only one client is left",
                        () -> client.call("INFO", "clients").contains("connected_clients:1\r\n"));
                assertThat(client.call("INFO", "stats")).contains("internal_errors:0\r\n");
            }
            assertFlat(residentBytes);
            assertThat(server.stop()).isZero();
            assertThat(server.log()).doesNotContain("LEAK").doesNotContain("Exception");
        } finally {
            ended = true;
            threads.shutdownNow();
        }
    }

    /** What the server says of itself and of its clients, for whoever has to find out why one of them failed. */
    private static String state(ServerProcess server) throws IOException {
        try (RespClient client = server.connect()) {
            return client.call("INFO", "everything") + client.call("CLIENT", "LIST") + server.log();
        } catch (IOException gone) {
            return gone + "\n" + server.log();
        }
    }

    /** Resident memory each second; ends early when a client has failed. */
    private static List<Long> watch(ServerProcess server, List<Future<?>> running) throws Exception {
        List<Long> residentBytes = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        while (System.nanoTime() < end && running.stream().noneMatch(Future::isDone)) {
            residentBytes.add(server.residentBytes());
            TimeUnit.SECONDS.sleep(1);
        }
        return residentBytes;
    }

    /** The last quarter takes no more than the third one: by median, since abusers make it swing. */
    private static void assertFlat(List<Long> residentBytes) {
        int quarter = residentBytes.size() / 4;
        long third = median(residentBytes.subList(2 * quarter, 3 * quarter));
        long last = median(residentBytes.subList(3 * quarter, residentBytes.size()));
        System.out.println("SoakIT: resident MiB, third quarter " + third / MIB + ", last quarter " + last / MIB);
        assertThat(last).isLessThan(third + third / 20 + 8L * MIB);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private Void work(ServerProcess server, int number, Random random) throws IOException {
        String[] expected = new String[KEYS];
        // Each of those that never read asks for 100 MB, and on a busy machine there may be hundreds of them at once:
        // the
        // clients may have to wait, as they would have to for redis-server.
        try (RespClient client = server.connect().patience(Duration.ofMinutes(2))) {
            while (!ended) {
                int count = 1 + random.nextInt(60);
                ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
                List<String> replies = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int key = random.nextInt(KEYS);
                    String name = number + ":" + key;
                    switch (random.nextInt(10)) {
                        case 0, 1, 2 -> {
                            expected[key] = value(random);
                            RespClient.append(pipeline, "SET", name, expected[key]);
                            replies.add("+OK\r\n");
                        }
                        case 3 -> {
                            RespClient.append(pipeline, "DEL", name);
                            replies.add(expected[key] == null ? ":0\r\n" : ":1\r\n");
                            expected[key] = null;
                        }
                        case 4 -> {
                            String more = "+" + random.nextInt(100);
                            expected[key] = expected[key] == null ? more : expected[key] + more;
                            RespClient.append(pipeline, "APPEND", name, more);
                            replies.add(":" + expected[key].length() + "\r\n");
                        }
                        default -> {
                            RespClient.append(pipeline, "GET", name);
                            replies.add(expected[key] == null ? "$-1\r\n" : RespClient.bulk(expected[key]));
                        }
                    }
                }
                client.send(pipeline.toByteArray());
                for (String reply : replies) {
                    assertThat(client.reply()).isEqualTo(reply);
                }
            }
        }
        return null;
    }

    private static String value(Random random) {
        int kind = random.nextInt(1000);
        int length =
                kind == 0 ? 16_000 + random.nextInt(200_000) : kind < 100 ? random.nextInt(5000) : random.nextInt(60);
        return String.valueOf((char) ('a' + random.nextInt(26))).repeat(length);
    }

    private Void storm(ServerProcess server, Random random) throws Exception {
        while (!ended) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = random.nextInt(300); i >= 0; i--) {
                sockets.add(connect(server));
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
        }
        return null;
    }

    private Void abuse(ServerProcess server, Random random) throws Exception {
        while (!ended) {
            try (Socket socket = connect(server)) {
                abuse(socket, random);
                if (random.nextBoolean()) {
                    socket.setSoLinger(true, 0); // gone with a reset
                }
            } catch (IOException hungUpOn) {
                continue; // as it deserves
            }
        }
        return null;
    }

    private static void abuse(Socket socket, Random random) throws IOException, InterruptedException {
        switch (random.nextInt(6)) {
            case 0 -> {
                byte[] garbage = new byte[1 + random.nextInt(100_000)];
                random.nextBytes(garbage);
                send(socket, garbage);
            }
            case 1 ->
                send(socket, ascii("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$" + (1 + random.nextInt(600 * MIB)) + "\r\nshort"));
            case 2 -> { // never reads
                send(socket, ascii("SET abuse " + "x".repeat(10_000) + "\r\n"));
                send(socket, ascii("GET abuse\r\n".repeat(10_000)));
                TimeUnit.MILLISECONDS.sleep(100);
            }
            case 3 -> { // one byte at a time
                for (byte one : ascii("*2\r\n$4\r\nECHO\r\n$5\r\nhel")) {
                    send(socket, new byte[] {one});
                }
            }
            case 4 -> { // a request that does not end
                send(socket, ascii("*1000000\r\n$3\r\nDEL\r\n"));
                for (int i = 0; i < 1000; i++) {
                    send(socket, ascii("$1000\r\n" + "k".repeat(1000) + "\r\n"));
                }
            }
            default -> TimeUnit.MILLISECONDS.sleep(random.nextInt(50)); // says nothing
        }
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private static Socket connect(ServerProcess server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
