// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.RedisServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The differences from redis-server 7.0 that are wanted, and which {@link DifferentialIT} therefore does not send, or
 * compares as {@link ReplyCheck} says. One that is gone fails here, so that the list stays true; each is in
 * docs/differences.md.
 */
final class WantedDifferencesIT {
    enum Difference {
        VERSION("HELLO 2", "7.2.0", "7.0.15", "client libraries choose features by it"),
        INFO_FIELDS("INFO server", "redistill_version", "redis_git_sha1", "INFO speaks of this server"),
        CLIENT_FIELDS("CLIENT INFO", "lib-name=", "cmd=client|info", "the fields are those of 7.2"),
        CLIENT_SETINFO("CLIENT SETINFO LIB-NAME x", "+OK", "-ERR unknown subcommand", "client libraries send it"),
        CLIENT_HELP("CLIENT HELP", "SETINFO", "TRACKING", "only the subcommands that are there"),
        CONFIG_HELP("CONFIG HELP", "RESETSTAT", "REWRITE", "only the subcommands that are there"),
        COMMAND_HELP("COMMAND HELP", "GETKEYS", "GETKEYSANDFLAGS", "only the subcommands that are there"),
        COMMAND("COMMAND", "getex", "bzpopmin", "only the commands that are there"),
        COMMAND_DOCS("COMMAND DOCS", "getex", "bzpopmin", "only the commands that are there"),
        SET_DOCS("COMMAND DOCS set", "IFEQ", "KEEPTTL", "Valkey's option"),
        COMMAND_LIST("COMMAND LIST", "getex", "bzpopmin", "only the commands that are there"),
        COMMAND_INFO("COMMAND INFO lpush", "$-1", "lpush", "only the commands that are there"),
        CONTAINERS("COMMAND INFO client", "client|setinfo", "client|kill", "only the subcommands that are there"),
        OTHER_COMMANDS("LPUSH l x", "-ERR unknown command 'LPUSH'", ":1", "the types are strings only so far"),
        CONFIG_GET("CONFIG GET maxmemory", "1", "\r\n0\r\n", "there is always a limit");

        private final String command;
        private final String ours;
        private final String redis;
        private final String reason;

        Difference(String command, String ours, String redis, String reason) {
            this.command = command;
            this.ours = ours;
            this.redis = redis;
            this.reason = reason;
        }
    }

    private static RedisServer redis;
    private static TestServer server;

    @BeforeAll
    static void startServers() throws Exception {
        redis = RedisServer.start();
        server = TestServer.shards(1).start();
    }

    @AfterAll
    static void stopServers() {
        if (server != null) {
            server.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void wantedDifferenceIsStillThere(Difference difference) throws IOException {
        String fromUs = reply(server.port(), difference.command);
        String fromRedis = reply(redis.port(), difference.command);
        assertThat(fromUs).as("ours; " + difference.reason).contains(difference.ours);
        assertThat(fromRedis).as("Redis's").contains(difference.redis);
        assertThat(fromUs).isNotEqualTo(fromRedis);
    }

    /** Of other sections not all fields are there. */
    @Test
    void shouldHaveTheFieldsOfRedisInInfoReplication() throws IOException {
        assertThat(fields(reply(server.port(), "INFO replication")))
                .isEqualTo(fields(reply(redis.port(), "INFO replication")))
                .contains("master_repl_offset");
    }

    private static List<String> fields(String info) {
        return info.lines()
                .filter(line -> line.contains(":"))
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }

    private static String reply(int port, String command) throws IOException {
        try (Socket socket = DifferentialSession.connect(port)) {
            socket.getOutputStream().write(RequestStream.bytes(command + "\r\n"));
            return new String(new ReplyReader(socket.getInputStream()).next(), StandardCharsets.ISO_8859_1);
        }
    }
}
