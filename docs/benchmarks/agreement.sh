#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Does the harness measure what another open-loop generator measures? In turns, the same rate, arrivals, connections, keys
# and values against one redis-server; medians of p50 and p99 over the pairs, and their ratios. The other generator is one C
# file that is used as
#
#   pace PORT CONNECTIONS RATE GET-PERCENT KEYS VALUE-SIZE SECONDS [poisson]
#
# spins, warms up for a second, measures from the intended send time and prints "p50 NNus ... p99 NNus" in one line:
#
#   docs/benchmarks/agreement.sh PACE.C      # about eight minutes
#
# PAIRS (9), SECONDS_EACH (10), RATES ("20000"), ARRIVALS ("constant poisson"), CONNECTIONS (50), KEYS (100000), VALUE_SIZE
# (256), SERVER (redis; or ours), SERVER_CPUS (0), GENERATOR_CPUS (1). Exit code 1 when p50 differs by more than 15 % or p99
# by more than 25 %.
set -euo pipefail
source_file=${1:?usage: agreement.sh PACE.C}
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
pairs=${PAIRS:-9} seconds=${SECONDS_EACH:-10} connections=${CONNECTIONS:-50} keys=${KEYS:-100000} size=${VALUE_SIZE:-256}
cc -O2 -o "$work/pace" "$source_file" -lm
start_server

pace() { # rate, arrivals -> p50 and p99 in us
  local kind=()
  if [ "$2" = poisson ]; then kind=(poisson); fi
  taskset -c "$generator_cpus" "$work/pace" "$port" "$connections" "$1" 50 "$keys" "$size" "$seconds" ${kind[@]+"${kind[@]}"} \
    >"$work/pace.out"
  sed -E 's/.* p50 ([0-9.]+)us .* p99 ([0-9.]+)us .*/\1 \2/' "$work/pace.out"
}

harness() { # rate, arrivals -> the same
  rm -rf "$work/run"
  "$root/harness" run --port "$port" --connections "$connections" --rate "$1" --arrivals "$2" --commands GET=1,SET=1 \
    --keys "$keys" --value-size "$size" --pin "$generator_cpus" --duration "${seconds}s" --quiet --output "$work/run" \
    >"$work/harness.out" || [ $? -eq 3 ] || { cat "$work/harness.out" >&2; return 1; }
  python3 - "$work/run/summary.json" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))
total = next(one for one in run["series"] if one["tag"] == "response")
at = {point["percentile"]: point["valueNs"] / 1e3 for point in total["percentiles"]}
print("%.1f %.1f%s" % (at[50.0], at[99.0], "" if run["validity"]["valid"] else " INVALID"))
END
}

"$root/harness" run --port "$port" --prefill --keys "$keys" --value-size "$size" --pin "$generator_cpus" --warm-up 0 \
  --duration 1s --quiet --output "$work/fill" >/dev/null || [ $? -eq 3 ]
missed=0
for arrivals in ${ARRIVALS:-constant poisson}; do
  for rate in ${RATES:-20000}; do
    : >"$work/pairs"
    for pair in $(seq "$pairs"); do
      if [ $((pair % 2)) -eq 1 ]; then
        other=$(pace "$rate" "$arrivals") ours=$(harness "$rate" "$arrivals")
      else
        ours=$(harness "$rate" "$arrivals") other=$(pace "$rate" "$arrivals")
      fi
      echo "$rate/s, $arrivals, pair $pair: p50 and p99, us: pace $other, harness $ours"
      echo "$other ${ours% INVALID}" >>"$work/pairs"
    done
    python3 - "$work/pairs" "$rate/s, $arrivals" <<'END' || missed=1
import statistics, sys
columns = list(zip(*(map(float, line.split()) for line in open(sys.argv[1]))))
pace50, pace99, ours50, ours99 = map(statistics.median, columns)
r50, r99 = ours50 / pace50, ours99 / pace99
print("%s, medians of %d pairs: p50 pace %.1f us, harness %.1f us, ratio %.3f; p99 pace %.1f us, harness %.1f us, ratio %.3f"
      % (sys.argv[2], len(columns[0]), pace50, ours50, r50, pace99, ours99, r99), flush=True)
sys.exit(not (abs(r50 - 1) <= 0.15 and abs(r99 - 1) <= 0.25))
END
  done
done
exit "$missed"
