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
    public static final int INCR = 10;
    public static final int DECR = 11;
    public static final int INCRBY = 12;
    public static final int DECRBY = 13;
    public static final int TYPE = 14;
    public static final int EXPIRE = 15;
    public static final int PEXPIRE = 16;
    public static final int EXPIREAT = 17;
    public static final int PEXPIREAT = 18;
    public static final int TTL = 19;
    public static final int PTTL = 20;
    public static final int EXPIRETIME = 21;
    public static final int PEXPIRETIME = 22;
    public static final int PERSIST = 23;
    public static final int HGET = 24;
    public static final int HSET = 25;
    public static final int HSETNX = 26;
    public static final int HMSET = 27;
    public static final int HMGET = 28;
    public static final int HGETALL = 29;
    public static final int HDEL = 30;
    public static final int HEXISTS = 31;
    public static final int HLEN = 32;
    public static final int HKEYS = 33;
    public static final int HVALS = 34;
    public static final int HINCRBY = 35;
    public static final int HSTRLEN = 36;
    public static final int HRANDFIELD = 37;
    public static final int HSCAN = 38;
    public static final int HEXPIRE = 39;
    public static final int HPEXPIRE = 40;
    public static final int HEXPIREAT = 41;
    public static final int HPEXPIREAT = 42;
    public static final int HTTL = 43;
    public static final int HPTTL = 44;
    public static final int HEXPIRETIME = 45;
    public static final int HPEXPIRETIME = 46;
    public static final int HPERSIST = 47;
    public static final int HGETEX = 48;
    public static final int HSETEX = 49;
    public static final int HGETDEL = 50;
    public static final int MGET = 51;
    public static final int MSET = 52;
    public static final int MSETNX = 53;
    public static final int DEL = 54;
    public static final int UNLINK = 55;
    public static final int EXISTS = 56;
    public static final int DBSIZE = 57;
    public static final int FLUSHDB = 58;
    public static final int FLUSHALL = 59;
    public static final int QUIT = 60;
    public static final int RESET = 61;
    public static final int SELECT = 62;
    public static final int AUTH = 63;
    public static final int HELLO = 64;
    public static final int PING = 65;
    public static final int ECHO = 66;
    public static final int TIME = 67;
    public static final int INFO = 68;
    public static final int SAVE = 69;
    public static final int BGSAVE = 70;
    public static final int LASTSAVE = 71;
    public static final int SHUTDOWN = 72;
    public static final int CLIENT = 73;
    public static final int CLIENT_GETNAME = 74;
    public static final int CLIENT_HELP = 75;
    public static final int CLIENT_ID = 76;
    public static final int CLIENT_INFO = 77;
    public static final int CLIENT_LIST = 78;
    public static final int CLIENT_REPLY = 79;
    public static final int CLIENT_SETINFO = 80;
    public static final int CLIENT_SETNAME = 81;
    public static final int COMMAND = 82;
    public static final int COMMAND_COUNT = 83;
    public static final int COMMAND_DOCS = 84;
    public static final int COMMAND_GETKEYS = 85;
    public static final int COMMAND_HELP = 86;
    public static final int COMMAND_INFO = 87;
    public static final int COMMAND_LIST = 88;
    public static final int CONFIG = 89;
    public static final int CONFIG_GET = 90;
    public static final int CONFIG_HELP = 91;
    public static final int CONFIG_RESETSTAT = 92;
    public static final int CONFIG_SET = 93;

    /** The opcodes below this one are those of the class {@link CommandClass#KEYED}. */
    public static final int KEYED_COUNT = 51;
    /** The number of opcodes. */
    public static final int COUNT = 94;

    private Opcode() {}
}
