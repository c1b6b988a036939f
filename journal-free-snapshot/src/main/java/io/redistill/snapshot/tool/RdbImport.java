// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.rdb.RdbException;
import io.redistill.engine.rdb.RdbTypes;
import io.redistill.engine.rdb.RdbValues;
import io.redistill.engine.store.AccessStamps;
import io.redistill.snapshot.EntryVisitor;
import java.io.IOException;

/**
 * Reads a Redis RDB file: strings and hashes; values of other types are counted and left out.
 *
 * <p>Source: {@code rdb.c} of Redis up to 7.2. Threading: confined to its user.
 */
final class RdbImport {
    static final String MAGIC = "REDIS";

    private static final int VERSION_DIGITS = 4;

    /** From this version on a file ends with a checksum, 0 when it was written without. */
    private static final int CHECKSUM_VERSION = 5;

    private final FileInput in;
    private final EntryCopier target;
    private int database;
    private long expiresAtMs = EntryVisitor.NO_EXPIRY;
    private int recency = EntryVisitor.NO_RECENCY;
    private long skippedCount;

    /** Reads on behind {@link #MAGIC}. */
    RdbImport(FileInput in, EntryCopier target) {
        this.in = in;
        this.target = target;
    }

    /** Values that were left out since they are neither strings nor hashes. */
    long skippedCount() {
        return skippedCount;
    }

    void run() throws IOException {
        byte[] digits = new byte[VERSION_DIGITS];
        in.read(digits);
        String version = new String(digits, ISO_8859_1);
        if (!version.matches("[0-9]{4}") || Integer.parseInt(version) > RdbTypes.VERSION) {
            throw new RdbException("it has version " + version + " of the RDB format, this program reads up to version "
                    + RdbTypes.VERSION);
        }
        for (int opcode = in.read(); opcode != RdbTypes.END; opcode = in.read()) {
            step(opcode);
        }
        if (Integer.parseInt(version) >= CHECKSUM_VERSION) {
            long computed = in.crc();
            long written = RdbValues.littleEndian(in, Long.BYTES);
            if (written != 0 && written != computed) {
                throw new RdbException("the checksum is wrong");
            }
        }
        if (in.remaining() != 0) {
            throw new RdbException("bytes after the end");
        }
    }

    private void step(int opcode) throws IOException {
        switch (opcode) {
            case RdbTypes.SELECT_DB -> {
                long number = RdbValues.length(in);
                if (number < 0 || number > Integer.MAX_VALUE) {
                    throw new RdbException("a database of number " + number);
                }
                database = (int) number;
            }
            case RdbTypes.RESIZE_DB -> {
                RdbValues.length(in);
                RdbValues.length(in);
            }
            case RdbTypes.AUX -> {
                RdbValues.string(in);
                RdbValues.string(in);
            }
            case RdbTypes.EXPIRE_TIME -> expiresAtMs = (int) RdbValues.littleEndian(in, Integer.BYTES) * 1000L;
            case RdbTypes.EXPIRE_TIME_MS -> expiresAtMs = RdbValues.littleEndian(in, Long.BYTES);
            case RdbTypes.FREQUENCY -> recency = AccessStamps.savedOfFrequency(in.read());
            case RdbTypes.IDLE -> recency = AccessStamps.savedOfIdle(RdbValues.length(in));
            case RdbTypes.FUNCTION_2 -> RdbValues.string(in);
            case RdbTypes.MODULE_AUX -> {
                RdbValues.length(in);
                RdbValues.skipModuleData(in);
            }
            default -> entry(opcode);
        }
    }

    private void entry(int type) throws IOException {
        byte[] key = RdbValues.string(in);
        if (type == RdbTypes.STRING) {
            target.string(database, key, RdbValues.string(in), expiresAtMs, recency);
        } else if (RdbTypes.isHash(type)) {
            EntryCopier.Hash hash = new EntryCopier.Hash();
            RdbValues.hash(type, in, hash::add);
            target.hash(database, key, hash, expiresAtMs, recency);
        } else {
            RdbValues.skipValue(type, in);
            skippedCount++;
        }
        expiresAtMs = EntryVisitor.NO_EXPIRY;
        recency = EntryVisitor.NO_RECENCY;
    }
}
