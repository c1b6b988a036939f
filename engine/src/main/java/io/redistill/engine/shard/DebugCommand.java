// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.command.CommandIntrospection;
import io.redistill.engine.command.Opcode;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.reply.RespValue;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DEBUG with HELP, OBJECT, SET-ACTIVE-EXPIRE and SLEEP, executed by one shard while all the others have stopped: a sleep
 * stops every shard.
 *
 * <p>Source: the Redis command reference, group <i>server</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class DebugCommand {
    private static final byte[] NO_KEY = Errors.encoded("ERR no such key");

    /** What C's strtod takes from the beginning of a text, of decimal numbers. */
    private static final Pattern NUMBER = Pattern.compile("\\s*([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?");

    private DebugCommand() {}

    static void execute(Invocation call) {
        int count = call.argumentCount();
        if (count == 2 && call.isWord(1, "HELP")) {
            call.reply()
                    .raw(CommandIntrospection.reply(Opcode.DEBUG, new byte[0][]).toBytes(call.isResp3()));
        } else if (count == 3 && call.isWord(1, "SLEEP")) {
            sleep(text(call, 2));
            call.ok();
        } else if (count == 3 && call.isWord(1, "SET-ACTIVE-EXPIRE")) {
            boolean active = !text(call, 2).matches("\\s*[-+]?0*([^1-9].*)?");
            for (Shard shard : call.shard().all()) {
                shard.databases().expiresActively(active);
            }
            call.ok();
        } else if (count == 3 && call.isWord(1, "OBJECT")) {
            object(call);
        } else {
            byte[] word = Memory.toArray(call.address(1), call.length(1));
            call.error(ErrorReplies.quoting(
                            "ERR unknown subcommand or wrong number of arguments for '", word, "'. Try DEBUG HELP.")
                    .toBytes(false));
        }
    }

    private static String text(Invocation call, int argument) {
        return new String(Memory.toArray(call.address(argument), call.length(argument)), ISO_8859_1);
    }

    private static void sleep(String seconds) {
        Matcher number = NUMBER.matcher(seconds);
        double duration = number.lookingAt() ? Double.parseDouble(number.group()) : 0;
        long durationNs = (long) (duration * TimeUnit.SECONDS.toNanos(1));
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            LockSupport.parkNanos(durationNs - (System.nanoTime() - startNs));
        }
    }

    private static void object(Invocation call) {
        call.keyWithoutHash(2);
        EntryView entry = call.database().findUntouched(call.hash(), call.keyAddress(), call.keyLength());
        if (entry == null) {
            call.error(NO_KEY);
            return;
        }
        Database database = call.database();
        String idle = database.countsUses()
                ? "lru:" + database.frequency() + " lru_seconds_idle:0"
                : "lru:0 lru_seconds_idle:" + database.idleSeconds();
        String text = "Value at:0x" + Long.toHexString(entry.address()) + " refcount:"
                + ObjectCommands.referenceCount(entry) + " encoding:" + ObjectCommands.encoding(entry)
                + " serializedlength:" + entry.valueLength() + " " + idle;
        call.reply().raw(RespValue.status(text).toBytes(call.isResp3()));
    }
}
