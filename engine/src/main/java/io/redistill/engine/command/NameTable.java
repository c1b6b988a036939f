// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.redistill.engine.memory.Memory;
import java.util.List;

/**
 * An open-addressed hash table from names of up to {@link #MAX_NAME_LENGTH} bytes to opcodes.
 *
 * <p>A name is two words, its bytes in memory order with the first lowest and the rest zero. Each comes with a mask of
 * the bits that a client's name must share: all of them but the one that tells upper from lower case, and that one too
 * where the byte is no letter, so that only letters have two forms. The length is compared as well, since a zero byte
 * may be part of what a client sends. At most a quarter of the slots is used, so that most names are found, or missed,
 * at the first one.
 *
 * <pre>
 *   slot  +0 bytes 0 to 7  +1 their mask  +2 bytes 8 to 15  +3 their mask  +4 opcode &lt;&lt; 8 | length, or 0 if empty
 * </pre>
 *
 * <p>Threading: immutable.
 */
final class NameTable {
    static final int UNKNOWN = -1;
    static final int MAX_NAME_LENGTH = 16;

    private static final int SLOT_LENGTH = 8;
    private static final int HEAD_MASK_INDEX = 1;
    private static final int TAIL_INDEX = 2;
    private static final int TAIL_MASK_INDEX = 3;
    private static final int VALUE_INDEX = 4;
    /** What is the same in upper-case and lower-case letters, for eight bytes. */
    private static final long WITHOUT_CASE = 0xDFDFDFDFDFDFDFDFL;

    private final long[] slots;
    private final int shift;

    /** A table of the commands by {@link CommandSpec#name()}. */
    NameTable(List<CommandSpec> commands) {
        int capacity = Integer.highestOneBit(Math.max(commands.size(), 1) * 4 - 1) * 2;
        slots = new long[capacity * SLOT_LENGTH];
        shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
        for (CommandSpec command : commands) {
            add(command.name().getBytes(US_ASCII), command.opcode());
        }
    }

    private void add(byte[] name, int opcode) {
        if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("name.length=" + name.length + ", must be 1 to " + MAX_NAME_LENGTH);
        }
        long[] words = new long[2];
        long[] masks = {-1, -1};
        for (int i = 0; i < name.length; i++) {
            int position = (i & 7) << 3;
            words[i >> 3] |= (name[i] & 0xFFL) << position;
            if (name[i] >= 'a' && name[i] <= 'z') {
                masks[i >> 3] &= ~(0x20L << position);
            }
        }
        int slot = slotOf(words[0], words[1]);
        while (slots[slot + VALUE_INDEX] != 0) {
            slot = next(slot);
        }
        slots[slot] = words[0];
        slots[slot + HEAD_MASK_INDEX] = masks[0];
        slots[slot + TAIL_INDEX] = words[1];
        slots[slot + TAIL_MASK_INDEX] = masks[1];
        slots[slot + VALUE_INDEX] = ((long) opcode << 8) | name.length;
    }

    /** The opcode for the name at an address, or {@link #UNKNOWN}; reads nothing outside the name. */
    int find(long address, int length) {
        if (length <= 0 || length > MAX_NAME_LENGTH) {
            return UNKNOWN;
        }
        long head;
        long tail = 0;
        // Reads of several bytes that overlap, all of them inside the name, in place of a loop over its bytes.
        if (length >= 8) {
            head = Memory.getLong(address);
            if (length > 8) {
                tail = Memory.getLong(address + length - 8) >>> ((16 - length) << 3);
            }
        } else if (length >= 4) {
            long last = Memory.getInt(address + length - 4) & 0xFFFF_FFFFL;
            head = (Memory.getInt(address) & 0xFFFF_FFFFL) | (last << ((length - 4) << 3));
        } else if (length == 1) {
            head = Memory.getByte(address) & 0xFFL;
        } else {
            long last = Memory.getShort(address + length - 2) & 0xFFFFL;
            head = (Memory.getShort(address) & 0xFFFFL) | (last << ((length - 2) << 3));
        }
        long[] slots = this.slots;
        for (int slot = slotOf(head, tail); ; slot = next(slot)) {
            long value = slots[slot + VALUE_INDEX];
            long difference = ((head ^ slots[slot]) & slots[slot + HEAD_MASK_INDEX])
                    | ((tail ^ slots[slot + TAIL_INDEX]) & slots[slot + TAIL_MASK_INDEX]);
            if (difference == 0 && (value & 0xFF) == length) {
                return (int) (value >>> 8);
            }
            if (value == 0) {
                return UNKNOWN;
            }
        }
    }

    private int slotOf(long head, long tail) {
        long name = (head & WITHOUT_CASE) + (tail & WITHOUT_CASE) * 31;
        return (int) ((name * 0x9E3779B97F4A7C15L) >>> shift) * SLOT_LENGTH;
    }

    private int next(int slot) {
        return (slot + SLOT_LENGTH) & (slots.length - 1);
    }
}
