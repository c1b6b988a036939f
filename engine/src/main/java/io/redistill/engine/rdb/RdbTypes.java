// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.rdb;

/**
 * The numbers by which RDB tells what follows, up to version 11 (Redis 7.2).
 *
 * <p>Threading: constants.
 */
public final class RdbTypes {
    /** The latest version that is read. */
    public static final int VERSION = 11;

    public static final int STRING = 0;
    public static final int LIST = 1;
    public static final int SET = 2;
    public static final int SORTED_SET = 3;
    public static final int HASH = 4;
    public static final int SORTED_SET_2 = 5;
    public static final int MODULE = 6;
    public static final int MODULE_2 = 7;
    public static final int HASH_ZIPMAP = 9;
    public static final int LIST_ZIPLIST = 10;
    public static final int SET_INTSET = 11;
    public static final int SORTED_SET_ZIPLIST = 12;
    public static final int HASH_ZIPLIST = 13;
    public static final int LIST_QUICKLIST = 14;
    public static final int STREAM = 15;
    public static final int HASH_LISTPACK = 16;
    public static final int SORTED_SET_LISTPACK = 17;
    public static final int LIST_QUICKLIST_2 = 18;
    public static final int STREAM_2 = 19;
    public static final int SET_LISTPACK = 20;
    public static final int STREAM_3 = 21;

    public static final int FUNCTION_2 = 245;
    public static final int FUNCTION_PRE_GA = 246;
    public static final int MODULE_AUX = 247;
    public static final int IDLE = 248;
    public static final int FREQUENCY = 249;
    public static final int AUX = 250;
    public static final int RESIZE_DB = 251;
    public static final int EXPIRE_TIME_MS = 252;
    public static final int EXPIRE_TIME = 253;
    public static final int SELECT_DB = 254;
    public static final int END = 255;

    private RdbTypes() {}

    /** Whether a value of this type is a hash. */
    public static boolean isHash(int type) {
        return type == HASH || type == HASH_ZIPMAP || type == HASH_ZIPLIST || type == HASH_LISTPACK;
    }
}
