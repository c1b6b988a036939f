// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.memory.DirectBytes;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.rdb.DumpReader;
import io.redistill.engine.rdb.DumpWriter;
import io.redistill.engine.rdb.RdbException;
import io.redistill.engine.rdb.RdbTypes;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryTransfer;
import io.redistill.engine.store.EntryView;
import io.redistill.engine.store.HashItem;
import io.redistill.engine.store.HashValue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * DUMP and RESTORE: a value as Redis 7.0 serialises it. A shard has one of these as soon as it needs one.
 *
 * <p>A hash is restored under a key that nobody has and then handed over, so that a payload that turns out to be wrong
 * changes nothing.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: confined to the shard thread.
 */
final class DumpCommands {
    private static final byte[] BUSY = Errors.encoded("BUSYKEY Target key name already exists.");
    private static final byte[] INVALID_TTL = Errors.encoded("ERR Invalid TTL value, must be >= 0");
    private static final byte[] INVALID_IDLE_TIME = Errors.encoded("ERR Invalid IDLETIME value, must be >= 0");
    private static final byte[] INVALID_FREQUENCY = Errors.encoded("ERR Invalid FREQ value, must be >= 0 and <= 255");
    private static final byte[] WRONG_CHECKSUM = Errors.encoded("ERR DUMP payload version or checksum are wrong");
    private static final byte[] BAD_FORMAT = Errors.encoded("ERR Bad data format");

    private static final int MAX_FREQUENCY = 255;
    private static final int SMALL_PAYLOAD_BYTES = 64;
    private static final long NOT_GIVEN = -1;

    private final DumpWriter writer = new DumpWriter();
    private final DumpReader reader = new DumpReader();
    private final DumpReader.Text name = new DumpReader.Text();
    private final DumpReader.Text text = new DumpReader.Text();
    private final DirectBytes stagingName = new DirectBytes(Long.BYTES);

    private boolean replace;
    private boolean absolute;
    private long idleSeconds;
    private long frequency;

    // ---- DUMP

    void dump(Invocation call) {
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.nil();
            return;
        }
        if (existing.isHash()) {
            HashValue hash = call.database().hash().open(call.hash(), call.keyAddress(), call.keyLength(), existing);
            if (hash.liveLength() == 0) {
                call.nil();
                return;
            }
            if (hash.isPacked()) {
                writePacked(hash);
            } else {
                writeTable(hash);
            }
        } else {
            writer.begin(RdbTypes.STRING, SMALL_PAYLOAD_BYTES + existing.stringLength());
            if (existing.isInteger()) {
                writer.string(existing.integerValue());
            } else {
                writer.string(existing.valueAddress(), existing.valueLength());
            }
        }
        reply(call);
    }

    private void reply(Invocation call) {
        long payload = writer.end();
        if (payload == 0) {
            call.error(Errors.STRING_TOO_LONG);
            return;
        }
        try {
            if (writer.length() < Database.LARGE_VALUE_BYTES) {
                call.reply().bulk(payload, writer.length());
            } else {
                call.reply().bulkBlock(payload, writer.length());
            }
        } finally {
            LargeBlock.release(payload);
        }
    }

    private void writePacked(HashValue hash) {
        long bytes = 0;
        hash.rewind();
        while (hash.next()) {
            bytes += hash.field().length();
            bytes += hash.value().length();
        }
        writer.begin(RdbTypes.HASH_LISTPACK, SMALL_PAYLOAD_BYTES + bytes);
        writer.beginListpack(2 * hash.length(), bytes);
        hash.rewind();
        while (hash.next()) {
            packedItem(hash.field());
            packedItem(hash.value());
        }
        writer.endListpack();
    }

    private void packedItem(HashItem item) {
        if (item.isInteger()) {
            writer.item(item.integer());
        } else {
            writer.item(item.address(), item.length());
        }
    }

    private void writeTable(HashValue hash) {
        long count = hash.liveLength();
        writer.begin(RdbTypes.HASH, count * SMALL_PAYLOAD_BYTES);
        writer.count(count);
        hash.rewind();
        while (hash.next()) {
            item(hash.field());
            item(hash.value());
        }
    }

    private void item(HashItem item) {
        if (item.isInteger()) {
            writer.string(item.integer());
        } else {
            writer.string(item.address(), item.length());
        }
    }

    // ---- RESTORE

    void restore(Invocation call) {
        if (!parseOptions(call)) {
            return;
        }
        EntryView existing = call.find();
        if (existing != null && !replace) {
            call.error(BUSY);
            return;
        }
        if (!call.isInteger(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long ttl = call.integer(2);
        if (ttl < 0) {
            call.error(INVALID_TTL);
            return;
        }
        if (!DumpReader.isIntact(call.address(3), call.length(3))) {
            call.error(WRONG_CHECKSUM);
            return;
        }
        // A time that is too far away comes round to one that is over, as in Redis.
        long sinceMs = absolute ? 0 : call.database().nowMs();
        long expiresAtMs = ttl == 0 ? Database.NO_EXPIRY : ttl + sinceMs;
        try {
            int type = reader.open(call.address(3), call.length(3));
            if (type == RdbTypes.STRING) {
                restoreString(call, existing, expiresAtMs);
            } else if (RdbTypes.isHash(type)) {
                restoreHash(call, type, expiresAtMs);
            } else {
                call.error(BAD_FORMAT);
            }
        } catch (RdbException damaged) {
            call.error(BAD_FORMAT);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory is read without errors", impossible);
        } finally {
            name.clear();
            text.clear();
        }
    }

    private boolean parseOptions(Invocation call) {
        replace = false;
        absolute = false;
        idleSeconds = NOT_GIVEN;
        frequency = NOT_GIVEN;
        for (int i = 4; i < call.argumentCount(); i++) {
            boolean hasNext = i + 1 < call.argumentCount();
            if (call.isWord(i, "REPLACE")) {
                replace = true;
            } else if (call.isWord(i, "ABSTTL")) {
                absolute = true;
            } else if (call.isWord(i, "IDLETIME") && hasNext && frequency == NOT_GIVEN) {
                idleSeconds = number(call, ++i, Long.MAX_VALUE, INVALID_IDLE_TIME);
                if (idleSeconds < 0) {
                    return false;
                }
            } else if (call.isWord(i, "FREQ") && hasNext && idleSeconds == NOT_GIVEN) {
                frequency = number(call, ++i, MAX_FREQUENCY, INVALID_FREQUENCY);
                if (frequency < 0) {
                    return false;
                }
            } else {
                call.error(Errors.SYNTAX);
                return false;
            }
        }
        return true;
    }

    /** A number from 0 on, or -1 after an error reply. */
    private static long number(Invocation call, int argument, long most, byte[] error) {
        if (!call.isInteger(argument)) {
            call.error(Errors.NOT_AN_INTEGER);
            return -1;
        }
        long number = call.integer(argument);
        if (number < 0 || number > most) {
            call.error(error);
            return -1;
        }
        return number;
    }

    private void restoreString(Invocation call, @Nullable EntryView existing, long expiresAtMs) throws IOException {
        reader.string(text);
        if (isOver(call, expiresAtMs)) {
            removeAndReply(call, existing);
        } else if (StringCommands.write(call, existing, text.address(), text.length(), text.isBlock(), expiresAtMs)) {
            restored(call);
        } else {
            call.outOfMemory();
        }
    }

    private void restoreHash(Invocation call, int type, long expiresAtMs) throws IOException {
        Database database = call.database();
        long hash = stage(call);
        long address = stagingName.address();
        HashValue staged = database.hash().open(hash, address, Long.BYTES, null);
        try {
            if (!(type == RdbTypes.HASH ? readTable(staged) : readCompact(staged, type))) {
                call.outOfMemory();
                return;
            }
            if (!staged.exists()) {
                call.error(BAD_FORMAT);
                return;
            }
            staged.trim();
            EntryView existing = call.find();
            if (isOver(call, expiresAtMs)) {
                removeAndReply(call, existing);
                return;
            }
            if (handOver(call, hash, expiresAtMs)) {
                restored(call);
            } else {
                call.outOfMemory();
            }
        } finally {
            EntryView left = database.findUntouched(hash, address, Long.BYTES);
            if (left != null) {
                database.remove(hash, left);
            }
        }
    }

    /** Chooses a key that nobody has; returns its hash. */
    private long stage(Invocation call) {
        long address = stagingName.address();
        long hash;
        do {
            Memory.putLong(address, call.random().nextLong());
            hash = call.database().hashOf(address, Long.BYTES);
        } while (call.database().findUntouched(hash, address, Long.BYTES) != null);
        return hash;
    }

    private boolean handOver(Invocation call, long stagedHash, long expiresAtMs) {
        Database database = call.database();
        EntryTransfer transfer = call.transfer();
        return transfer.take(database, stagedHash, stagingName.address(), Long.BYTES)
                && transfer.moveTo(
                        database, call.hash(), call.keyAddress(), call.keyLength(), call.find(), expiresAtMs);
    }

    private boolean readTable(HashValue target) throws IOException {
        for (long left = reader.count(); left != 0; left--) {
            reader.string(name);
            reader.string(text);
            if (!put(target, name.address(), name.length(), text.address(), text.length(), text.isBlock())) {
                return false;
            }
        }
        return true;
    }

    private boolean readCompact(HashValue target, int type) throws IOException {
        boolean[] hasMemory = {true};
        reader.compactHash(type, text, (field, value) -> {
            long copy = Memory.allocate(field.length + value.length + 1L);
            try {
                Memory.copyFromArray(field, 0, copy, field.length);
                Memory.copyFromArray(value, 0, copy + field.length, value.length);
                hasMemory[0] &= put(target, copy, field.length, copy + field.length, value.length, false);
            } finally {
                Memory.free(copy);
            }
        });
        return hasMemory[0];
    }

    /** Puts a field; false without memory. */
    private static boolean put(
            HashValue target, long name, int nameLength, long value, int valueLength, boolean isBlock)
            throws RdbException {
        int result = target.put(name, nameLength, value, valueLength, isBlock, Database.NO_EXPIRY, 0);
        if (result == HashValue.REPLACED) {
            throw new RdbException("a field that comes twice");
        }
        return result == HashValue.ADDED;
    }

    private static boolean isOver(Invocation call, long expiresAtMs) {
        return expiresAtMs != Database.NO_EXPIRY
                && expiresAtMs <= call.database().nowMs();
    }

    private static void removeAndReply(Invocation call, @Nullable EntryView existing) {
        if (existing != null) {
            call.database().remove(call.hash(), existing);
        }
        call.ok();
    }

    private void restored(Invocation call) {
        if (idleSeconds != NOT_GIVEN || frequency != NOT_GIVEN) {
            call.database().findUntouched(call.hash(), call.keyAddress(), call.keyLength());
            call.database().noteUse(idleSeconds, (int) frequency);
        }
        call.ok();
    }
}
