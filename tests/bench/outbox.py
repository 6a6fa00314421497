"""Events per second into the outbox beside SQLite, both durable, in turn, on the same disk. Writes outbox.json."""

import argparse
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MESSAGE_BYTES = 1024
PICTURE_BYTES = 100_000
# Name, events per transaction, with a picture, deleted at once.
WAYS = [
    ("event", 1, False, False),
    ("batch", 32, False, False),
    ("picture", 1, True, False),
    ("picture+receipt", 1, True, True),
]


def sqlite_way(folder, batch, picture, delete, seconds, appends=None):
    """Write-ahead log with synchronous=FULL: a commit returns when the disk has it."""
    db = sqlite3.connect(folder / "queue.db", isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")
    db.execute("create table event (seq integer primary key, message blob not null)")
    db.execute("create table picture (sha256 blob primary key, jpeg blob not null) without rowid")
    message, jpeg = os.urandom(MESSAGE_BYTES), bytearray(os.urandom(PICTURE_BYTES))
    done = events = 0
    began, cpu, disk = time.monotonic(), time.process_time(), written()
    while done < appends if appends else time.monotonic() - began < seconds:
        db.execute("begin immediate")
        for _ in range(batch):
            events += 1
            if picture:
                jpeg[:8] = events.to_bytes(8, "little")
                digest = hashlib.sha256(jpeg).digest()
                db.execute("insert into picture values (?, ?)", (digest, jpeg))
            db.execute("insert into event values (?, ?)", (events, message))
        db.execute("commit")
        if delete:
            db.execute("begin immediate")
            db.execute("delete from event where seq = ?", (events,))
            db.execute("delete from picture where sha256 = ?", (digest,))
            db.execute("commit")
        done += 1
    outcome = {"events": events, "appends": done, "seconds": time.monotonic() - began}
    outcome |= {"cpu_seconds": time.process_time() - cpu, "disk_bytes": written() - disk}
    db.close()
    return outcome


def written():
    match = re.search(r"^write_bytes: (\d+)", Path("/proc/self/io").read_text(), re.M)
    return int(match[1]) if match else 0


def syncs(command):
    """Calls of fsync and its kin per append over 200 appends; None without strace."""
    if not shutil.which("strace"):
        return None
    kin = "fsync,fdatasync,sync_file_range,msync"
    with tempfile.NamedTemporaryFile("r") as log:
        traced = ["strace", "-f", "-e", f"trace={kin}", "-o", log.name, *command]
        subprocess.run(traced, check=True, stdout=subprocess.DEVNULL)
        text = log.read()
    return {call: len(re.findall(rf"\b{call}\(", text)) / 200 for call in kin.split(",")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, help="the program outbox_throughput")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--sqlite", help="run this way on SQLite only, 200 transactions", metavar="WAY")
    args = parser.parse_args()
    if args.sqlite:
        with tempfile.TemporaryDirectory(dir=args.out) as folder:
            _, batch, picture, delete = next(way for way in WAYS if way[0] == args.sqlite)
            sqlite_way(Path(folder), batch, picture, delete, 0, appends=200)
        return

    record = {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "rounds": args.rounds}
    record |= {"sqlite_version": sqlite3.sqlite_version, "ours": {}, "sqlite": {}, "syncs": {}}
    for turn in range(args.rounds):
        print(f"outbox: {turn + 1} of {args.rounds}", file=sys.stderr)
        command = [args.bench, args.out, "--seconds", str(args.seconds)]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        for outcome in map(json.loads, lines.splitlines()):
            record["ours"].setdefault(outcome["name"], []).append(outcome)
        for name, batch, picture, delete in WAYS:
            with tempfile.TemporaryDirectory(dir=args.out) as folder:
                outcome = sqlite_way(Path(folder), batch, picture, delete, args.seconds)
            record["sqlite"].setdefault(name, []).append(outcome)
    for name in record["ours"]:
        record["syncs"][f"ours {name}"] = syncs([args.bench, args.out, "--only", name, "--appends", "200"])
    for name, *_ in WAYS:
        record["syncs"][f"sqlite {name}"] = syncs([sys.executable, __file__, "--out", args.out, "--sqlite", name])
    (args.out / "outbox.json").write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
