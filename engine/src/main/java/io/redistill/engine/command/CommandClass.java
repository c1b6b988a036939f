// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

/** How a command travels from its connection to what executes it. */
public enum CommandClass {
    /** One key, hence one shard. */
    KEYED,
    /** Several keys, perhaps of several shards, each of which does its own. */
    MULTI_KEY,
    /**
     * Several keys of which one decides about another, or none and all shards: one executes for all concerned, see
     * {@link Rendezvous}.
     */
    RENDEZVOUS,
    /** No key; the shard that its cursor, argument 1, names. */
    CURSOR,
    /** No key; every shard has its part. */
    ALL_SHARDS,
    /** Reads or changes the state of its own connection, where the command is decoded. */
    CONNECTION,
    /** A reply that depends on nothing but the command itself (and the clock), in its place among the replies. */
    CONSTANT,
    /** Depends on, or affects, what lies outside its connection: runs when all earlier commands of it have finished. */
    SERVER;

    /** Whether shards execute commands of this class. */
    public boolean isForShards() {
        return ordinal() <= ALL_SHARDS.ordinal();
    }
}
