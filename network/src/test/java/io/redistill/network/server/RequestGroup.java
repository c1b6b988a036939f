// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import java.util.SplittableRandom;

/**
 * The random requests of one group of commands, as a part of a {@link RequestStream}, from which all its arguments and
 * its randomness come.
 */
abstract class RequestGroup {
    final RequestStream stream;
    final SplittableRandom random;
    private final String[] names;
    private final int[] mostArguments;

    /**
     * A group.
     *
     * @param names its commands that have keys, the first argument being one
     * @param mostArguments the most that each of them takes, or some more than the least
     */
    RequestGroup(RequestStream stream, String[] names, int... mostArguments) {
        this.stream = stream;
        this.random = stream.random();
        this.names = names;
        this.mostArguments = mostArguments;
        if (names.length != mostArguments.length) {
            throw new IllegalArgumentException(names.length + " names but " + mostArguments.length + " numbers");
        }
    }

    /** A random command of the group, mostly a good one. */
    abstract Request next();

    /** Whether all arguments of a command are keys. */
    boolean hasKeysOnly(String name) {
        return false;
    }

    /** Words that mean something to the group's commands. */
    String[] words() {
        return RequestStream.WORDS;
    }

    /** How replies of a command are compared. */
    ReplyCheck check(String name) {
        return ReplyCheck.EXACT;
    }

    boolean hasKeyedCommands() {
        return names.length > 0;
    }

    /** One of the group's commands with any number of any arguments. */
    Request anyArguments() {
        int command = random.nextInt(names.length);
        byte[][] arguments = new byte[random.nextInt(mostArguments[command] + 2)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = switch (random.nextInt(i == 0 || hasKeysOnly(names[command]) ? 2 : 8)) {
                case 0, 1, 2 -> key();
                case 3, 4 -> anyCase(pick(words()));
                case 5 -> RequestStream.bytes(pick(RequestStream.NOT_NUMBERS));
                case 6 -> RequestStream.bytes(random.nextInt(3) == 0 ? pick(RequestStream.TOO_LATE) : "-7");
                default -> RequestStream.bytes(stream.ever());
            };
        }
        return request(check(names[command]), join(names[command], arguments));
    }

    /** A name with as many keys as it could have, for COMMAND GETKEYS. */
    byte[][] anyKeys() {
        int command = random.nextInt(names.length);
        byte[][] arguments = new byte[1 + random.nextInt(mostArguments[command] + 1)][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = key();
        }
        return join(names[command], arguments);
    }

    // ---- the stream's

    final Request request(ReplyCheck check, byte[]... arguments) {
        return stream.request(check, arguments);
    }

    final Request exact(String name, byte[]... arguments) {
        return stream.request(ReplyCheck.EXACT, join(name, arguments));
    }

    final byte[][] join(String name, byte[]... arguments) {
        return prepend(name(name), arguments);
    }

    static byte[][] prepend(byte[] first, byte[][] others) {
        byte[][] all = new byte[others.length + 1][];
        all[0] = first;
        System.arraycopy(others, 0, all, 1, others.length);
        return all;
    }

    final byte[] name(String name) {
        return stream.name(name);
    }

    final byte[] key() {
        return stream.key();
    }

    final byte[] lastingKey() {
        return stream.lastingKey();
    }

    final byte[] value() {
        return stream.value();
    }

    final byte[] smallValue() {
        return stream.smallValue();
    }

    final byte[] anyCase(String word) {
        return stream.anyCase(word);
    }

    final String number() {
        return stream.number();
    }

    final String pick(String... choices) {
        return stream.pick(choices);
    }
}
