#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# How late GETs of other keys are while a million keys become due within one second, beside the same load without them; both
# servers in turns:
#
#   docs/benchmarks/expiring.sh PACE.C      # about four minutes
#
# PACE.C is an open-loop generator: pace PORT CONNECTIONS RATE GET% KEYS VALUE_BYTES SECONDS, which warms up for a second and
# prints "p99.9 <n>us", counted from when each request was due. PAIRS (5), RATE (20000), DUE (1000000) keys.
set -euo pipefail
[ -f "${1:-}" ] || { sed -n '4,12s/^# \{0,1\}//p' "$0"; exit 2; }
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
pairs=${PAIRS:-5} rate=${RATE:-20000} due=${DUE:-1000000} keys=100000 seconds=4
cc -O2 -o "$work/pace" "$1" -lm
start_ours --max-memory 2gb
start_redis

pace() { # port -> p99.9, us
  taskset -c "$generator_cpus" "$work/pace" "$1" 50 "$rate" 100 "$keys" 256 "$seconds" >"$work/out"
  cat "$work/out" >&2
  sed 's/.* p99\.9 \([0-9]*\)us .*/\1/' "$work/out"
}

fill() { # port: keys that stay
  awk -v n="$keys" 'BEGIN { v = sprintf("%256s", ""); for (i = 0; i < n; i++)
    printf "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$256\r\n%s\r\n", i, v }' | redis-cli -p "$1" --pipe >/dev/null
}

volatile() { # port, first deadline in ms: keys that become due within the second from then on
  awk -v n="$due" -v from="$2" 'BEGIN { for (i = 0; i < n; i++) { at = int(from + i * 1000 / n)
    printf "*5\r\n$3\r\nSET\r\n$16\r\ndue:%012d\r\n$16\r\nvvvvvvvvvvvvvvvv\r\n$4\r\nPXAT\r\n$13\r\n%.0f\r\n", i, at } }' |
    redis-cli -p "$1" --pipe >/dev/null
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for side in ours redis; do
  port=${side}_port
  fill "${!port}"
  pace "${!port}" >/dev/null
done
for ((pair = 0; pair < pairs; pair++)); do
  for side in ours redis; do
    port=${side}_port
    pace "${!port}" >>"$work/$side.without"
    from=$(($(date +%s%3N) + 12000))
    volatile "${!port}" "$from"
    # The second begins a second and a half into what is measured.
    while [ "$(date +%s%3N)" -lt $((from - 2500)) ]; do sleep 0.01; done
    pace "${!port}" >>"$work/$side.with"
    echo "$side: $(redis-cli -p "${!port}" dbsize) keys of $keys left" >&2
    redis-cli -p "${!port}" info stats | tr -d '\r' | sed -n 's/^expired_keys:/expired so far: /p' >&2
  done
done
for side in ours redis; do
  printf '%s: p99.9 without %s us, with %s us, median of ratios %s\n' "$side" "$(median <"$work/$side.without")" \
    "$(median <"$work/$side.with")" "$(paste -d' ' "$work/$side.with" "$work/$side.without" | awk '{ print $1 / $2 }' | median)"
done
