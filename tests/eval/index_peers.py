"""Other ways to search the faces that the face_index example exported: numpy, and faiss exact and by graph, one thread each."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np


def timed(search, queries):
    """Median processor time of a search in ms, and the answers."""
    times, answers = [], []
    for query in queries:
        start = time.thread_time()
        answers.append(search(query))
        times.append(time.thread_time() - start)
    return 1e3 * float(np.median(times)), np.array(answers)


def flat(faiss, faces):
    index = faiss.IndexFlatIP(faces.shape[1])
    index.add(faces)
    return index


def graph(faiss, faces):
    index = faiss.IndexHNSWFlat(faces.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.add(faces)
    return index


def first(index):
    return lambda query: index.search(query[None], 1)[1][0, 0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True, type=Path, help="folder that face_index --export wrote")
    parser.add_argument("--graph-faces", type=int, default=100_000, help="faces for the graph")
    args = parser.parse_args()
    dims = int((args.vectors / "dims").read_text())
    faces = np.memmap(args.vectors / "faces.f32", np.float32, "r").reshape(-1, dims)
    queries = np.fromfile(args.vectors / "queries.f32", np.float32).reshape(-1, dims)
    truth = np.fromfile(args.vectors / "truth.u32", np.uint32)

    print("Peers on the hard matches:\n")
    print("| peer | faces | recall@1 | ms | its time / exact |")
    print("|---|---|---|---|---|")
    exact = np.ascontiguousarray(faces)
    some = queries[:20]
    ms, answers = timed(lambda query: int(np.argmax(exact @ query)), some)
    print(f"| numpy {np.__version__} (BLAS), exact | {len(faces)} | {np.mean(answers == truth[:20]):.3f} | {ms:.1f} | 1 |")
    try:
        import faiss
    except ImportError:
        print("\nfaiss is not installed: not measured.")
        return
    faiss.omp_set_num_threads(1)
    part = exact[: args.graph_faces].copy()
    del exact
    whole = flat(faiss, part)
    exact_ms, _ = timed(first(whole), some)
    found = whole.search(queries, 1)[1][:, 0]
    print(f"| faiss {faiss.__version__} IndexFlatIP, exact | {len(part)} | 1.000 | {exact_ms:.1f} | 1 |")
    print(f"building the graph over {len(part)} faces", file=sys.stderr)
    start = time.process_time()
    index = graph(faiss, part)
    build_s = time.process_time() - start
    for name, ef in (("default, efSearch 16", 16), ("efSearch 256", 256)):
        index.hnsw.efSearch = ef
        ms, answers = timed(first(index), queries)
        recall = np.mean(answers == found)
        print(
            f"| faiss HNSW 32, {name} (built in {build_s:.0f} s) | {len(part)} | {recall:.3f} | {ms:.2f} | {ms / exact_ms:.3f} |"
        )


if __name__ == "__main__":
    main()
