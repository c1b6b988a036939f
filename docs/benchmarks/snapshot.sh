#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# What snapshots cost, beside redis-server's: MB/s of saving, keys/s of loading, the longest slice, memory during a save
# while every key is overwritten at full speed, and late replies at half of saturation with saves and without, in turns.
# One command on a quiet machine with two processors, under eight minutes:
#
#   docs/benchmarks/snapshot.sh PACE.C
#
# PACE.C is the source of an open-loop generator: pace PORT CONNECTIONS RATE GET% KEYS VALUE_BYTES SECONDS, with keys
# key:000000000000 and so on, which prints "p99.9 <n>us", counted from when each request was due, after a second of
# warm-up. The server has one shard on SERVER_CPU (0); its writer, as redis-server's child, runs beside the generator on
# OTHER_CPU (1). KEYS (5000000) of 16 bytes have values of VALUE_BYTES (100); PAIRS (5) of LENGTH (4) seconds each; RATE (half of
# what a closed loop reaches) in requests a second. Files are in DIR (a new folder of /dev/shm: the page cache, no disk).
set -euo pipefail
[ -f "${1:-}" ] || { sed -n '4,16s/^# \{0,1\}//p' "$0"; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
keys=${KEYS:-5000000} value_bytes=${VALUE_BYTES:-100} pairs=${PAIRS:-5} seconds=${LENGTH:-4}
server_cpu=${SERVER_CPU:-0} other_cpu=${OTHER_CPU:-1}
dir=$(mktemp -d "${DIR:-/dev/shm}/snapshot.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
gcc -O2 -o "$dir/pace" "$1" -lm
mkfifo "$dir/never"
for port in $(seq 21200 21300); do
  if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
done

cli() { redis-cli -p "$port" "$@"; }
info() { cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"; }
now_ms() { date +%s%3N; }
rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

start() { # which; loads what is in the folder
  mkdir -p "$dir/$1"
  if [ "$1" = redistill ]; then
    "$root/redistill" --port "$port" --bind 127.0.0.1 --shards 1 --event-loop-cpus "$server_cpu" --dir "$dir/$1" \
      >"$dir/$1.log" 2>&1 &
  else
    redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --rdbcompression no --dir "$dir/$1" \
      --server_cpulist "$server_cpu" --bgsave_cpulist "$other_cpu" >"$dir/$1.log" 2>&1 &
  fi
  pid=$!
  until [ "$(info persistence loading 2>/dev/null)" = 0 ]; do
    kill -0 "$pid" || { cat "$dir/$1.log" >&2; exit 1; }
    sleep 0.05
  done
}

stop() {
  cli shutdown nosave >/dev/null 2>&1 || true
  wait "$pid" || true
  pid=
}

fill() { # letter that values are made of: sets every key once
  awk -v n="$keys" -v bytes="$value_bytes" -v letter="$1" 'BEGIN {
    v = sprintf("%" bytes "s", ""); gsub(/ /, letter, v)
    for (i = 0; i < n; i++) printf "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$%d\r\n%s\r\n", i, bytes, v }' |
    taskset -c "$other_cpu" redis-cli -p "$port" --pipe >/dev/null
}

save() { # until it is saved; prints ms
  local from
  from=$(now_ms)
  cli bgsave >/dev/null
  until [ "$(info persistence rdb_bgsave_in_progress)" = 0 ]; do sleep 0.01; done
  [ "$(info persistence rdb_last_bgsave_status)" = ok ] || { echo "a save failed" >&2; exit 1; }
  echo $(($(now_ms) - from))
}

pause() { read -r -t "$1" <>"$dir/never" || true; } # seconds, without a process

save_again_and_again() { # while there is $dir/on; no process either: one would take milliseconds of a processor measured
  local conn line before
  exec {conn}<>"/dev/tcp/127.0.0.1/$port"
  while [ -e "$dir/on" ]; do
    printf 'LASTSAVE\r\n' >&"$conn" && read -r before <&"$conn"
    printf 'BGSAVE\r\n' >&"$conn" && read -r line <&"$conn"
    line=$before
    while [ "$line" = "$before" ]; do
      pause 0.2
      printf 'LASTSAVE\r\n' >&"$conn" && read -r line <&"$conn"
    done
  done
  exec {conn}>&-
}

saturation() { # requests a second of a closed loop, half of them GET
  taskset -c "$other_cpu" redis-benchmark -p "$port" -c 50 -n 400000 -r "$keys" -d "$value_bytes" -t set,get --csv |
    tr -d '"' | awk -F, '$1 == "SET" || $1 == "GET" { sum += 1 / $2; n++ } END { printf "%d", n / sum }'
}

p999() { # rate -> us
  taskset -c "$other_cpu" "$dir/pace" "$port" 50 "$1" 50 "$keys" "$value_bytes" "$seconds" >"$dir/pace.out"
  cat "$dir/pace.out" >&2
  sed 's/.* p99\.9 \([0-9]*\)us .*/\1/' "$dir/pace.out"
}

measure() { # which
  local file ms bytes rate longest=0 before peak half
  start "$1"
  fill a
  echo "== $1: $(cli dbsize) keys, $(info memory used_memory_human)" >&2
  for i in 1 2 3; do save; done >"$dir/ms"
  ms=$(median <"$dir/ms")
  if [ "$1" = redistill ]; then
    file=$dir/$1/redistill.snapshot
    longest=$(info persistence snapshot_longest_slice_us)
  else
    file=$dir/$1/dump.rdb
  fi
  bytes=$(stat -c %s "$file")
  echo "$1 save-MB/s $((bytes / 1000 / ms))"
  rate=${RATE:-$(($(saturation) / 2))}
  echo "$1 rate $rate"
  : >"$dir/without"
  : >"$dir/with"
  for i in $(seq "$pairs"); do
    p999 "$rate" >>"$dir/without"
    touch "$dir/on"
    save_again_and_again &
    half=$!
    p999 "$rate" >>"$dir/with"
    rm "$dir/on"
    wait "$half"
    if [ "$1" = redistill ]; then
      us=$(info persistence snapshot_longest_slice_us)
      [ "$us" -le "$longest" ] || longest=$us
    fi
  done
  echo "$1 p99.9-without-us $(median <"$dir/without")"
  echo "$1 p99.9-with-us $(median <"$dir/with")"
  echo "$1 p99.9-ratio $(paste -d' ' "$dir/with" "$dir/without" | awk '{ print $1 / $2 }' | median)"
  # All keys are overwritten while they are saved.
  before=$(rss_kb "$pid")
  peak=$before
  fill b &
  half=$!
  cli bgsave >/dev/null
  until [ "$(info persistence rdb_bgsave_in_progress)" = 0 ]; do
    kb=$(rss_kb "$pid")
    # The child's own pages are what is no longer shared with its parent.
    for child in $(pgrep -P "$pid" || true); do
      kb=$((kb + $(awk '/^Private_Dirty/ { print $2 }' "/proc/$child/smaps_rollup" 2>/dev/null || echo 0)))
    done
    [ "$kb" -le "$peak" ] || peak=$kb
    sleep 0.02
  done
  wait "$half"
  echo "$1 overwrite-save-status $(info persistence rdb_last_bgsave_status)"
  echo "$1 extra-MiB $(((peak - before) / 1024))"
  echo "$1 extra-by-INFO-MiB $(($(info persistence rdb_last_cow_size) / 1048576))"
  [ "$1" = redistill ] && echo "$1 longest-slice-us $longest" && echo "$1 budget-MiB $(($(info persistence snapshot_budget_bytes) / 1048576))"
  stop
  start "$1"
  if [ "$1" = redistill ]; then
    ms=$(sed -n 's/.* loaded [0-9]* keys .* in \([0-9]*\) ms$/\1/p' "$dir/$1.log")
  else
    ms=$(sed -n 's/.*DB loaded from disk: \([0-9.]*\) seconds.*/\1/p' "$dir/$1.log" | awk '{ printf "%d", $1 * 1000 }')
  fi
  [ "$(cli dbsize)" = "$keys" ] || { echo "$1 loaded $(cli dbsize) keys of $keys" >&2; exit 1; }
  echo "$1 load-keys/s $((keys * 1000 / ms))"
  stop
}

measure redistill >"$dir/results"
measure redis-server >>"$dir/results"
echo
awk '{ if (!($2 in seen)) { seen[$2] = 1; names[++n] = $2 } v[$1, $2] = $3 }
  END { printf "%-24s %12s %12s\n", "", "redistill", "redis-server"
    for (i = 1; i <= n; i++) printf "%-24s %12s %12s\n", names[i], v["redistill", names[i]], v["redis-server", names[i]] }' "$dir/results"
