// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A client that shows bytes as they are: requests are written as given, replies are returned as encoded, in ISO 8859-1.
 *
 * <p>Threading: one thread writes, one reads.
 */
public final class RespClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 1_000 * Await.SECONDS;
    private static final int BUFFER_BYTES = 64 << 10;

    private final AutoCloseable connection;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespClient(AutoCloseable connection, Socket socket, InputStream in, OutputStream out) {
        this.connection = connection;
        this.socket = socket;
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
        this.out = out;
    }

    public static RespClient connect(int port) throws IOException {
        return connect("127.0.0.1", port);
    }

    public static RespClient connect(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        return new RespClient(socket, socket, socket.getInputStream(), socket.getOutputStream());
    }

    public static RespClient connect(Path unixSocket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(unixSocket));
        return new RespClient(channel, null, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    /** Sets how long a reply is waited for, in place of 30 s. */
    public RespClient patience(Duration most) throws IOException {
        socket.setSoTimeout((int) most.toMillis());
        return this;
    }

    /** A request as an array of bulk strings. */
    public static byte[] request(String... words) {
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        return request(bytes);
    }

    public static byte[] request(byte[]... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        append(bytes, words);
        return bytes.toByteArray();
    }

    /** Adds a request to a pipeline. */
    public static void append(ByteArrayOutputStream pipeline, byte[]... words) {
        pipeline.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (byte[] word : words) {
            pipeline.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            pipeline.writeBytes(word);
            pipeline.write('\r');
            pipeline.write('\n');
        }
    }

    /** Adds a request to a pipeline. */
    public static void append(ByteArrayOutputStream pipeline, String... words) {
        pipeline.writeBytes(request(words));
    }

    /** A bulk string reply. */
    public static String bulk(String value) {
        return "$" + value.length() + "\r\n" + value + "\r\n";
    }

    public RespClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    public RespClient send(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        out.flush();
        return this;
    }

    public RespClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends one request and returns its reply. */
    public String call(String... words) throws IOException {
        return send(request(words)).reply();
    }

    public String call(byte[]... words) throws IOException {
        return send(request(words)).reply();
    }

    /** One reply, as encoded. */
    public String reply() throws IOException {
        return new String(replyBytes(), StandardCharsets.ISO_8859_1);
    }

    public byte[] replyBytes() throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        read(reply);
        return reply.toByteArray();
    }

    private void read(ByteArrayOutputStream reply) throws IOException {
        int start = reply.size();
        String line = line(reply);
        char type = line.charAt(0);
        switch (type) {
            case '+', '-', ':', '_', '#', ',', '(' -> {}
            case '$', '=' -> {
                int length = Integer.parseInt(line.substring(1));
                if (length >= 0) {
                    byte[] payload = in.readNBytes(length + 2);
                    if (payload.length < length + 2) {
                        throw new EOFException("the connection ended inside a reply");
                    }
                    reply.writeBytes(payload);
                }
            }
            case '*', '~', '>' -> readMany(reply, Integer.parseInt(line.substring(1)));
            case '%' -> readMany(reply, 2 * Integer.parseInt(line.substring(1)));
            default -> throw new IOException("no reply begins with '" + type + "' (at byte " + start + "): " + line);
        }
    }

    private void readMany(ByteArrayOutputStream reply, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            read(reply);
        }
    }

    private String line(ByteArrayOutputStream reply) throws IOException {
        StringBuilder line = new StringBuilder();
        for (; ; ) {
            int letter = in.read();
            if (letter < 0) {
                throw new EOFException("the connection ended after \"" + line + "\"");
            }
            reply.write(letter);
            if (letter == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) letter);
        }
    }

    /** Reads exactly {@code length} bytes. */
    public byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** Everything until the server closes the connection. */
    public String untilEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Ends writing; reading goes on. */
    public RespClient endOutput() throws IOException {
        if (socket != null) {
            socket.shutdownOutput();
        } else {
            ((SocketChannel) connection).shutdownOutput();
        }
        return this;
    }

    /** Closes at once, with a reset: what is under way is lost. */
    public void abort() throws IOException {
        if (socket != null) {
            socket.setSoLinger(true, 0);
        }
        close();
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
