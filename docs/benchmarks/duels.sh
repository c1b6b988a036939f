#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# The duels behind docs/benchmarks.md: this server against redis-server, at P=1 and P=16, at 25, 50 and 80 % of
# redis-server's saturation, which a closed loop measures first. One command on a quiet machine, about forty minutes; the
# last thing it prints is a table (duels.py table FOLDER prints it again):
#
#   docs/benchmarks/duels.sh [FOLDER]     # default: results/duels
#
# SERVER_CPUS (0), GENERATOR_CPUS (1), PAIRS (5), DURATION (6s), WARM_UP (10s: servers are started anew for each run, and a
# JVM compiles at first), TRIES (20, of a run that is INVALID), ARRIVALS (poisson), KEYS (200k), VALUE_SIZE (256),
# CONNECTIONS (50), DEPTHS ("1 16") and SHARES ("25 50 80") change what is measured. With KEEP=1 the comparison of each duel
# and the summaries of its runs go into docs/benchmarks, a file a duel.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
mkdir -p "${1:-$root/results/duels}"
out=$(cd "${1:-$root/results/duels}" && pwd -P)
cd "$root" # so that the servers' commands in the records have no path of this machine
load=(--connections "${CONNECTIONS:-50}" --keys "${KEYS:-200k}" --value-size "${VALUE_SIZE:-256}" --commands "GET=1,SET=1"
  --prefill --pin "$generator_cpus" --warm-up "${WARM_UP:-10s}" --duration "${DURATION:-6s}")
ours="./redistill --port %PORT% --shards 1"
theirs="redis-server --port %PORT% --save '' --appendonly no"

saturation() { # depth, folder -> sets full: replies a second of redis-server in a closed loop
  start_redis
  ./harness run --port "$redis_port" --loop closed --depth "$1" "${load[@]}" --quiet --output "$2" >"$2.txt" ||
    [ $? -eq 3 ] || { cat "$2.txt" >&2; return 1; }
  end_servers
  full=$(python3 docs/benchmarks/duels.py rate "$2/summary.json")
}

for depth in ${DEPTHS:-1 16}; do
  saturation "$depth" "$out/saturation-p$depth"
  echo "P=$depth: redis-server's saturation is $full/s" | tee -a "$out/results.txt"
  for share in ${SHARES:-25 50 80}; do
    name=p$depth-$share
    echo "== P=$depth, $share %: $((full * share / 100))/s" | tee -a "$out/results.txt"
    code=0
    # P requests come at a time over one connection, and not more are under way on it: what is due beyond waits, and the
    # wait counts.
    ./harness duel --server "$ours" --other "$theirs" --server-cpus "$server_cpus" --pairs "${PAIRS:-5}" --tries "${TRIES:-20}" \
      --rate "$((full * share / 100))" --arrivals "${ARRIVALS:-poisson}" --batch "$depth" --pipeline "$depth" "${load[@]}" --quiet \
      --output "$out/$name" | tee -a "$out/results.txt" || code=${PIPESTATUS[0]}
    case $code in 0 | 1 | 3) ;; *) exit "$code" ;; esac
    if [ "${KEEP:-0}" = 1 ] && [ -f "$out/$name/comparison.json" ]; then
      python3 docs/benchmarks/duels.py keep "$out/$name" docs/benchmarks
    fi
  done
done
python3 docs/benchmarks/duels.py table "$out"
