// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.AccessStamps;
import io.redistill.engine.store.EvictionPolicy;
import io.redistill.network.support.RedisServer;
import io.redistill.network.support.RespClient;
import io.redistill.snapshot.SnapshotReader;
import io.redistill.snapshot.tool.SnapshotTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The offline tool, with files of this server, of redis-server and of the Rust project Redistill. */
@Timeout(120)
class SnapshotToolIT {
    private static final long FAR_MS = 4_000_000_000_123L;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    private int run(String... arguments) {
        out.reset();
        messages.reset();
        return new SnapshotTool(out, new PrintStream(messages, true, ISO_8859_1), "test").run(arguments);
    }

    // ---- with redis-server

    @Test
    void shouldImportWhatRedisWroteAndGiveItBack() throws Exception {
        Path rdb = directory.resolve("dump.rdb");
        Path snapshot = directory.resolve("imported");
        try (RedisServer redis = RedisServer.start(
                        "--dir", directory.toString(), "--dbfilename", "dump.rdb", "--enable-debug-command", "yes");
                RespClient client = RespClient.connect(redis.port())) {
            fill(client);
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
            assertThat(run("import", rdb.toString(), snapshot.toString()))
                    .as(messages.toString())
                    .isZero();
            assertThat(out.toString(ISO_8859_1)).contains(" keys, 6 left out that are neither strings nor hashes");
            assertThat(run("verify", snapshot.toString())).isZero();
            assertThat(run("info", snapshot.toString())).isZero();
            assertThat(out.toString(ISO_8859_1)).contains("database 3: 1 keys");
            assertThat(run("export", snapshot.toString())).isZero();
            byte[] commands = out.toByteArray();
            // All that we can hold is there again; what was left out is dropped in the one that is compared with.
            for (String key : new String[] {"list", "biglist", "set", "intset", "zset", "stream"}) {
                client.call("DEL", key);
            }
            String expected = client.call("DEBUG", "DIGEST");
            client.call("FLUSHALL");
            client.send(commands);
            client.send(RespClient.request("ECHO", "done"));
            for (String reply = client.reply(); !reply.endsWith("done\r\n"); reply = client.reply()) {
                assertThat(reply).doesNotStartWith("-");
            }
            assertThat(client.call("DEBUG", "DIGEST")).isEqualTo(expected);
        }
        // And in a server of ours.
        Files.copy(snapshot, directory.resolve("snapshot"));
        try (TestServer server = TestServer.shards(2)
                        .options("--dir", directory.toString())
                        .file("snapshot")
                        .start();
                RespClient client = server.connect()) {
            assertThat(client.call("GET", "negative")).isEqualTo(RespClient.bulk("-123456"));
            assertThat(client.call("GET", "compressible")).isEqualTo(RespClient.bulk("abc".repeat(5_000)));
            client.call("SELECT", "3");
            assertThat(client.call("GET", "other")).isEqualTo(RespClient.bulk("database"));
            client.call("SELECT", "0");
            assertThat(client.call("HLEN", "table")).isEqualTo(":600\r\n");
            assertThat(client.call("HLEN", "long table")).isEqualTo(":62\r\n");
            assertThat(client.call("HGET", "packed", "c")).isEqualTo(RespClient.bulk("-5000000000"));
            assertThat(client.call("PEXPIRETIME", "timed")).isEqualTo(":" + FAR_MS + "\r\n");
        }
    }

    private static void fill(RespClient client) throws IOException {
        client.call("SET", "plain", "value");
        client.call("SET", "empty", "");
        client.call("SET", "small", "7");
        client.call("SET", "negative", "-123456");
        client.call("SET", "large", "2000000000");
        client.call("SET", "long", "9223372036854775807");
        client.call("SET", "compressible", "abc".repeat(5_000));
        client.call("SET", "noise", noise(70_000));
        client.call("SET", "timed", "x", "PXAT", Long.toString(FAR_MS));
        client.call("HSET", "packed", "f", "v", "n", "12", "m", "-1", "b", "70000", "c", "-5000000000", "d", "3000");
        client.call("HSET", "packed", "e", "-100", "g", "x".repeat(63), "h", "8388607", "i", "100000");
        client.call("CONFIG", "SET", "hash-max-listpack-value", "100000");
        client.call("HSET", "wide", "f", "y".repeat(5_000), "g", "z".repeat(200), "h", "w".repeat(20));
        client.call("CONFIG", "SET", "hash-max-listpack-value", "64");
        for (int i = 0; i < 600; i++) {
            client.call("HSET", "table", "field:" + i, "value:" + i);
        }
        client.call("PEXPIREAT", "table", Long.toString(FAR_MS));
        for (int i = 0; i < 60; i++) { // in parts, since it is longer than one may be
            client.call(
                    "HSET", "long table", "field:" + i, "value:" + i + noise(2_000), "large:" + i % 2, noise(90_000));
        }
        client.call("RPUSH", "list", "a", "1", "x".repeat(100));
        for (int i = 0; i < 300; i++) {
            client.call("RPUSH", "biglist", "x".repeat(100) + i);
        }
        client.call("SADD", "set", "a", "b", "c");
        client.call("SADD", "intset", "1", "2", "3");
        client.call("ZADD", "zset", "1", "a", "2.5", "b");
        client.call("XADD", "stream", "1-1", "f", "v");
        client.call("XGROUP", "CREATE", "stream", "group", "0");
        client.call("XREADGROUP", "GROUP", "group", "consumer", "STREAMS", "stream", ">");
        client.call("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return 1 end)");
        client.call("SELECT", "3");
        client.call("SET", "other", "database");
        client.call("SELECT", "0");
    }

    @ParameterizedTest
    @CsvSource({"allkeys-lru,IDLETIME", "volatile-lfu,FREQ"})
    void shouldKeepWhatRedisKnewOfTheUseOfKeys(String policy, String option) throws Exception {
        Path rdb = directory.resolve("used.rdb");
        Path snapshot = directory.resolve("snapshot");
        int[] uses = {0, 3, 20, 150, 255};
        try (RedisServer redis = RedisServer.start(
                        "--dir", directory.toString(), "--dbfilename", "used.rdb", "--maxmemory-policy", policy);
                RespClient client = RespClient.connect(redis.port())) {
            client.call("SET", "string", "value");
            client.call("HSET", "hash", "field", "value");
            byte[] string = payload(client, "string");
            byte[] hash = payload(client, "hash");
            client.call("FLUSHALL");
            for (int use : uses) {
                byte[] bytes = use == 20 ? hash : string;
                assertThat(client.call(
                                ascii("RESTORE"),
                                ascii("key:" + use),
                                ascii("0"),
                                bytes,
                                ascii(option),
                                ascii("" + use)))
                        .isEqualTo("+OK\r\n");
            }
            assertThat(client.call("SAVE")).isEqualTo("+OK\r\n");
        }
        assertThat(run("import", rdb.toString(), snapshot.toString()))
                .as(messages.toString())
                .isZero();
        Map<String, Integer> recencies = new HashMap<>();
        try (FileChannel channel = FileChannel.open(snapshot)) {
            SnapshotReader.read(
                    "file",
                    channel,
                    (database, type, number, key, keyLength, value, length, expires, recency) ->
                            recencies.put(new String(Memory.toArray(key, keyLength), ISO_8859_1), recency));
        }
        assertThat(recencies).hasSize(uses.length);
        for (int i = 0; i < uses.length; i++) {
            int recency = recencies.get("key:" + uses[i]);
            if (option.equals("FREQ")) {
                assertThat(recency).isEqualTo(0x8000 | uses[i]);
            } else {
                // Some second may have passed before it was saved.
                assertThat(recency)
                        .isBetween(AccessStamps.savedOfIdle(uses[i]), AccessStamps.savedOfIdle(uses[i] + 10));
                assertThat(recency).isGreaterThanOrEqualTo(i == 0 ? 0 : recencies.get("key:" + uses[i - 1]));
            }
        }
        if (option.equals("FREQ")) {
            try (TestServer server = TestServer.shards(2)
                            .options("--dir", directory.toString())
                            .file("snapshot")
                            .policy(EvictionPolicy.ALLKEYS_LFU)
                            .start();
                    RespClient client = server.connect()) {
                for (int use : uses) {
                    assertThat(client.call("OBJECT", "FREQ", "key:" + use)).isEqualTo(":" + use + "\r\n");
                }
            }
        }
    }

    private static byte[] payload(RespClient client, String key) throws IOException {
        byte[] reply = client.send(RespClient.request("DUMP", key)).replyBytes();
        int start = new String(reply, ISO_8859_1).indexOf('\n') + 1;
        return Arrays.copyOfRange(reply, start, reply.length - 2);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String noise(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < length; i++) {
            text.append(Integer.toString(i * 0x9e3779b9, 36));
        }
        return text.substring(0, length);
    }

    // ---- older encodings of hashes, as older versions of Redis wrote them

    @Test
    void shouldReadZipmapsAndZiplists() throws Exception {
        ByteArrayOutputStream rdb = new ByteArrayOutputStream();
        rdb.writeBytes("REDIS0003".getBytes(ISO_8859_1));
        rdb.write(0xfd);
        rdb.writeBytes(new byte[] {0, 0, 0, 0x7f}); // seconds
        // a zipmap: "a" => "1", unused 0; "bc" => "22", unused 1
        entry(
                rdb,
                9,
                "zipmap",
                "02" + "01" + "61" + "01" + "00" + "31" + "02" + "6263" + "02" + "01" + "3232" + "00" + "ff");
        // a ziplist: "f" => 10 (immediate), "g" => -300 (16 bits), "h" => 100000 (24 bits)
        entry(
                rdb,
                13,
                "ziplist",
                "1f000000" + "19000000" + "0600" + "00" + "0166" + "03" + "fb" + "02" + "0167" + "03" + "c0d4fe" + "04"
                        + "0168" + "03" + "f0a08601" + "ff");
        rdb.write(0xff);
        Path file = directory.resolve("old.rdb");
        Files.write(file, rdb.toByteArray());
        assertThat(run("import", file.toString(), directory.resolve("out").toString()))
                .as(messages.toString())
                .isZero();
        assertThat(run("export", directory.resolve("out").toString())).isZero();
        assertThat(out.toString(ISO_8859_1).replace("\r\n", " "))
                .contains("HSET $6 zipmap $1 a $1 1 $2 bc $2 22")
                .contains("PEXPIREAT $6 zipmap $13 2130706432000")
                .contains("HSET $7 ziplist $1 f $2 10 $1 g $4 -300 $1 h $6 100000");
    }

    private static void entry(ByteArrayOutputStream rdb, int type, String key, String value) {
        rdb.write(type);
        rdb.write(key.length());
        rdb.writeBytes(key.getBytes(ISO_8859_1));
        byte[] bytes = HexFormat.of().parseHex(value);
        rdb.write(bytes.length);
        rdb.writeBytes(bytes);
    }

    @Test
    void shouldRefuseDamagedAndForeignFiles() throws Exception {
        Path file = directory.resolve("file");
        String outFile = directory.resolve("out").toString();
        Files.writeString(file, "REDIS0012\u00ff");
        assertThat(run("import", file.toString(), outFile)).isEqualTo(1);
        assertThat(messages.toString()).contains("version 0012", "up to version 11");
        Files.writeString(file, "something else");
        assertThat(run("import", file.toString(), outFile)).isEqualTo(1);
        Files.write(file, Base64.getDecoder().decode("UkVESVMwMDExAAFrAXb/AQIDBAUGBwg="));
        assertThat(run("import", file.toString(), outFile)).isEqualTo(1);
        assertThat(messages.toString()).contains("the checksum is wrong");
        assertThat(run("info", file.toString())).isEqualTo(1);
        assertThat(messages.toString()).contains("redistill snapshot import");
        assertThat(run("info", directory.resolve("nothing").toString())).isEqualTo(1);
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(messages.toString()).contains("usage: redistill snapshot info FILE");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    // ---- the Rust project's files

    @Test
    void shouldImportSnapshotsOfRedistill() throws Exception {
        ByteBuffer rdst = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        rdst.put("RDST".getBytes(ISO_8859_1))
                .put((byte) 1)
                .putLong(1_700_000_000L)
                .putLong(5);
        rdstEntry(rdst, "string", bincode -> {
            bincode.putInt(0);
            item(bincode, "value");
            bincode.put((byte) 1).putLong(4_000_000_000L);
        });
        rdstEntry(rdst, "hash", bincode -> {
            bincode.putInt(1).putLong(2);
            item(bincode, "f");
            item(bincode, "v");
            item(bincode, "g");
            item(bincode, "");
            bincode.put((byte) 0);
        });
        rdstEntry(rdst, "old", bincode -> {
            item(bincode, "form");
            bincode.put((byte) 0);
        });
        Path file = directory.resolve("redistill.rdb");
        byte[] whole = new byte[rdst.position()];
        rdst.flip().get(whole);
        Files.write(file, whole);
        Path imported = directory.resolve("imported");
        assertThat(run("import", file.toString(), imported.toString()))
                .as(messages.toString())
                .isZero();
        assertThat(run("export", imported.toString())).isZero();
        assertThat(out.toString(ISO_8859_1).replace("\r\n", " "))
                .contains("SET $6 string $5 value *3 $9 PEXPIREAT $6 string $13 4000000000000")
                .contains("HSET $4 hash $1 f $1 v $1 g $0  ")
                .contains("SET $3 old $4 form");
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThat(run("import", file.toString(), directory.resolve("second").toString()))
                .isEqualTo(1);
    }

    private interface Body {
        void write(ByteBuffer bincode);
    }

    private static void rdstEntry(ByteBuffer file, String key, Body body) {
        int lengthAt = file.position();
        file.putInt(0);
        item(file, key);
        body.write(file);
        file.putInt(lengthAt, file.position() - lengthAt - Integer.BYTES);
    }

    private static void item(ByteBuffer file, String text) {
        file.putLong(text.length()).put(text.getBytes(ISO_8859_1));
    }
}
