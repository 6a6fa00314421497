#!/bin/sh
# Measures what the product promises about speed and writes tests/bench/RESULTS.md.
#
#   tests/bench/run.sh
#
# EDGE_AGENT=PATH       use that program and the outbox_throughput and gate_bench beside it in examples/ instead of building
# BENCH_PROFILE=release measure an optimised build with link-time optimisation (a long build) instead of the usual one
# BENCH_ROUNDS=3        so many runs of each measurement; medians are reported
# BENCH_PARTS="pipeline tracker outbox gate"   measure only these; the others keep their last numbers and date
#
# Needs the models (make models) and opencv-doc for the street clip. Measurements are kept in .cache/bench.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/.cache/bench
venv=$root/.cache/venv-bench
rounds=${BENCH_ROUNDS:-3}
profile=${BENCH_PROFILE:-dev}
parts=${BENCH_PARTS:-pipeline tracker outbox gate}
mkdir -p "$out"

case $profile in
dev) flags= folder=debug ;;
release) flags=--release folder=release ;;
*) echo "BENCH_PROFILE is dev or release, not $profile" >&2; exit 2 ;;
esac
if [ -z "${EDGE_AGENT:-}" ]; then
    # shellcheck disable=SC2086 # no flag at all in the usual profile
    (cd "$root" && cargo build --package edge-agent $flags && cargo build --package edge-agent --example outbox_throughput --example gate_bench $flags) >&2
    EDGE_AGENT=${CARGO_TARGET_DIR:-$root/target}/$folder/edge-agent
fi
outbox_bench=$(dirname "$EDGE_AGENT")/examples/outbox_throughput
gate_bench=$(dirname "$EDGE_AGENT")/examples/gate_bench
export EDGE_AGENT

if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    echo "Installing tests/bench/requirements.txt (once)" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
for part in $parts; do
    case $part in
    pipeline) "$venv/bin/python" "$here/pipeline.py" --agent "$EDGE_AGENT" --out "$out" --rounds "$rounds" ;;
    outbox) "$venv/bin/python" "$here/outbox.py" --bench "$outbox_bench" --out "$out" --rounds "$rounds" ;;
    gate) "$venv/bin/python" "$here/gate.py" --bench "$gate_bench" --out "$out" --rounds "$rounds" ;;
    tracker)
        rm -rf "$out/mot"
        "$root/tests/eval/mot/run.sh" "$root/.cache/venv-mot" "$out/mot"
        ;;
    *) echo "BENCH_PARTS knows pipeline, tracker, outbox and gate, not $part" >&2; exit 2 ;;
    esac
done
"$venv/bin/python" "$here/report.py" --measured "$out" --profile "$profile" --write "$here/RESULTS.md"
echo "Written: tests/bench/RESULTS.md" >&2
