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
    public static final int HINCRBYFLOAT = 46;
    public static final int HSTRLEN = 47;
    public static final int HRANDFIELD = 48;
    public static final int HSCAN = 49;
    public static final int HEXPIRE = 50;
    public static final int HPEXPIRE = 51;
    public static final int HEXPIREAT = 52;
    public static final int HPEXPIREAT = 53;
    public static final int HTTL = 54;
    public static final int HPTTL = 55;
    public static final int HEXPIRETIME = 56;
    public static final int HPEXPIRETIME = 57;
    public static final int HPERSIST = 58;
    public static final int HGETEX = 59;
    public static final int HSETEX = 60;
    public static final int HGETDEL = 61;
    public static final int MGET = 62;
    public static final int MSET = 63;
    public static final int MSETNX = 64;
    public static final int DEL = 65;
    public static final int UNLINK = 66;
    public static final int EXISTS = 67;
    public static final int TOUCH = 68;
    public static final int BITOP = 69;
    public static final int LCS = 70;
    public static final int KEYS = 71;
    public static final int RANDOMKEY = 72;
    public static final int SWAPDB = 73;
    public static final int SCAN = 74;
    public static final int DBSIZE = 75;
    public static final int FLUSHDB = 76;
    public static final int FLUSHALL = 77;
    public static final int QUIT = 78;
    public static final int RESET = 79;
    public static final int SELECT = 80;
    public static final int AUTH = 81;
    public static final int HELLO = 82;
    public static final int PING = 83;
    public static final int ECHO = 84;
    public static final int TIME = 85;
    public static final int INFO = 86;
    public static final int SAVE = 87;
    public static final int BGSAVE = 88;
    public static final int LASTSAVE = 89;
    public static final int SHUTDOWN = 90;
    public static final int CLIENT = 91;
    public static final int CLIENT_GETNAME = 92;
    public static final int CLIENT_HELP = 93;
    public static final int CLIENT_ID = 94;
    public static final int CLIENT_INFO = 95;
    public static final int CLIENT_LIST = 96;
    public static final int CLIENT_REPLY = 97;
    public static final int CLIENT_SETINFO = 98;
    public static final int CLIENT_SETNAME = 99;
    public static final int COMMAND = 100;
    public static final int COMMAND_COUNT = 101;
    public static final int COMMAND_DOCS = 102;
    public static final int COMMAND_GETKEYS = 103;
    public static final int COMMAND_HELP = 104;
    public static final int COMMAND_INFO = 105;
    public static final int COMMAND_LIST = 106;
    public static final int CONFIG = 107;
    public static final int CONFIG_GET = 108;
    public static final int CONFIG_HELP = 109;
    public static final int CONFIG_RESETSTAT = 110;
    public static final int CONFIG_SET = 111;

    /** The number of opcodes. */
    public static final int COUNT = 112;

    private Opcode() {}
}
