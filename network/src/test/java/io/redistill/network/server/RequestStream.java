// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The random commands of one connection. They depend on the seed alone, never on replies, so a run can be replayed.
 *
 * <p>Time: deadlines lie far ahead or in the past, so that no key expires at an instant that only one server sees. Times
 * from now never repeat, and deadlines set as such lie behind all of them, so that GT and LT compare the same everywhere.
 * A deadline of 1 ms is set only on keys of which {@link #shortLived} tells, to be waited for.
 *
 * <p>Threading: confined to one thread.
 */
final class RequestStream {
    /** Deadlines given as a time since the epoch: from 2100 on, later than now plus any time from now. */
    static final long ABSOLUTE_FROM_SECONDS = 4_102_444_800L;

    /** Where they end. */
    static final long ABSOLUTE_TO_SECONDS = ABSOLUTE_FROM_SECONDS + 1_000_000_000L;

    /** As ms from now, as s from now, as ms and as s since the epoch: centuries ahead. */
    private static final long EVER = 10_000_000_000_000L;

    private static final int RELATIVE_STEPS = 1_000_003; // a prime
    private static final int LARGEST_VALUE_BYTES = 100 << 10;
    private static final String[] PAST = {"0", "-1", "-9223372036854775808", "-9223372036854775", "-9223372036854776"};
    /** The databases that are used. */
    static final String[] DATABASES = {"0", "1", "2", "0"};

    static final String[] TOO_LATE = {
        "9223372036854775807", "9223372036854775", "9223372036854776", "9223372036854775000", "9223372036854774807"
    };
    static final String[] NOT_NUMBERS = {
        "",
        " ",
        "abc",
        "1.5",
        "1e3",
        "+5",
        " 5",
        "5 ",
        "007",
        "-0",
        "00",
        "0x10",
        "--1",
        "-",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "5\0",
        "\r\n",
        "5\n",
        "nan",
        "-00001"
    };
    static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "7",
        "10",
        "99",
        "100",
        "-10",
        "2147483647",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775806",
        "-9223372036854775808",
        "-9223372036854775807",
        "9223372036854775800",
        "1000000007",
        "5000000000000000000"
    };
    static final String[] WORDS = {
        "NX",
        "XX",
        "GT",
        "LT",
        "GET",
        "EX",
        "PX",
        "EXAT",
        "PXAT",
        "KEEPTTL",
        "PERSIST",
        "SYNC",
        "ASYNC",
        "ON",
        "nosuch",
        "N",
        "NXX",
        "EXA",
        "NX\0x",
        "EX\0",
        "\0",
        "NX ",
        "GE",
        "KEEPTT",
        "AB\r\nCD"
    };

    private final SplittableRandom random;
    private final String prefix;
    private final boolean alone;

    private final StringRequests strings;
    private final ConnectionRequests connections;

    /** Those that have commands with keys. */
    private final List<RequestGroup> groups;

    private final byte[][] keys;
    private final byte[][] shortLivedKeys;
    private final List<byte[]> shortLived = new ArrayList<>();
    private int relativeStep;

    private Supplier<Request> bound;
    private boolean silent;
    private boolean skipNext;

    /**
     * A stream.
     *
     * @param prefix begins all its keys
     * @param alone whether nobody else uses the servers, so that commands on the whole keyspace can be compared
     */
    RequestStream(long seed, String prefix, boolean alone) {
        random = new SplittableRandom(seed);
        this.alone = alone;
        this.prefix = prefix;
        keys = keys(prefix);
        shortLivedKeys = new byte[][] {bytes(prefix + "short1"), bytes(prefix + "short2")};
        relativeStep = random.nextInt(RELATIVE_STEPS);
        strings = new StringRequests(this);
        connections = new ConnectionRequests(this);
        groups = List.of(
                strings,
                new BitRequests(this),
                new HashRequests(this),
                new HyperLogLogRequests(this),
                new KeyspaceRequests(this),
                new ObjectRequests(this));
    }

    SplittableRandom random() {
        return random;
    }

    /** Whether nobody else uses the servers. */
    boolean isAlone() {
        return alone;
    }

    private byte[][] keys(String prefix) {
        List<byte[]> keys = new ArrayList<>();
        for (String suffix : List.of(
                "a", "b", "c", "key:4", "key:5", "n1", "n2", "n3", "\0", "\0\0", "x\r\ny", "\u00ff\u00fe", "A", " ")) {
            keys.add(bytes(prefix + suffix));
        }
        keys.add(alone ? new byte[0] : bytes(prefix));
        keys.add(bytes(prefix + "l".repeat(300)));
        keys.add(bytes(prefix + "L".repeat(17_000)));
        return keys.toArray(byte[][]::new);
    }

    /** A key that lives for 1 ms from now; of which {@link #takeShortLived} tells. */
    byte[] newShortLived() {
        byte[] key = shortLivedKeys[random.nextInt(shortLivedKeys.length)];
        shortLived.add(key);
        return key;
    }

    /** A key that only those use who know its name. */
    byte[] keyNamed(String name) {
        return bytes(prefix + name);
    }

    /** One of few keys. */
    byte[] fewKeys() {
        return keys[random.nextInt(4)];
    }

    /** RESET, which ends a silence. */
    Request reset() {
        boolean skipped = skipNext;
        silent = false;
        skipNext = false;
        return encoded(ReplyCheck.EXACT, !skipped, new byte[0], name("RESET"));
    }

    /** Keys that were given a deadline of 1 ms since this was last asked. */
    List<byte[]> takeShortLived() {
        List<byte[]> taken = List.copyOf(shortLived);
        shortLived.clear();
        return taken;
    }

    /** Whether a key may be expiring just now. */
    boolean hasShortLived() {
        return !shortLived.isEmpty();
    }

    /** A number for the one who sends, from the same seed. */
    int choose(int bound) {
        return random.nextInt(bound);
    }

    /** Every key that the stream uses. */
    List<byte[]> allKeys() {
        List<byte[]> all = new ArrayList<>(Arrays.asList(keys));
        all.addAll(Arrays.asList(shortLivedKeys));
        return all;
    }

    /** A request of this content, sent in the current reply mode. */
    Request request(ReplyCheck check, byte[]... arguments) {
        byte[] before = emptyRequest();
        return encoded(check, takeIsAnswered(), before, arguments);
    }

    /** Now and then a request without words; it has no reply, but a SKIP is used up by it. */
    private byte[] emptyRequest() {
        if (random.nextInt(60) > 0) {
            return new byte[0];
        }
        skipNext = false;
        return bytes(pick("*0\r\n", "*-1\r\n", "\r\n", "\n", "  \r\n", "*-5\r\n"));
    }

    private Request encoded(ReplyCheck check, boolean isAnswered, byte[] before, byte[]... arguments) {
        int size = 0;
        for (byte[] argument : arguments) {
            size += argument.length;
        }
        boolean inline = size < 1000 && random.nextInt(12) == 0 && (arguments[0].length == 0 || arguments[0][0] != '*');
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        wire.writeBytes(before);
        wire.writeBytes(inline ? Request.inline(random, arguments) : Request.multibulk(arguments));
        return new Request(wire.toByteArray(), () -> shown(before, inline, arguments), check, isAnswered);
    }

    private static String shown(byte[] before, boolean inline, byte[]... arguments) {
        StringBuilder shown =
                new StringBuilder((before.length > 0 ? Escaped.text(before) : "") + (inline ? "inline:" : ""));
        for (byte[] argument : arguments) {
            shown.append(shown.length() == 0 ? "'" : " '")
                    .append(Escaped.text(argument))
                    .append('\'');
        }
        return shown.toString();
    }

    /** Whether the next command is answered: SKIP holds for one. */
    private boolean takeIsAnswered() {
        boolean skipped = skipNext;
        skipNext = false;
        return !silent && !skipped;
    }

    /** Ends a silence: answered in any mode. */
    Request repliesOn() {
        silent = false;
        skipNext = false;
        return encoded(ReplyCheck.EXACT, true, new byte[0], bytes("CLIENT"), bytes("REPLY"), bytes("ON"));
    }

    /** What the next command must be. */
    void thenNext(Supplier<Request> request) {
        bound = request;
    }

    /** The next random command. */
    Request next() {
        Supplier<Request> next = bound;
        if (next != null) {
            bound = null;
            return next.get();
        }
        int kind = random.nextInt(1000);
        if (kind < 460) {
            return strings.next();
        } else if (kind < 780) {
            return anyGroup().next();
        } else if (kind < 850) {
            return random.nextInt(4) == 0
                    ? connections.anyArguments()
                    : anyGroup().anyArguments();
        } else if (kind < 985) {
            return connections.next();
        }
        return replyMode();
    }

    private RequestGroup anyGroup() {
        return groups.get(random.nextInt(groups.size()));
    }

    /** A random command with as many keys as it could have. */
    byte[][] anyKeys() {
        return anyGroup().anyKeys();
    }

    /** A time of every kind; good ones mostly. */
    String time(boolean seconds, boolean absolute) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return pick(NOT_NUMBERS);
        } else if (kind == 1) {
            return pick(PAST);
        } else if (kind == 2) {
            // Since the epoch these are times that can be, but not all can be written with an integer of ms.
            return pick(TOO_LATE);
        } else if (kind == 3) {
            return ever();
        }
        long time = absolute ? absoluteSeconds() : relativeSeconds();
        return Long.toString(seconds ? time : time * 1000 + (absolute ? random.nextInt(1000) : 0));
    }

    private long relativeSeconds() {
        return 100_000 + 1000L * nextRelativeStep();
    }

    String ever() {
        return Long.toString(EVER + 1_000_000L * nextRelativeStep());
    }

    /** No value comes twice before all have come. */
    private int nextRelativeStep() {
        relativeStep = (int) ((relativeStep + 387_420_489L) % RELATIVE_STEPS);
        return relativeStep;
    }

    private long absoluteSeconds() {
        return ABSOLUTE_FROM_SECONDS + 1 + random.nextInt(5) * 1000L + random.nextInt(2);
    }

    private Request replyMode() {
        switch (random.nextInt(10)) {
            case 0 -> {
                return repliesOn();
            }
            case 1, 2 -> {
                takeIsAnswered();
                silent = true;
                return encoded(
                        ReplyCheck.EXACT,
                        false,
                        new byte[0],
                        name("CLIENT"),
                        anyCase("REPLY"),
                        anyCase(pick("OFF", "OFF", "OFF\0x")));
            }
            case 3 -> {
                return request(
                        ReplyCheck.EXACT,
                        name("CLIENT"),
                        anyCase("REPLY"),
                        bytes(pick("", "nosuch", "O", "ONN", "SKI", "OF\0F")));
            }
            default -> {
                takeIsAnswered();
                skipNext = !silent;
                return encoded(ReplyCheck.EXACT, false, new byte[0], name("CLIENT"), anyCase("REPLY"), anyCase("SKIP"));
            }
        }
    }

    // ---- arguments

    byte[] name(String name) {
        return switch (random.nextInt(8)) {
            case 0 -> bytes(name.toLowerCase(Locale.ROOT));
            case 1 -> anyCase(name);
            default -> bytes(name);
        };
    }

    byte[] key() {
        int key = random.nextInt(200) == 0 ? keys.length - 1 : random.nextInt(keys.length - 1);
        // None that may be expiring just now.
        return !alone && shortLived.isEmpty() && random.nextInt(60) == 0
                ? shortLivedKeys[random.nextInt(shortLivedKeys.length)]
                : keys[key];
    }

    /** One that does not expire soon: for commands that see what has expired until it is removed. */
    byte[] lastingKey() {
        return keys[random.nextInt(keys.length - 1)];
    }

    String number() {
        return random.nextInt(8) == 0 ? pick(NOT_NUMBERS) : pick(NUMBERS);
    }

    byte[] value() {
        int kind = random.nextInt(400);
        if (kind == 0) {
            return randomBytes(LARGEST_VALUE_BYTES - random.nextInt(3));
        } else if (kind == 1) {
            return randomBytes(random.nextInt(LARGEST_VALUE_BYTES));
        } else if (kind < 5) {
            return randomBytes((16 << 10) - 3 + random.nextInt(6));
        } else if (kind < 12) {
            return randomBytes(random.nextInt(3000));
        }
        return smallValue();
    }

    byte[] smallValue() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> bytes(pick(NUMBERS));
            case 3 -> bytes(pick(NOT_NUMBERS));
            case 4 -> new byte[0];
            case 5, 6 -> randomBytes(random.nextInt(60));
            case 7 -> bytes("v".repeat(random.nextInt(300)));
            case 8 -> bytes(Long.toString(random.nextLong() >> random.nextInt(64)));
            default -> bytes(pick("value", "x\r\ny", "\0", "+OK\r\n", "$-1\r\n", "\r", "\n"));
        };
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    byte[] anyCase(String word) {
        byte[] bytes = bytes(word);
        int style = random.nextInt(3);
        for (int i = 0; i < bytes.length; i++) {
            boolean letter = bytes[i] >= 'A' && bytes[i] <= 'Z' || bytes[i] >= 'a' && bytes[i] <= 'z';
            if (letter && (style == 1 || style == 2 && random.nextBoolean())) {
                bytes[i] ^= 0x20;
            }
        }
        return bytes;
    }

    String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
