// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SET with IFEQ and DELIFEQ against a model of what Valkey documents; redis-server 7.0 has neither. */
@Timeout(30)
class CompareAndSetTest {
    private static final String SYNTAX = "-ERR syntax error";
    private static final String WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String HASH = "hash";
    private static final String[] KEYS = {"a", "b", "c", HASH};
    private static final String[] VALUES = {"", "5", "05", "-7", "value", "value\0", "l".repeat(17_000)};

    /** Values of strings; the hash is always there. */
    private final Map<String, String> strings = new HashMap<>();

    private final Map<String, Boolean> isVolatile = new HashMap<>();
    private SplittableRandom random = new SplittableRandom();

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldBehaveAsTheModel(int shards) {
        random = new SplittableRandom(Seeds.next("CompareAndSetTest " + shards));
        try (ShardRig rig = new ShardRig(shards, 1, 256)) {
            run(rig, List.of(List.of("HSET", HASH, "f", "5")), List.of(":1"));
            for (int round = 0; round < 60; round++) {
                List<List<String>> commands = new ArrayList<>();
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < 25; i++) {
                    List<String> command = random.nextInt(3) == 0 ? delete() : set();
                    commands.add(command);
                    expected.add(command.get(0).equals("SET") ? modelSet(command) : modelDelete(command));
                    String key = command.get(1);
                    commands.add(List.of("EXPIRETIME", key));
                    expected.add(expireTime(key));
                    if (!key.equals(HASH)) {
                        commands.add(List.of("GET", key));
                        expected.add(bulk(strings.get(key)));
                    }
                }
                run(rig, commands, expected);
            }
        }
    }

    @Test
    void shouldRefuseIfeqWithoutAValueOrWithAnotherCondition() {
        try (ShardRig rig = new ShardRig(1, 1, 64)) {
            TestBatch batch = rig.batch(0)
                    .add("SET", "k", "v", "IFEQ")
                    .add("SET", "k", "v", "IFEQ", "x", "NX")
                    .add("SET", "k", "v", "XX", "IFEQ", "x")
                    .add("SET", "k", "v", "IFEQ", "x", "ifeq", "x")
                    .add("GETEX", "k", "IFEQ", "x")
                    .add("SET", "k", "v", "IFEQ", "IFEQ", "GET", "EX", "0")
                    .add("EXISTS", "k");
            batch.publish();
            rig.settle();
            assertThat(batch.replies())
                    .containsExactly(
                            SYNTAX, SYNTAX, SYNTAX, SYNTAX, SYNTAX, "-ERR invalid expire time in 'set' command", ":0");
        }
    }

    private static void run(ShardRig rig, List<List<String>> commands, List<String> expected) {
        TestBatch batch = rig.batch(0);
        commands.forEach(words -> batch.add(words.toArray(String[]::new)));
        batch.publish();
        rig.settle();
        List<String> replies = batch.replies();
        for (int i = 0; i < expected.size(); i++) {
            assertThat(replies.get(i)).as("%s", commands.get(i)).isEqualTo(expected.get(i));
        }
        assertThat(replies).hasSameSizeAs(expected);
    }

    private List<String> set() {
        List<String> words = new ArrayList<>(List.of("SET", pick(KEYS), pick(VALUES)));
        if (words.get(1).equals(HASH)) {
            // Kept: always compared, and never equal.
            words.addAll(List.of("IFEQ", pick(VALUES)));
        }
        for (int options = random.nextInt(4); options > 0; options--) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> words.addAll(List.of(pick("IFEQ", "ifeq"), pick(VALUES)));
                case 3, 4 -> words.add("GET");
                case 5 -> words.add(pick("NX", "XX"));
                case 6 -> words.add("KEEPTTL");
                default -> words.addAll(List.of("EXAT", "4102444800"));
            }
        }
        return words;
    }

    private List<String> delete() {
        return List.of("DELIFEQ", pick(KEYS), pick(VALUES));
    }

    private String modelSet(List<String> words) {
        String condition = "";
        String compared = "";
        boolean get = false;
        boolean keep = false;
        boolean deadline = false;
        for (int i = 3; i < words.size(); i++) {
            switch (words.get(i)) {
                case "GET" -> get = true;
                case "KEEPTTL" -> keep = true;
                case "EXAT" -> {
                    deadline = true;
                    i++;
                }
                case "IFEQ", "ifeq" -> {
                    if (!condition.isEmpty()) {
                        return SYNTAX;
                    }
                    condition = "IFEQ";
                    compared = words.get(++i);
                }
                default -> {
                    if (!condition.isEmpty() && !condition.equals(words.get(i))) {
                        return SYNTAX;
                    }
                    condition = words.get(i);
                }
            }
        }
        if (keep && deadline) {
            return SYNTAX;
        }
        String key = words.get(1);
        if (key.equals(HASH)) {
            return WRONG_TYPE;
        }
        String old = strings.get(key);
        boolean holds = switch (condition) {
            case "NX" -> old == null;
            case "XX" -> old != null;
            case "IFEQ" -> compared.equals(old);
            default -> true;
        };
        if (holds) {
            strings.put(key, words.get(2));
            isVolatile.put(key, deadline || keep && isVolatile.getOrDefault(key, false));
        }
        return get ? bulk(old) : holds ? "+OK" : bulk(null);
    }

    private String modelDelete(List<String> words) {
        String key = words.get(1);
        if (key.equals(HASH)) {
            return WRONG_TYPE;
        }
        boolean equal = words.get(2).equals(strings.get(key));
        if (equal) {
            strings.remove(key);
            isVolatile.remove(key);
        }
        return equal ? ":1" : ":0";
    }

    private String expireTime(String key) {
        boolean exists = key.equals(HASH) || strings.containsKey(key);
        return !exists ? ":-2" : isVolatile.getOrDefault(key, false) ? ":4102444800" : ":-1";
    }

    private static String bulk(String value) {
        return value == null ? "nil" : "$" + value;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
