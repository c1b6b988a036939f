#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Server CPU time of a SET at the memory limit, where nearly each one evicts: both servers with maxmemory and allkeys-lru,
# random keys of which a tenth fits, values of 256 bytes, P=16, 50 connections, in turns.
#
#   docs/benchmarks/limit.sh          # about three minutes; ROUNDS (5), COUNT (2000000), LIMIT (200mb), POLICY (allkeys-lru)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
rounds=${ROUNDS:-5} count=${COUNT:-2000000}
start_ours --max-memory 1gb
start_redis
for port in "$ours_port" "$redis_port"; do
  redis-cli -p "$port" config set maxmemory "${LIMIT:-200mb}" maxmemory-policy "${POLICY:-allkeys-lru}" >/dev/null
done

micros() { # port, pid -> CPU time per command, us
  local before
  before=$(cpu_ticks "$2")
  taskset -c "$generator_cpus" redis-benchmark -p "$1" -c 50 -P 16 -n "$count" -r 5000000 -d 256 -q \
    SET key:__rand_int__ "$(printf 'v%.0s' {1..256})" >"$work/out" 2>&1
  if grep -qi error "$work/out"; then cat "$work/out" >&2; return 1; fi
  awk -v t=$(($(cpu_ticks "$2") - before)) -v n="$count" 'BEGIN { printf "%.3f\n", t * 10000 / n }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for fill in 1 2; do micros "$ours_port" "$ours_pid" >/dev/null; done
micros "$redis_port" "$redis_pid" >/dev/null
for ((r = 0; r < rounds; r++)); do
  micros "$ours_port" "$ours_pid" >>"$work/ours.us"
  micros "$redis_port" "$redis_pid" >>"$work/redis.us"
done
awk -v a="$(median <"$work/ours.us")" -v b="$(median <"$work/redis.us")" \
  'BEGIN { printf "SET at the limit, us of server CPU: this %.3f, redis-server %.3f, ratio %.2f\n", a, b, b / a }'
for side in ours redis; do
  port=${side}_port pid=${side}_pid
  printf '%s: %s keys, %s evicted, %d KiB resident\n' "$side" "$(redis-cli -p "${!port}" dbsize)" \
    "$(redis-cli -p "${!port}" info stats | tr -d '\r' | awk -F: '/^evicted_keys/ { print $2 }')" "$(resident_kib "${!pid}")"
done
