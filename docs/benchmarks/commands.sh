#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Server CPU time per command, this server against redis-server in turns, by command: 50 connections, P=16, one core for
# the server and one for redis-benchmark, 100,000 keys of each kind. Then the memory of a million small hashes in both.
#
#   docs/benchmarks/commands.sh        # about six minutes; ROUNDS (3), COUNT (1000000), HASHES (1000000)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
rounds=${ROUNDS:-3} count=${COUNT:-1000000} hashes=${HASHES:-1000000}
keys=100000

fill() { # port, hashes, strings: keys as redis-benchmark makes them from __rand_int__
  python3 - "$2" "$3" <<'END' | redis-cli -p "$1" --pipe >/dev/null
import sys
hashes, strings = int(sys.argv[1]), int(sys.argv[2])
def command(*words):
    return "*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(w), w) for w in words)
out = sys.stdout
for i in range(strings):
    out.write(command("SET", "s:%012d" % i, "v" * 256))
for i in range(hashes):
    words = ["HSET", "h:%012d" % i]
    for f in range(10):
        words += ["field%03d" % f, "%016d" % (i * 10 + f + 10**15)]
    out.write(command(*words))
END
}

micros() { # port, pid, words of the command -> CPU time per command, us
  local port=$1 pid=$2 before after
  shift 2
  before=$(cpu_ticks "$pid")
  taskset -c "$generator_cpus" redis-benchmark -p "$port" -c 50 -P 16 -n "$count" -r "$keys" -q "$@" >"$work/out" 2>&1
  if grep -qi error "$work/out"; then cat "$work/out" >&2; return 1; fi
  after=$(cpu_ticks "$pid")
  awk -v t=$((after - before)) -v n="$count" 'BEGIN { printf "%.3f\n", t * 10000 / n }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

compare() { # name, words
  local name=$1 r
  shift
  : >"$work/ours.us" && : >"$work/redis.us"
  micros "$ours_port" "$ours_pid" "$@" >/dev/null # compiles
  for ((r = 0; r < rounds; r++)); do
    micros "$ours_port" "$ours_pid" "$@" >>"$work/ours.us"
    micros "$redis_port" "$redis_pid" "$@" >>"$work/redis.us"
  done
  awk -v n="$name" -v a="$(median <"$work/ours.us")" -v b="$(median <"$work/redis.us")" \
    'BEGIN { printf "%-12s %14.3f %14.3f %8.2f\n", n, a, b, b / a }'
}

if [ "${PART:-both}" != memory ]; then
  start_ours --max-memory 4gb
  start_redis
  fill "$ours_port" "$keys" "$keys"
  fill "$redis_port" "$keys" "$keys"
  # The first minutes of a JVM are not what is measured.
  for warm in 1 2 3; do
    micros "$ours_port" "$ours_pid" GET s:__rand_int__ >/dev/null
    micros "$ours_port" "$ours_pid" HGET h:__rand_int__ field005 >/dev/null
  done
  ten_keys=() ten_pairs=()
  for ((i = 0; i < 10; i++)); do
    ten_keys+=("s:__rand_int__")
    ten_pairs+=("s:__rand_int__" "$(printf 'v%.0s' {1..256})")
  done
  printf '%-12s %14s %14s %8s\n' command 'us, this' 'us, redis' ratio
  compare HSET HSET h:__rand_int__ field005 0000000000000000
  compare HGET HGET h:__rand_int__ field005
  compare HGETALL HGETALL h:__rand_int__
  compare 'MSET(10)' MSET "${ten_pairs[@]}"
  compare 'MGET(10)' MGET "${ten_keys[@]}"
  compare GETRANGE GETRANGE s:__rand_int__ 10 50
  compare SETBIT SETBIT s:__rand_int__ 77 1
  compare EXPIRE EXPIRE s:__rand_int__ 100000
  end_servers
fi

if [ "${PART:-both}" != commands ]; then
  start_ours --max-memory 4gb
  start_redis
  for side in ours redis; do
    port=${side}_port pid=${side}_pid
    fill "${!port}" 1000 1000
    redis-cli -p "${!port}" flushall >/dev/null
    before=$(resident_kib "${!pid}")
    fill "${!port}" "$hashes" 0
    after=$(resident_kib "${!pid}")
    used=$(redis-cli -p "${!port}" info memory | awk -F: '/^used_memory:/ { print $2 + 0 }')
    awk -v s=$side -v k=$((after - before)) -v n="$hashes" -v u="$used" \
      'BEGIN { printf "%-6s %d hashes of 10 fields: %.1f bytes each by resident memory, used_memory %.1f\n", s, n, k * 1024 / n, u / n }'
  done
fi
