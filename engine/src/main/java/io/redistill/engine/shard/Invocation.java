// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.CommandEvent;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.ReplyBuffer;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryTransfer;
import io.redistill.engine.store.EntryView;
import io.redistill.engine.store.HashItem;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The command that a shard is executing: its arguments, its key, its database, and where its reply goes. One object per
 * shard, wrapped around each event in turn.
 *
 * <p>Threading: confined to the shard thread.
 */
final class Invocation {
    private final HashFieldOptions hashFieldOptions = new HashFieldOptions();
    private @Nullable DumpCommands dumpCommands;
    private final SplittableRandom random = new SplittableRandom();
    private final EntryTransfer transfer = new EntryTransfer();
    private final Shard shard;
    private final long digits = Memory.allocate(Decimal.MAX_LENGTH);
    private @Nullable HyperLogLog hyperLogLog;
    private @Nullable Database database;
    private @Nullable RequestBatch batch;
    private @Nullable ReplyBuffer reply;
    private int opcode;
    private int firstArgument;
    private int argumentCount;
    private int index;
    private long hash;
    private long keyAddress;
    private int keyLength;
    private boolean resp3;
    private boolean failed;
    private long hits;
    private long misses;

    /** To be filled by a command that has such options. */
    HashFieldOptions hashFieldOptions() {
        return hashFieldOptions;
    }

    /** For commands that move or copy a value. */
    EntryTransfer transfer() {
        return transfer;
    }

    /** For DUMP and RESTORE. */
    DumpCommands dumpCommands() {
        DumpCommands commands = dumpCommands;
        if (commands == null) {
            commands = new DumpCommands();
            dumpCommands = commands;
        }
        return commands;
    }

    /** For commands that choose by chance. */
    SplittableRandom random() {
        return random;
    }

    /** The shard's working copy, made when it is first asked for. */
    HyperLogLog hyperLogLog() {
        HyperLogLog made = hyperLogLog;
        if (made == null) {
            made = new HyperLogLog();
            hyperLogLog = made;
        }
        return made;
    }

    Invocation(Shard shard) {
        this.shard = shard;
    }

    /** Gives memory back; the last call. */
    void free() {
        Memory.free(digits);
        if (hyperLogLog != null) {
            hyperLogLog.free();
        }
    }

    void wrap(CommandEvent event, RequestBatch batch, Database database, ReplyBuffer reply) {
        index = event.index();
        opcode = event.opcode();
        this.batch = batch;
        this.database = database;
        this.reply = reply;
        firstArgument = batch.firstArgument(index);
        argumentCount = batch.argumentCount(index);
        hash = event.hash();
        keyAddress = event.keyAddress();
        keyLength = event.keyLength();
        resp3 = (batch.flags(index) & RequestBatch.RESP3) != 0;
        failed = false;
    }

    /** The shard that executes. */
    Shard shard() {
        return shard;
    }

    /** The current key's database: the selected one, of the shard that executes unless {@link #keyOfAny} was called. */
    @SuppressWarnings("NullAway") // wrapped before every use
    Database database() {
        return database;
    }

    /** Number of the selected database. */
    int selected() {
        return batch().database(index);
    }

    @SuppressWarnings("NullAway") // wrapped before every use
    RequestBatch batch() {
        return batch;
    }

    @SuppressWarnings("NullAway") // wrapped before every use
    ReplyBuffer reply() {
        return reply;
    }

    int opcode() {
        return opcode;
    }

    int index() {
        return index;
    }

    boolean failed() {
        return failed;
    }

    // ---- key

    long hash() {
        return hash;
    }

    long keyAddress() {
        return keyAddress;
    }

    int keyLength() {
        return keyLength;
    }

    /** Makes another argument the key; its hash must have been noted in the batch. */
    void key(int argument) {
        int position = firstArgument + argument;
        hash = batch().keyHash(position);
        keyAddress = batch().argumentAddress(position);
        keyLength = batch().argumentLength(position);
    }

    /** Whether the shard that executes owns an argument that is a key. */
    boolean owns(int argument) {
        return shard.owns(batch().keyHash(firstArgument + argument));
    }

    /** Makes another argument the key, in whatever shard concerned: at a rendezvous. */
    void keyOfAny(int argument) {
        keyOfAny(argument, selected());
    }

    /** The same in a database that is not the selected one. */
    void keyOfAny(int argument, int databaseNumber) {
        key(argument);
        database = shard.ownerOf(hash).databases().get(databaseNumber);
    }

    /** {@link #keyOfAny} of an argument whose hash is not in the batch. */
    void keyWithoutHash(int argument) {
        keyAddress = address(argument);
        keyLength = length(argument);
        hash = database().hashOf(keyAddress, keyLength);
        database = shard.ownerOf(hash).databases().get(selected());
    }

    /** The entry to be changed, or null. */
    @Nullable
    EntryView find() {
        return database().find(hash, keyAddress, keyLength);
    }

    /** The entry to be read, or null; counted as a hit or a miss of the keyspace. */
    @Nullable
    EntryView lookUp() {
        EntryView found = database().find(hash, keyAddress, keyLength);
        if (found != null) {
            hits++;
        } else {
            misses++;
        }
        return found;
    }

    /** {@link #lookUp} that is no use of the key, as far as eviction is concerned. */
    @Nullable
    EntryView lookUpUntouched() {
        EntryView found = database().findUntouched(hash, keyAddress, keyLength);
        if (found != null) {
            hits++;
        } else {
            misses++;
        }
        return found;
    }

    /** {@link #lookUp}s that found their key. Any thread: a value of some moment ago. */
    long hits() {
        return hits;
    }

    long misses() {
        return misses;
    }

    /** {@link Database#edit} of the current key's string. */
    long edit(@Nullable EntryView existing, int leastLength) {
        return database().edit(existing, hash, keyAddress, keyLength, leastLength);
    }

    /**
     * Where the bytes of a string are, {@link EntryView#stringLength} of them. Those of an integer are written to a place
     * that the next call uses again.
     */
    long bytes(EntryView string) {
        if (!string.isInteger()) {
            return string.valueAddress();
        }
        Decimal.write(digits, string.integerValue());
        return digits;
    }

    // ---- arguments, the name being 0

    int argumentCount() {
        return argumentCount;
    }

    /** Position of an argument in the batch. */
    int position(int argument) {
        return firstArgument + argument;
    }

    long address(int argument) {
        return batch().argumentAddress(firstArgument + argument);
    }

    int length(int argument) {
        return batch().argumentLength(firstArgument + argument);
    }

    boolean isBlock(int argument) {
        return batch().isBlock(firstArgument + argument);
    }

    boolean isInteger(int argument) {
        return Decimal.isInteger(address(argument), length(argument));
    }

    long integer(int argument) {
        return Decimal.parse(address(argument), length(argument));
    }

    /** Whether an argument is an integer behind so many bytes, of which it has as many. */
    boolean isInteger(int argument, int skipped) {
        return Decimal.isInteger(address(argument) + skipped, length(argument) - skipped);
    }

    long integer(int argument, int skipped) {
        return Decimal.parse(address(argument) + skipped, length(argument) - skipped);
    }

    /**
     * Whether an argument is a word, case folded. An argument ends at its first NUL here, as Redis compares options as C
     * strings.
     *
     * @param word upper-case ASCII letters
     */
    boolean isWord(int argument, String word) {
        long address = address(argument);
        int length = length(argument);
        int letters = word.length();
        if (length < letters || length > letters && Memory.getByte(address + letters) != 0) {
            return false;
        }
        for (int i = 0; i < letters; i++) {
            int letter = Memory.getByte(address + i);
            if (letter != word.charAt(i) && letter != word.charAt(i) + ('a' - 'A')) {
                return false;
            }
        }
        return true;
    }

    // ---- replies

    void ok() {
        reply().ok();
    }

    void nil() {
        reply().nil(resp3);
    }

    boolean isResp3() {
        return resp3;
    }

    /** The header of a map of so many pairs. */
    void mapHeader(long pairs) {
        reply().mapHeader(pairs, resp3);
    }

    void integerReply(long value) {
        reply().integer(value);
    }

    /** Replies with a bulk string that is on the heap; for cold paths. */
    void bulk(byte[] bytes) {
        reply().bulk(bytes);
    }

    /** Replies with an error, encoded with its dash and CRLF. */
    void error(byte[] encoded) {
        failed = true;
        reply().raw(encoded);
    }

    /** Whether there is an entry that is no string; then the reply is an error that says so. */
    boolean rejectUnlessString(@Nullable EntryView entry) {
        return entry != null && !entry.isString() && rejectType();
    }

    /** Whether there is an entry that is no hash; then the reply is an error that says so. */
    boolean rejectUnlessHash(@Nullable EntryView entry) {
        return entry != null && !entry.isHash() && rejectType();
    }

    private boolean rejectType() {
        error(Errors.WRONG_TYPE);
        return true;
    }

    void outOfMemory() {
        error(Errors.OUT_OF_MEMORY);
    }

    /** Replies with the value of an entry. */
    void value(EntryView entry) {
        if (entry.isInteger()) {
            reply().bulkInteger(entry.integerValue());
        } else if (entry.isLargeValue()) {
            reply().bulkBlock(entry.valueAddress(), entry.valueLength());
        } else {
            reply().bulk(entry.valueAddress(), entry.valueLength());
        }
    }

    /** Replies with a field or a value of a hash. */
    void item(HashItem item) {
        if (item.isInteger()) {
            reply().bulkInteger(item.integer());
        } else if (item.isLarge()) {
            reply().bulkBlock(item.address(), item.length());
        } else {
            reply().bulk(item.address(), item.length());
        }
    }

    void valueOrNil(@Nullable EntryView entry) {
        if (entry == null) {
            nil();
        } else {
            value(entry);
        }
    }
}
