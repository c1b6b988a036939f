// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;

/**
 * Commands on several keys, executed whole when one shard owns all keys, else in parts: each shard does the keys that are
 * its own, and the parts are joined after hand-back ({@link ReplyStitcher}).
 *
 * <p>Source: the Redis command reference, groups <i>string</i> and <i>generic</i>, as of 7.0. Threading: stateless;
 * called on the shard thread.
 */
final class MultiKeyCommands {
    private MultiKeyCommands() {}

    /** Touches the index and then the entries of the shard's own keys, so that their cache misses overlap. */
    static long prefetch(Invocation call, Shard shard, int step) {
        Database database = call.database();
        RequestBatch batch = call.batch();
        int end = call.position(call.argumentCount());
        long touched = 0;
        for (int key = call.position(1); key < end; key += step) {
            touched += database.touchIndex(batch.keyHash(key));
        }
        for (int key = call.position(1); key < end; key += step) {
            if (shard.owns(batch.keyHash(key))) {
                touched += Database.touchEntry(database.peek(batch.keyHash(key)));
            }
        }
        return touched;
    }

    static void mget(Invocation call, Shard shard, boolean part) {
        if (!part) {
            call.reply().arrayHeader(call.argumentCount() - 1);
        }
        for (int i = 1; i < call.argumentCount(); i++) {
            if (part && !shard.owns(call.batch().keyHash(call.position(i)))) {
                continue;
            }
            call.key(i);
            EntryView existing = call.lookUp();
            call.valueOrNil(existing == null || existing.isString() ? existing : null);
            if (part) {
                call.batch().pieceEnd(call.position(i), call.reply().position());
            }
        }
    }

    static void mset(Invocation call, Shard shard, boolean part) {
        for (int i = 1; i < call.argumentCount(); i += 2) {
            if (part && !shard.owns(call.batch().keyHash(call.position(i)))) {
                continue;
            }
            call.key(i);
            if (!StringCommands.write(call, call.find(), i + 1, Database.NO_EXPIRY)) {
                if (part) {
                    call.batch().addResult(call.index(), ReplyStitcher.OUT_OF_MEMORY);
                } else {
                    call.outOfMemory();
                }
                return;
            }
        }
        if (!part) {
            call.ok();
        }
    }

    /** DEL, UNLINK and EXISTS. */
    static void count(Invocation call, Shard shard, boolean part, boolean remove) {
        long count = 0;
        for (int i = 1; i < call.argumentCount(); i++) {
            if (part && !shard.owns(call.batch().keyHash(call.position(i)))) {
                continue;
            }
            call.key(i);
            EntryView existing = remove ? call.find() : call.lookUp();
            if (existing != null) {
                count++;
                if (remove) {
                    call.database().remove(call.hash(), existing);
                }
            }
        }
        sum(call, part, count);
    }

    static void dbsize(Invocation call, boolean part) {
        sum(call, part, call.database().size());
    }

    static void flush(Invocation call, boolean part) {
        call.database().clear();
        if (!part) {
            call.ok();
        }
    }

    private static void sum(Invocation call, boolean part, long count) {
        if (part) {
            call.batch().addResult(call.index(), count);
        } else {
            call.integerReply(count);
        }
    }

    /** MSETNX by one shard for itself and others that are stopped: {@code shards} by number. */
    static long msetnx(Invocation call, Shard[] shards) {
        for (int i = 1; i < call.argumentCount(); i += 2) {
            call.key(i);
            if (ownerOf(call, shards).find(call.hash(), call.keyAddress(), call.keyLength()) != null) {
                return 0;
            }
        }
        for (int i = 1; i < call.argumentCount(); i += 2) {
            call.key(i);
            Database database = ownerOf(call, shards);
            call.database(database);
            if (!StringCommands.write(call, call.find(), i + 1, Database.NO_EXPIRY)) {
                return ReplyStitcher.OUT_OF_MEMORY;
            }
        }
        return 1;
    }

    private static Database ownerOf(Invocation call, Shard[] shards) {
        Shard owner = shards[ShardRouting.shardOf(call.hash(), shards.length)];
        return owner.database(call.batch().database(call.index()));
    }
}
