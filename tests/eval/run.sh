#!/usr/bin/env bash
# Measures every reading on labelled material, with the peers beside it, and writes tests/eval/RESULTS.md.
#
#   tests/eval/run.sh [DATA] [AREA…]
#
# DATA   pictures that are not part of the project (default: ../shared/data); an area whose set is missing says so and
#        measures what the repository itself holds
# AREA   plates vehicles signals street red_light people cards faces index tracker; all when none is named. What was measured before stays in RESULTS.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${1:-../shared/data}
shift || true
areas=${*:-plates vehicles signals street red_light people cards faces index tracker}
program="${CARGO_TARGET_DIR:-target}/debug/edge-agent"
[ -d "$data" ] || echo "eval: there is no folder $data: only what the repository holds is measured (make eval DATA=FOLDER)" >&2
[ -x "$program" ] || { echo "eval: $program is missing: run 'make eval', which builds it" >&2; exit 2; }

# One thread each: peers and product alike.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
venv=.cache/venv-eval
if ! cmp -s tests/eval/requirements.txt "$venv/requirements.txt"; then
    echo "eval: installing the peers (once)" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/eval/requirements.txt
    cp tests/eval/requirements.txt "$venv/"
fi

parts=.cache/eval
mkdir -p "$parts"
measure() {
    case $1 in
    tracker)
        EDGE_AGENT="$program" tests/eval/mot/run.sh .cache/venv-mot "$parts/mot" "$data/mot17" >&2
        printf '## Tracker, MOTChallenge sequences\n\n'
        cat "$parts/mot/mot.md"
        ;;
    index) tests/eval/index.sh ;;
    cards)
        printf '## Identity cards\n\n'
        "$venv/bin/python" tests/eval/cards.py --binary "$program" --data "$data"
        ;;
    *) "$venv/bin/python" "tests/eval/$1.py" --binary "$program" --data "$data" ;;
    esac
}
failed=
for area in $areas; do
    echo "eval: $area" >&2
    if measure "$area" >"$parts/$area.new"; then
        mv "$parts/$area.new" "$parts/$area.md"
    else
        failed="$failed $area"
    fi
done

{
    echo "# Evaluation"
    echo
    echo "Written by \`make eval\` on $(date -u +%F), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), one thread each."
    echo "Peers run in the same run. The pictures are not part of the project. CPU times are sturdier than wall times."
    for area in plates vehicles signals street red_light people tracker faces index cards; do
        [ -f "$parts/$area.md" ] || continue
        echo
        cat "$parts/$area.md"
    done
} >tests/eval/RESULTS.md
echo "written: tests/eval/RESULTS.md" >&2
[ -z "$failed" ] || { echo "eval: not measured:$failed (see above)" >&2; exit 1; }
