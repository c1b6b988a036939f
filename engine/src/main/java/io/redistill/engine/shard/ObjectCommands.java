// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.EntryView;

/**
 * OBJECT: how a value is kept, in the words that Redis has for it. A look is no use of the key.
 *
 * <p>Source: the Redis command reference, group <i>generic</i>, as of 7.0. Threading: stateless; called on the shard
 * thread.
 */
final class ObjectCommands {
    private static final byte[] NO_FREQUENCY = Errors.encoded("ERR An LFU maxmemory policy is not selected, access"
            + " frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will"
            + " take some time to adjust.");
    private static final byte[] NO_IDLE_TIME = Errors.encoded("ERR An LFU maxmemory policy is selected, idle time not"
            + " tracked. Please note that when switching between policies at runtime LRU and LFU data will take some"
            + " time to adjust.");

    /** Longest string that Redis keeps in one piece with its object. */
    private static final int MAX_EMBEDDED_BYTES = 44;

    /** Redis shares one object for each of the integers from 0 up to this, and counts no references to it. */
    private static final int SHARED_INTEGERS = 10_000;

    private ObjectCommands() {}

    static void encoding(Invocation call) {
        EntryView existing = call.lookUpUntouched();
        if (existing == null) {
            call.nil();
        } else {
            call.bulk(encoding(existing).getBytes(US_ASCII));
        }
    }

    /** What OBJECT ENCODING calls it. */
    static String encoding(EntryView entry) {
        if (entry.isHash()) {
            return entry.isFieldTable() ? "hashtable" : "listpack";
        }
        if (isInteger(entry)) {
            return "int";
        }
        return entry.isEdited() || entry.valueLength() > MAX_EMBEDDED_BYTES ? "raw" : "embstr";
    }

    /** What came as digits is an integer to Redis at once, and to us when it is first counted with. */
    private static boolean isInteger(EntryView string) {
        return string.isInteger()
                || !string.isEdited()
                        && !string.isNumberText()
                        && Decimal.isInteger(string.valueAddress(), string.valueLength());
    }

    static void frequency(Invocation call) {
        if (call.lookUpUntouched() == null) {
            call.nil();
        } else if (call.database().countsUses()) {
            call.integerReply(call.database().frequency());
        } else {
            call.error(NO_FREQUENCY);
        }
    }

    static void idleTime(Invocation call) {
        if (call.lookUpUntouched() == null) {
            call.nil();
        } else if (call.database().countsUses()) {
            call.error(NO_IDLE_TIME);
        } else {
            call.integerReply(call.database().idleSeconds());
        }
    }

    static void referenceCount(Invocation call) {
        EntryView existing = call.lookUpUntouched();
        if (existing == null) {
            call.nil();
        } else {
            call.integerReply(referenceCount(existing));
        }
    }

    /** What OBJECT REFCOUNT says of it. */
    static int referenceCount(EntryView entry) {
        if (!entry.isString() || !isInteger(entry)) {
            return 1;
        }
        long value =
                entry.isInteger() ? entry.integerValue() : Decimal.parse(entry.valueAddress(), entry.valueLength());
        return value >= 0 && value < SHARED_INTEGERS ? Integer.MAX_VALUE : 1;
    }
}
