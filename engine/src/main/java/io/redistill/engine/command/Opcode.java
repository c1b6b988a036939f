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
    public static final int HGET = 34;
    public static final int HSET = 35;
    public static final int HSETNX = 36;
    public static final int HMSET = 37;
    public static final int HMGET = 38;
    public static final int HGETALL = 39;
    public static final int HDEL = 40;
    public static final int HEXISTS = 41;
    public static final int HLEN = 42;
    public static final int HKEYS = 43;
    public static final int HVALS = 44;
    public static final int HINCRBY = 45;
    public static final int HSTRLEN = 46;
    public static final int HRANDFIELD = 47;
    public static final int HSCAN = 48;
    public static final int HEXPIRE = 49;
    public static final int HPEXPIRE = 50;
    public static final int HEXPIREAT = 51;
    public static final int HPEXPIREAT = 52;
    public static final int HTTL = 53;
    public static final int HPTTL = 54;
    public static final int HEXPIRETIME = 55;
    public static final int HPEXPIRETIME = 56;
    public static final int HPERSIST = 57;
    public static final int HGETEX = 58;
    public static final int HSETEX = 59;
    public static final int HGETDEL = 60;
    public static final int MGET = 61;
    public static final int MSET = 62;
    public static final int MSETNX = 63;
    public static final int DEL = 64;
    public static final int UNLINK = 65;
    public static final int EXISTS = 66;
    public static final int TOUCH = 67;
    public static final int BITOP = 68;
    public static final int LCS = 69;
    public static final int KEYS = 70;
    public static final int RANDOMKEY = 71;
    public static final int SWAPDB = 72;
    public static final int SCAN = 73;
    public static final int DBSIZE = 74;
    public static final int FLUSHDB = 75;
    public static final int FLUSHALL = 76;
    public static final int QUIT = 77;
    public static final int RESET = 78;
    public static final int SELECT = 79;
    public static final int AUTH = 80;
    public static final int HELLO = 81;
    public static final int PING = 82;
    public static final int ECHO = 83;
    public static final int TIME = 84;
    public static final int INFO = 85;
    public static final int SAVE = 86;
    public static final int BGSAVE = 87;
    public static final int LASTSAVE = 88;
    public static final int SHUTDOWN = 89;
    public static final int CLIENT = 90;
    public static final int CLIENT_GETNAME = 91;
    public static final int CLIENT_HELP = 92;
    public static final int CLIENT_ID = 93;
    public static final int CLIENT_INFO = 94;
    public static final int CLIENT_LIST = 95;
    public static final int CLIENT_REPLY = 96;
    public static final int CLIENT_SETINFO = 97;
    public static final int CLIENT_SETNAME = 98;
    public static final int COMMAND = 99;
    public static final int COMMAND_COUNT = 100;
    public static final int COMMAND_DOCS = 101;
    public static final int COMMAND_GETKEYS = 102;
    public static final int COMMAND_HELP = 103;
    public static final int COMMAND_INFO = 104;
    public static final int COMMAND_LIST = 105;
    public static final int CONFIG = 106;
    public static final int CONFIG_GET = 107;
    public static final int CONFIG_HELP = 108;
    public static final int CONFIG_RESETSTAT = 109;
    public static final int CONFIG_SET = 110;

    /** The number of opcodes. */
    public static final int COUNT = 111;

    private Opcode() {}
}
