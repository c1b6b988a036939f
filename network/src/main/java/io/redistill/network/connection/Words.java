// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.command.RequestBatch;
import io.redistill.engine.memory.Memory;
import java.nio.charset.StandardCharsets;

/** Arguments as words, for commands off the hot path. */
final class Words {
    private Words() {}

    /** Whether an argument is a word, case folded, up to its first zero byte, as Redis compares options. */
    static boolean is(RequestBatch batch, int argument, String word) {
        int length = Math.min(batch.argumentLength(argument), word.length() + 1);
        return is(Memory.toArray(batch.argumentAddress(argument), length), word);
    }

    static boolean is(byte[] argument, String word) {
        return text(argument).equalsIgnoreCase(word);
    }

    /** The bytes up to the first zero byte as ISO 8859-1 text: one character for each byte. */
    static String text(byte[] argument) {
        int length = 0;
        while (length < argument.length && argument[length] != 0) {
            length++;
        }
        return new String(argument, 0, length, StandardCharsets.ISO_8859_1);
    }
}
