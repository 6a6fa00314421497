#!/usr/bin/env bash
# Measures the face index beside exact search and other libraries, on invented faces; prints markdown.
#
#   tests/eval/index.sh
#
# INDEX_FACES=1000000    faces in the index; 3.2 KB of memory each while it is measured
# INDEX_QUERIES=2000     queries of each kind
# INDEX_PEER_FACES=100000  faces for the graph searches of the peers, which take long to build
set -euo pipefail
cd "$(dirname "$0")/../.."
faces=${INDEX_FACES:-1000000}
queries=${INDEX_QUERIES:-2000}
peer_faces=${INDEX_PEER_FACES:-100000}
program="${CARGO_TARGET_DIR:-target}/debug/examples/face_index"
cargo build --quiet --locked -p face-index --example face_index >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "## Face index"
echo
echo "Invented vectors (\`face-index/examples/face_index/people.rs\`): directions of unequal weight, a common mean, 2000 families of"
echo "look-alikes. Hard matches are pictures of enrolled people at a cosine of 0.3–0.5, where the best strangers lie too. Exact search"
echo "is f32 over every face, vectorised; recall@1 counts answers that are its answer. Median processor time of one thread."
echo
"$program" --faces "$faces" --dims 512 --queries "$queries" --export "$work"
echo
"$program" --faces "$faces" --dims 128 --queries "$queries"
echo
.cache/venv-eval/bin/python tests/eval/index_peers.py --vectors "$work" --graph-faces "$peer_faces"
