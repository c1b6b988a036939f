// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * What a fault of the file system is called: the exceptions of some have nothing but the file as their message.
 *
 * <p>Threading: stateless.
 */
public final class FileFault {
    private FileFault() {}

    /** The file and the reason, as far as they are known. */
    public static String textOf(IOException fault) {
        if (!(fault instanceof FileSystemException ofFile) || ofFile.getReason() != null) {
            return String.valueOf(fault.getMessage());
        }
        if (fault instanceof NoSuchFileException) {
            return ofFile.getFile() + ": there is no such file or directory";
        }
        return ofFile.getFile()
                + (fault instanceof AccessDeniedException
                        ? ": permission denied"
                        : ": " + fault.getClass().getSimpleName());
    }
}
