#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Does the generator keep its schedule? One generator thread on one core sends GET and SET over 50 connections to a server
# on the other; of several runs the best counts, since a machine can only take away:
#
#   docs/benchmarks/lateness.sh      # about three minutes
#
# RUNS (5), DURATION (5s), RATES ("50000 100000"), ARRIVALS (constant), CONNECTIONS (50), PIPELINE (16), KEYS (100k),
# VALUE_SIZE (256), SERVER (redis; or ours), SERVER_CPUS (0), GENERATOR_CPUS (1). Exit code 1 when the best p99.9 of a rate
# is above MOST_US (100).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
start_server
missed=0
for rate in ${RATES:-50000 100000}; do
  for run in $(seq "${RUNS:-5}"); do
    "$root/harness" run --port "$port" --connections "${CONNECTIONS:-50}" --pipeline "${PIPELINE:-16}" --rate "$rate" \
      --arrivals "${ARRIVALS:-constant}" --keys "${KEYS:-100k}" --value-size "${VALUE_SIZE:-256}" --pin "$generator_cpus" \
      --duration "${DURATION:-5s}" --quiet --output "$work/$rate-$run" >"$work/run.out" || [ $? -eq 3 ] ||
      { cat "$work/run.out" >&2; exit 1; }
  done
  python3 - "${MOST_US:-100}" "$rate" "$work/$rate"-*/summary.json <<'END' || missed=1
import json, sys
most, rate = float(sys.argv[1]), sys.argv[2]
best = None
for name in sys.argv[3:]:
    run = json.load(open(name))
    at = {tag: {point["percentile"]: point["valueNs"] / 1e3 for point in one["percentiles"]}
          for one in run["series"] for tag in [one["tag"]]}
    late = at["lateness"]
    print("%s/s: lateness p50 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us; response p50 %.1f us, p99.9 %.1f us; %.0f/s, "
          "%.0f ns a request, %s" % (rate, late[50.0], late[99.0], late[99.9], late[100.0], at["response"][50.0],
          at["response"][99.9], run["counts"]["replies"] * 1e9 / run["counts"]["measuredNs"],
          run["generator"]["costPerRequestNs"], "valid" if run["validity"]["valid"] else "INVALID"), flush=True)
    best = late[99.9] if best is None else min(best, late[99.9])
print("%s/s: best p99.9 of lateness of %d runs: %.1f us" % (rate, len(sys.argv) - 3, best), flush=True)
sys.exit(best > most)
END
done
exit "$missed"
