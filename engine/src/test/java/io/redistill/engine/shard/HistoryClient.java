// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.RequestBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A client that knows what its replies may be, whatever other clients do at the same time.
 *
 * <ul>
 *   <li>Its own keys nobody else touches: each reply about them is known exactly, which holds only while its commands,
 *       single- and multi-key ones on any shard, are executed in its order.
 *   <li>Shared keys are always written, read, deleted all at once: whoever sees them unequal saw half a write.
 *   <li>Counters and keys that can be won once are added up over all clients at the end.
 * </ul>
 *
 * <p>Threading: confined to one thread; {@link Shared} any.
 */
final class HistoryClient {
    private static final int OWN_KEYS = 9;
    private static final int SHARED_KEYS = 6;
    private static final int PRIZES = 40;
    private static final int LARGE_VALUE = 17_000;

    /** What all clients of a run have in common. */
    static final class Shared {
        final AtomicLong increments = new AtomicLong();
        final AtomicLong created = new AtomicLong();
        final AtomicLong deleted = new AtomicLong();
        final AtomicIntegerArray prizesWon = new AtomicIntegerArray(PRIZES);
        final AtomicIntegerArray prizesTried = new AtomicIntegerArray(PRIZES);
    }

    /** One command sent, and what is wrong with its reply, or null. */
    private record Expectation(String[] command, Function<String, String> problem) {}

    private final int id;
    private final Random random;
    private final Shared shared;
    private final Map<String, String> own = new HashMap<>();
    private final Map<TestBatch, List<Expectation>> expected = new HashMap<>();
    private long lastTotal;
    private int tags;

    HistoryClient(int id, long seed, Shared shared) {
        this.id = id;
        this.shared = shared;
        random = new Random(seed);
    }

    /** Fills an empty batch with random commands. */
    void fill(TestBatch batch) {
        int commands = random.nextInt(8) == 0 ? 1 + random.nextInt(RequestBatch.MAX_COMMANDS) : 1 + random.nextInt(8);
        List<Expectation> expectations = new ArrayList<>();
        // Some batches are of one kind only: runs without any multi-shard command, or nothing else.
        int style = random.nextInt(3);
        for (int i = 0; i < commands; i++) {
            int kind = random.nextInt(20);
            if (kind == 0) {
                batch.addLocal();
                expectations.add(new Expectation(new String[] {"PING"}, exactly("+OK")));
            } else if (style == 0 || style == 1 && kind < 10) {
                ownSingle(batch, expectations);
            } else if (kind < 14) {
                ownMulti(batch, expectations);
            } else {
                common(batch, expectations);
            }
        }
        expected.put(batch, expectations);
    }

    /** Checks the replies of a batch that is handed back. */
    void check(TestBatch batch, List<String> replies) {
        List<Expectation> expectations = expected.remove(batch);
        if (replies.size() != expectations.size()) {
            throw new AssertionError("client " + id + ": " + replies.size() + " replies to " + expectations.size());
        }
        for (int i = 0; i < replies.size(); i++) {
            Expectation expectation = expectations.get(i);
            String problem = expectation.problem.apply(replies.get(i));
            if (problem != null) {
                throw new AssertionError("client " + id + ", command " + i + " of its batch, "
                        + shortened(String.join(" ", expectation.command)) + ", was answered "
                        + shortened(replies.get(i)) + ": " + problem);
            }
        }
    }

    private static String shortened(String text) {
        return text.length() < 300 ? text : text.substring(0, 300) + "…";
    }

    // ---- own keys

    private String ownKey() {
        return "own:" + id + ":" + random.nextInt(OWN_KEYS);
    }

    private String ownValue() {
        String value = id + "-" + tags++;
        return random.nextInt(60) == 0 ? value + "x".repeat(LARGE_VALUE) : value;
    }

    private void ownSingle(TestBatch batch, List<Expectation> expectations) {
        String key = ownKey();
        String before = own.get(key);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                String value = ownValue();
                own.put(key, value);
                send(batch, expectations, "+OK", "SET", key, value);
            }
            case 2 -> send(batch, expectations, bulk(before), "GET", key);
            case 3 -> {
                own.merge(key, "+", String::concat);
                send(batch, expectations, ":" + own.get(key).length(), "APPEND", key, "+");
            }
            case 4 -> {
                own.remove(key);
                send(batch, expectations, bulk(before), "GETDEL", key);
            }
            default -> {
                String counter = "own:" + id + ":counter" + random.nextInt(3);
                long next = Long.parseLong(own.getOrDefault(counter, "0")) + 1;
                own.put(counter, Long.toString(next));
                send(batch, expectations, ":" + next, "INCR", counter);
            }
        }
    }

    private void ownMulti(TestBatch batch, List<Expectation> expectations) {
        String[] keys = new String[1 + random.nextInt(4)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ownKey();
        }
        long present = Arrays.stream(keys).filter(own::containsKey).count();
        switch (random.nextInt(5)) {
            case 0 -> {
                String[] words = pairs("MSET", keys);
                remember(words);
                send(batch, expectations, "+OK", words);
            }
            case 1 -> {
                String[] words = pairs("MSETNX", keys);
                if (present == 0) {
                    remember(words);
                }
                send(batch, expectations, present == 0 ? ":1" : ":0", words);
            }
            case 2 -> {
                String reply =
                        Arrays.stream(keys).map(key -> bulk(own.get(key))).collect(Collectors.joining(", ", "[", "]"));
                send(batch, expectations, reply, words("MGET", keys));
            }
            case 3 -> send(batch, expectations, ":" + present, words("EXISTS", keys));
            default -> {
                long removed = Arrays.stream(keys)
                        .filter(key -> own.remove(key) != null)
                        .count();
                send(batch, expectations, ":" + removed, words("DEL", keys));
            }
        }
    }

    private String[] pairs(String name, String[] keys) {
        String[] words = new String[1 + 2 * keys.length];
        words[0] = name;
        for (int i = 0; i < keys.length; i++) {
            words[1 + 2 * i] = keys[i];
            words[2 + 2 * i] = ownValue();
        }
        return words;
    }

    private void remember(String[] words) {
        for (int i = 1; i < words.length; i += 2) {
            own.put(words[i], words[i + 1]);
        }
    }

    private void send(TestBatch batch, List<Expectation> expectations, String reply, String... words) {
        int flags = random.nextBoolean() ? RequestBatch.RESP3 : 0;
        if (random.nextInt(12) == 0) {
            batch.addWith(flags | RequestBatch.SILENT, words);
        } else {
            batch.addWith(flags, words);
            expectations.add(new Expectation(words, exactly(reply)));
        }
    }

    // ---- shared keys

    private void common(TestBatch batch, List<Expectation> expectations) {
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                String tag = id + "-" + tags++;
                expect(batch, expectations, exactly("+OK"), sharedPairs("MSET", "all:", tag));
            }
            case 2, 3 -> expect(batch, expectations, HistoryClient::unequal, words("MGET", sharedKeys("all:")));
            case 4 ->
                expect(
                        batch,
                        expectations,
                        reply -> addUp(reply, ":1", shared.created),
                        sharedPairs("MSETNX", "new:", id + "-" + tags++));
            case 5 ->
                expect(
                        batch,
                        expectations,
                        reply -> addUp(reply, ":" + SHARED_KEYS, shared.deleted),
                        words("DEL", sharedKeys("new:")));
            case 6 -> expect(batch, expectations, HistoryClient::unequal, words("MGET", sharedKeys("new:")));
            case 7 ->
                expect(
                        batch,
                        expectations,
                        reply -> addUp(reply, ":" + SHARED_KEYS, new AtomicLong()),
                        words("EXISTS", sharedKeys("new:")));
            case 8 -> {
                int prize = random.nextInt(PRIZES);
                shared.prizesTried.incrementAndGet(prize);
                expect(
                        batch,
                        expectations,
                        reply -> {
                            if (reply.equals(":1")) {
                                return shared.prizesWon.incrementAndGet(prize) == 1 ? null : "won twice";
                            }
                            return reply.equals(":0") ? null : "neither won nor lost";
                        },
                        sharedPairs("MSETNX", "prize" + prize + ":", Integer.toString(id)));
            }
            default -> {
                shared.increments.incrementAndGet();
                expect(batch, expectations, this::risen, "INCR", "total");
            }
        }
    }

    private static String addUp(String reply, String done, AtomicLong count) {
        if (reply.equals(done)) {
            count.incrementAndGet();
            return null;
        }
        return reply.equals(":0") ? null : "half of it";
    }

    private String risen(String reply) {
        long total = Long.parseLong(reply.substring(1));
        boolean risen = total > lastTotal;
        String problem = risen ? null : "not above " + lastTotal;
        lastTotal = total;
        return problem;
    }

    private static String unequal(String reply) {
        String[] values = reply.substring(1, reply.length() - 1).split(", ");
        if (values.length != SHARED_KEYS) {
            return "not " + SHARED_KEYS + " values";
        }
        return Arrays.stream(values).distinct().count() == 1 ? null : "half-seen write";
    }

    private String[] sharedKeys(String prefix) {
        List<String> keys = IntStream.range(0, SHARED_KEYS)
                .mapToObj(i -> prefix + i)
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(keys, random);
        return keys.toArray(String[]::new);
    }

    private String[] sharedPairs(String name, String prefix, String value) {
        String[] keys = sharedKeys(prefix);
        String[] words = new String[1 + 2 * keys.length];
        words[0] = name;
        for (int i = 0; i < keys.length; i++) {
            words[1 + 2 * i] = keys[i];
            words[2 + 2 * i] = value;
        }
        return words;
    }

    private static void expect(
            TestBatch batch, List<Expectation> expectations, Function<String, String> problem, String... words) {
        batch.add(words);
        expectations.add(new Expectation(words, problem));
    }

    private static String[] words(String name, String[] keys) {
        String[] words = new String[1 + keys.length];
        words[0] = name;
        System.arraycopy(keys, 0, words, 1, keys.length);
        return words;
    }

    private static Function<String, String> exactly(String expected) {
        return reply -> reply.equals(expected) ? null : "not " + shortened(expected);
    }

    private static String bulk(String value) {
        return value == null ? "nil" : "$" + value;
    }

    // ---- the end

    /** Checks, with a last batch on a settled rig, what only the sum of all clients shows. */
    static void checkSums(TestBatch batch, Shared shared, Runnable execute) {
        batch.add("GET", "total").add(words("EXISTS", keys("new:"))).add(words("EXISTS", keys("all:")));
        for (int prize = 0; prize < PRIZES; prize++) {
            batch.add(words("EXISTS", keys("prize" + prize + ":")));
        }
        execute.run();
        List<String> replies = batch.replies();
        long total = shared.increments.get();
        require(replies.get(0).equals(total == 0 ? "nil" : "$" + total), "INCR " + total + " gave " + replies.get(0));
        long left = shared.created.get() - shared.deleted.get();
        require(left == 0 || left == 1, "MSETNX won " + shared.created + " times, DEL " + shared.deleted);
        require(replies.get(1).equals(":" + left * SHARED_KEYS), "left " + left + " but EXISTS " + replies.get(1));
        for (int prize = 0; prize < PRIZES; prize++) {
            boolean tried = shared.prizesTried.get(prize) > 0;
            require(shared.prizesWon.get(prize) == (tried ? 1 : 0), "prize " + prize + " has no single winner");
            require(
                    replies.get(3 + prize).equals(tried ? ":" + SHARED_KEYS : ":0"),
                    "prize " + prize + " half written");
        }
    }

    private static String[] keys(String prefix) {
        return IntStream.range(0, SHARED_KEYS).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }
}
