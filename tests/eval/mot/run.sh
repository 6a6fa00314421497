#!/bin/sh
# Tracker alone, beside the trackers of PyPI, on the same boxes.
#
#   tests/eval/mot/run.sh VENV_DIR OUT_DIR [DATA_DIR]
#
# VENV_DIR  where the Python environments are made (kept and reused)
# OUT_DIR   where tracks, mot.json and mot.md go
# DATA_DIR  folder of MOTChallenge sequences, each with seqinfo.ini, gt.txt, det.txt
#           (default: ../shared/data/mot17 beside the checkout)
# EDGE_AGENT=PATH uses that program instead of building it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
mkdir -p "$1" "$2"
venv=$(cd "$1" && pwd)
out=$(cd "$2" && pwd)
data=${3:-$root/../shared/data/mot17}
if [ ! -d "$data" ]; then
    echo "Tracker comparison left out: there is no folder $data." >&2
    echo "It needs MOTChallenge sequences (seqinfo.ini, gt.txt, det.txt); give their folder as the third argument." >&2
    # Asked for by name it is a mistake; the default may well be missing.
    [ $# -lt 3 ] && exit 0
    exit 2
fi

# One thread each, so that speeds compare.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

# environment NAME REQUIREMENTS
environment() {
    if ! cmp -s "$here/$2" "$venv/$1/requirements.txt"; then
        echo "Installing $2 (once)" >&2
        rm -rf "${venv:?}/$1"
        python3 -m venv "$venv/$1"
        "$venv/$1/bin/pip" install --quiet --disable-pip-version-check -r "$here/$2" >&2
        cp "$here/$2" "$venv/$1/requirements.txt"
    fi
}
environment trackers requirements.txt
environment supervision requirements-supervision.txt

agent=${EDGE_AGENT:-$root/target/debug/edge-agent}
if [ -z "${EDGE_AGENT:-}" ]; then
    (cd "$root" && cargo build --quiet --package edge-agent)
fi

rm -rf "$out/tracks"
"$venv/trackers/bin/python" "$here/ours.py" --data "$data" --out "$out" --agent "$agent"
"$venv/supervision/bin/python" "$here/peers.py" --data "$data" --out "$out" --tracker supervision-bytetrack 2>"$out/supervision.log"
for tracker in trackers-bytetrack trackers-ocsort; do
    "$venv/trackers/bin/python" "$here/peers.py" --data "$data" --out "$out" --tracker "$tracker"
done
"$venv/trackers/bin/python" "$here/evaluate.py" --data "$data" --out "$out"
