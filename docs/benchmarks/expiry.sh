#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# How late keys leave by themselves, seen through DBSIZE: 1000 probe keys with one deadline, beside 0, 10,000, 100,000 and a
# million other keys whose deadlines are far. Then a million keys due in the same second: when the last is gone.
#
#   docs/benchmarks/expiry.sh          # about five minutes; OTHERS ("0 10000 100000 1000000"), WAIT (60): seconds for redis
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
start_ours --max-memory 4gb
start_redis
cat >"$work/expiry.py" <<'END'
import socket, sys, time

def connect(port):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s

def encode(*words):
    return ("*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(str(w)), w) for w in words)).encode()

def send_all(s, commands, replies_each=1):
    """Sends in pieces and reads as many reply lines."""
    batch, count = [], 0
    def flush():
        nonlocal batch, count
        s.sendall(b"".join(batch))
        lines = 0
        while lines < count:
            lines += s.recv(1 << 20).count(b"\n")
        batch, count = [], 0
    for c in commands:
        batch.append(c)
        count += replies_each
        if count == 2000:
            flush()
    flush()

def one(s, *words):
    s.sendall(encode(*words))
    reply = b""
    while not reply.endswith(b"\r\n"):
        reply += s.recv(4096)
    return reply

def dbsize(s):
    return int(one(s, "DBSIZE")[1:])

def fill_others(s, others):
    one(s, "FLUSHALL")
    send_all(s, (encode("SET", "other:%d" % i, "v", "EX", 86400) for i in range(others)))

def probes(s, others, wait):
    due = int(time.time() * 1000) + 400
    send_all(s, (encode("SET", "probe:%d" % i, "v", "PXAT", due) for i in range(1000)))
    late, gone = [], 0
    end = due + wait * 1000
    while gone < 1000:
        size = dbsize(s)
        now = time.time() * 1000
        left = size - others
        late += [now - due] * (1000 - gone - left)
        gone = 1000 - left
        if now > end:
            break
        time.sleep(0.0002 if now - due < 1000 else 0.02)
    return late

def show(late):
    late.sort()
    at = lambda q: "%8.1f" % late[min(999, int(q * 1000))] if len(late) > min(999, int(q * 1000)) else "   never"
    return at(0.5) + at(0.999) + ("  (%d of 1000 were still there)" % (1000 - len(late)) if len(late) < 1000 else "")

mode, name, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = connect(port)
if mode == "probes":
    others, wait = int(sys.argv[4]), int(sys.argv[5])
    fill_others(s, others)
    best = None
    for attempt in range(1 if wait > 5 and name == "redis" else 3):
        late = probes(s, others, wait)
        print("%-6s %9d others: p50 and max, ms: %s" % (name, others, show(late)), flush=True)
        if len(late) < 1000:
            break
else:
    count = int(sys.argv[4])
    one(s, "FLUSHALL")
    start = time.time()
    due = int((start + max(4, count / 100000)) * 1000)
    send_all(s, (encode("SET", "k:%d" % i, "v" * 32, "PXAT", due + i % 1000) for i in range(count)))
    if time.time() * 1000 > due:
        print("the machine is too slow to write the keys before they are due")
        sys.exit(1)
    while dbsize(s) > 0 and time.time() * 1000 < due + 61000:
        time.sleep(0.002)
    print("%-6s %d keys due within a second: the last went %.0f ms after the last deadline, %d left" % (
        name, count, time.time() * 1000 - due - 999, dbsize(s)), flush=True)
END
for others in ${OTHERS:-0 10000 100000 1000000}; do
  taskset -c "$generator_cpus" python3 "$work/expiry.py" probes ours "$ours_port" "$others" 5
  taskset -c "$generator_cpus" python3 "$work/expiry.py" probes redis "$redis_port" "$others" "${WAIT:-60}"
done
taskset -c "$generator_cpus" python3 "$work/expiry.py" mass ours "$ours_port" "${MASS:-1000000}"
taskset -c "$generator_cpus" python3 "$work/expiry.py" mass redis "$redis_port" "${MASS:-1000000}"
redis-cli -p "$ours_port" info stats | grep -E '^expire' || true
