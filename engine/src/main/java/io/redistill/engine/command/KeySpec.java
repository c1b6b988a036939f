// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a command has keys and what it does with them, in Redis's terms: keys from argument {@code index} on, every
 * {@code step} arguments, the last one {@code lastKey} arguments after the first or, if negative, before the end of the
 * command. An {@code index} of {@link #UNKNOWN} says that only the command's own parser finds them.
 *
 * @param limit with a negative {@code lastKey}, divides the arguments; 0 (all commands so far) does not
 * @param notes a remark for readers, or null
 */
record KeySpec(
        List<String> flags,
        int index,
        int lastKey,
        int step,
        int limit,
        @Nullable String notes) {
    /** In place of an index: keys that no rule describes. */
    static final int UNKNOWN = -1;

    /** Reads specifications separated by a slash between spaces. */
    static List<KeySpec> parseAll(String text) {
        List<KeySpec> specs = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int separator = text.indexOf(" / ", start);
            int end = separator < 0 ? text.length() : separator;
            specs.add(parse(text.substring(start, end)));
            start = end + 3;
        }
        return List.copyOf(specs);
    }

    /** Reads {@code flags @ index lastkey keystep limit} or {@code flags @ unknown}, perhaps with {@code -- notes}. */
    private static KeySpec parse(String text) {
        int notesAt = text.indexOf(" -- ");
        String notes = notesAt < 0 ? null : text.substring(notesAt + 4);
        String withoutNotes = notesAt < 0 ? text : text.substring(0, notesAt);
        int at = withoutNotes.indexOf(" @ ");
        List<String> flags = List.of(Words.split(withoutNotes.substring(0, at)));
        String place = withoutNotes.substring(at + 3);
        if (place.equals("unknown")) {
            return new KeySpec(flags, UNKNOWN, 0, 0, 0, notes);
        }
        String[] numbers = Words.split(place);
        return new KeySpec(
                flags,
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Integer.parseInt(numbers[3]),
                notes);
    }

    boolean isUnknown() {
        return index == UNKNOWN;
    }

    /** Adds the keys of a command; false when they would lie beyond its end. */
    boolean addKeys(byte[][] command, List<byte[]> keys) {
        if (limit != 0) {
            throw new IllegalStateException("limit=" + limit + ", must be 0: no command has needed another yet");
        }
        int last = lastKey >= 0 ? index + lastKey : command.length + lastKey;
        if (index >= command.length || last >= command.length || last < index) {
            return false;
        }
        for (int i = index; i <= last; i += step) {
            keys.add(command[i]);
        }
        return true;
    }
}
