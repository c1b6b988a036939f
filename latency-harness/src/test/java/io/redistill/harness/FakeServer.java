// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that answers every line with PONG: something to be started. */
public final class FakeServer {
    private FakeServer() {}

    /** A command line that runs this class, with options for its JVM. */
    public static String command(String... options) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classes = Path.of(FakeServer.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        return "'" + java + "' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx32m "
                + String.join(" ", options) + " -cp '" + classes + "' " + FakeServer.class.getName() + " %PORT%";
    }

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server =
                new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                try (Socket socket = server.accept();
                        BufferedReader in = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                    while (in.readLine() != null) {
                        socket.getOutputStream().write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
        }
    }
}
