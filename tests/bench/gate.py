"""How fast a gate decides: runs the example gate_bench and writes gate.json."""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True, help="the program gate_bench")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    # Each round passes the clip's vehicles once: more rounds make the tail of the distribution visible.
    command = [args.bench, "--rounds", str(4 * args.rounds)]
    line = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
    record = {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "load": os.getloadavg()[0]}
    (args.out / "gate.json").write_text(json.dumps(record | json.loads(line), indent=1))


if __name__ == "__main__":
    main()
