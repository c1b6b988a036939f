# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts beside it: starts this server and redis-server, each pinned to SERVER_CPUS (0), and ends both when
# the script ends. Load comes from GENERATOR_CPUS (1).
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
server_cpus=${SERVER_CPUS:-0} generator_cpus=${GENERATOR_CPUS:-1}
work=$(mktemp -d)
ours_port=${OURS_PORT:-$((20000 + RANDOM % 5000))} redis_port=${REDIS_PORT:-$((25000 + RANDOM % 5000))}
ours_pid='' redis_pid=''

end_servers() {
  local pid
  for pid in $ours_pid $redis_pid; do kill "$pid" 2>/dev/null || true; done
  for pid in $ours_pid $redis_pid; do wait "$pid" 2>/dev/null || true; done
  ours_pid='' redis_pid=''
}
trap 'end_servers; rm -rf "$work"' EXIT

await() { # port, pid, log
  until redis-cli -p "$1" ping >/dev/null 2>&1; do
    kill -0 "$2" || { cat "$3" >&2; return 1; }
    sleep 0.1
  done
}

start_ours() { # options
  taskset -c "$server_cpus" "$root/redistill" --port "$ours_port" --shards "${SHARDS:-1}" "$@" >"$work/ours.log" 2>&1 &
  ours_pid=$!
  await "$ours_port" "$ours_pid" "$work/ours.log"
}

start_redis() { # options
  taskset -c "$server_cpus" redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" "$@" \
    >"$work/redis.log" 2>&1 &
  redis_pid=$!
  await "$redis_port" "$redis_pid" "$work/redis.log"
}

start_server() { # either, by SERVER (redis) -> sets port
  case ${SERVER:-redis} in
    ours) start_ours && port=$ours_port ;;
    redis) start_redis && port=$redis_port ;;
    *) echo "SERVER=$SERVER is neither redis nor ours" >&2; return 2 ;;
  esac
}

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # hundredths of a second

resident_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
