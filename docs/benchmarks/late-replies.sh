#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# How late replies are at a rate that both servers can carry: in turns against this server and redis-server, Poisson
# arrivals, 1:1, all at raised priority; medians of p50, p99, p99.9 and CPU time, and medians of the pairs' ratios. The
# generator is the one that agreement.sh describes:
#
#   docs/benchmarks/late-replies.sh PACE.C      # as root (priorities); about four minutes
#
# RATE (60000), PAIRS (9), SECONDS_EACH (5), CONNECTIONS (50), KEYS (200000), VALUE_SIZE (256), LOADS (4: how often each
# server is loaded for 5 + 4 s beforehand), SERVER_CPUS (0), GENERATOR_CPUS (1). Exit code 1 when the median ratio of p99.9
# is above 1.
set -euo pipefail
source_file=${1:?usage: late-replies.sh PACE.C}
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
rate=${RATE:-60000} pairs=${PAIRS:-9} seconds=${SECONDS_EACH:-5} connections=${CONNECTIONS:-50} keys=${KEYS:-200000}
size=${VALUE_SIZE:-256} loads=${LOADS:-4} priority=-10
cc -O2 -o "$work/pace" "$source_file" -lm
start_ours
start_redis
for pid in "$ours_pid" "$redis_pid"; do
  for task in "/proc/$pid/task/"*; do renice -n "$priority" -p "${task##*/}" >/dev/null; done
done

pace() { # port, rate, seconds
  nice -n "$priority" taskset -c "$generator_cpus" \
    "$work/pace" "$1" "$connections" "$2" 50 "$keys" "$size" "$3" poisson
}

measured() { # port, pid -> p50, p99 and p99.9 in us, CPU ticks
  local before
  before=$(cpu_ticks "$2")
  pace "$1" "$rate" "$seconds" >"$work/pace.out"
  sed -E 's/.* p50 ([0-9.]+)us .* p99 ([0-9.]+)us p99.9 ([0-9.]+)us.*/\1 \2 \3/' "$work/pace.out" | tr '\n' ' '
  echo $(($(cpu_ticks "$2") - before))
}

bench() { # port, options
  taskset -c "$generator_cpus" redis-benchmark -p "$1" -c "$connections" -r "$keys" -d "$size" -q "${@:2}" |
    tr '\r' '\n' | grep 'requests per second'
}

for port in "$ours_port" "$redis_port"; do
  bench "$port" -t set -P 30 -n $((10 * keys)) >/dev/null
  for _ in $(seq "$loads"); do
    bench "$port" -t get -n 300000 >"$work/saturated"
    pace "$port" $((rate / 2)) 4 >/dev/null
  done
done
echo "redis-server as fast as it can, GET, one request at a time a connection: $(cat "$work/saturated")"
for pair in $(seq "$pairs"); do
  if [ $((pair % 2)) -eq 1 ]; then
    ours=$(measured "$ours_port" "$ours_pid") redis=$(measured "$redis_port" "$redis_pid")
  else
    redis=$(measured "$redis_port" "$redis_pid") ours=$(measured "$ours_port" "$ours_pid")
  fi
  echo "pair $pair: p50, p99, p99.9 in us, CPU in 1/100 s: this server $ours, redis-server $redis"
  echo "$ours $redis" >>"$work/pairs"
done
python3 - "$work/pairs" "$rate" <<'END'
import statistics, sys
columns = list(zip(*(map(float, line.split()) for line in open(sys.argv[1]))))
middle = [statistics.median(column) for column in columns]
ratios = [statistics.median(a / b for a, b in zip(columns[i], columns[i + 4])) for i in range(4)]
for i, name in enumerate(["p50 us", "p99 us", "p99.9 us", "CPU 1/100 s"]):
    print("%s/s, %-11s this server %6.0f, redis-server %6.0f, median of the ratios %.2f"
          % (sys.argv[2], name, middle[i], middle[i + 4], ratios[i]))
sys.exit(ratios[2] > 1)
END
