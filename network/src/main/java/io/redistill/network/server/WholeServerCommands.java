// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.reply.RespValue;
import io.redistill.engine.store.HashLimits;
import io.redistill.network.NetworkServer;
import io.redistill.network.connection.Connection;
import io.redistill.network.connection.ConnectionLoop;
import io.redistill.network.connection.ServerCommands;
import io.redistill.network.server.settings.ServerSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the class SERVER: INFO, CONFIG, CLIENT LIST, LASTSAVE, MEMORY, and those that come with
 * a snapshot.
 *
 * <p>Source: the Redis command reference as of 7.0. Threading: called on any event loop; what it reads of others is of
 * some moment ago.
 */
final class WholeServerCommands implements ServerCommands {
    private static final RespValue SYNTAX_ERROR = RespValue.error("ERR syntax error");

    private final NetworkServer server;
    private final ServerSettings settings;
    private final @Nullable HiccupRecorder hiccups;
    private final ServerInfo info;
    private final Persistence persistence;
    private final RuntimeParameters parameters = new RuntimeParameters();
    private final Runnable shutdown;

    /**
     * The commands of one server.
     *
     * @param shutdown begins an orderly stop and returns at once
     */
    WholeServerCommands(NetworkServer server, ServerSettings settings, Persistence persistence, Runnable shutdown) {
        this.persistence = persistence;
        this.server = server;
        this.settings = settings;
        this.shutdown = shutdown;
        int intervalMs = settings.hiccupIntervalMs();
        hiccups = intervalMs == 0
                ? null
                : new HiccupRecorder(TimeUnit.MILLISECONDS.toNanos(intervalMs), System::nanoTime);
        info = new ServerInfo(server, settings, persistence, hiccups);
        parameters.add(
                "save", persistence::saveRules, text -> persistence.saveRules(text) ? null : "Invalid save parameters");
        // As much again as the limit at the start has its address space: see Engine.
        new EvictionParameters(
                        server.engine().budget(),
                        server.engine()::wakeShards,
                        settings.maxMemoryBytes() * 2,
                        settings.mostMemoryBytes(Runtime.getRuntime().maxMemory()),
                        settings.maxMemoryBytes())
                .addTo(parameters);
        HashLimits hashes = server.engine().config().hashLimits();
        for (String form : List.of("listpack", "ziplist")) {
            parameters.addNumber("hash-max-" + form + "-entries", hashes::entries, hashes::entries);
            parameters.addNumber("hash-max-" + form + "-value", hashes::valueBytes, hashes::valueBytes);
        }
        parameters.addSwitch("rdbcompression", persistence::isCompressing, persistence::compress);
    }

    /** Starts what runs beside the commands. */
    void start() {
        if (hiccups != null) {
            hiccups.start();
        }
    }

    @Override
    public RespValue execute(int opcode, byte[][] arguments, Connection connection) {
        return switch (opcode) {
            case Opcode.INFO -> RespValue.verbatim("txt", info.text(words(arguments, 1)));
            case Opcode.CONFIG_GET -> configGet(arguments);
            case Opcode.CONFIG_RESETSTAT -> resetStatistics();
            case Opcode.CONFIG_SET ->
                parameters.set(
                        words(arguments, 2), name -> settings.configParameters().value(name) != null);
            case Opcode.CLIENT_LIST -> clientList(arguments);
            case Opcode.MEMORY_STATS -> info.memoryReport().stats();
            case Opcode.MEMORY_DOCTOR -> info.memoryReport().doctor();
            case Opcode.MEMORY_MALLOC_STATS -> info.memoryReport().mallocStats();
            case Opcode.LASTSAVE -> persistence.lastSave();
            default -> RespValue.error("ERR internal error");
        };
    }

    @Override
    public @Nullable RespValue prepareCut(int opcode, byte[][] arguments, LongConsumer result) {
        return persistence.prepare(opcode, Persistence.lowerCase(words(arguments, 0)), result, shutdown);
    }

    @Override
    public boolean isLoading() {
        return persistence.isLoading();
    }

    private RespValue configGet(byte[][] arguments) {
        Map<String, String> found = settings.configParameters().get(words(arguments, 2));
        List<RespValue> pairs = new ArrayList<>();
        found.forEach((name, value) -> {
            String current = parameters.value(name);
            pairs.add(RespValue.bulk(name));
            pairs.add(RespValue.bulk(current != null ? current : value));
        });
        return RespValue.map(pairs);
    }

    private RespValue resetStatistics() {
        if (hiccups != null) {
            hiccups.reset();
        }
        for (int i = 0; i < server.engine().shardCount(); i++) {
            server.engine().shard(i).statistics().reset();
        }
        for (ConnectionLoop loop : server.loops()) {
            loop.statistics().reset();
        }
        return RespValue.OK;
    }

    private RespValue clientList(byte[][] arguments) {
        Set<Long> ids = null;
        boolean none = false;
        if (arguments.length == 4 && word(arguments[2]).equals("type")) {
            String type = word(arguments[3]);
            if (!List.of("normal", "master", "replica", "slave", "pubsub").contains(type)) {
                return RespValue.error("ERR Unknown client type '" + text(arguments[3]) + "'");
            }
            none = !type.equals("normal");
        } else if (arguments.length > 3 && word(arguments[2]).equals("id")) {
            ids = new HashSet<>();
            for (int i = 3; i < arguments.length; i++) {
                String id = text(arguments[i]);
                if (!id.matches("0|-?[1-9][0-9]{0,18}")) {
                    return RespValue.error("ERR Invalid client ID");
                }
                try {
                    ids.add(Long.parseLong(id));
                } catch (NumberFormatException outOfRange) {
                    return RespValue.error("ERR Invalid client ID");
                }
            }
        } else if (arguments.length != 2) {
            return SYNTAX_ERROR;
        }
        StringBuilder list = new StringBuilder();
        for (Connection connection : server.clients().list()) {
            if (!none && (ids == null || ids.contains(connection.client().id()))) {
                list.append(connection.client().describe()).append('\n');
            }
        }
        return RespValue.verbatim("txt", list.toString());
    }

    private static List<String> words(byte[][] arguments, int from) {
        return Arrays.stream(arguments, from, arguments.length)
                .map(WholeServerCommands::text)
                .toList();
    }

    private static String word(byte[] argument) {
        return text(argument).toLowerCase(Locale.ROOT);
    }

    private static String text(byte[] argument) {
        return new String(argument, StandardCharsets.ISO_8859_1);
    }
}
