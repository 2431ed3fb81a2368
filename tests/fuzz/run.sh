#!/usr/bin/env bash
# Fuzzes the parsers from their corpora: tests/fuzz/run.sh [SECONDS of each, 10] [TARGET ...]
# What is found stays in build/fuzz/found; put it into the corpus of its target once it is mended, nusselt-tests runs it.
set -e
cd "$(dirname "$0")/../.."
seconds=${1:-10}
shift || true
[ $# -gt 0 ] || set -- case quantity equation csv stl
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
mkdir -p build/fuzz/found
for target; do
  mkdir -p "build/fuzz/work/$target"
  "build/fuzz/nusselt-fuzz-$target" "build/fuzz/work/$target" "tests/fuzz/corpus/$target" -max_total_time="$seconds" \
    -max_len=4096 -timeout=5 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/found/$target-" -print_final_stats=1
done
