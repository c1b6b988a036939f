// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.command;

/**
 * The number of each command and subcommand, dense from 0, so that a {@code switch} over them is one indexed jump.
 *
 * <p>A command's opcode is the place of its record in {@code commands.txt}; a test holds both to each other. The
 * opcodes are no part of any format and change as commands are added.
 */
public final class Opcode {
    public static final int GET = 0;
    public static final int SET = 1;
    public static final int SETNX = 2;
    public static final int SETEX = 3;
    public static final int PSETEX = 4;
    public static final int GETSET = 5;
    public static final int GETDEL = 6;
    public static final int DELIFEQ = 7;
    public static final int GETEX = 8;
    public static final int APPEND = 9;
    public static final int STRLEN = 10;
    public static final int GETRANGE = 11;
    public static final int SUBSTR = 12;
    public static final int SETRANGE = 13;
    public static final int INCRBYFLOAT = 14;
    public static final int INCR = 15;
    public static final int DECR = 16;
    public static final int INCRBY = 17;
    public static final int DECRBY = 18;
    public static final int SETBIT = 19;
    public static final int GETBIT = 20;
    public static final int BITCOUNT = 21;
    public static final int BITPOS = 22;
    public static final int BITFIELD = 23;
    public static final int BITFIELD_RO = 24;
    public static final int PFADD = 25;
    public static final int PFDEBUG = 26;
    public static final int TYPE = 27;
    public static final int EXPIRE = 28;
    public static final int PEXPIRE = 29;
    public static final int EXPIREAT = 30;
    public static final int PEXPIREAT = 31;
    public static final int TTL = 32;
    public static final int PTTL = 33;
    public static final int EXPIRETIME = 34;
    public static final int PEXPIRETIME = 35;
    public static final int PERSIST = 36;
    public static final int MOVE = 37;
    public static final int DUMP = 38;
    public static final int RESTORE = 39;
    public static final int HGET = 40;
    public static final int HSET = 41;
    public static final int HSETNX = 42;
    public static final int HMSET = 43;
    public static final int HMGET = 44;
    public static final int HGETALL = 45;
    public static final int HDEL = 46;
    public static final int HEXISTS = 47;
    public static final int HLEN = 48;
    public static final int HKEYS = 49;
    public static final int HVALS = 50;
    public static final int HINCRBY = 51;
    public static final int HINCRBYFLOAT = 52;
    public static final int HSTRLEN = 53;
    public static final int HRANDFIELD = 54;
    public static final int HSCAN = 55;
    public static final int HEXPIRE = 56;
    public static final int HPEXPIRE = 57;
    public static final int HEXPIREAT = 58;
    public static final int HPEXPIREAT = 59;
    public static final int HTTL = 60;
    public static final int HPTTL = 61;
    public static final int HEXPIRETIME = 62;
    public static final int HPEXPIRETIME = 63;
    public static final int HPERSIST = 64;
    public static final int HGETEX = 65;
    public static final int HSETEX = 66;
    public static final int HGETDEL = 67;
    public static final int MGET = 68;
    public static final int MSET = 69;
    public static final int MSETNX = 70;
    public static final int DEL = 71;
    public static final int UNLINK = 72;
    public static final int EXISTS = 73;
    public static final int TOUCH = 74;
    public static final int BITOP = 75;
    public static final int PFCOUNT = 76;
    public static final int PFMERGE = 77;
    public static final int LCS = 78;
    public static final int RENAME = 79;
    public static final int RENAMENX = 80;
    public static final int COPY = 81;
    public static final int KEYS = 82;
    public static final int RANDOMKEY = 83;
    public static final int SWAPDB = 84;
    public static final int SCAN = 85;
    public static final int DBSIZE = 86;
    public static final int FLUSHDB = 87;
    public static final int FLUSHALL = 88;
    public static final int QUIT = 89;
    public static final int RESET = 90;
    public static final int SELECT = 91;
    public static final int AUTH = 92;
    public static final int HELLO = 93;
    public static final int PING = 94;
    public static final int ECHO = 95;
    public static final int TIME = 96;
    public static final int INFO = 97;
    public static final int SAVE = 98;
    public static final int BGSAVE = 99;
    public static final int LASTSAVE = 100;
    public static final int SHUTDOWN = 101;
    public static final int CLIENT = 102;
    public static final int CLIENT_GETNAME = 103;
    public static final int CLIENT_HELP = 104;
    public static final int CLIENT_ID = 105;
    public static final int CLIENT_INFO = 106;
    public static final int CLIENT_LIST = 107;
    public static final int CLIENT_REPLY = 108;
    public static final int CLIENT_SETINFO = 109;
    public static final int CLIENT_SETNAME = 110;
    public static final int COMMAND = 111;
    public static final int COMMAND_COUNT = 112;
    public static final int COMMAND_DOCS = 113;
    public static final int COMMAND_GETKEYS = 114;
    public static final int COMMAND_HELP = 115;
    public static final int COMMAND_INFO = 116;
    public static final int COMMAND_LIST = 117;
    public static final int CONFIG = 118;
    public static final int CONFIG_GET = 119;
    public static final int CONFIG_HELP = 120;
    public static final int CONFIG_RESETSTAT = 121;
    public static final int CONFIG_SET = 122;
    public static final int MEMORY = 123;
    public static final int MEMORY_DOCTOR = 124;
    public static final int MEMORY_HELP = 125;
    public static final int MEMORY_MALLOC_STATS = 126;
    public static final int MEMORY_PURGE = 127;
    public static final int MEMORY_STATS = 128;
    public static final int MEMORY_USAGE = 129;

    /** The number of opcodes. */
    public static final int COUNT = 130;

    private Opcode() {}
}
