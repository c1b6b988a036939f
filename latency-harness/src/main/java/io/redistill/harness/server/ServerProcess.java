// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A server on this machine, from its start to its end. It is stopped when it is closed and, at the latest, when this
 * process ends, also by Ctrl-C.
 *
 * <p>Threading: one thread; {@link #close} any thread.
 */
public final class ServerProcess implements AutoCloseable {
    /** What a command holds in place of its port. */
    public static final String PORT = "%PORT%";

    /** Below the ports that systems give to clients, so that no client of ours takes a server's. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    private static final long POLL_MS = 20;
    private static final int PING_TIMEOUT_MS = 1_000;
    private static final long STOP_SECONDS = 10;
    private static final int LOG_LINES_SHOWN = 5;

    private final Process process;
    private final int port;
    private final Path log;
    private final Thread atExit = new Thread(this::stop, "stop-server");

    private ServerProcess(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts a server and returns when it answers.
     *
     * @param command for the shell; {@value #PORT} in it becomes a free port
     * @param cpus processors that it may run on, as taskset takes them, or empty for all
     * @param log where its output goes
     * @param readyWithin how long it may take to answer PING
     * @throws IOException when it cannot be started, ends, or does not answer in time; the message has its last output
     */
    public static ServerProcess start(String command, String cpus, Path log, Duration readyWithin)
            throws IOException, InterruptedException {
        if (!command.contains(PORT)) {
            throw new IllegalArgumentException("the command has no " + PORT + ": " + command);
        }
        int port = freePort();
        List<String> words = new ArrayList<>();
        if (!cpus.isEmpty()) {
            words.addAll(List.of("taskset", "-c", cpus));
        }
        // "exec", so that the process is the server itself and not a shell that waits for it.
        words.addAll(List.of("/bin/sh", "-c", "exec " + command.replace(PORT, Integer.toString(port))));
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        ServerProcess server = new ServerProcess(process, port, log);
        try {
            server.awaitReady(readyWithin);
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** The loopback port that it listens on. */
    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    private void awaitReady(Duration within) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + within.toNanos();
        while (!answers()) {
            if (!process.isAlive()) {
                throw new IOException(
                        "the server ended with " + process.exitValue() + " before it answered" + lastOutput());
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException(
                        "the server did not answer PING within " + within.toSeconds() + " s" + lastOutput());
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Any reply will do, a refusal for want of a password too; not that it is still loading. */
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PING_TIMEOUT_MS);
            socket.setSoTimeout(PING_TIMEOUT_MS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            String reply = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return reply != null && !reply.startsWith("-LOADING");
        } catch (IOException e) {
            // Not yet: that is what is waited for.
            return false;
        }
    }

    private String lastOutput() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> all = lines.toList();
            List<String> last = all.subList(Math.max(0, all.size() - LOG_LINES_SHOWN), all.size());
            return last.isEmpty() ? "; it said nothing" : "; its last output:\n  " + String.join("\n  ", last);
        } catch (IOException e) {
            return "; its output cannot be read: " + e.getMessage();
        }
    }

    private static int freePort() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken: another one.
                continue;
            }
        }
        throw new IOException("no free port between " + FIRST_PORT + " and " + LAST_PORT);
    }

    /** Asks the server to end and, after {@value #STOP_SECONDS} s, ends it. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs or has run.
        }
    }

    private void stop() {
        List<ProcessHandle> family = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        family.forEach(ProcessHandle::destroy);
        try {
            for (ProcessHandle member : family) {
                member.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It had its time.
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
