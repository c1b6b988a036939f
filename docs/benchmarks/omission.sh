#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# What a closed loop leaves out: redis-server is told to stand still for 100 ms of each second (DEBUG SLEEP) and measured with
# a request due each millisecond, and with ping-pong. Prints the rows of docs/latency-harness.md; about a minute.
#
# DURATION (20), SERVER_CPUS (0), GENERATOR_CPUS (1).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
seconds=${DURATION:-20}
start_redis --enable-debug-command local
# DEBUG SLEEP returns when the server goes on: the next begins when a second has passed since this one began.
redis-cli -p "$redis_port" -r $((3 * seconds + 30)) -i 0.9 debug sleep 0.1 >/dev/null &
stalls=$!
trap 'kill "$stalls" 2>/dev/null || true; end_servers; rm -rf "$work"' EXIT

measure() { # name of the row, options
  local name=$1
  shift
  "$root/harness" run --port "$redis_port" --commands GET --keys 10k --pin "$generator_cpus" --warm-up 2s \
    --duration "${seconds}s" --quiet --output "$work/$name" "$@" >"$work/run.out" || [ $? -eq 3 ] ||
    { cat "$work/run.out" >&2; return 1; }
  python3 - "$work/$name/summary.json" "$name" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))
total = next(one for one in run["series"] if one["tag"] == "response")
at = {point["percentile"]: point["valueNs"] / 1e6 for point in total["percentiles"]}
print("| %s, %s requests%s | %s |" % (sys.argv[2], "{:,}".format(run["counts"]["replies"]),
      "" if run["validity"]["valid"] else " INVALID",
      " | ".join("%.3g ms" % at[percentile] for percentile in (50.0, 90.0, 95.0, 99.0, 99.9, 100.0))))
END
}

echo "| | p50 | p90 | p95 | p99 | p99.9 | max |"
echo "|---|---|---|---|---|---|---|"
measure "a request due each millisecond" --rate 1000
measure "ping-pong" --loop ping-pong
