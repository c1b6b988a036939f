// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Decimal;
import io.redistill.engine.memory.LargeBlock;
import io.redistill.engine.memory.Memory;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of one numbered database: its index, its entries and everything that changes them.
 *
 * <p><b>One change point.</b> Every change of a key passes {@link #beforeChange} with the entry as it was and
 * {@link #afterChange} when it is done, whatever the command: accounting sits there today, and whatever must see each
 * change of a key (watches, notifications, snapshot pre-images) belongs there and nowhere else.
 *
 * <p><b>Reserve first, change last.</b> A method that needs memory allocates it before it touches the entry and answers
 * 0 or false when there is none, with nothing changed.
 *
 * <p><b>Expiry</b>: an entry past its deadline is removed by the next look-up, or by {@link #expireDue}, whichever comes
 * first.
 *
 * <p>Threading: confined to the shard thread; {@link #size}, {@link #volatileCount} and {@link #usedBytes} are plain
 * counters that any thread may read for statistics.
 */
public final class Database {
    /** Deadline of an entry that has none. */
    public static final long NO_EXPIRY = Long.MIN_VALUE;

    /** Asks a write to leave the deadline as it is. */
    public static final long KEEP_EXPIRY = Long.MIN_VALUE + 1;

    /** Values from this length on live in a {@link LargeBlock} of their own. */
    public static final int LARGE_VALUE_BYTES = 16 << 10;

    private static final int CACHE_LINE_BYTES = 64;

    /** What is behind these bytes of an entry is left to the processor's own prefetching of sequences. */
    private static final int MAX_TOUCHED_BYTES = 512;

    private static final int MAX_DUE_AT_ONCE = 32;

    private static final long MAX_LAG_MS = 600_000;
    private static final int LAG_DIGITS = 2;

    private final Arena arena;
    private final Supplier<KeyIndex> indexFactory;
    private final EntryView view = new EntryView();
    private final EntryView scratch = new EntryView();

    private final Deadlines deadlines;
    private final EntryHash entryHash;
    private final AccessStamps stamps;
    private final long base;
    private final FieldTable fieldTables;
    private final HashValue hash;
    private final DatabaseCut cut;

    private KeyIndex index;

    /** Indexes of flushed generations, whose entries are freed in slices. */
    private final ArrayDeque<KeyIndex> detached = new ArrayDeque<>();

    private int detachedPart;

    /** With a policy by queues, else null; and such as have been given up, whose memory is freed in slices. */
    private @Nullable S3FifoQueues queues;

    private final ArrayDeque<S3FifoQueues> formerQueues = new ArrayDeque<>();
    private long touched;
    private long anyOfPart;

    private long nowMs;
    private long changes;
    private long pendingCount;
    private long lazilyFreedCount;
    private long expiredCount;
    private long lazilyExpiredCount;
    private volatile @Nullable Histogram expireLag;
    private final long[] dueRecords = new long[MAX_DUE_AT_ONCE];
    private final long[] dueHashes = new long[MAX_DUE_AT_ONCE];

    /**
     * An empty database.
     *
     * @param arena where its entries live; shared with other databases of the shard
     * @param base address of reference 0
     * @param kind the index that finds them
     * @param stripes tables of a {@link IndexKind#STRIPED} index, a power of two
     * @param tableHeap room for those; shared with all who have such tables
     * @param entryHash what look-ups come with
     * @param hashLimits up to where hashes keep their compact form
     * @param stamps when and how often keys are used; shared with other databases of the shard
     */
    public Database(
            Arena arena,
            long base,
            IndexKind kind,
            int stripes,
            TableHeap tableHeap,
            EntryHash entryHash,
            HashLimits hashLimits,
            AccessStamps stamps) {
        this.arena = arena;
        this.entryHash = entryHash;
        this.stamps = stamps;
        this.base = base;
        deadlines = new Deadlines(base);
        indexFactory = switch (kind) {
            case STRIPED -> () -> new StripedKeyIndex(base, stripes, tableHeap);
            case EXTENDIBLE -> () -> new ExtendibleKeyIndex(arena, base, entryHash);
        };
        index = indexFactory.get();
        fieldTables = new FieldTable(arena, base, entryHash);
        hash = new HashValue(this, fieldTables, hashLimits);
        cut = new DatabaseCut(fieldTables, new HashValue(this, fieldTables, hashLimits), stamps);
    }

    /** The same with all of the heap for its tables. */
    public Database(
            Arena arena,
            long base,
            IndexKind kind,
            int stripes,
            EntryHash entryHash,
            HashLimits hashLimits,
            AccessStamps stamps) {
        this(arena, base, kind, stripes, TableHeap.ofThisProcess(), entryHash, hashLimits, stamps);
    }

    /** The same with stamps of its own. */
    Database(Arena arena, long base, IndexKind kind, int stripes, EntryHash entryHash, HashLimits hashLimits) {
        this(arena, base, kind, stripes, entryHash, hashLimits, new AccessStamps(0));
    }

    /** Sets the time that look-ups compare deadlines with; once a turn. */
    public void clock(long ms) {
        nowMs = ms;
        deadlines.wheel().clock(ms);
        fieldTables.clock(ms);
        if (stamps.byQueues() != (queues != null)) {
            changePolicySlowPath();
        }
    }

    private void changePolicySlowPath() {
        leaveQueues();
        queues = stamps.byQueues() ? new S3FifoQueues(arena, entryHash, size() != 0) : null;
    }

    private void leaveQueues() {
        if (queues != null) {
            formerQueues.add(queues);
        }
    }

    /** The time of this turn, ms since the epoch. */
    public long nowMs() {
        return nowMs;
    }

    // ---- look-up

    /** The hash that look-ups of a key come with. */
    public long hashOf(long keyAddress, int keyLength) {
        return entryHash.of(keyAddress, keyLength);
    }

    /** First step of a prefetch: the index line of a hash, for {@link Memory#touch}; 0 when there is nothing to touch. */
    public long indexLine(long hash) {
        return index.line(hash);
    }

    /**
     * Second step: the address of the entry, or of one with an equal hash, that the index holds; 0 for none. The third is
     * to {@linkplain Memory#touch touch} it.
     */
    public long peek(long hash) {
        return index.peek(hash);
    }

    /** Fourth step: loads the lines behind the first. The result means nothing. */
    public static long touchValue(long entry) {
        if (entry == 0) {
            return 0;
        }
        // From line to line, since entries begin anywhere in one.
        long end = entry + Math.min(EntryView.leastLengthBytes(Memory.getLong(entry)), MAX_TOUCHED_BYTES);
        long sum = 0;
        for (long line = (entry | CACHE_LINE_BYTES - 1) + 1; line < end; line += CACHE_LINE_BYTES) {
            sum += Memory.getLong(line);
        }
        return sum;
    }

    /** The live entry of a key, which is being used, or null; the rest is as with {@link #findUntouched}. */
    public @Nullable EntryView find(long hash, long keyAddress, int keyLength) {
        EntryView found = findUntouched(hash, keyAddress, keyLength);
        if (found != null) {
            int stamp = index.accessStamp();
            int used = stamps.used(stamp);
            if (used != stamp) {
                index.accessStamp(used);
            }
        }
        return found;
    }

    /**
     * The live entry of a key, or null; an expired one is removed. For eviction this is not a use. The view is this
     * database's own and reused.
     */
    public @Nullable EntryView findUntouched(long hash, long keyAddress, int keyLength) {
        long entry = index.find(hash, keyAddress, keyLength);
        if (entry == KeyIndex.NONE) {
            return null;
        }
        EntryView found = view.wrap(entry);
        if (found.hasExpiry() && found.expiresAtMs() < nowMs) {
            expireSlowPath(hash, found);
            return null;
        }
        return found;
    }

    private void expireSlowPath(long hash, EntryView expired) {
        lazilyExpiredCount++;
        expire(hash, expired);
    }

    private void expire(long hash, EntryView expired) {
        expiredCount++;
        Histogram lag = expireLag;
        if (lag == null) {
            lag = new AtomicHistogram(MAX_LAG_MS, LAG_DIGITS);
            expireLag = lag;
        }
        lag.recordValue(Math.min(nowMs - expired.expiresAtMs(), MAX_LAG_MS));
        remove(hash, expired);
    }

    // ---- expiry

    /** The time, ms since the epoch, from which {@link #expireDue} has something to do; {@link Long#MAX_VALUE} for never. */
    public long nextExpiryMs() {
        return Math.min(deadlines.wheel().nextWorkMs(), fieldTables.nextExpiryMs());
    }

    /**
     * Removes some of the entries whose deadlines have passed at the time of {@link #clock}: a slice of a few
     * microseconds, to be repeated while {@link #nextExpiryMs} is not later than now.
     *
     * @return entries and fields of hashes removed
     */
    public int expireDue() {
        int count = deadlines.wheel().collectDue(nowMs, dueRecords, MAX_DUE_AT_ONCE);
        long sum = 0;
        // The cache misses of the entries' index slots overlap.
        for (int i = 0; i < count; i++) {
            scratch.wrap(Deadlines.entry(dueRecords[i]));
            dueHashes[i] = entryHash.of(scratch.keyAddress(), scratch.keyLength());
            sum += Memory.touch(index.line(dueHashes[i]));
        }
        touched = sum; // keeps the loads from being optimised away
        for (int i = 0; i < count; i++) {
            expire(dueHashes[i], view.wrap(Deadlines.entry(dueRecords[i])));
        }
        return count + expireDueFields();
    }

    private int expireDueFields() {
        int count = fieldTables.collectDue(nowMs, dueRecords, MAX_DUE_AT_ONCE);
        for (int i = 0; i < count; i++) {
            this.hash.expireDue(dueRecords[i], entryHash);
        }
        return count;
    }

    // ---- eviction

    /** Seconds since the last use of the entry that {@link #findUntouched} just returned, as far as is known. */
    public long idleSeconds() {
        return stamps.byRecency() ? stamps.idleSeconds(index.accessStamp()) : 0;
    }

    /** Whether it is counted how often keys are used, else noted when: that is up to the policy. */
    public boolean countsUses() {
        return stamps.byFrequency();
    }

    /** How often that entry is used: a logarithmic counter from 0 to 255; only with a policy by frequency. */
    public int frequency() {
        return stamps.frequency(index.accessStamp());
    }

    /** Takes the entry out of its queue that has to go; see {@link S3FifoQueues#takeVictim}. */
    long takeQueued() {
        S3FifoQueues queues = this.queues;
        if (queues == null) {
            return KeyIndex.NONE;
        }
        long victim = queues.takeVictim(index);
        return victim == KeyIndex.NONE && queues.adopt(index) ? queues.takeVictim(index) : victim;
    }

    /** A step of the upkeep of queues. */
    void tendQueues() {
        if (queues != null) {
            queues.tend(index);
        }
    }

    /** Slots of a random place of the index; see {@link KeyIndex#sample}. */
    int sample(long random, long[] slots, int from) {
        return index.sample(random, slots, from);
    }

    /** Loads the line that {@link #sample} would copy. The result means nothing. */
    long touchSample(long random) {
        return index.touchSample(random);
    }

    /** Loads what {@link #evict} needs of an entry. The result means nothing. */
    long touchVictim(long entry) {
        return arena.touch(entry);
    }

    /** The entry of a slot. */
    long entry(long slot) {
        return EntryReferences.address(base, slot);
    }

    /** Whether the entry of a slot has a deadline. */
    boolean isVolatile(long slot) {
        return scratch.wrap(entry(slot)).hasExpiry();
    }

    /** An entry that is due next, or 0 when no deadline is near enough for the wheel. */
    long firstDue() {
        long record = deadlines.wheel().first();
        return record == 0 ? KeyIndex.NONE : Deadlines.entry(record);
    }

    /** An entry that may go, found the long way: where random places have shown none. */
    long anyVictim(boolean onlyVolatile) {
        long victim = firstDue();
        for (int part = 0; part < index.partCount() && victim == KeyIndex.NONE; part++) {
            anyOfPart = KeyIndex.NONE;
            index.forEach(part, entry -> {
                if (!onlyVolatile || scratch.wrap(entry).hasExpiry()) {
                    anyOfPart = entry;
                }
            });
            victim = anyOfPart;
        }
        return victim;
    }

    /** Removes an entry to make room; returns the length of its value. */
    int evict(long entry) {
        EntryView victim = view.wrap(entry);
        int length = victim.valueLength();
        remove(entryHash.of(victim.keyAddress(), victim.keyLength()), victim);
        return length;
    }

    /**
     * Whether what is written from now on, here and in the shard's other databases, was in a snapshot: to be set around
     * slices of loading.
     */
    public void loading(boolean on) {
        stamps.loading(on);
    }

    /** Notes with the entry that was added last, or that {@link #find} found, what {@link CutSink} was told of its use. */
    public void restoreUse(int saved) {
        // With queues, the stamp says where the entry is.
        if (!stamps.byQueues()) {
            index.accessStamp(stamps.restored(saved));
        }
    }

    /**
     * Notes with the entry that {@link #findUntouched} found how it was used, as far as the policy asks for it.
     *
     * @param idleSeconds since the last use, or below 0 where that is not known
     * @param frequency a counter from 0 to 255, or below 0 likewise
     */
    public void noteUse(long idleSeconds, int frequency) {
        if (stamps.byFrequency() ? frequency >= 0 : idleSeconds >= 0) {
            index.accessStamp(stamps.byFrequency() ? stamps.ofFrequency(frequency) : stamps.ofIdle(idleSeconds));
        }
    }

    int partCount() {
        return index.partCount();
    }

    void refreshStamps(int part) {
        index.refresh(part, stamps);
    }

    // ---- writes

    /**
     * Gives a key a value of {@code valueLength} bytes, to be written by the caller at the returned address before
     * anything else is called here.
     *
     * @param existing the key's entry from {@link #find}, or null where there is none
     * @param valueLength bytes, below {@link #LARGE_VALUE_BYTES}
     * @param expiresAtMs a deadline, {@link #NO_EXPIRY} or {@link #KEEP_EXPIRY}
     * @return where the value goes, or 0 when there is no memory and nothing was changed
     */
    public long write(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            int valueLength,
            long expiresAtMs) {
        return write(
                existing, hash, keyAddress, keyLength, EntryLayout.KIND_RAW, 0, valueLength, valueLength, expiresAtMs);
    }

    /** Gives a key an integer value; the arguments of {@link #write}. False when there is no memory. */
    public boolean writeInteger(
            @Nullable EntryView existing, long hash, long keyAddress, int keyLength, long value, long expiresAtMs) {
        if (existing != null && expiresAtMs == KEEP_EXPIRY && existing.isInteger()) {
            beforeChange(existing);
            Memory.putLong(existing.valueAddress(), value);
            afterChange();
            return true;
        }
        long target = write(
                existing,
                hash,
                keyAddress,
                keyLength,
                EntryLayout.KIND_INTEGER,
                0,
                Long.BYTES,
                Long.BYTES,
                expiresAtMs);
        if (target == 0) {
            return false;
        }
        Memory.putLong(target, value);
        return true;
    }

    /**
     * Gives a key a large value. One holding of the block passes to the entry.
     *
     * @return false when there is no memory: then nothing was changed and the holding stays with the caller
     */
    public boolean writeLarge(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            long block,
            int valueLength,
            long expiresAtMs) {
        return writeBlock(existing, hash, keyAddress, keyLength, EntryLayout.KIND_RAW, block, valueLength, expiresAtMs);
    }

    /**
     * Gives a key a string that a command has made, of any length up to 512 MiB, to be written by the caller at the
     * returned address before anything else is called here.
     *
     * @param expiresAtMs a deadline, {@link #NO_EXPIRY} or {@link #KEEP_EXPIRY}
     * @param number whether it is the digits of a real number
     * @return where the value goes, or 0 when there is no memory and nothing was changed
     */
    public long writeBytes(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            int valueLength,
            long expiresAtMs,
            boolean number) {
        int kind = number ? EntryLayout.KIND_NUMBER_TEXT : EntryLayout.KIND_EDITED;
        if (valueLength < LARGE_VALUE_BYTES) {
            return write(existing, hash, keyAddress, keyLength, kind, 0, valueLength, valueLength, expiresAtMs);
        }
        long block = LargeBlock.allocate(valueLength);
        if (writeBlock(existing, hash, keyAddress, keyLength, kind, block, valueLength, expiresAtMs)) {
            return block;
        }
        LargeBlock.release(block);
        return 0;
    }

    private boolean writeBlock(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            int kind,
            long block,
            int valueLength,
            long expiresAtMs) {
        long target = write(
                existing,
                hash,
                keyAddress,
                keyLength,
                kind,
                EntryLayout.LARGE_VALUE,
                valueLength,
                EntryLayout.FIELD_BYTES,
                expiresAtMs);
        if (target == 0) {
            return false;
        }
        Memory.putLong(target, block);
        return true;
    }

    private long write(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            int kind,
            int valueFlag,
            int valueLength,
            int valueBytes,
            long expiresAtMs) {
        long expiry = expiresAtMs;
        if (expiry == KEEP_EXPIRY) {
            expiry = existing != null && existing.hasExpiry() ? existing.expiresAtMs() : NO_EXPIRY;
        }
        int flags = EntryWriter.flags(valueFlag, keyLength, expiry);
        int length = EntryWriter.length(flags, keyLength, valueBytes);
        long header =
                EntryWriter.header(kind, flags, keyLength, valueLength) | (long) cut.stamp() << EntryLayout.STAMP_SHIFT;
        if (existing == null) {
            long entry = arena.allocateMovable(length);
            if (entry == 0) {
                return 0;
            }
            EntryWriter.fill(entry, header, flags, expiry, keyAddress, keyLength, 0);
            S3FifoQueues queues = this.queues;
            if (queues != null) {
                queues.admitNewest(index);
            }
            if (!index.insert(hash, entry)) {
                freeWithoutValue(entry);
                return 0;
            }
            index.accessStamp(queues == null ? stamps.added(index.size()) : queues.added(hash, entry));
            deadlines.add(entry, flags, expiry);
            afterChange();
            return entry + length - valueBytes;
        }
        long entry = existing.address();
        long previousKeyBlock = existing.isLargeKey() ? existing.keyAddress() : 0;
        long previousValueBlock = existing.isLargeValue() ? existing.valueAddress() : 0;
        long previousFieldTable = existing.isFieldTable() ? Memory.getLong(existing.valueAddress()) : 0;
        int oldFlags = existing.flags();
        if (Arena.sameBlockLength(existing.lengthBytes(), length)) {
            beforeChange(existing);
            if (oldFlags == flags) {
                Memory.putLong(entry, header);
                deadlines.replace(entry, flags, expiry);
            } else {
                deadlines.remove(entry, oldFlags);
                EntryWriter.fill(entry, header, flags, expiry, keyAddress, keyLength, previousKeyBlock);
                deadlines.add(entry, flags, expiry);
            }
        } else {
            long moved = arena.allocateMovable(length);
            if (moved == 0) {
                return 0;
            }
            beforeChange(existing);
            deadlines.remove(entry, oldFlags);
            EntryWriter.fill(moved, header, flags, expiry, keyAddress, keyLength, previousKeyBlock);
            deadlines.add(moved, flags, expiry);
            index.move(hash, entry, moved);
            arena.free(entry);
            entry = moved;
        }
        if (previousValueBlock != 0) {
            LargeBlock.release(previousValueBlock);
        }
        if (previousFieldTable != 0) {
            fieldTables.discard(previousFieldTable);
        }
        afterChange();
        return entry + length - valueBytes;
    }

    /**
     * Lengthens a string in place or by moving it; the tail is copied to its end.
     *
     * @param existing the key's entry, a string
     * @param tailLength bytes to add; the sum is at most 512 MiB, checked by the caller
     * @return false when there is no memory and nothing was changed
     */
    public boolean append(
            EntryView existing, long hash, long keyAddress, int keyLength, long tailAddress, int tailLength) {
        int oldLength = existing.stringLength();
        long value = resize(existing, hash, keyAddress, keyLength, oldLength + tailLength);
        if (value == 0) {
            return false;
        }
        Memory.copy(tailAddress, value + oldLength, tailLength);
        return true;
    }

    /**
     * Makes a string's bytes writable, for a change in place by the caller before anything else is called here. A
     * string that is shorter than asked for is lengthened with zero bytes, a missing one is made of them; an integer
     * becomes its digits. The deadline stays.
     *
     * @param existing the key's entry, a string, or null where there is none
     * @param leastLength bytes that there must be, at most 512 MiB
     * @return address of the bytes, or 0 when there is no memory and nothing was changed
     */
    public long edit(@Nullable EntryView existing, long hash, long keyAddress, int keyLength, int leastLength) {
        int oldLength = existing == null ? 0 : existing.stringLength();
        int length = Math.max(oldLength, leastLength);
        long value;
        if (existing == null) {
            value = writeBytes(null, hash, keyAddress, keyLength, length, NO_EXPIRY, false);
        } else {
            value = resize(existing, hash, keyAddress, keyLength, length);
        }
        if (value != 0 && length > oldLength) {
            Memory.fill(value + oldLength, length - oldLength, (byte) 0);
        }
        return value;
    }

    /**
     * Takes the last {@link #edit} back from {@link #changes}: its string was there, and has the length and the bytes
     * that it had.
     */
    public void editedNothing() {
        changes--;
    }

    /** Gives a string another length, at least its own; bytes beyond the old ones are undefined. 0 when out of memory. */
    private long resize(EntryView existing, long hash, long keyAddress, int keyLength, int newLength) {
        if (existing.isInteger()) {
            long number = existing.integerValue();
            long value = writeBytes(existing, hash, keyAddress, keyLength, newLength, KEEP_EXPIRY, false);
            if (value != 0) {
                Decimal.write(value, number);
            }
            return value;
        }
        int oldLength = existing.valueLength();
        long oldValue = existing.valueAddress();
        long entry = existing.address();
        if (existing.isLargeValue()) {
            // First of all: a cut may become another holder of the block.
            beforeChange(existing);
            if (LargeBlock.isExclusive(oldValue) && LargeBlock.capacity(oldValue) >= newLength) {
                markEdited(entry, newLength);
                afterChange();
                return oldValue;
            }
        } else if (newLength < LARGE_VALUE_BYTES) {
            int length = existing.lengthBytes();
            int resized = length + newLength - oldLength;
            if (!Arena.sameBlockLength(length, resized)) {
                long moved = arena.allocateMovable(resized);
                if (moved == 0) {
                    return 0;
                }
                beforeChange(existing);
                Memory.copy(entry, moved, length);
                deadlines.moved(moved, existing.flags());
                index.move(hash, entry, moved);
                arena.free(entry);
                entry = moved;
            } else {
                beforeChange(existing);
            }
            markEdited(entry, newLength);
            afterChange();
            return entry + length - oldLength;
        }
        int headroom = newLength > oldLength ? Math.min(newLength, MAX_APPEND_HEADROOM_BYTES) : 0;
        long block = LargeBlock.allocate(newLength + (long) headroom);
        Memory.copy(oldValue, block, oldLength);
        if (writeBlock(existing, hash, keyAddress, keyLength, EntryLayout.KIND_EDITED, block, newLength, KEEP_EXPIRY)) {
            return block;
        }
        LargeBlock.release(block);
        return 0;
    }

    private static void markEdited(long entry, int newLength) {
        Memory.putByte(entry, (byte) EntryLayout.KIND_EDITED);
        Memory.putInt(entry + EntryLayout.VALUE_LENGTH_OFFSET, newLength);
    }

    /** A value that was appended to gets room for as much again, up to this, as Redis's strings do. */
    private static final int MAX_APPEND_HEADROOM_BYTES = 1 << 20;

    /**
     * Sets or removes a deadline.
     *
     * @param expiresAtMs a deadline or {@link #NO_EXPIRY}
     * @return false when there is no memory and nothing was changed
     */
    public boolean expireAt(EntryView existing, long hash, long expiresAtMs) {
        long entry = existing.address();
        int oldFlags = existing.flags();
        long header = Deadlines.withFlags(Memory.getLong(entry), expiresAtMs);
        int flags = (int) (header >>> EntryLayout.FLAGS_SHIFT) & EntryLayout.FLAGS_MASK;
        int oldBody = EntryLayout.HEADER_BYTES + (existing.hasExpiry() ? EntryLayout.EXPIRY_BYTES : 0);
        int body = EntryLayout.HEADER_BYTES + (expiresAtMs != NO_EXPIRY ? EntryLayout.EXPIRY_BYTES : 0);
        if (oldFlags == flags) {
            beforeChange(existing);
            deadlines.replace(entry, flags, expiresAtMs);
            afterChange();
            return true;
        }
        int length = existing.lengthBytes();
        long target = oldBody == body ? entry : arena.allocateMovable(length - oldBody + body);
        if (target == 0) {
            return false;
        }
        beforeChange(existing);
        deadlines.remove(entry, oldFlags);
        // The stamp is read again: a cut may have just set it.
        Memory.putLong(target, Deadlines.withFlags(Memory.getLong(entry), expiresAtMs));
        deadlines.add(target, flags, expiresAtMs);
        if (target != entry) {
            Memory.copy(entry + oldBody, target + body, length - oldBody);
            index.move(hash, entry, target);
            arena.free(entry);
            if (existing.isFieldTable()) {
                FieldTable.owner(Memory.getLong(scratch.wrap(target).valueAddress()), target);
            }
        }
        afterChange();
        return true;
    }

    // ---- hashes

    /** The hash under a key, to be {@link HashValue#open opened}. This database's own and reused. */
    public HashValue hash() {
        return hash;
    }

    /**
     * Gives a key a hash in one of its forms: {@code valueBytes} to be written by the caller at the returned address
     * before anything else is called here.
     *
     * @return 0 when there is no memory and nothing was changed
     */
    long writeHash(
            @Nullable EntryView existing,
            long keyHash,
            long keyAddress,
            int keyLength,
            int kind,
            int valueBytes,
            long expiresAtMs) {
        return write(existing, keyHash, keyAddress, keyLength, kind, 0, valueBytes, valueBytes, expiresAtMs);
    }

    /**
     * Begins a change of an entry by moving it to a block with room for a value of another length, with as much of the
     * value as fits; {@link #afterChange} ends it.
     *
     * @param valueBytes as many as need a block of another length
     * @return the entry's new address, or 0 when there is no memory and nothing was changed
     */
    long resize(EntryView existing, long keyHash, int valueBytes) {
        int length = existing.lengthBytes();
        int newLength = length - existing.valueLength() + valueBytes;
        long moved = arena.allocateMovable(newLength);
        if (moved == 0) {
            return 0;
        }
        beforeChange(existing);
        long entry = existing.address();
        Memory.copy(entry, moved, Math.min(length, newLength));
        Memory.putInt(moved + EntryLayout.VALUE_LENGTH_OFFSET, valueBytes);
        deadlines.moved(moved, existing.flags());
        index.move(keyHash, entry, moved);
        arena.free(entry);
        return moved;
    }

    // ---- transfers

    /** Whether both keep their entries in the same arena. */
    boolean sharesArenaWith(Database other) {
        return arena == other.arena;
    }

    FieldTable fieldTables() {
        return fieldTables;
    }

    /** What was noted for eviction with the entry that {@link #find} just returned. */
    int accessStamp() {
        return index.accessStamp();
    }

    /**
     * Gives a key a value of another entry's kind and length, to be written by the caller at the returned
     * address before {@link #placed} is called.
     *
     * @return 0 when there is no memory and nothing was changed
     */
    long writeTaken(
            @Nullable EntryView existing,
            long hash,
            long keyAddress,
            int keyLength,
            EntryView source,
            long expiresAtMs) {
        boolean large = source.isLargeValue();
        return write(
                existing,
                hash,
                keyAddress,
                keyLength,
                source.kind(),
                large ? EntryLayout.LARGE_VALUE : 0,
                source.valueLength(),
                large ? EntryLayout.FIELD_BYTES : source.valueLength(),
                expiresAtMs);
    }

    /**
     * Ends {@link #writeTaken}.
     *
     * @param accessStamp what is to be noted with the entry for eviction, or {@link #NO_STAMP}
     */
    void placed(long hash, long keyAddress, int keyLength, int accessStamp) {
        long entry = index.find(hash, keyAddress, keyLength);
        if (accessStamp != NO_STAMP) {
            index.accessStamp(accessStamp);
        }
        scratch.wrap(entry);
        if (scratch.isFieldTable()) {
            FieldTable.owner(Memory.getLong(scratch.valueAddress()), entry);
        }
    }

    /** In place of an access stamp: it is left as it is. */
    static final int NO_STAMP = -1;

    /**
     * Removes an entry whose value was taken; {@link #beforeChange} has been called.
     *
     * @param withoutValue whether another entry has what this one refers to
     */
    void removeTaken(long hash, EntryView taken, boolean withoutValue) {
        long entry = taken.address();
        deadlines.remove(entry, taken.flags());
        index.remove(hash, entry);
        if (withoutValue) {
            freeWithoutValue(entry);
        } else {
            freeEntry(taken);
        }
        afterChange();
    }

    /**
     * Moves an entry to another block of the same length; what it is does not change.
     *
     * @return false when it is none of this database or there is no memory
     */
    boolean relocate(long entry) {
        EntryView moving = scratch.wrap(entry);
        long keyHash = entryHash.of(moving.keyAddress(), moving.keyLength());
        if (!index.holds(keyHash, entry)) {
            return false;
        }
        int length = moving.lengthBytes();
        long moved = arena.allocateMovable(length);
        if (moved == 0) {
            return false;
        }
        Memory.copy(entry, moved, length);
        deadlines.moved(moved, moving.flags());
        index.move(keyHash, entry, moved);
        if (moving.isFieldTable()) {
            FieldTable.owner(Memory.getLong(moving.valueAddress()), moved);
        }
        arena.free(entry);
        return true;
    }

    /** Removes an entry that {@link #find} returned. */
    public void remove(long hash, EntryView existing) {
        beforeChange(existing);
        deadlines.remove(existing.address(), existing.flags());
        index.remove(hash, existing.address());
        freeEntry(existing);
        afterChange();
    }

    /** Empties the database at once; the memory follows in slices by {@link #reclaim}. */
    public void clear() {
        if (size() == 0) {
            return;
        }
        changes += index.size();
        pendingCount += index.size();
        deadlines.clear();
        fieldTables.forgetDeadlines();
        detached.add(index);
        index = indexFactory.get();
        if (queues != null) {
            leaveQueues();
            queues = new S3FifoQueues(arena, entryHash, false);
        }
    }

    /** Frees one slice of what {@link #clear} detached or of a large hash; false when nothing is left. */
    public boolean reclaim() {
        if (fieldTables.hasGarbage()) {
            fieldTables.reclaim();
            return true;
        }
        if (hasIdleQueues()) {
            reclaimQueues();
            return true;
        }
        KeyIndex garbage = detached.peek();
        if (garbage == null || cut.isWalking(garbage)) {
            return false;
        }
        garbage.forEach(detachedPart, this::freeEntry);
        garbage.discard(detachedPart);
        if (++detachedPart == garbage.partCount()) {
            detached.remove();
            detachedPart = 0;
        }
        return true;
    }

    /** Whether {@link #reclaim} has something to do. */
    public boolean hasGarbage() {
        KeyIndex garbage = detached.peek();
        return fieldTables.hasGarbage() || garbage != null && !cut.isWalking(garbage) || hasIdleQueues();
    }

    private boolean hasIdleQueues() {
        S3FifoQueues queues = this.queues;
        return !formerQueues.isEmpty() || queues != null && size() == 0 && queues.holdsMemory();
    }

    private void reclaimQueues() {
        S3FifoQueues former = formerQueues.peek();
        if (former == null) {
            Objects.requireNonNull(queues).clear();
        } else if (!former.clear()) {
            formerQueues.remove();
        }
    }

    private void freeWithoutValue(long entry) {
        if (scratch.wrap(entry).isLargeKey()) {
            LargeBlock.release(scratch.keyAddress());
        }
        arena.free(entry);
    }

    private void freeEntry(long entry) {
        pendingCount--;
        lazilyFreedCount++;
        freeEntry(scratch.wrap(entry));
    }

    private void freeEntry(EntryView entry) {
        if (entry.isFieldTable()) {
            fieldTables.discard(Memory.getLong(entry.valueAddress()));
        }
        releaseBlocks(entry);
        arena.free(entry.address());
    }

    private static void releaseBlocks(EntryView entry) {
        if (entry.isLargeValue()) {
            LargeBlock.release(entry.valueAddress());
        }
        if (entry.isLargeKey()) {
            LargeBlock.release(entry.keyAddress());
        }
    }

    // ---- the end

    /**
     * Lets go of the large blocks that entries hold, which are the process's and not the arena's; nothing may be asked of
     * the database afterwards. Costs a look at every entry where there is a large block at all.
     */
    public void close() {
        if (LargeBlock.usedBytes() == 0) {
            return;
        }
        cut.close();
        int from = detachedPart;
        KeyIndex garbage;
        while ((garbage = detached.poll()) != null) {
            releaseLarge(garbage, from);
            from = 0;
        }
        releaseLarge(index, 0);
        while (fieldTables.hasGarbage()) {
            fieldTables.reclaim();
        }
    }

    private void releaseLarge(KeyIndex index, int fromPart) {
        if (index.size() > 0) {
            for (int part = fromPart; part < index.partCount(); part++) {
                index.forEach(part, this::releaseLarge);
            }
        }
    }

    private void releaseLarge(long address) {
        EntryView entry = scratch.wrap(address);
        if (entry.isFieldTable()) {
            fieldTables.discard(Memory.getLong(entry.valueAddress()));
        }
        releaseBlocks(entry);
    }

    // ---- the change point

    /** Before an entry is changed, moved or removed: it is still as it was. */
    void beforeChange(EntryView entry) {
        assert entry.isString() || entry.isHash() : "stale view";
        if (cut.isWaitingFor(entry)) {
            giveAheadSlowPath(entry);
        }
    }

    /** Before a field of a table is changed, moved or removed, and after {@link #beforeChange} of its key. */
    void beforeFieldChange(long root, long field) {
        if (cut.isWaitingFor(field)) {
            cut.giveAhead(root, field);
        }
    }

    void afterChange() {
        changes++;
    }

    // ---- scanning

    /**
     * One step of a scan; see {@link KeyIndex#scan}. Calls back with addresses of entries for {@link #live}.
     *
     * @return where to go on, 0 at the end
     */
    public long scan(long position, long count, LongConsumer consumer) {
        return index.scan(position, count, consumer);
    }

    /** An entry that a scan has found, or null when its deadline has passed. The view is reused. */
    public @Nullable EntryView live(long address) {
        EntryView entry = view.wrap(address);
        return entry.hasExpiry() && entry.expiresAtMs() < nowMs ? null : entry;
    }

    /** A key by chance, each as likely as any other, or null when there is none that has not expired. */
    public @Nullable EntryView any(SplittableRandom random) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS && size() > 0; attempt++) {
            EntryView entry = live(index.any(random));
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /** How many expired keys {@link #any} may come upon. */
    private static final int MOST_ATTEMPTS = 100;

    // ---- the cut

    void beginCut(int number, CutSink sink) {
        cut.begin(number, sink, index, nowMs);
    }

    /** What this database does for the walk. */
    DatabaseCut cut() {
        return cut;
    }

    /** The number of the last cut. */
    public int lastCut() {
        return cut.stamp();
    }

    /** Sets it: databases of a shard have the same, since what they hold may move between them. */
    public void joinCuts(int number) {
        cut.join(number);
    }

    private void giveAheadSlowPath(EntryView entry) {
        long keyAddress = entry.keyAddress();
        int keyLength = entry.keyLength();
        index.find(entryHash.of(keyAddress, keyLength), keyAddress, keyLength);
        cut.giveAhead(entry, index.accessStamp());
    }

    // ---- statistics

    /** Keys, expired ones that nothing has looked up included. */
    public long size() {
        return index.size();
    }

    /** Keys with a deadline. */
    public long volatileCount() {
        return deadlines.count();
    }

    /** Changes of keys since the start. */
    public long changes() {
        return changes;
    }

    /** Keys removed because their deadline had passed. */
    public long expiredCount() {
        return expiredCount;
    }

    /** Those of them that a look-up found; the others were removed unasked. */
    public long lazilyExpiredCount() {
        return lazilyExpiredCount;
    }

    /** How long after their deadlines keys were removed, ms; null as long as there were none. Any thread may copy it. */
    public @Nullable Histogram expireLag() {
        return expireLag;
    }

    /** Here only so that loads have a reader. */
    long touched() {
        return touched;
    }

    /**
     * Bytes that a key takes with its value and its slot in the index.
     *
     * @param existing what {@link #find} returned
     * @param samples fields of a large hash that are looked at, from 1
     */
    public long usage(EntryView existing, long samples) {
        long bytes = Long.BYTES + Arena.blockLength(existing.lengthBytes());
        if (existing.isLargeKey()) {
            bytes += LargeBlock.lengthBytes(existing.keyAddress());
        }
        if (existing.isLargeValue()) {
            bytes += LargeBlock.lengthBytes(existing.valueAddress());
        }
        return existing.isFieldTable()
                ? bytes + fieldTables.bytes(Memory.getLong(existing.valueAddress()), samples)
                : bytes;
    }

    /** Entries of flushed generations that are not freed yet. */
    public long pendingCount() {
        return pendingCount;
    }

    /** Entries of flushed generations that were freed. */
    public long lazilyFreedCount() {
        return lazilyFreedCount;
    }

    /** Bytes of index, timing wheels and queues of eviction, wherever they are. */
    public long indexBytes() {
        return indexHeapBytes() + indexArenaBytes();
    }

    /** Bytes that index and timing wheels take outside the arena. */
    public long indexHeapBytes() {
        return index.heapBytes() + expiryBytes();
    }

    /** Bytes of index and queues of eviction in the arena. */
    public long indexArenaBytes() {
        S3FifoQueues queues = this.queues;
        return index.arenaBytes() + (queues == null ? 0 : queues.arenaBytes());
    }

    /** Bytes that timing wheels take; their records are in the entries. */
    public long expiryBytes() {
        return deadlines.wheel().heapBytes() + fieldTables.heapBytes();
    }
}
