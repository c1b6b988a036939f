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
    public static final int GETEX = 7;
    public static final int APPEND = 8;
    public static final int STRLEN = 9;
    public static final int GETRANGE = 10;
    public static final int SUBSTR = 11;
    public static final int SETRANGE = 12;
    public static final int INCRBYFLOAT = 13;
    public static final int INCR = 14;
    public static final int DECR = 15;
    public static final int INCRBY = 16;
    public static final int DECRBY = 17;
    public static final int SETBIT = 18;
    public static final int GETBIT = 19;
    public static final int BITCOUNT = 20;
    public static final int BITPOS = 21;
    public static final int BITFIELD = 22;
    public static final int BITFIELD_RO = 23;
    public static final int TYPE = 24;
    public static final int EXPIRE = 25;
    public static final int PEXPIRE = 26;
    public static final int EXPIREAT = 27;
    public static final int PEXPIREAT = 28;
    public static final int TTL = 29;
    public static final int PTTL = 30;
    public static final int EXPIRETIME = 31;
    public static final int PEXPIRETIME = 32;
    public static final int PERSIST = 33;
    public static final int MOVE = 34;
    public static final int HGET = 35;
    public static final int HSET = 36;
    public static final int HSETNX = 37;
    public static final int HMSET = 38;
    public static final int HMGET = 39;
    public static final int HGETALL = 40;
    public static final int HDEL = 41;
    public static final int HEXISTS = 42;
    public static final int HLEN = 43;
    public static final int HKEYS = 44;
    public static final int HVALS = 45;
    public static final int HINCRBY = 46;
    public static final int HINCRBYFLOAT = 47;
    public static final int HSTRLEN = 48;
    public static final int HRANDFIELD = 49;
    public static final int HSCAN = 50;
    public static final int HEXPIRE = 51;
    public static final int HPEXPIRE = 52;
    public static final int HEXPIREAT = 53;
    public static final int HPEXPIREAT = 54;
    public static final int HTTL = 55;
    public static final int HPTTL = 56;
    public static final int HEXPIRETIME = 57;
    public static final int HPEXPIRETIME = 58;
    public static final int HPERSIST = 59;
    public static final int HGETEX = 60;
    public static final int HSETEX = 61;
    public static final int HGETDEL = 62;
    public static final int MGET = 63;
    public static final int MSET = 64;
    public static final int MSETNX = 65;
    public static final int DEL = 66;
    public static final int UNLINK = 67;
    public static final int EXISTS = 68;
    public static final int TOUCH = 69;
    public static final int BITOP = 70;
    public static final int LCS = 71;
    public static final int RENAME = 72;
    public static final int RENAMENX = 73;
    public static final int COPY = 74;
    public static final int KEYS = 75;
    public static final int RANDOMKEY = 76;
    public static final int SWAPDB = 77;
    public static final int SCAN = 78;
    public static final int DBSIZE = 79;
    public static final int FLUSHDB = 80;
    public static final int FLUSHALL = 81;
    public static final int QUIT = 82;
    public static final int RESET = 83;
    public static final int SELECT = 84;
    public static final int AUTH = 85;
    public static final int HELLO = 86;
    public static final int PING = 87;
    public static final int ECHO = 88;
    public static final int TIME = 89;
    public static final int INFO = 90;
    public static final int SAVE = 91;
    public static final int BGSAVE = 92;
    public static final int LASTSAVE = 93;
    public static final int SHUTDOWN = 94;
    public static final int CLIENT = 95;
    public static final int CLIENT_GETNAME = 96;
    public static final int CLIENT_HELP = 97;
    public static final int CLIENT_ID = 98;
    public static final int CLIENT_INFO = 99;
    public static final int CLIENT_LIST = 100;
    public static final int CLIENT_REPLY = 101;
    public static final int CLIENT_SETINFO = 102;
    public static final int CLIENT_SETNAME = 103;
    public static final int COMMAND = 104;
    public static final int COMMAND_COUNT = 105;
    public static final int COMMAND_DOCS = 106;
    public static final int COMMAND_GETKEYS = 107;
    public static final int COMMAND_HELP = 108;
    public static final int COMMAND_INFO = 109;
    public static final int COMMAND_LIST = 110;
    public static final int CONFIG = 111;
    public static final int CONFIG_GET = 112;
    public static final int CONFIG_HELP = 113;
    public static final int CONFIG_RESETSTAT = 114;
    public static final int CONFIG_SET = 115;

    /** The number of opcodes. */
    public static final int COUNT = 116;

    private Opcode() {}
}
