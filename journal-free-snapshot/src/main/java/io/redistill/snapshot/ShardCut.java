// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.store.CutSink;
import io.redistill.engine.store.EntryView;
import io.redistill.engine.store.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of a snapshot: makes records of the entries it is given, and blocks of the records.
 *
 * <p>Threading: confined to the shard's thread, but for {@link #hasBegun}, {@link #hasEnded} and the counts, which any
 * thread may read; whoever sees the end sees all that came before it.
 */
final class ShardCut implements CutSink {
    private final BlockRing ring;
    private final long digits = Memory.allocate(Decimal.MAX_LENGTH);
    private @Nullable Block open;
    private long entries;
    private long entriesAhead;
    private volatile boolean begun;
    private volatile boolean ended;

    ShardCut(BlockRing ring) {
        this.ring = ring;
    }

    void begin() {
        begun = true;
    }

    @Override
    public boolean hasRoom() {
        if (ring.hasRoom()) {
            return true;
        }
        if (ring.isIdle()) {
            publishOpen(); // else all could wait for room that their open blocks take
        }
        return false;
    }

    @Override
    public void entry(int database, EntryView entry, @Nullable HashValue hash, int recency, boolean ahead) {
        if (ring.failure() != null) {
            return;
        }
        if (hash != null) {
            hash(database, entry, hash, recency, ahead);
        } else {
            string(database, entry, recency, ahead);
        }
        if (hash == null || !hash.isContinuation()) {
            entries++;
        }
        if (ahead) {
            entriesAhead++;
        }
    }

    private void string(int database, EntryView entry, int recency, boolean ahead) {
        boolean number = entry.isInteger();
        long valueAddress = number ? digits : entry.valueAddress();
        int valueLength = number ? Decimal.write(digits, entry.integerValue()) : entry.valueLength();
        boolean large = entry.isLargeValue() && valueLength >= SnapshotFormat.LARGE_VALUE_BYTES;
        int inline = large ? 0 : valueLength;
        Block block = blockFor(RecordLayout.MAX_OVERHEAD_BYTES + entry.keyLength() + inline, ahead);
        if (block == null || large && !ring.hold(valueLength, ahead)) {
            return;
        }
        int flags = (number ? RecordLayout.NUMBER : 0) | (large ? RecordLayout.LARGE : 0);
        long end = write(block, RecordLayout.STRING | flags, database, entry, recency, valueLength);
        Memory.copy(valueAddress, end, inline);
        block.added(end + inline);
        if (large) {
            block.large(valueAddress, valueLength);
            publishOpen();
        }
    }

    private void hash(int database, EntryView entry, HashValue hash, int recency, boolean ahead) {
        boolean timed = hash.isTimed();
        long length = HashRecord.length(hash, timed);
        long longest = RecordLayout.MAX_OVERHEAD_BYTES + entry.keyLength() + length;
        if (longest > SnapshotFormat.MAX_DOCUMENT_BYTES - SnapshotFormat.BLOCK_BYTES) {
            ring.fail("a hash of " + length + " bytes does not fit into the format");
            return;
        }
        Block block = blockFor((int) longest, ahead);
        if (block != null) {
            int type = hash.isContinuation()
                    ? timed ? RecordLayout.TIMED_HASH_PART : RecordLayout.HASH_PART
                    : timed ? RecordLayout.TIMED_HASH : RecordLayout.HASH;
            long end = write(block, type, database, entry, recency, (int) length);
            block.added(HashRecord.write(hash, timed, end));
        }
    }

    private static long write(
            Block block, int typeAndFlags, int database, EntryView entry, int recency, int valueLength) {
        return RecordLayout.write(
                block.end(),
                typeAndFlags,
                database,
                entry.hasExpiry() ? entry.expiresAtMs() : EntryVisitor.NO_EXPIRY,
                recency,
                entry.keyAddress(),
                entry.keyLength(),
                valueLength);
    }

    private @Nullable Block blockFor(int bytes, boolean ahead) {
        Block block = open;
        if (block != null && block.room() < bytes) {
            publishOpen();
            block = null;
        }
        if (block == null) {
            block = ring.take(bytes, ahead);
            open = block;
        }
        return block;
    }

    private void publishOpen() {
        Block block = open;
        open = null;
        if (block != null) {
            ring.publish(block);
        }
    }

    @Override
    public void end() {
        publishOpen();
        Memory.free(digits);
        ended = true;
    }

    /** Whether the shard has come to the cut. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether the shard has given all that it held. */
    boolean hasEnded() {
        return ended;
    }

    /** Entries given so far. */
    long entries() {
        return entries;
    }

    /** Those, and fields of large hashes, that came before their turn because they were about to change. */
    long entriesAhead() {
        return entriesAhead;
    }
}
