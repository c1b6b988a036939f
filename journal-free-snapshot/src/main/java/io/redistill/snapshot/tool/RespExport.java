// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.tool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.memory.Memory;
import io.redistill.snapshot.EntryVisitor;
import io.redistill.snapshot.HashReader;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes entries as commands that make them: what {@code redis-cli --pipe} takes.
 *
 * <p>Threading: confined to its user.
 */
final class RespExport implements EntryVisitor {
    /** Fields that one HSET sets: a request has at most a million words. */
    private static final int FIELDS_PER_COMMAND = 1000;

    private static final byte[] CRLF = {'\r', '\n'};

    private final OutputStream out;
    private final HashReader fields = new HashReader();
    private int selected;

    RespExport(OutputStream out) {
        this.out = out;
    }

    @Override
    public void visit(
            int database,
            int type,
            boolean number,
            long keyAddress,
            int keyLength,
            long valueAddress,
            int valueLength,
            long expiresAtMs,
            int recency)
            throws IOException {
        if (database != selected) {
            command("SELECT", 1);
            word(database);
            selected = database;
        }
        byte[] key = Memory.toArray(keyAddress, keyLength);
        if (type == TYPE_STRING) {
            command("SET", 2);
            word(key);
            word(Memory.toArray(valueAddress, valueLength));
        } else {
            hash(key, fields.wrap(type, valueAddress, valueLength));
        }
        if (expiresAtMs != NO_EXPIRY) {
            command("PEXPIREAT", 2);
            word(key);
            word(expiresAtMs);
        }
    }

    private void hash(byte[] key, HashReader fields) throws IOException {
        while (fields.left() > 0) {
            int count = Math.min(fields.left(), FIELDS_PER_COMMAND);
            command("HSET", 1 + 2 * count);
            word(key);
            for (int i = 0; i < count && fields.next(); i++) {
                word(fields.name());
                word(fields.value());
            }
        }
        for (HashReader.Deadline deadline : fields.deadlines()) {
            command("HPEXPIREAT", 5);
            word(key);
            word(deadline.expiresAtMs());
            word("FIELDS".getBytes(ISO_8859_1));
            word(1);
            word(deadline.name());
        }
    }

    private void command(String name, int arguments) throws IOException {
        out.write(("*" + (1 + arguments)).getBytes(ISO_8859_1));
        out.write(CRLF);
        word(name.getBytes(ISO_8859_1));
    }

    private void word(long number) throws IOException {
        word(Long.toString(number).getBytes(ISO_8859_1));
    }

    private void word(byte[] bytes) throws IOException {
        out.write(("$" + bytes.length).getBytes(ISO_8859_1));
        out.write(CRLF);
        out.write(bytes);
        out.write(CRLF);
    }
}
