#!/usr/bin/env python3
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
"""Churn at the memory limit: how far the resident size of this server grows while keys of 16 B to 64 KiB come and go.

Warms the server up with 20 s of the same commands, empties it, purges, and takes that as what an empty server holds. Then
random keys are SET at `--max-memory 1gb`, 64 at a time, under an allkeys policy, lengths either spread evenly over the
powers of two ("mixed") or growing with time ("shift"), and VmRSS is read twice a second.

usage: docs/benchmarks/churn.py [SECONDS [mixed|shift [POLICY [on|off]]]]

Default: 600 mixed allkeys-lru on. The last word is whether the process may have transparent huge pages.
"""
import ctypes, os, random, socket, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PR_SET_THP_DISABLE = 41
KEYS = 200_000
PAYLOAD = random.randbytes(65536)


class Server:
    def __init__(self, policy, huge_pages):
        self.port = random.randrange(20000, 25000)
        before = None if huge_pages else lambda: ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
        command = [ROOT + "/redistill", "--port", str(self.port), "--shards", "2", "--max-memory", "1gb",
                   "--maxmemory-policy", policy]
        self.process = subprocess.Popen(command, cwd=tempfile.mkdtemp(), stdout=subprocess.DEVNULL, preexec_fn=before)
        for _ in range(300):
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port))
                break
            except OSError:
                time.sleep(0.1)
        self.file = self.socket.makefile("rb")

    def send(self, out, replies):
        self.socket.sendall(b"".join(out))
        return [self.file.readline() for _ in range(replies)]

    def info(self):
        self.socket.sendall(b"INFO\r\n")
        text = self.file.read(int(self.file.readline()[1:]) + 2).decode()
        return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)

    def resident(self):
        with open("/proc/%d/statm" % self.process.pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def batch(lengths, keys):
    out = []
    for length in lengths:
        key = b"key:%09d" % random.randrange(keys)
        out += [b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n" % (len(key), key, length), PAYLOAD[:length], b"\r\n"]
    return out


def mixed(share):
    return int(16 * 2 ** (random.random() * 12))


def shift(share):
    return int(max(16, min(65536, 16 * 2 ** (12 * share) * random.uniform(0.7, 1.3))))


def main():
    arguments = sys.argv[1:] + ["600", "mixed", "allkeys-lru", "on"][len(sys.argv) - 1:]
    seconds, length, policy, huge_pages = int(arguments[0]), globals()[arguments[1]], arguments[2], arguments[3] == "on"
    server = Server(policy, huge_pages)
    try:
        end = time.time() + 20
        while time.time() < end:
            server.send(batch([mixed(0) for _ in range(64)], 500), 64)
        server.send([b"FLUSHALL\r\n"], 1)
        time.sleep(2)
        server.send([b"MEMORY PURGE\r\n"], 1)
        time.sleep(1)
        base, worst, sent, errors, told, looked = server.resident(), 0, 0, {}, 0, 0
        print("empty: %d MiB" % (base >> 20))
        begin = time.time()
        while (now := time.time()) < begin + seconds:
            # With small values more keys are needed to come to the limit.
            keys = KEYS if length is mixed else 20_000_000
            for reply in server.send(batch([length((now - begin) / seconds) for _ in range(64)], keys), 64):
                if reply != b"+OK\r\n":
                    errors[reply] = errors.get(reply, 0) + 1
            sent += 64
            if now - looked > 0.5:
                looked = now
                worst = max(worst, server.resident() - base)
            if now - told > 30:
                told = now
                info = server.info()
                print("%4d s: %d SETs, %s evicted, growth %d MiB, used_memory %d MiB" % (now - begin, sent,
                      info["evicted_keys"], (server.resident() - base) >> 20, int(info["used_memory"]) >> 20), flush=True)
        info = server.info()
        print("%s: %d SETs, %s evicted, %s moved, most growth %.3f GiB, errors %s" % (" ".join(arguments), sent,
              info["evicted_keys"], info["active_defrag_hits"], worst / 2**30, errors or "none"))
    finally:
        server.process.terminate()
        server.process.wait()


main()
