// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.network.support.RespClient;
import io.redistill.network.support.Seeds;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands on fields with deadlines, which redis-server 7.0 does not have, beside a model after the documentation of
 * Redis 7.4 and 8.0. Deadlines are past or far ahead.
 */
final class HashFieldExpiryIT {
    private static final int COMMANDS = 3000;
    private static final int PIPELINE = 100;
    private static final int FIELDS = 6;
    private static final long NO_DEADLINE = -1;
    private static final long NO_FIELD = -2;
    private static final long FAR_SECONDS = 4_102_444_800L;
    private static final long TOLERANCE_SECONDS = 60;

    /** A field's value, and its deadline in s since the epoch. */
    private record Field(String value, long deadline) {}

    /** A request; its reply, or where that is null, numbers that are met to a minute of the time that has passed. */
    private record Step(List<String> request, String reply, List<Long> near) {}

    private final SplittableRandom random = new SplittableRandom(Seeds.next("HashFieldExpiryIT"));
    private final long startSeconds = System.currentTimeMillis() / 1000;
    private final Map<String, Field> model = new TreeMap<>();
    private String nil;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void fieldsLiveAsDocumented(int protocol) throws Exception {
        nil = protocol == 3 ? "_\r\n" : "$-1\r\n";
        try (TestServer server = TestServer.shards(1).start();
                RespClient client = RespClient.connect(server.port())) {
            client.call("HELLO", String.valueOf(protocol));
            for (int i = 0; i < COMMANDS / PIPELINE; i++) {
                List<Step> steps = new ArrayList<>();
                ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
                for (int j = 0; j < PIPELINE; j++) {
                    Step step = step();
                    steps.add(step);
                    RespClient.append(pipeline, step.request.toArray(String[]::new));
                }
                client.send(pipeline.toByteArray());
                for (Step step : steps) {
                    check(step, client.reply());
                }
            }
            assertThat(client.call("HLEN", "h")).isEqualTo(":" + model.size() + "\r\n");
        }
    }

    private static void check(Step step, String reply) {
        if (step.reply != null) {
            assertThat(reply).as(step.request.toString()).isEqualTo(step.reply);
            return;
        }
        String[] lines = reply.split("\r\n");
        assertThat(lines).as(step.request.toString()).hasSize(1 + step.near.size());
        long unitsPerSecond = step.request.get(0).startsWith("HP") ? 1000 : 1;
        for (int i = 0; i < step.near.size(); i++) {
            long expected = step.near.get(i);
            long actual = Long.parseLong(lines[1 + i].substring(1));
            long tolerance = expected < 0 ? 0 : TOLERANCE_SECONDS * unitsPerSecond;
            assertThat(Math.abs(actual - (expected < 0 ? expected : expected * unitsPerSecond)))
                    .as(step.request + " " + reply)
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    private Step step() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> set();
            case 2, 3, 4 -> expire();
            case 5 -> timeToLive(random.nextBoolean());
            case 6 -> persist();
            case 7, 8 -> getAndExpire();
            case 9, 10 -> setAndExpire();
            default -> getAndDelete();
        };
    }

    private Step set() {
        String field = field();
        String value = value();
        Field before = model.put(field, new Field(value, NO_DEADLINE));
        return exact(List.of("HSET", "h", field, value), ":" + (before == null ? 1 : 0) + "\r\n");
    }

    private Step expire() {
        boolean absolute = random.nextBoolean();
        boolean ms = random.nextBoolean();
        boolean past = random.nextInt(8) == 0;
        long time = past ? 0 : absolute ? FAR_SECONDS + random.nextInt(1_000_000_000) : distance();
        long deadline = past ? 0 : absolute ? time : startSeconds + time;
        String condition =
                random.nextBoolean() ? "" : List.of("NX", "XX", "GT", "LT").get(random.nextInt(4));
        List<String> request = new ArrayList<>(List.of(
                (ms ? "HP" : "H") + "EXPIRE" + (absolute ? "AT" : ""), "h", String.valueOf(ms ? time * 1000 : time)));
        if (!condition.isEmpty()) {
            request.add(condition);
        }
        StringBuilder reply = new StringBuilder();
        for (String field : fields(request)) {
            Field found = model.get(field);
            int result = found == null ? -2 : !holds(condition, found.deadline, deadline) ? 0 : past ? 2 : 1;
            reply.append(':').append(result).append("\r\n");
            if (result == 2) {
                model.remove(field);
            } else if (result == 1) {
                model.put(field, new Field(found.value, deadline));
            }
        }
        return exact(request, array(request) + reply);
    }

    private static boolean holds(String condition, long now, long then) {
        return switch (condition) {
            case "NX" -> now == NO_DEADLINE;
            case "XX" -> now != NO_DEADLINE;
            case "GT" -> now != NO_DEADLINE && then > now;
            case "LT" -> now == NO_DEADLINE || then < now;
            default -> true;
        };
    }

    private Step timeToLive(boolean absolute) {
        List<String> request =
                new ArrayList<>(List.of((random.nextBoolean() ? "HP" : "H") + (absolute ? "EXPIRETIME" : "TTL"), "h"));
        List<Long> near = new ArrayList<>();
        for (String field : fields(request)) {
            Field found = model.get(field);
            boolean timed = found != null && found.deadline != NO_DEADLINE;
            near.add(found == null ? NO_FIELD : timed ? found.deadline - (absolute ? 0 : startSeconds) : NO_DEADLINE);
        }
        return new Step(request, null, near);
    }

    private Step persist() {
        List<String> request = new ArrayList<>(List.of("HPERSIST", "h"));
        StringBuilder reply = new StringBuilder();
        for (String field : fields(request)) {
            Field found = model.get(field);
            reply.append(':')
                    .append(found == null ? -2 : found.deadline == NO_DEADLINE ? -1 : 1)
                    .append("\r\n");
            if (found != null) {
                model.put(field, new Field(found.value, NO_DEADLINE));
            }
        }
        return exact(request, array(request) + reply);
    }

    private Step getAndExpire() {
        List<String> request = new ArrayList<>(List.of("HGETEX", "h"));
        boolean persist = random.nextInt(3) == 0;
        long deadline = persist ? NO_DEADLINE : addDeadline(request);
        if (persist) {
            request.add("PERSIST");
        }
        StringBuilder reply = new StringBuilder();
        for (String field : fields(request)) {
            Field found = model.get(field);
            reply.append(found == null ? nil : RespClient.bulk(found.value));
            if (found != null && deadline == 0) {
                model.remove(field);
            } else if (found != null && (persist || deadline != NO_DEADLINE)) {
                model.put(field, new Field(found.value, deadline));
            }
        }
        return exact(request, array(request) + reply);
    }

    private Step setAndExpire() {
        List<String> request = new ArrayList<>(List.of("HSETEX", "h"));
        String condition = List.of("", "", "FNX", "FXX").get(random.nextInt(4));
        if (!condition.isEmpty()) {
            request.add(condition);
        }
        boolean keep = random.nextInt(3) == 0;
        long deadline = keep ? NO_DEADLINE : addDeadline(request);
        if (keep) {
            request.add("KEEPTTL");
        }
        String field = field();
        String value = value();
        request.addAll(List.of("FIELDS", "1", field, value));
        Field found = model.get(field);
        if (condition.equals("FNX") && found != null || condition.equals("FXX") && found == null) {
            return exact(request, ":0\r\n");
        }
        if (deadline == 0) {
            model.remove(field);
        } else {
            model.put(field, new Field(value, keep && found != null ? found.deadline : deadline));
        }
        return exact(request, ":1\r\n");
    }

    private Step getAndDelete() {
        List<String> request = new ArrayList<>(List.of("HGETDEL", "h"));
        StringBuilder reply = new StringBuilder();
        for (String field : fields(request)) {
            Field found = model.remove(field);
            reply.append(found == null ? nil : RespClient.bulk(found.value));
        }
        return exact(request, array(request) + reply);
    }

    /** Adds an option; returns the deadline that it sets, 0 for a past one, {@link #NO_DEADLINE} where there is none. */
    private long addDeadline(List<String> request) {
        switch (random.nextInt(6)) {
            case 0 -> {
                request.addAll(List.of("PXAT", "1"));
                return 0;
            }
            case 1, 2 -> {
                long at = FAR_SECONDS + random.nextInt(1_000_000_000);
                request.addAll(random.nextBoolean() ? List.of("EXAT", at + "") : List.of("PXAT", at * 1000 + ""));
                return at;
            }
            case 3, 4 -> {
                long in = distance();
                request.addAll(random.nextBoolean() ? List.of("EX", in + "") : List.of("PX", in * 1000 + ""));
                return startSeconds + in;
            }
            default -> {
                return NO_DEADLINE;
            }
        }
    }

    private static Step exact(List<String> request, String reply) {
        return new Step(request, reply, List.of());
    }

    private static String array(List<String> request) {
        int at = request.indexOf("FIELDS");
        return "*" + request.get(at + 1) + "\r\n";
    }

    /** Far enough from each other that the time a test takes decides nothing. */
    private long distance() {
        return 100_000 + 1000L * random.nextInt(1_000_000);
    }

    /** Adds some different fields to a request. */
    private List<String> fields(List<String> request) {
        List<String> fields = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String field = field();
            if (!fields.contains(field)) {
                fields.add(field);
            }
        }
        request.addAll(Arrays.asList("FIELDS", String.valueOf(fields.size())));
        request.addAll(fields);
        return fields;
    }

    private String field() {
        return "f" + random.nextInt(FIELDS);
    }

    private String value() {
        return random.nextInt(20) == 0 ? "v".repeat(random.nextInt(20_000)) : String.valueOf(random.nextInt(1000));
    }
}
