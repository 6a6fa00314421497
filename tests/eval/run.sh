#!/usr/bin/env bash
# Measures reading and tracking on labelled material that is not part of the project, and writes tests/eval/RESULTS.md.
#
#   tests/eval/run.sh [DATA]        DATA holds plates-two-line, plates-one-line and mot17 (default: ../shared/data)
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${1:-../shared/data}
if [ ! -d "$data" ]; then
    echo "eval: there is no folder $data; give one with labelled pictures: make eval DATA=FOLDER" >&2
    exit 2
fi
program="${CARGO_TARGET_DIR:-target}/debug/edge-agent"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
python3 tests/eval/plates.py --binary "$program" --data "$data" | tee "$out/plates.txt"
EDGE_AGENT="$program" tests/eval/mot/run.sh .cache/venv-mot "$out/mot" "$data/mot17"
{
    echo "# Evaluation"
    echo
    echo "Written by \`make eval\` on $(date -u +%F), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)."
    echo "The pictures and sequences are not part of the project. CPU times are sturdier than wall times."
    echo
    echo "## Plates, whole pictures"
    echo
    echo '```'
    cat "$out/plates.txt"
    echo '```'
    echo
    echo "## Tracker, MOTChallenge sequences"
    echo
    cat "$out/mot/mot.md"
} >tests/eval/RESULTS.md
echo "written: tests/eval/RESULTS.md"
