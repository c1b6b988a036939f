// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

import java.util.List;

/** The bits of {@link CommandSpec#aclCategories()}: the ACL categories of Redis, in the order in which it lists them. */
public final class AclCategories {
    private static final BitNames NAMES = new BitNames(
            "keyspace",
            "read",
            "write",
            "set",
            "sortedset",
            "list",
            "hash",
            "string",
            "bitmap",
            "hyperloglog",
            "geo",
            "stream",
            "pubsub",
            "admin",
            "fast",
            "slow",
            "blocking",
            "dangerous",
            "connection",
            "transaction",
            "scripting");

    private AclCategories() {}

    /** The bit of a category by its lower-case name without the at sign, or 0. */
    public static int bitOf(String name) {
        return NAMES.bitOf(name);
    }

    public static List<String> namesOf(int categories) {
        return NAMES.namesOf(categories);
    }

    static int parse(String words) {
        return NAMES.parse(words);
    }
}
