// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.connection;

import io.redistill.engine.command.RequestBatch;

/**
 * What a connection has told about itself and chosen: name, protocol, database, authentication.
 *
 * <p>Threading: written by the connection's event loop, read by any thread for CLIENT LIST, which sees values of some
 * moment ago.
 */
public final class ClientState {
    private final long id;
    private final String remoteAddress;
    private final String localAddress;
    private final long createdNs = System.nanoTime();
    private String name = "";
    private String libraryName = "";
    private String libraryVersion = "";
    private boolean authenticated;
    private int protocol = 2;
    private int database;
    private int lastOpcode = -1;
    private long lastActiveNs = createdNs;
    private boolean repliesOff;
    private boolean skipThis;
    private boolean skipNext;

    ClientState(long id, String remoteAddress, String localAddress, boolean authenticated) {
        this.id = id;
        this.remoteAddress = remoteAddress;
        this.localAddress = localAddress;
        this.authenticated = authenticated;
    }

    public long id() {
        return id;
    }

    public String name() {
        return name;
    }

    void name(String name) {
        this.name = name;
    }

    void library(String libraryName) {
        this.libraryName = libraryName;
    }

    void libraryVersion(String version) {
        libraryVersion = version;
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    void authenticated(boolean is) {
        authenticated = is;
    }

    boolean isResp3() {
        return protocol == 3;
    }

    int protocol() {
        return protocol;
    }

    void protocol(int version) {
        protocol = version;
    }

    /** Number of the selected database. */
    int database() {
        return database;
    }

    void database(int number) {
        database = number;
    }

    void touch(long nowNs) {
        lastActiveNs = nowNs;
    }

    /** When input came last, on the scale of {@link System#nanoTime}. */
    long lastActiveNs() {
        return lastActiveNs;
    }

    // ---- reply mode

    /** Begins a command: returns its {@link RequestBatch} flags. */
    int beginCommand(int opcode) {
        lastOpcode = opcode;
        skipThis = skipNext;
        skipNext = false;
        return (protocol == 3 ? RequestBatch.RESP3 : 0) | (repliesOff || skipThis ? RequestBatch.SILENT : 0);
    }

    /** Notes a request without words, which uses up a SKIP as any other. */
    void emptyRequest() {
        skipNext = false;
    }

    void repliesOff(boolean off) {
        repliesOff = off;
        skipNext = false;
    }

    boolean areRepliesOff() {
        return repliesOff;
    }

    void skipNextReply() {
        skipNext = true;
    }

    /** Back to the state of a fresh connection, as RESET asks. */
    void reset(boolean nowAuthenticated) {
        name = "";
        protocol = 2;
        database = 0;
        authenticated = nowAuthenticated;
        repliesOff = false;
        skipNext = false;
    }

    /** One line of CLIENT LIST without its end, in Redis's format. */
    public String describe() {
        String command = lastOpcode < 0
                ? "NULL"
                : io.redistill.engine.command.CommandTable.spec(lastOpcode).fullName();
        long now = System.nanoTime();
        return "id=" + id + " addr=" + remoteAddress + " laddr=" + localAddress + " fd=0 name=" + name + " age="
                + (now - createdNs) / 1_000_000_000L + " idle=" + (now - lastActiveNs) / 1_000_000_000L
                + " flags=N db=" + database
                + " sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0"
                + " obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=" + command + " user=default redir=-1 resp=" + protocol
                + " lib-name=" + libraryName + " lib-ver=" + libraryVersion;
    }
}
