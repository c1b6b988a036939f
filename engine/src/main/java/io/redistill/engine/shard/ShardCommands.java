// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import io.redistill.engine.command.Opcode;

/**
 * Which code executes each command: the one list of what shards can do.
 *
 * <p>Threading: stateless; called on the shard thread.
 */
final class ShardCommands {
    private ShardCommands() {}

    /**
     * Executes the command that {@code call} is wrapped around.
     *
     * @param part whether it is this shard's part of a command that others have parts of as well
     */
    static void execute(Invocation call, boolean part) {
        switch (call.opcode()) {
            case Opcode.GET -> StringCommands.get(call);
            case Opcode.SET -> StringCommands.set(call);
            case Opcode.SETNX -> StringCommands.setnx(call);
            case Opcode.SETEX -> StringCommands.setex(call, true);
            case Opcode.PSETEX -> StringCommands.setex(call, false);
            case Opcode.GETSET -> StringCommands.getset(call);
            case Opcode.GETDEL -> StringCommands.getdel(call);
            case Opcode.GETEX -> StringCommands.getex(call);
            case Opcode.APPEND -> StringCommands.append(call);
            case Opcode.STRLEN -> StringCommands.strlen(call);
            case Opcode.INCR -> StringCommands.increment(call, 1);
            case Opcode.DECR -> StringCommands.increment(call, -1);
            case Opcode.INCRBY -> StringCommands.incrementBy(call, false);
            case Opcode.DECRBY -> StringCommands.incrementBy(call, true);
            case Opcode.TYPE -> KeyCommands.type(call);
            case Opcode.EXPIRE -> KeyCommands.expire(call, true, false);
            case Opcode.PEXPIRE -> KeyCommands.expire(call, false, false);
            case Opcode.EXPIREAT -> KeyCommands.expire(call, true, true);
            case Opcode.PEXPIREAT -> KeyCommands.expire(call, false, true);
            case Opcode.TTL -> KeyCommands.timeToLive(call, true, false);
            case Opcode.PTTL -> KeyCommands.timeToLive(call, false, false);
            case Opcode.EXPIRETIME -> KeyCommands.timeToLive(call, true, true);
            case Opcode.PEXPIRETIME -> KeyCommands.timeToLive(call, false, true);
            case Opcode.PERSIST -> KeyCommands.persist(call);
            case Opcode.HGET -> HashCommands.hget(call);
            case Opcode.HSET -> HashCommands.hset(call, false);
            case Opcode.HMGET -> HashCommands.hmget(call);
            case Opcode.HGETALL -> HashCommands.hgetall(call);
            case Opcode.HINCRBY -> HashCommands.hincrby(call);
            case Opcode.HDEL -> HashCommands.hdel(call);
            case Opcode.MGET -> MultiKeyCommands.mget(call, part);
            case Opcode.MSET -> MultiKeyCommands.mset(call, part);
            case Opcode.DEL, Opcode.UNLINK -> MultiKeyCommands.count(call, part, true);
            case Opcode.EXISTS, Opcode.TOUCH -> MultiKeyCommands.count(call, part, false);
            default -> executeRare(call, part);
        }
    }

    /** Apart, so that the switch above stays small enough to be compiled into its caller. */
    private static void executeRare(Invocation call, boolean part) {
        switch (call.opcode()) {
            case Opcode.GETRANGE, Opcode.SUBSTR -> SubstringCommands.getrange(call);
            case Opcode.SETRANGE -> SubstringCommands.setrange(call);
            case Opcode.INCRBYFLOAT -> StringCommands.incrementByFloat(call);
            case Opcode.LCS -> LongestCommonSubsequence.lcs(call);
            case Opcode.SETBIT -> BitCommands.setbit(call);
            case Opcode.GETBIT -> BitCommands.getbit(call);
            case Opcode.BITCOUNT -> BitCommands.bitcount(call);
            case Opcode.BITPOS -> BitCommands.bitpos(call);
            case Opcode.BITOP -> BitCommands.bitop(call);
            case Opcode.BITFIELD -> BitfieldCommand.execute(call, false);
            case Opcode.BITFIELD_RO -> BitfieldCommand.execute(call, true);
            case Opcode.DELIFEQ -> StringCommands.delifeq(call);
            case Opcode.PFADD -> HyperLogLogCommands.pfadd(call);
            case Opcode.PFCOUNT -> HyperLogLogCommands.pfcount(call);
            case Opcode.PFMERGE -> HyperLogLogCommands.pfmerge(call);
            case Opcode.PFDEBUG -> HyperLogLogCommands.pfdebug(call);
            case Opcode.OBJECT_ENCODING -> ObjectCommands.encoding(call);
            case Opcode.OBJECT_FREQ -> ObjectCommands.frequency(call);
            case Opcode.OBJECT_IDLETIME -> ObjectCommands.idleTime(call);
            case Opcode.OBJECT_REFCOUNT -> ObjectCommands.referenceCount(call);
            case Opcode.SORT -> SortCommands.sort(call, true);
            case Opcode.SORT_RO -> SortCommands.sort(call, false);
            case Opcode.DEBUG -> DebugCommand.execute(call);
            case Opcode.HSETNX -> HashCommands.hsetnx(call);
            case Opcode.HMSET -> HashCommands.hset(call, true);
            case Opcode.HEXISTS -> HashCommands.hexists(call);
            case Opcode.HLEN -> HashCommands.hlen(call);
            case Opcode.HKEYS -> HashCommands.hkeys(call);
            case Opcode.HVALS -> HashCommands.hvals(call);
            case Opcode.HSTRLEN -> HashCommands.hstrlen(call);
            case Opcode.HRANDFIELD -> HashSampling.hrandfield(call);
            case Opcode.HINCRBYFLOAT -> HashCommands.hincrbyfloat(call);
            case Opcode.HSCAN -> HashScan.hscan(call);
            case Opcode.HEXPIRE -> HashFieldExpiry.hexpire(call, true, false);
            case Opcode.HPEXPIRE -> HashFieldExpiry.hexpire(call, false, false);
            case Opcode.HEXPIREAT -> HashFieldExpiry.hexpire(call, true, true);
            case Opcode.HPEXPIREAT -> HashFieldExpiry.hexpire(call, false, true);
            case Opcode.HTTL -> HashFieldExpiry.httl(call, true, false);
            case Opcode.HPTTL -> HashFieldExpiry.httl(call, false, false);
            case Opcode.HEXPIRETIME -> HashFieldExpiry.httl(call, true, true);
            case Opcode.HPEXPIRETIME -> HashFieldExpiry.httl(call, false, true);
            case Opcode.HPERSIST -> HashFieldExpiry.hpersist(call);
            case Opcode.HGETEX -> HashFieldExpiry.hgetex(call);
            case Opcode.HSETEX -> HashFieldExpiry.hsetex(call);
            case Opcode.HGETDEL -> HashFieldExpiry.hgetdel(call);
            case Opcode.MSETNX -> MultiKeyCommands.msetnx(call);
            case Opcode.RENAME -> TransferCommands.rename(call, false);
            case Opcode.RENAMENX -> TransferCommands.rename(call, true);
            case Opcode.COPY -> TransferCommands.copy(call);
            case Opcode.DUMP -> call.dumpCommands().dump(call);
            case Opcode.RESTORE -> call.dumpCommands().restore(call);
            case Opcode.MOVE -> TransferCommands.move(call);
            case Opcode.SAVE, Opcode.BGSAVE -> call.shard().beginCut();
            case Opcode.SHUTDOWN -> {} // its reply waits for a snapshot that is made elsewhere
            case Opcode.KEYS -> KeyspaceCommands.keys(call);
            case Opcode.SCAN -> KeyspaceScan.scan(call);
            case Opcode.RANDOMKEY -> KeyspaceCommands.randomkey(call);
            case Opcode.SWAPDB -> KeyspaceCommands.swapdb(call);
            case Opcode.DBSIZE -> MultiKeyCommands.dbsize(call, part);
            case Opcode.FLUSHDB -> MultiKeyCommands.flushdb(call, part);
            case Opcode.FLUSHALL -> MultiKeyCommands.flushall(call, part);
            case Opcode.MEMORY_USAGE -> MemoryCommands.usage(call);
            case Opcode.MEMORY_PURGE -> MemoryCommands.purge(call, part);
            default -> throw new IllegalStateException("opcode " + call.opcode() + " is not for shards");
        }
    }
}
