#!/usr/bin/env bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# Duels of a server with itself: how often is the verdict "same"?
#
#   docs/benchmarks/same.sh [FOLDER]     # about thirteen minutes on a quiet machine; default: results/same
#
# DUELS (10), PAIRS (5), TRIES (20, of a run that is INVALID), DURATION (3s), WARM_UP (2s), RATE (20k), ARRIVALS (constant),
# CONNECTIONS (50), KEYS (10k), VALUE_SIZE (256), SERVER (redis; or ours), SERVER_CPUS (0), GENERATOR_CPUS (1). Exit code 1
# when more than one of ten has another verdict.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/servers.bash"
out=${1:-$root/results/same} duels=${DUELS:-10} same=0
case ${SERVER:-redis} in
  ours) server="$root/redistill --port %PORT% --shards 1" ;;
  redis) server="redis-server --port %PORT% --save '' --appendonly no" ;;
  *) echo "SERVER=$SERVER is neither redis nor ours" >&2; exit 2 ;;
esac
mkdir -p "$out"
for duel in $(seq "$duels"); do
  "$root/harness" duel --server "$server" --other "$server" --server-cpus "$server_cpus" --pin "$generator_cpus" \
    --pairs "${PAIRS:-5}" --tries "${TRIES:-20}" --duration "${DURATION:-3s}" --warm-up "${WARM_UP:-2s}" --rate "${RATE:-20k}" \
    --arrivals "${ARRIVALS:-constant}" --connections "${CONNECTIONS:-50}" --keys "${KEYS:-10k}" --value-size "${VALUE_SIZE:-256}" --prefill \
    --quiet --output "$out/$duel" >"$out/$duel.txt" || [ $? -ne 2 ] || { cat "$out/$duel.txt" >&2; exit 1; }
  verdict=$(sed -n 's/^verdict: \(.*\) (.*/\1/p' "$out/$duel.txt")
  grep -E '^(p|max)' "$out/$duel.txt" || true
  echo "duel $duel: $verdict"
  if [ "$verdict" = same ]; then same=$((same + 1)); fi
done
echo "$same of $duels say same"
[ $((10 * same)) -ge $((9 * duels)) ]
