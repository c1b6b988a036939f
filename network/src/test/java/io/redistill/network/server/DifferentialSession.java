// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One connection to each server, over which the same pipelines go, and the comparison of what comes back.
 *
 * <p>Threading: confined to one thread.
 */
final class DifferentialSession implements AutoCloseable {
    private static final int READ_LIMIT_MS = 10_000;
    private static final int SHOWN_COMMANDS = 30;
    private static final int MOST_MISMATCHES = 4;

    private final RequestStream stream;
    private final Socket ourSocket;
    private final Socket redisSocket;
    private final ReplyReader ours;
    private final ReplyReader redis;
    private final Deque<Supplier<String>> recent = new ArrayDeque<>();
    private final List<String> mismatches = new ArrayList<>();
    private byte[] oneKey;
    private int step;

    DifferentialSession(RequestStream stream, int ourPort, int redisPort) throws IOException {
        this.stream = stream;
        ourSocket = connect(ourPort);
        redisSocket = connect(redisPort);
        ours = new ReplyReader(ourSocket.getInputStream());
        redis = new ReplyReader(redisSocket.getInputStream());
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_LIMIT_MS);
        return socket;
    }

    /** Sends so many random commands, or some more, in pipelines; returns what differed, ready to be printed. */
    List<String> run(int commands) throws IOException, InterruptedException {
        while (step < commands && mismatches.size() < MOST_MISMATCHES) {
            pipeline();
            awaitDeadlines();
            switch (stream.choose(24)) {
                case 0 -> scanAll();
                case 1, 2 -> exchangeDumps();
                default -> {}
            }
        }
        if (mismatches.isEmpty()) {
            compareKeyspace();
        }
        return mismatches;
    }

    /**
     * Sends one pipeline of random commands and, cut anywhere, an ending after which both servers must close; returns
     * what differed.
     */
    List<String> endWith(byte[] ending) throws IOException {
        pipeline();
        return endAtOnce(ending);
    }

    /** The same without commands before it. */
    List<String> endAtOnce(byte[] ending) throws IOException {
        int cut = stream.choose(ending.length);
        byte[] first = Arrays.copyOf(ending, cut);
        byte[] second = Arrays.copyOfRange(ending, cut, ending.length);
        send(first);
        send(second);
        byte[] fromRedis = rest(redis, "redis-server", ending);
        byte[] fromUs = rest(ours, "our server", ending);
        if (!Arrays.equals(fromUs, fromRedis)) {
            mismatches.add("ending " + Escaped.text(ending) + " cut at " + cut + "\n  ours:  " + Escaped.text(fromUs)
                    + "\n  redis: " + Escaped.text(fromRedis));
        }
        return mismatches;
    }

    private static byte[] rest(ReplyReader reader, String whose, byte[] ending) throws IOException {
        try {
            return reader.rest();
        } catch (IOException e) {
            throw new IOException(whose + " does not close after " + Escaped.text(ending) + ": " + e, e);
        }
    }

    private void send(byte[] bytes) throws IOException {
        ourSocket.getOutputStream().write(bytes);
        redisSocket.getOutputStream().write(bytes);
    }

    /** Sends requests that are answered one for one; returns what has differed so far. */
    List<String> exchangeAll(List<Request> requests) throws IOException {
        exchange(requests);
        return mismatches;
    }

    int steps() {
        return step;
    }

    private void pipeline() throws IOException {
        int kind = stream.choose(40);
        int length = kind == 0 ? 270 + stream.choose(60) : kind < 8 ? 1 : 1 + stream.choose(48);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            requests.add(stream.next());
        }
        requests.add(stream.repliesOn());
        exchange(requests);
    }

    /** Waits until the deadlines of 1 ms are over, so that both servers agree about them. */
    private void awaitDeadlines() throws IOException, InterruptedException {
        List<byte[]> keys = stream.takeShortLived();
        if (keys.isEmpty()) {
            return;
        }
        long over = System.currentTimeMillis() + 2;
        while (System.currentTimeMillis() <= over) {
            Thread.sleep(1);
        }
    }

    /** A whole SCAN gives the same keys. */
    private void scanAll() throws IOException {
        byte[] pattern = stream.keyNamed(stream.pick("*", "*", "key:*", "n[12]"));
        byte[] count = RequestStream.bytes(stream.pick("1", "7", "50", "1000"));
        byte[] type = RequestStream.bytes(stream.pick("string", "HASH", "list"));
        byte[][] options = {RequestStream.bytes("MATCH"), pattern, RequestStream.bytes("COUNT"), count};
        if (stream.choose(3) == 0) {
            options = Arrays.copyOf(options, 6);
            options[4] = RequestStream.bytes("TYPE");
            options[5] = type;
        }
        Set<String> fromRedis = scanned(redisSocket, redis, options);
        Set<String> fromUs = scanned(ourSocket, ours, options);
        step++;
        if (!fromUs.equals(fromRedis)) {
            mismatches.add("step " + step + ": SCAN\n  ours:  " + fromUs + "\n  redis: " + fromRedis);
        }
    }

    private static Set<String> scanned(Socket socket, ReplyReader reader, byte[]... options) throws IOException {
        Set<String> keys = new TreeSet<>();
        String cursor = "0";
        do {
            byte[][] request = new byte[2 + options.length][];
            request[0] = RequestStream.bytes("SCAN");
            request[1] = RequestStream.bytes(cursor);
            System.arraycopy(options, 0, request, 2, options.length);
            String reply = new String(ask(socket, reader, request), StandardCharsets.ISO_8859_1);
            String[] head = reply.split("\r\n", 4);
            cursor = head[2];
            List<String> found = ReplyCheck.sorted(RequestStream.bytes(head[3]), 1);
            keys.addAll(found.subList(1, found.size()));
        } while (!cursor.equals("0"));
        return keys;
    }

    /** What one server dumps the other restores. */
    private void exchangeDumps() throws IOException {
        byte[] key = stream.key();
        byte[] other = stream.key();
        byte[] fromUs = ask(ourSocket, ours, RequestStream.bytes("DUMP"), key);
        byte[] fromRedis = ask(redisSocket, redis, RequestStream.bytes("DUMP"), key);
        step++;
        if (ReplyCheck.isNil(fromUs) || ReplyCheck.isNil(fromRedis)) {
            if (!Arrays.equals(fromUs, fromRedis)) {
                mismatches.add("step " + step + ": DUMP " + Escaped.text(key) + "\n  ours:  " + Escaped.text(fromUs)
                        + "\n  redis: " + Escaped.text(fromRedis));
            }
            return;
        }
        byte[] weSay = ask(ourSocket, ours, restore(other, fromRedis));
        byte[] redisSays = ask(redisSocket, redis, restore(other, fromUs));
        step++;
        if (!Arrays.equals(weSay, redisSays)) {
            mismatches.add("step " + step + ": RESTORE of " + Escaped.text(fromUs) + " and " + Escaped.text(fromRedis)
                    + "\n  ours:  " + Escaped.text(weSay) + "\n  redis: " + Escaped.text(redisSays));
        }
    }

    private static byte[][] restore(byte[] key, byte[] bulk) {
        int start = 0;
        while (bulk[start++] != '\n') {
            // to the end of the header
        }
        byte[] payload = Arrays.copyOfRange(bulk, start, bulk.length - 2);
        return new byte[][] {
            RequestStream.bytes("RESTORE"), key, RequestStream.bytes("0"), payload, RequestStream.bytes("REPLACE")
        };
    }

    private static byte[] ask(Socket socket, ReplyReader reader, byte[]... request) throws IOException {
        socket.getOutputStream().write(Request.multibulk(request));
        return reader.next();
    }

    /** At the end the servers must hold the same. */
    private void compareKeyspace() throws IOException {
        for (String database : new TreeSet<>(List.of(RequestStream.DATABASES))) {
            List<Request> requests = new ArrayList<>();
            requests.add(
                    stream.request(ReplyCheck.EXACT, RequestStream.bytes("SELECT"), RequestStream.bytes(database)));
            for (byte[] key : stream.allKeys()) {
                requests.add(stream.request(ReplyCheck.EXACT, RequestStream.bytes("GET"), key));
                requests.add(stream.request(ReplyCheck.EXACT, RequestStream.bytes("TYPE"), key));
                requests.add(stream.request(ReplyCheck.PAIRS_IN_ANY_ORDER, RequestStream.bytes("HGETALL"), key));
                requests.add(stream.request(ReplyCheck.MILLISECONDS, RequestStream.bytes("PEXPIRETIME"), key));
            }
            exchange(requests);
        }
    }

    private void exchange(List<Request> requests) throws IOException {
        int length = 0;
        for (Request request : requests) {
            length += request.wire().length;
        }
        byte[] wire = new byte[length];
        int at = 0;
        for (Request request : requests) {
            System.arraycopy(request.wire(), 0, wire, at, request.wire().length);
            at += request.wire().length;
        }
        int cut = stream.choose(10);
        int mostBytes = cut == 0 && length < 800 ? 1 : cut < 3 ? 1 + stream.choose(20_000) : length;
        write(wire, mostBytes);
        for (Request request : requests) {
            compare(request);
        }
    }

    private void write(byte[] wire, int mostBytes) throws IOException {
        OutputStream toOurs = ourSocket.getOutputStream();
        OutputStream toRedis = redisSocket.getOutputStream();
        int at = 0;
        while (at < wire.length) {
            int piece = Math.min(wire.length - at, 1 + stream.choose(mostBytes));
            toOurs.write(wire, at, piece);
            toRedis.write(wire, at, piece);
            at += piece;
        }
    }

    private void compare(Request request) throws IOException {
        step++;
        int number = step;
        recent.add(() -> number
                + (request.isAnswered() ? " " : " (silent) ")
                + request.shown().get());
        if (recent.size() > SHOWN_COMMANDS) {
            recent.remove();
        }
        if (!request.isAnswered()) {
            return;
        }
        byte[] fromRedis = reply(redis, "redis-server");
        byte[] fromUs = reply(ours, "our server");
        if (!(request.check().accepts(fromUs, fromRedis) && isMember(request, fromUs, fromRedis))
                && mismatches.size() < MOST_MISMATCHES) {
            mismatches.add(describe(request, fromUs, fromRedis));
        }
    }

    /** Whether the key that RANDOMKEY just gave, if it did, is one of all keys. */
    private boolean isMember(Request request, byte[] fromUs, byte[] fromRedis) {
        byte[] one = oneKey;
        oneKey = request.check() == ReplyCheck.ONE_KEY && !ReplyCheck.isNil(fromUs) ? fromUs : null;
        return one == null || request.check() != ReplyCheck.ALL_KEYS || ReplyCheck.contains(fromRedis, one);
    }

    private byte[] reply(ReplyReader reader, String whose) throws IOException {
        try {
            return reader.next();
        } catch (IOException e) {
            throw new IOException(
                    whose + " at step " + step + ": " + e + "\nlast commands:\n  " + recent("\n  ")
                            + (mismatches.isEmpty() ? "" : "\nbefore:\n" + String.join("\n", mismatches)),
                    e);
        }
    }

    private String recent(String separator) {
        return recent.stream().map(Supplier::get).collect(Collectors.joining(separator));
    }

    private String describe(Request request, byte[] fromUs, byte[] fromRedis) {
        int at = Math.max(0, Arrays.mismatch(fromUs, fromRedis));
        String context = mismatches.isEmpty() ? "  last commands:\n    " + recent("\n    ") : "";
        return "step " + step + ": " + request.shown().get() + " (" + request.check() + ")\n  ours:  "
                + Escaped.text(fromUs, at) + "\n  redis: " + Escaped.text(fromRedis, at) + "\n" + context;
    }

    @Override
    public void close() throws IOException {
        ourSocket.close();
        redisSocket.close();
    }
}
