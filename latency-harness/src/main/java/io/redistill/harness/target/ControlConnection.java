// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.target;

import io.redistill.harness.generator.ReplyScanner;
import io.redistill.harness.generator.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection beside the measured ones, to ask the server things: one request at a time, waiting for its reply.
 *
 * <p>Threading: one thread.
 */
public final class ControlConnection implements AutoCloseable {
    private static final long TIMEOUT_NS = 10_000_000_000L;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Transport transport;
    private final ReplyScanner scanner = new ReplyScanner();
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

    private ControlConnection(Transport transport) {
        this.transport = transport;
    }

    /** Connects and makes the handshake. */
    public static ControlConnection open(Target target) throws IOException {
        ControlConnection connection = new ControlConnection(target.transport(1, false));
        try {
            connection.connect(target);
        } catch (IOException e) {
            connection.close();
            throw new IOException("cannot use " + target.text() + ": " + e.getMessage(), e);
        }
        return connection;
    }

    private void connect(Target target) throws IOException {
        long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        transport.connect(0);
        boolean connected = false;
        while (!connected) {
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException("no answer while connecting");
            }
            connected = transport.poll(deadlineNs, true) > 0 && transport.finishConnect(0);
        }
        for (byte[] frame : target.handshake()) {
            ask(frame);
        }
    }

    /**
     * Sends a request and waits for its reply.
     *
     * @return texts, numbers as texts, lists, or null
     * @throws IOException when the reply is an error, whose text is the message, or does not come
     */
    public @Nullable Object ask(String... arguments) throws IOException {
        return ask(Target.request(arguments));
    }

    private @Nullable Object ask(byte[] frame) throws IOException {
        long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        ByteBuffer out = ByteBuffer.wrap(frame);
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        transport.awaitWritable(0, true);
        while (true) {
            if (out.hasRemaining()) {
                transport.write(0, out);
                transport.awaitWritable(0, out.hasRemaining());
            }
            int before = in.position();
            int found = scanner.scan(in);
            reply.write(in.array(), before, in.position() - before);
            if (found == ReplyScanner.REPLY) {
                if (scanner.error() && reply.toByteArray()[0] == '-') {
                    throw new IOException(scanner.errorText());
                }
                return new Decoder(reply.toByteArray()).next();
            }
            if (found == ReplyScanner.BROKEN) {
                throw new IOException("the server sent what is no reply");
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException("no answer within " + TIMEOUT_NS / 1_000_000_000 + " s");
            }
            transport.poll(deadlineNs, true);
            in.clear();
            int count = transport.read(0, in);
            in.flip();
            if (count < 0) {
                throw new IOException("the server closed the connection");
            }
        }
    }

    /** What INFO answers, by field; sections as they are named, e.g. {@code "everything"}, or none. */
    public Map<String, String> info(String... sections) throws IOException {
        List<String> request = new ArrayList<>(List.of("INFO"));
        request.addAll(List.of(sections));
        Object reply = ask(request.toArray(new String[0]));
        Map<String, String> fields = new LinkedHashMap<>();
        if (reply instanceof String text) {
            for (String line : text.split("\r\n")) {
                int colon = line.indexOf(':');
                if (colon > 0 && !line.startsWith("#")) {
                    fields.put(line.substring(0, colon), line.substring(colon + 1));
                }
            }
        }
        return fields;
    }

    @Override
    public void close() {
        transport.close();
    }

    /** Turns a whole reply into objects. */
    private static final class Decoder {
        private final byte[] bytes;
        private int position;

        Decoder(byte[] bytes) {
            this.bytes = bytes;
        }

        @Nullable
        Object next() {
            int end = position;
            while (bytes[end] != '\n') {
                end++;
            }
            char type = (char) bytes[position];
            String line = new String(bytes, position + 1, end - position - 2, StandardCharsets.UTF_8);
            position = end + 1;
            return switch (type) {
                case '$', '=', '!' -> body(Integer.parseInt(line));
                case '*', '~', '>' -> list(Integer.parseInt(line));
                case '%' -> list(2 * Integer.parseInt(line));
                case '|' -> {
                    list(2 * Integer.parseInt(line));
                    yield next();
                }
                case '_' -> null;
                default -> line;
            };
        }

        private @Nullable String body(int length) {
            if (length < 0) {
                return null;
            }
            String text = new String(bytes, position, length, StandardCharsets.UTF_8);
            position += length + 2;
            return text;
        }

        private @Nullable List<@Nullable Object> list(int count) {
            if (count < 0) {
                return null;
            }
            List<@Nullable Object> list = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                list.add(next());
            }
            return list;
        }
    }
}
