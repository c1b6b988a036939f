// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import static io.redistill.network.server.RequestStream.bytes;

import java.util.Arrays;

/**
 * HyperLogLogs, whose bytes are compared by GET. They grow until they are dense, and now and then a byte of one is
 * overwritten or its runs are any.
 */
final class HyperLogLogRequests extends RequestGroup {
    private static final String[] NAMES = {"PFADD", "PFCOUNT", "PFMERGE", "PFDEBUG"};
    private static final int[] MOST_ARGUMENTS = {3, 3, 3, 2};
    private static final int HEADER_BYTES = 16;

    HyperLogLogRequests(RequestStream stream) {
        super(stream, NAMES, MOST_ARGUMENTS);
    }

    @Override
    boolean hasKeysOnly(String name) {
        return name.equals("PFCOUNT") || name.equals("PFMERGE");
    }

    @Override
    Request next() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> exact("PFADD", add(random.nextInt(4)));
            case 4 -> exact("PFADD", add(100 + random.nextInt(400)));
            case 5, 6 -> exact("PFCOUNT", sketch());
            case 7 -> exact("PFCOUNT", sketches(1 + random.nextInt(3)));
            case 8, 9 -> exact("PFMERGE", sketches(1 + random.nextInt(3)));
            case 10, 11, 12 -> exact("GET", sketch());
            case 13 -> exact("PFDEBUG", anyCase(pick("ENCODING", "DECODE", "nosuch", "TODENSE")), sketch());
            case 14 -> random.nextInt(3) == 0 ? overwrite() : exact("STRLEN", sketch());
            default -> random.nextInt(3) == 0 ? exact("DEL", sketch()) : exact("SET", sketch(), runs());
        };
    }

    private byte[][] add(int count) {
        byte[][] arguments = new byte[1 + count][];
        arguments[0] = sketch();
        for (int i = 1; i <= count; i++) {
            arguments[i] = random.nextInt(10) == 0 ? smallValue() : bytes("e" + random.nextInt(4000));
        }
        return arguments;
    }

    private byte[][] sketches(int count) {
        byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = sketch();
        }
        return keys;
    }

    private byte[] sketch() {
        int kind = random.nextInt(40);
        return kind == 0 ? key() : stream.keyNamed("hll" + kind % 5);
    }

    private Request overwrite() {
        byte[] some = stream.randomBytes(1 + random.nextInt(2));
        int offset = random.nextInt(4) == 0 ? random.nextInt(HEADER_BYTES) : random.nextInt(100);
        return exact("SETRANGE", sketch(), bytes(Integer.toString(offset)), some);
    }

    /** A HyperLogLog as a client might write it: runs of every kind, mostly as many registers as it must have. */
    private byte[] runs() {
        byte[] runs = new byte[HEADER_BYTES + 3000];
        System.arraycopy(bytes("HYLL\1"), 0, runs, 0, 5);
        int end = HEADER_BYTES;
        int rest = 1 << 14;
        int most = 1 + random.nextInt(2500);
        while (rest > 0 && end < most + HEADER_BYTES) {
            int length;
            if (random.nextInt(3) == 0) {
                length = Math.min(rest, 1 + random.nextInt(4));
                runs[end++] = (byte) (0x80 | random.nextInt(3) << 2 | length - 1);
            } else {
                length = Math.min(rest, 1 + random.nextInt(64));
                runs[end++] = (byte) (length - 1);
            }
            rest -= length;
        }
        if (rest > 0 && random.nextInt(10) > 0) {
            runs[end++] = (byte) (0x40 | rest - 1 >> 8);
            runs[end++] = (byte) (rest - 1);
        }
        return Arrays.copyOf(runs, end);
    }
}
