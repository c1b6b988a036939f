// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
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
    private static void prefetch(Invocation call, int step) {
        Database database = call.database();
        RequestBatch batch = call.batch();
        int end = call.position(call.argumentCount());
        long touched = 0;
        for (int key = call.position(1); key < end; key += step) {
            touched += Memory.touch(database.indexLine(batch.keyHash(key)));
        }
        for (int key = call.position(1); key < end; key += step) {
            if (call.shard().owns(batch.keyHash(key))) {
                touched += Memory.touch(database.peek(batch.keyHash(key)));
            }
        }
        call.shard().touched(touched);
    }

    static void mget(Invocation call, boolean part) {
        prefetch(call, 1);
        if (!part) {
            call.reply().arrayHeader(call.argumentCount() - 1);
        }
        for (int i = 1; i < call.argumentCount(); i++) {
            if (part && !call.owns(i)) {
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

    static void mset(Invocation call, boolean part) {
        prefetch(call, 2);
        for (int i = 1; i < call.argumentCount(); i += 2) {
            if (part && !call.owns(i)) {
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

    /** DEL and UNLINK, which remove, EXISTS, and TOUCH, which uses the keys that it counts. */
    static void count(Invocation call, boolean part, boolean remove) {
        boolean touch = call.opcode() == Opcode.TOUCH;
        long count = 0;
        for (int i = 1; i < call.argumentCount(); i++) {
            if (part && !call.owns(i)) {
                continue;
            }
            call.key(i);
            EntryView existing = remove ? call.find() : touch ? call.lookUp() : call.lookUpUntouched();
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

    static void flushdb(Invocation call, boolean part) {
        call.database().clear();
        if (!part) {
            call.ok();
        }
    }

    static void flushall(Invocation call, boolean part) {
        ShardDatabases databases = call.shard().databases();
        for (int i = 0; i < databases.count(); i++) {
            Database database = databases.used(i);
            if (database != null) {
                database.clear();
            }
        }
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

    static void msetnx(Invocation call) {
        for (int i = 1; i < call.argumentCount(); i += 2) {
            call.keyOfAny(i);
            if (call.find() != null) {
                call.integerReply(0);
                return;
            }
        }
        for (int i = 1; i < call.argumentCount(); i += 2) {
            call.keyOfAny(i);
            if (!StringCommands.write(call, call.find(), i + 1, Database.NO_EXPIRY)) {
                call.outOfMemory();
                return;
            }
        }
        call.integerReply(1);
    }
}
