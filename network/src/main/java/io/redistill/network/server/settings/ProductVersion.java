// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

/** Which build this is. */
public final class ProductVersion {
    private ProductVersion() {}

    /** The version in the manifest of the jar, or {@code development} when the classes are not in one. */
    public static String version() {
        String version = ProductVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String line() {
        return "Redistill for the JVM " + version() + " (Java " + Runtime.version() + ")";
    }
}
