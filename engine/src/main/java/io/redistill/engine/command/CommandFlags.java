// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

/** The bits of {@link CommandSpec#flags()}: the command flags of Redis, in the order in which it lists them. */
public final class CommandFlags {
    public static final int WRITE = 1;
    public static final int READONLY = 1 << 1;
    public static final int DENYOOM = 1 << 2;
    public static final int MODULE = 1 << 3;
    public static final int ADMIN = 1 << 4;
    public static final int PUBSUB = 1 << 5;
    public static final int NOSCRIPT = 1 << 6;
    public static final int BLOCKING = 1 << 7;
    public static final int LOADING = 1 << 8;
    public static final int STALE = 1 << 9;
    public static final int SKIP_MONITOR = 1 << 10;
    public static final int SKIP_SLOWLOG = 1 << 11;
    public static final int ASKING = 1 << 12;
    public static final int FAST = 1 << 13;
    public static final int NO_AUTH = 1 << 14;
    public static final int MAY_REPLICATE = 1 << 15;
    public static final int NO_MANDATORY_KEYS = 1 << 16;
    public static final int NO_ASYNC_LOADING = 1 << 17;
    public static final int NO_MULTI = 1 << 18;
    public static final int MOVABLEKEYS = 1 << 19;
    public static final int ALLOW_BUSY = 1 << 20;

    static final BitNames NAMES = new BitNames(
            "write",
            "readonly",
            "denyoom",
            "module",
            "admin",
            "pubsub",
            "noscript",
            "blocking",
            "loading",
            "stale",
            "skip_monitor",
            "skip_slowlog",
            "asking",
            "fast",
            "no_auth",
            "may_replicate",
            "no_mandatory_keys",
            "no_async_loading",
            "no_multi",
            "movablekeys",
            "allow_busy");

    private CommandFlags() {}
}
