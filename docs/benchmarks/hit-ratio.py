#!/usr/bin/env python3
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
"""Hit ratios behind docs/benchmarks.md: this server against redis-server, through the protocol.

Each request of a trace is a GET and, when that misses, a SET of 1024 bytes. Both servers are given the maxmemory with which
they hold the same number of keys in the end, to a quarter of a per cent: a tenth of those that the trace has. It is found
by replaying; what was held is printed. maxmemory-samples is 10 for both.

usage: docs/benchmarks/hit-ratio.py [REQUESTS]       default 400000; some minutes. Needs redis-server in the path.
"""
import bisect, itertools, os, socket, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
M64 = (1 << 64) - 1
VALUE = b"v" * 1024
BATCH = 64


def draws(seed):
    """SplitMix64, as in java.util.SplittableRandom, shifted right by one."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & M64
        z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & M64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
        yield (z ^ (z >> 31)) >> 1


def ranks(seed, alpha, objects=100_000):
    sums = list(itertools.accumulate(int(4294967296.0 / k**alpha + 0.5) for k in range(1, objects + 1)))
    return (bisect.bisect_right(sums, draw % sums[-1]) for draw in draws(seed))


def zipf(requests):
    return list(itertools.islice(ranks(1001, 0.99), requests))


def zipf_with_scans(requests):
    """Every 10,000 requests end in 2,000 keys that never come again."""
    some, fresh = ranks(1002, 0.8), itertools.count(100_000)
    return [next(some) if i % 10_000 < 8_000 else next(fresh) for i in range(requests)]


def shifting(requests):
    """Every 100,000 requests the ranking moves on by 10,000 keys."""
    some = ranks(1003, 0.9)
    return [(next(some) + i // 100_000 * 10_000) % 100_000 for i in range(requests)]


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", 1 << 16)

    def send(self, commands):
        out = []
        for words in commands:
            out.append(b"*%d\r\n" % len(words))
            out.extend(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        self.socket.sendall(b"".join(out))

    def reply(self):
        line = self.file.readline()
        if line[:1] == b"$" and line != b"$-1\r\n":
            return self.file.read(int(line[1:]) + 2)[:-2]
        if line[:1] in (b"-", b""):
            raise IOError(line)
        return None if line == b"$-1\r\n" else line[1:-2]

    def call(self, *words):
        self.send([[str(word).encode() for word in words]])
        return self.reply()


def replay(client, trace):
    """Misses. Requests travel in batches without repeated keys, so that order does not matter."""
    misses, at = 0, 0
    while at < len(trace):
        batch = []
        while at < len(trace) and len(batch) < BATCH and trace[at] not in batch:
            batch.append(trace[at])
            at += 1
        keys = [b"key:%08d" % key for key in batch]
        client.send([b"GET", key] for key in keys)
        missed = [key for key in keys if client.reply() is None]
        if missed:
            client.send([b"SET", key, VALUE] for key in missed)
            for _ in missed:
                client.reply()
        misses += len(missed)
    return misses


def hit_ratio(client, policy, trace, keys):
    """The hit ratio with a maxmemory that holds so many keys at the end, and how many were held."""
    client.call("CONFIG", "SET", "maxmemory-policy", policy)
    client.call("CONFIG", "SET", "maxmemory-samples", 10)
    limit = keys * 1100 + (2 << 20)
    for _ in range(6):
        client.call("FLUSHALL")
        client.call("CONFIG", "SET", "maxmemory", limit)
        ratio = 1 - replay(client, trace) / len(trace)
        held = int(client.call("DBSIZE"))
        if abs(held - keys) <= keys / 400:
            break
        limit -= (held - keys) * 1090
    return ratio, held


def start(command):
    folder = tempfile.mkdtemp()
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port = int(command[command.index("--port") + 1])
    for _ in range(600):
        try:
            return server, Client(port)
        except OSError:
            time.sleep(0.1)
    raise IOError("no server on port %d" % port)


def main():
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    commands = {
        "this server": [ROOT + "/redistill", "--port", "7391", "--shards", "1", "--max-memory", "256mb"],
        "redis-server": ["redis-server", "--port", "7392", "--save", "", "--appendonly", "no"],
    }
    clients, servers = {}, []
    try:
        for name, command in commands.items():
            server, clients[name] = start(command)
            servers.append(server)
        print("| trace | keys asked for | policy | this server (keys held) | redis-server (keys held) |")
        print("|---|---|---|---|---|")
        for make in (zipf, zipf_with_scans, shifting):
            trace = make(requests)
            keys = len(set(trace)) // 10
            for policy in ("allkeys-lru", "allkeys-lfu"):
                cells = ["%.2f %% (%d)" % (100 * ratio, held)
                         for ratio, held in (hit_ratio(client, policy, trace, keys) for client in clients.values())]
                print("| %s | %d | `%s` | %s |" % (make.__name__.replace("_", " "), keys, policy, " | ".join(cells)))
                sys.stdout.flush()
    finally:
        for server in servers:
            server.terminate()
            server.wait()


main()
