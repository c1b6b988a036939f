// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.command.GlobPattern;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import java.util.Arrays;

/**
 * Commands on a whole database, executed by one shard for all: KEYS, RANDOMKEY and SWAPDB.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: stateless; called on the shard
 * thread. KEYS allocates.
 */
final class KeyspaceCommands {
    private static final byte[] FIRST_INDEX = Errors.encoded("ERR invalid first DB index");
    private static final byte[] SECOND_INDEX = Errors.encoded("ERR invalid second DB index");
    static final byte[] INDEX_RANGE = Errors.encoded("ERR DB index is out of range");
    private static final long STEP = 1024;

    private KeyspaceCommands() {}

    static void keys(Invocation call) {
        byte[] pattern = Memory.toArray(call.address(1), call.length(1));
        boolean all = pattern.length == 1 && pattern[0] == '*';
        Matches matches = new Matches();
        for (Shard shard : call.shard().all()) {
            Database database = shard.databases().get(call.selected());
            long position = 0;
            do {
                position = database.scan(position, STEP, address -> {
                    EntryView entry = database.live(address);
                    if (entry != null
                            && (all
                                    || GlobPattern.matches(
                                            pattern, Memory.toArray(entry.keyAddress(), entry.keyLength()), false))) {
                        matches.add(address);
                    }
                });
            } while (position != 0);
            matches.endShard();
        }
        call.reply().arrayHeader(matches.count);
        int next = 0;
        for (Shard shard : call.shard().all()) {
            Database database = shard.databases().get(call.selected());
            for (int end = matches.ends[shard.number()]; next < end; next++) {
                EntryView entry = database.live(matches.addresses[next]);
                if (entry != null) {
                    call.reply().bulk(entry.keyAddress(), entry.keyLength());
                }
            }
        }
    }

    /** Entries by shard. */
    private static final class Matches {
        private long[] addresses = new long[64];
        private int count;
        private int[] ends = new int[0];

        void add(long address) {
            if (count == addresses.length) {
                addresses = Arrays.copyOf(addresses, count * 2);
            }
            addresses[count++] = address;
        }

        void endShard() {
            ends = Arrays.copyOf(ends, ends.length + 1);
            ends[ends.length - 1] = count;
        }
    }

    /** A shard by chance, as likely as it has keys, then one of its keys. */
    static void randomkey(Invocation call) {
        Shard[] shards = call.shard().all();
        long total = 0;
        for (Shard shard : shards) {
            total += shard.databases().get(call.selected()).size();
        }
        if (total > 0) {
            long chosen = call.random().nextLong(total);
            for (int i = 0; i < shards.length; i++) {
                Database database = shards[i].databases().get(call.selected());
                chosen -= database.size();
                if (chosen < 0) {
                    EntryView entry = database.any(call.random());
                    if (entry != null) {
                        call.reply().bulk(entry.keyAddress(), entry.keyLength());
                        return;
                    }
                    break;
                }
            }
        }
        call.nil();
    }

    static void swapdb(Invocation call) {
        if (!isInt(call, 1)) {
            call.error(FIRST_INDEX);
            return;
        }
        if (!isInt(call, 2)) {
            call.error(SECOND_INDEX);
            return;
        }
        long one = call.integer(1);
        long other = call.integer(2);
        int count = call.shard().databases().count();
        if (one < 0 || other < 0 || one >= count || other >= count) {
            call.error(INDEX_RANGE);
            return;
        }
        for (Shard shard : call.shard().all()) {
            shard.databases().swap((int) one, (int) other);
        }
        call.ok();
    }

    private static boolean isInt(Invocation call, int argument) {
        return call.isInteger(argument) && call.integer(argument) == (int) call.integer(argument);
    }

    /** Whether an entry's type has this name, in any case. */
    static boolean isType(EntryView entry, byte[] name) {
        return new String(name, ISO_8859_1).equalsIgnoreCase(entry.isHash() ? "hash" : "string");
    }
}
