// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The default user's password.
 *
 * <p>Threading: immutable.
 */
public final class Authentication {
    private static final byte[] DEFAULT_USER = "default".getBytes(StandardCharsets.US_ASCII);

    private final byte[] password;

    /** An empty password means that none is needed. */
    public Authentication(String password) {
        this.password = password.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether connections must authenticate. */
    public boolean isRequired() {
        return password.length > 0;
    }

    /** Whether the pair is right; without a password any is, for the default user. In constant time. */
    boolean accepts(byte[] user, byte[] attempt) {
        return MessageDigest.isEqual(user, DEFAULT_USER) & (!isRequired() || MessageDigest.isEqual(attempt, password));
    }

    boolean accepts(byte[] attempt) {
        return accepts(DEFAULT_USER, attempt);
    }
}
