// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names for the bits of a mask, lowest first, in the order in which Redis lists them.
 *
 * <p>Threading: immutable.
 */
final class BitNames {
    private final List<String> names;
    private final Map<String, Integer> bits = new HashMap<>();

    BitNames(String... names) {
        this.names = List.of(names);
        for (int i = 0; i < names.length; i++) {
            bits.put(names[i], 1 << i);
        }
    }

    /** The mask of names separated by spaces. */
    int parse(String words) {
        int mask = 0;
        for (String word : Words.split(words)) {
            int bit = bitOf(word);
            if (bit == 0) {
                throw new IllegalStateException("name=" + word + ", must be one of " + names);
            }
            mask |= bit;
        }
        return mask;
    }

    /** The bit with this name, or 0. */
    int bitOf(String name) {
        return bits.getOrDefault(name, 0);
    }

    List<String> namesOf(int mask) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if ((mask & (1 << i)) != 0) {
                result.add(names.get(i));
            }
        }
        return result;
    }
}
