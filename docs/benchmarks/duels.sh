#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# The duels behind docs/benchmarks.md: this server against redis-server, at P=1 and P=16, at 25, 50 and 80 % of
# redis-server's saturation, which a closed loop measures first. One command on a quiet machine, about an hour:
#
#   docs/benchmarks/duels.sh [FOLDER]     # default: results/duels
#
# SERVER_CPUS (0), GENERATOR_CPUS (1), PAIRS (7), DURATION (20s), WARM_UP (5s), KEYS (1m), VALUE_SIZE (256),
# CONNECTIONS (50), DEPTHS ("1 16") and SHARES ("25 50 80") change what is measured. Each duel's comparison.json and the
# summary.json of its runs are copied into docs/benchmarks when KEEP=1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
out=${1:-$root/results/duels}
server_cpus=${SERVER_CPUS:-0} generator_cpus=${GENERATOR_CPUS:-1} pairs=${PAIRS:-7}
load=(--connections "${CONNECTIONS:-50}" --keys "${KEYS:-1m}" --value-size "${VALUE_SIZE:-256}" --commands "GET=1,SET=1"
  --prefill --pin "$generator_cpus" --warm-up "${WARM_UP:-5s}" --duration "${DURATION:-20s}")
ours="$root/redistill --port %PORT% --shards 1"
theirs="redis-server --port %PORT% --save '' --appendonly no"

mkdir -p "$out"
redis_pid=
trap 'if [ -n "$redis_pid" ]; then kill "$redis_pid" 2>/dev/null || true; fi' EXIT

saturation() { # depth, folder -> replies a second of redis-server in a closed loop
  local port
  for port in $(seq 21000 21100); do
    if ! redis-cli -p "$port" ping >/dev/null 2>&1; then break; fi
  done
  taskset -c "$server_cpus" redis-server --port "$port" --save '' --appendonly no >"$2.log" 2>&1 &
  redis_pid=$!
  until redis-cli -p "$port" ping >/dev/null 2>&1; do
    kill -0 "$redis_pid" || { cat "$2.log" >&2; return 1; }
    sleep 0.1
  done
  "$root/harness" run --port "$port" --loop closed --depth "$1" "${load[@]}" --output "$2" >&2 || [ $? -eq 3 ]
  kill "$redis_pid"
  wait "$redis_pid" || true
  redis_pid=
  python3 - "$2/summary.json" <<'END'
import json, sys
counts = json.load(open(sys.argv[1]))["counts"]
print(int(counts["replies"] * 1e9 / counts["measuredNs"]))
END
}

for depth in ${DEPTHS:-1 16}; do
  full=$(saturation "$depth" "$out/saturation-p$depth")
  echo "P=$depth: redis-server's saturation is $full/s" | tee -a "$out/results.txt"
  for share in ${SHARES:-25 50 80}; do
    name=p$depth-$share
    echo "== P=$depth, $share %: $((full * share / 100))/s" | tee -a "$out/results.txt"
    code=0
    # In an open loop P is a limit: what is due beyond it waits, and the wait counts.
    "$root/harness" duel --server "$ours" --other "$theirs" --server-cpus "$server_cpus" --pairs "$pairs" \
      --rate "$((full * share / 100))" --arrivals poisson --pipeline "$depth" "${load[@]}" --quiet \
      --output "$out/$name" | tee -a "$out/results.txt" || code=${PIPESTATUS[0]}
    case $code in 0 | 1 | 3) ;; *) exit "$code" ;; esac
    if [ "${KEEP:-0}" = 1 ] && [ -f "$out/$name/comparison.json" ]; then
      cp "$out/$name/comparison.json" "$root/docs/benchmarks/$name.json"
      for side in server other; do
        for run in "$out/$name/$side"/run-*/; do
          mkdir -p "$root/docs/benchmarks/$name/$side"
          cp "$run/summary.json" "$root/docs/benchmarks/$name/$side/$(basename "$run").json"
        done
      done
    fi
  done
done
