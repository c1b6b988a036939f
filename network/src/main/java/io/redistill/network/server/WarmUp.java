// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.EngineConfig;
import io.redistill.engine.shard.WaitMode;
import io.redistill.engine.store.EvictionSettings;
import io.redistill.network.NetworkConfig;
import io.redistill.network.NetworkServer;
import io.redistill.network.Placement;
import io.redistill.network.ThreadConfig;
import io.redistill.network.connection.ServerCommands;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has the JVM load, initialize and begin to compile what commands need, while the server already listens: otherwise the
 * first clients wait for that, and the first keys that expire.
 *
 * <p>The work is done by a second server with threads, keys and statistics of its own, on a port that the system chooses,
 * with a password that nobody else knows: the same code in the same shape, so that what the compiler learns about it holds
 * for the first one, too. It lives for less than a second where there are processors to spare.
 *
 * <p>Threading: {@link #run} one thread, which is the second server's clients.
 */
final class WarmUp {
    private static final int MAX_SHARDS = 2;
    private static final int RING_SLOTS = 256;
    private static final int CONNECTIONS = 4;
    private static final long MEMORY_BYTES = 16 << 20;
    private static final int READ_TIMEOUT_MS = (int) TimeUnit.SECONDS.toMillis(30);
    private static final long EXPIRY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int PASSWORD_BYTES = 16;

    /** Once each, one at a time, as the first client of an application sends them. */
    private static final List<String> ONCE = List.of(
            "HELLO 3",
            "HELLO 2",
            "PING",
            "CLIENT SETNAME warm-up",
            "CLIENT SETINFO LIB-NAME warm-up",
            "COMMAND COUNT",
            "CONFIG GET maxmemory",
            "INFO",
            "SET k v EX 100 NX",
            "GET k",
            "TTL k",
            "APPEND k v",
            "GETRANGE k 0 1",
            "SETBIT b 7 1",
            "BITCOUNT b",
            "MSET k v l w m x",
            "MGET k l m",
            "EXPIRE k 100",
            "PERSIST k",
            "TYPE k",
            "OBJECT ENCODING k",
            "INCRBYFLOAT f 1.5",
            "HSET h f v g w",
            "HGET h f",
            "HMGET h f g",
            "HGETALL h",
            "HINCRBY h n 1",
            "HDEL h f",
            "PFADD p a",
            "PFCOUNT p",
            "SCAN 0",
            "KEYS k",
            "EXISTS k l",
            "DEL k l m");

    /** Each round is in a database of its own: the first use of one is not to be news to compiled code. */
    private static final int ROUNDS = 8;

    /** Lengths of keys for which the hash has code of its own: up to 3, 8, 16, 128 and 240 bytes, and more. */
    private static final List<String> KEY_PREFIXES =
            List.of("", "key:", "a-key:of:", "another:key:that:is:longer:", "k".repeat(150), "k".repeat(300));

    private static final List<String> SET_OPTIONS = List.of(
            "", " EX 100", " PX 100000", " EXAT 33000000000", " PXAT 33000000000000", " NX", " XX", " KEEPTTL GET");
    /** Compilers are done when they have finished nothing for so long. */
    private static final int COMPILERS_QUIET_MS = 100;

    private static final long COMPILERS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    /** After 200 calls of a method the JVM counts what it meets there: those who come and go then are no news later. */
    private static final int SINGLE_COMMANDS_PER_VISIT = 50;

    private static final int MIXED_BATCHES_PER_ROUND = 5;
    private static final int MIXED_KEYS_PER_BATCH = 20;
    private static final int EXPIRING_KEYS = 2000;
    private static final int EXPIRY_MS = 10;

    private final NetworkConfig network;
    private final EngineConfig engine;
    private final ServerCommands commands;
    private final Thread.UncaughtExceptionHandler atThreadDeath;
    private final String password;

    /**
     * A warm-up for a server of this configuration.
     *
     * @param commands the server's own
     * @param atThreadDeath is told when a thread of the second server dies of an exception
     */
    WarmUp(
            NetworkConfig network,
            EngineConfig engine,
            ServerCommands commands,
            Thread.UncaughtExceptionHandler atThreadDeath) {
        byte[] secret = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(secret);
        password = HexFormat.of().formatHex(secret);
        boolean fused = network.threads().placement() == Placement.FUSED;
        int shards = Math.min(engine.shards(), MAX_SHARDS);
        this.network = new NetworkConfig(
                List.of(new NetworkConfig.Listener(
                        InetAddress.getLoopbackAddress().getHostAddress(), false)),
                0,
                null,
                0,
                CONNECTIONS,
                network.keepAliveSeconds(),
                network.idleTimeoutSeconds(),
                CONNECTIONS,
                network.clientLimits(),
                password,
                true,
                network.transport(),
                new ThreadConfig("warm-up-", network.threads().placement(), WaitMode.PARK, List.of(), List.of()));
        this.engine = new EngineConfig(
                shards,
                fused ? shards : Math.min(engine.publishers(), MAX_SHARDS),
                RING_SLOTS,
                MEMORY_BYTES,
                engine.index(),
                1,
                engine.hashLimits(),
                ROUNDS,
                engine.hashSeed(),
                engine.clock(),
                false,
                false);
        this.commands = commands;
        this.atThreadDeath = atThreadDeath;
    }

    /**
     * Does it.
     *
     * @throws IOException when it cannot be done, which harms nobody: this machine may have no loopback interface. The
     *     message says why.
     * @throws InterruptedException when the thread is
     */
    void run() throws IOException, InterruptedException {
        BackgroundPriority.take();
        try (NetworkServer server = new NetworkServer(network, engine, atThreadDeath)) {
            // Large values count against every limit of the process, those of the first server, too.
            server.engine().budget().settings(EvictionSettings.refusing(Long.MAX_VALUE));
            server.start(commands);
            try (Client client = new Client(server.boundPort(), password)) {
                for (String command : ONCE) {
                    client.call(command);
                }
                for (int round = 0; round < ROUNDS; round++) {
                    if (round == ROUNDS / 2) {
                        awaitCompilers();
                    }
                    client.call("SELECT " + round);
                    visits(server.boundPort(), round);
                    expiry(client);
                }
                client.call("FLUSHALL");
            }
        }
    }

    /**
     * While they have much to do, the JVM does not count what code meets, and what it has not met when it compiles code for
     * good throws that away when it comes.
     */
    private static void awaitCompilers() throws InterruptedException {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        if (compilers == null || !compilers.isCompilationTimeMonitoringSupported()) {
            return;
        }
        long deadlineNs = System.nanoTime() + COMPILERS_TIMEOUT_NS;
        long beforeMs;
        do {
            beforeMs = compilers.getTotalCompilationTime();
            Thread.sleep(COMPILERS_QUIET_MS);
        } while (compilers.getTotalCompilationTime() != beforeMs && System.nanoTime() < deadlineNs);
    }

    /** Connections that come, say something together, and go. */
    private void visits(int port, int database) throws IOException {
        try (Client first = new Client(port, password);
                Client second = new Client(port, password)) {
            for (Client client : List.of(first, second)) {
                client.call("SELECT " + database);
                for (int i = 0; i < SINGLE_COMMANDS_PER_VISIT; i++) {
                    client.call("SET k v");
                }
            }
            mixed(first, second);
        }
    }

    /** Pipelined commands, in batches as large as those of busy clients. */
    private static void mixed(Client first, Client second) throws IOException {
        for (int i = 0; i < MIXED_BATCHES_PER_ROUND * MIXED_KEYS_PER_BATCH; i++) {
            Client client = i / MIXED_KEYS_PER_BATCH % 2 == 0 ? first : second;
            String key = KEY_PREFIXES.get(i % KEY_PREFIXES.size()) + i;
            client.add("SET " + key + " 0123456789abcdef" + SET_OPTIONS.get(i % SET_OPTIONS.size()));
            client.add("GET " + key);
            client.add("INCR n" + i % MIXED_KEYS_PER_BATCH);
            client.add("MGET " + key + " n1");
            client.add("EXPIRE " + key + " 100");
            if (i % MIXED_KEYS_PER_BATCH == MIXED_KEYS_PER_BATCH - 1) {
                client.receive();
            }
        }
    }

    /** Keys that leave by themselves. */
    private static void expiry(Client client) throws IOException, InterruptedException {
        client.call("FLUSHDB");
        for (int i = 0; i < EXPIRING_KEYS; i++) {
            client.add("SET e:" + i + " v PX " + EXPIRY_MS);
            client.add("GET e:" + i / 2);
        }
        client.receive();
        long deadlineNs = System.nanoTime() + EXPIRY_TIMEOUT_NS;
        while (!client.call("DBSIZE").startsWith(":0\r\n") && System.nanoTime() < deadlineNs) {
            Thread.sleep(1);
        }
    }

    /** Speaks RESP2, and knows the end of the replies to what it sent by an echo of its own. */
    private static final class Client implements AutoCloseable {
        private static final String END = "ECHO end-of-replies";
        private static final String END_REPLY = "$14\r\nend-of-replies\r\n";

        private final Socket socket;
        private final InputStream in;
        private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
        private final byte[] chunk = new byte[1 << 16];

        Client(int port, String password) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MS);
            in = socket.getInputStream();
            call("AUTH " + password);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        void add(String command) {
            String[] words = command.split(" ");
            StringBuilder request = new StringBuilder("*").append(words.length).append("\r\n");
            for (String word : words) {
                request.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            requests.writeBytes(request.toString().getBytes(StandardCharsets.US_ASCII));
        }

        String call(String command) throws IOException {
            add(command);
            return receive();
        }

        String receive() throws IOException {
            add(END);
            requests.writeTo(socket.getOutputStream());
            requests.reset();
            StringBuilder replies = new StringBuilder();
            do {
                int length = in.read(chunk);
                if (length < 0) {
                    throw new EOFException("the connection was closed");
                }
                replies.append(new String(chunk, 0, length, StandardCharsets.US_ASCII));
            } while (!endsWith(replies, END_REPLY));
            if (replies.charAt(0) == '-') {
                throw new IOException("unexpected " + replies.substring(0, replies.indexOf("\r\n")));
            }
            return replies.toString();
        }

        private static boolean endsWith(StringBuilder text, String end) {
            int start = text.length() - end.length();
            return start >= 0 && text.indexOf(end, start) >= 0;
        }
    }
}
