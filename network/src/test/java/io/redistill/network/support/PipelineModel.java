// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random commands of every class over a few keys, and the replies that one client must get. */
public final class PipelineModel {
    /** Stands for any reply to INFO. */
    public static final String INFO = "INFO";

    private static final int KEYS = 60;

    private final Random random;
    private final String prefix;
    private final Map<String, String> data = new HashMap<>();
    private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
    private final List<String> replies = new ArrayList<>();
    private int serial;

    /**
     * A model without commands.
     *
     * @param prefix of all its keys, which nobody else uses
     */
    public PipelineModel(Random random, String prefix) {
        this.random = random;
        this.prefix = prefix;
    }

    public byte[] requests() {
        return requests.toByteArray();
    }

    public List<String> replies() {
        return replies;
    }

    public void addRandomCommand() {
        switch (random.nextInt(22)) {
            case 0, 1, 2 -> get(key());
            case 3, 4 -> set(key(), "value " + serial++);
            case 5 -> set(key(), "x".repeat(random.nextInt(6000)));
            case 6, 7 -> incr("counter" + random.nextInt(5));
            case 8 -> append(key(), "+" + serial++);
            case 9, 10 -> mget();
            case 11 -> mset();
            case 12 -> del();
            case 13 -> exists();
            case 14 -> add("+PONG\r\n", "PING");
            case 15 -> add(RespClient.bulk("echo " + serial), "ECHO", "echo " + serial++);
            case 16 -> msetnx();
            case 17 -> add("-ERR wrong number of arguments for 'get' command\r\n", "GET");
            case 18 -> add("-ERR unknown command 'nonsense', with args beginning with: 'a' \r\n", "nonsense", "a");
            case 19 -> add("+OK\r\n", "SELECT", "0");
            case 20 -> {
                if (random.nextInt(8) == 0) {
                    add(INFO, "INFO");
                } else if (random.nextInt(40) == 0) {
                    set(key(), "y".repeat(random.nextInt(100_000)));
                }
            }
            default -> strlen(key());
        }
    }

    private String key() {
        return prefix + "key" + random.nextInt(KEYS);
    }

    private void add(String reply, String... words) {
        RespClient.append(requests, words);
        replies.add(reply);
    }

    private void get(String key) {
        add(valueOf(key), "GET", key);
    }

    private String valueOf(String key) {
        String value = data.get(key);
        return value == null ? "$-1\r\n" : RespClient.bulk(value);
    }

    private void set(String key, String value) {
        data.put(key, value);
        add("+OK\r\n", "SET", key, value);
    }

    private void incr(String name) {
        String key = prefix + name;
        long value = Long.parseLong(data.getOrDefault(key, "0")) + 1;
        data.put(key, String.valueOf(value));
        add(":" + value + "\r\n", "INCR", key);
    }

    private void append(String key, String more) {
        String value = data.getOrDefault(key, "") + more;
        data.put(key, value);
        add(":" + value.length() + "\r\n", "APPEND", key, more);
    }

    private void strlen(String key) {
        add(":" + data.getOrDefault(key, "").length() + "\r\n", "STRLEN", key);
    }

    private String[] words(String command, int count) {
        String[] words = new String[1 + count];
        words[0] = command;
        for (int i = 1; i <= count; i++) {
            words[i] = key();
        }
        return words;
    }

    private void mget() {
        String[] words = words("MGET", 1 + random.nextInt(10));
        StringBuilder reply = new StringBuilder("*" + (words.length - 1) + "\r\n");
        for (int i = 1; i < words.length; i++) {
            reply.append(valueOf(words[i]));
        }
        add(reply.toString(), words);
    }

    private void mset() {
        String[] words = words("MSET", 2 * (1 + random.nextInt(5)));
        for (int i = 1; i < words.length; i += 2) {
            words[i + 1] = "m" + serial++;
            data.put(words[i], words[i + 1]);
        }
        add("+OK\r\n", words);
    }

    private void msetnx() {
        String[] words = words("MSETNX", 2 * (1 + random.nextInt(3)));
        boolean free = true;
        for (int i = 1; i < words.length; i += 2) {
            words[i + 1] = "n" + serial++;
            free &= !data.containsKey(words[i]);
        }
        for (int i = 1; free && i < words.length; i += 2) {
            data.put(words[i], words[i + 1]);
        }
        add(free ? ":1\r\n" : ":0\r\n", words);
    }

    private void del() {
        String[] words = words(random.nextBoolean() ? "DEL" : "UNLINK", 1 + random.nextInt(8));
        int count = 0;
        for (int i = 1; i < words.length; i++) {
            count += data.remove(words[i]) != null ? 1 : 0;
        }
        add(":" + count + "\r\n", words);
    }

    private void exists() {
        String[] words = words("EXISTS", 1 + random.nextInt(8));
        int count = 0;
        for (int i = 1; i < words.length; i++) {
            count += data.containsKey(words[i]) ? 1 : 0;
        }
        add(":" + count + "\r\n", words);
    }
}
