// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.redistill.engine.memory.Memory;
import io.redistill.engine.reply.ErrorReplies;
import io.redistill.engine.reply.Errors;
import io.redistill.engine.store.Database;
import io.redistill.engine.store.EntryView;
import org.jspecify.annotations.Nullable;

/**
 * PFADD, PFCOUNT and PFMERGE, and PFDEBUG, which looks into what they leave.
 *
 * <p>Source: the Redis command reference, group <i>hyperloglog</i>, as of 7.0. Threading: stateless; called on the shard
 * thread, the working copy being the shard's.
 */
final class HyperLogLogCommands {
    private static final byte[] NOT_VALID = Errors.encoded("WRONGTYPE Key is not a valid HyperLogLog string value.");
    private static final byte[] CORRUPTED = Errors.encoded("INVALIDOBJ Corrupted HLL object detected");
    private static final byte[] NO_KEY = Errors.encoded("ERR The specified key does not exist");
    private static final byte[] NOT_SPARSE = Errors.encoded("ERR HLL encoding is not sparse");

    private HyperLogLogCommands() {}

    static void pfadd(Invocation call) {
        EntryView existing = call.find();
        if (reject(call, existing)) {
            return;
        }
        if (existing != null && HyperLogLogFormat.isDense(existing.valueAddress())) {
            addToDense(call, existing);
            return;
        }
        HyperLogLog copy = copy(call, existing);
        boolean raised = existing == null;
        boolean corrupted = false;
        for (int i = 2; i < call.argumentCount() && !corrupted; i++) {
            int result = copy.add(call.address(i), call.length(i));
            raised |= result > 0;
            corrupted = result == HyperLogLog.CORRUPTED;
        }
        if (raised && !corrupted) {
            copy.cardinalityIsOutOfDate();
        }
        if (!store(call, existing, copy)) {
            call.outOfMemory();
        } else if (corrupted) {
            call.error(CORRUPTED);
        } else {
            call.integerReply(raised ? 1 : 0);
        }
    }

    /** In place, and only where a register is raised. */
    private static void addToDense(Invocation call, EntryView existing) {
        long address = existing.valueAddress();
        boolean raised = false;
        for (int i = 2; i < call.argumentCount(); i++) {
            long hash = HyperLogLogFormat.hash(call.address(i), call.length(i));
            int register = HyperLogLogFormat.registerOf(hash);
            int value = HyperLogLogFormat.valueOf(hash);
            if (HyperLogLogFormat.denseRegister(address, register) >= value) {
                continue;
            }
            if (!raised) {
                address = call.edit(existing, HyperLogLogFormat.DENSE_BYTES);
                if (address == 0) {
                    call.outOfMemory();
                    return;
                }
                raised = true;
            }
            HyperLogLogFormat.denseRegister(address, register, value);
        }
        if (raised) {
            HyperLogLogFormat.cardinalityIsOutOfDate(address);
        }
        call.integerReply(raised ? 1 : 0);
    }

    static void pfcount(Invocation call) {
        HyperLogLog merged = call.hyperLogLog();
        if (call.argumentCount() == 2) {
            countOne(call, merged);
            return;
        }
        merged.beginMerge();
        for (int i = 1; i < call.argumentCount(); i++) {
            call.keyOfAny(i);
            if (!merge(call, merged, call.lookUp())) {
                return;
            }
        }
        call.integerReply(merged.countMerged());
    }

    /** Notes the count in the HyperLogLog itself. */
    private static void countOne(Invocation call, HyperLogLog merged) {
        call.keyOfAny(1);
        EntryView existing = call.lookUp();
        if (existing == null) {
            call.integerReply(0);
            return;
        }
        if (reject(call, existing)) {
            return;
        }
        long count = HyperLogLogFormat.cardinality(existing.valueAddress());
        if (count < 0) {
            merged.beginMerge();
            if (!merge(call, merged, existing)) {
                return;
            }
            count = merged.countMerged();
            long address = call.edit(existing, 0);
            if (address != 0) {
                HyperLogLogFormat.cardinality(address, count);
            }
        }
        call.integerReply(count);
    }

    static void pfmerge(Invocation call) {
        HyperLogLog merged = call.hyperLogLog();
        merged.beginMerge();
        boolean dense = false;
        for (int i = 1; i < call.argumentCount(); i++) {
            call.keyOfAny(i);
            EntryView source = call.lookUp();
            if (!merge(call, merged, source)) {
                return;
            }
            dense |= source != null && HyperLogLogFormat.isDense(source.valueAddress());
        }
        call.keyOfAny(1);
        EntryView target = call.find();
        HyperLogLog copy = copy(call, target);
        if (dense) {
            copy.toDense(); // not corrupted: it has been merged
        }
        copy.raiseToMerged();
        copy.cardinalityIsOutOfDate();
        if (store(call, target, copy)) {
            call.ok();
        } else {
            call.outOfMemory();
        }
    }

    /** PFDEBUG with GETREG, DECODE, ENCODING and TODENSE. */
    static void pfdebug(Invocation call) {
        EntryView existing = call.find();
        if (existing == null) {
            call.error(NO_KEY);
            return;
        }
        if (reject(call, existing)) {
            return;
        }
        boolean isDense = HyperLogLogFormat.isDense(existing.valueAddress());
        if (call.isWord(1, "ENCODING")) {
            call.reply().raw((isDense ? "+dense\r\n" : "+sparse\r\n").getBytes(ISO_8859_1));
        } else if (call.isWord(1, "TODENSE")) {
            if (toDense(call, existing)) {
                call.integerReply(isDense ? 0 : 1);
            }
        } else if (call.isWord(1, "GETREG")) {
            if (toDense(call, existing)) {
                EntryView dense = call.find();
                call.reply().arrayHeader(HyperLogLogFormat.REGISTERS);
                for (int i = 0; i < HyperLogLogFormat.REGISTERS && dense != null; i++) {
                    call.integerReply(HyperLogLogFormat.denseRegister(dense.valueAddress(), i));
                }
            }
        } else if (!call.isWord(1, "DECODE")) {
            byte[] word = Memory.toArray(call.address(1), call.length(1));
            call.error(ErrorReplies.quoting("ERR Unknown PFDEBUG subcommand '", word, "'")
                    .toBytes(false));
        } else if (isDense) {
            call.error(NOT_SPARSE);
        } else {
            call.bulk(HyperLogLogFormat.describe(existing.valueAddress(), existing.valueLength())
                    .getBytes(ISO_8859_1));
        }
    }

    private static boolean toDense(Invocation call, EntryView existing) {
        HyperLogLog copy = copy(call, existing);
        boolean valid = copy.toDense();
        boolean stored = store(call, existing, copy);
        if (!valid) {
            call.error(CORRUPTED);
        } else if (!stored) {
            call.outOfMemory();
        }
        return valid && stored;
    }

    /** Whether a key is no HyperLogLog, after an error reply. */
    private static boolean reject(Invocation call, @Nullable EntryView existing) {
        if (existing == null) {
            return false;
        }
        if (call.rejectUnlessString(existing)) {
            return true;
        }
        if (existing.isInteger() || !HyperLogLogFormat.isValid(existing.valueAddress(), existing.valueLength())) {
            call.error(NOT_VALID);
            return true;
        }
        return false;
    }

    /** Adds a key's HyperLogLog, if there is one, to what was merged; false after an error reply. */
    private static boolean merge(Invocation call, HyperLogLog merged, @Nullable EntryView source) {
        if (source == null) {
            return true;
        }
        if (reject(call, source)) {
            return false;
        }
        if (!merged.merge(source.valueAddress(), source.valueLength())) {
            call.error(CORRUPTED);
            return false;
        }
        return true;
    }

    /** The working copy, of a key's HyperLogLog or of a new one; to be {@link #store}d, which ends its use. */
    private static HyperLogLog copy(Invocation call, @Nullable EntryView existing) {
        HyperLogLog copy = call.hyperLogLog();
        if (existing == null) {
            copy.clear();
        } else {
            copy.copyOf(existing.valueAddress(), existing.valueLength());
        }
        return copy;
    }

    /** Stores the working copy as the current key's value if it has changed; false when there is no memory. */
    private static boolean store(Invocation call, @Nullable EntryView existing, HyperLogLog copy) {
        boolean stored = true;
        if (copy.isChanged()) {
            long target = call.database()
                    .writeBytes(
                            existing,
                            call.hash(),
                            call.keyAddress(),
                            call.keyLength(),
                            copy.length(),
                            Database.KEEP_EXPIRY,
                            false);
            stored = target != 0;
            if (stored) {
                Memory.copy(copy.address(), target, copy.length());
            }
        }
        copy.release();
        return stored;
    }
}
