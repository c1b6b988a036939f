// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged server as a process, with the flags of production. */
public final class ServerProcess implements AutoCloseable {
    /** The project's directory. */
    public static final Path ROOT =
            Path.of(System.getProperty("redistill.root", "..")).toAbsolutePath();

    private final Process process;
    private final int port;
    private final Path log;
    private long firstPongMs;

    private ServerProcess(int port, List<String> javaOptions, List<String> options) throws IOException {
        this.port = port;
        log = File.createTempFile("server", ".log", new File("target")).toPath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + ROOT.resolve("jvm.options"),
                "@" + ROOT.resolve("jvm-production.options"),
                "-Xmx256m"));
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-jar",
                ROOT.resolve("network/target/redistill.jar").toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--max-memory",
                "512mb"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("REDIS"));
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** Starts a server and waits until it answers. */
    public static ServerProcess start(String... options) throws Exception {
        return start(List.of(), options);
    }

    /** The same with more options for the JVM. */
    public static ServerProcess start(List<String> javaOptions, String... options) throws Exception {
        long startNs = System.nanoTime();
        ServerProcess server = new ServerProcess(RedisServer.freePort(), javaOptions, List.of(options));
        try {
            Await.until("the server answers", () -> {
                assertThat(server.process.isAlive()).as(server.log()).isTrue();
                try (RespClient client = RespClient.connect(server.port)) {
                    return client.call("PING").equals("+PONG\r\n");
                } catch (IOException e) {
                    return false;
                }
            });
            server.firstPongMs = (System.nanoTime() - startNs) / 1_000_000;
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("its log: " + server.log()));
            server.close();
            throw e;
        }
        return server;
    }

    /** Starts a server and waits until it has warmed up: from then on all its threads are its own. */
    public static ServerProcess startWarm(String... options) throws Exception {
        ServerProcess server = start(options);
        try {
            Await.until("it has warmed up", () -> server.log().contains("INFO warmed up in "));
        } catch (Throwable e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Starts a server that is expected to refuse. */
    public static ServerProcess launch(int port, String... options) throws IOException {
        return launch(List.of(), port, options);
    }

    /** The same with more options for the JVM. */
    public static ServerProcess launch(List<String> javaOptions, int port, String... options) throws IOException {
        return new ServerProcess(port, javaOptions, List.of(options));
    }

    public long pid() {
        return process.pid();
    }

    public int port() {
        return port;
    }

    /** From the start of the process. */
    public long firstPongMs() {
        return firstPongMs;
    }

    public RespClient connect() throws IOException {
        return RespClient.connect(port);
    }

    /** Memory of the process that is in the machine's, from /proc. */
    public long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends a signal by its name, as in STOP. */
    public void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    /** Waits for the end and returns the exit code. */
    public int exitCode() throws InterruptedException {
        assertThat(process.waitFor(Await.SECONDS, TimeUnit.SECONDS))
                .as("the process ends")
                .isTrue();
        return process.exitValue();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        exitCode();
    }

    /** Sends SIGTERM and returns the exit code. */
    public int stop() throws InterruptedException {
        terminate();
        return exitCode();
    }

    /** What it has written to both of its outputs. */
    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        Files.deleteIfExists(log);
    }
}
