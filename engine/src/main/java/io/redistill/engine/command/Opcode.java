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
    public static final int MGET = 24;
    public static final int MSET = 25;
    public static final int MSETNX = 26;
    public static final int DEL = 27;
    public static final int UNLINK = 28;
    public static final int EXISTS = 29;
    public static final int DBSIZE = 30;
    public static final int FLUSHDB = 31;
    public static final int FLUSHALL = 32;
    public static final int QUIT = 33;
    public static final int RESET = 34;
    public static final int SELECT = 35;
    public static final int AUTH = 36;
    public static final int HELLO = 37;
    public static final int PING = 38;
    public static final int ECHO = 39;
    public static final int TIME = 40;
    public static final int INFO = 41;
    public static final int SAVE = 42;
    public static final int BGSAVE = 43;
    public static final int LASTSAVE = 44;
    public static final int SHUTDOWN = 45;
    public static final int CLIENT = 46;
    public static final int CLIENT_GETNAME = 47;
    public static final int CLIENT_HELP = 48;
    public static final int CLIENT_ID = 49;
    public static final int CLIENT_INFO = 50;
    public static final int CLIENT_LIST = 51;
    public static final int CLIENT_REPLY = 52;
    public static final int CLIENT_SETINFO = 53;
    public static final int CLIENT_SETNAME = 54;
    public static final int COMMAND = 55;
    public static final int COMMAND_COUNT = 56;
    public static final int COMMAND_DOCS = 57;
    public static final int COMMAND_GETKEYS = 58;
    public static final int COMMAND_HELP = 59;
    public static final int COMMAND_INFO = 60;
    public static final int COMMAND_LIST = 61;
    public static final int CONFIG = 62;
    public static final int CONFIG_GET = 63;
    public static final int CONFIG_HELP = 64;
    public static final int CONFIG_RESETSTAT = 65;
    public static final int CONFIG_SET = 66;

    /** The opcodes below this one are those of the class {@link CommandClass#KEYED}. */
    public static final int KEYED_COUNT = 24;
    /** The number of opcodes. */
    public static final int COUNT = 67;

    private Opcode() {}
}
