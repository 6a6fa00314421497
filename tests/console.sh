#!/usr/bin/env bash
# Console and guard's desk in a real browser. First against their stand-ins, which play what a day may bring; then on real programs with
# real events: starts the demonstration on free ports, waits until vehicles and alerts are there, and runs central/ui/e2e and
# central/ui/e2e-desk against it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(realpath "${1:-target/debug}")
folder=$(mktemp -d)
demo=
finish() {
    local code=$?
    if [ -n "$demo" ]; then
        kill -INT "$demo" 2>/dev/null || true
        wait "$demo" 2>/dev/null || true
    fi
    if [ "$code" -ne 0 ]; then
        echo "console: logs of the run:" >&2
        tail -n 15 "$folder"/*.log "$folder"/demo.out >&2 2>/dev/null || true
    fi
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT

(cd central/ui && npm run --silent e2e && npm run --silent e2e:desk)

"$bin/demo" --any-ports --folder "$folder" --ready-file "$folder/ready.json" >"$folder/demo.out" 2>&1 &
demo=$!
for _ in $(seq 240); do
    [ -s "$folder/ready.json" ] && break
    kill -0 "$demo" 2>/dev/null || { cat "$folder/demo.out" >&2; echo "console: the demo did not start" >&2; exit 1; }
    sleep 0.5
done

eval "$(python3 - "$folder/ready.json" <<'PY'
import json, shlex, sys
ready = json.load(open(sys.argv[1]))
print("export VG_BASE_URL=" + shlex.quote(ready["url"]))
for role, login in ready["logins"].items():
    print(f"export VG_{role.upper()}_USER={shlex.quote(login['user'])} VG_{role.upper()}_PASSWORD={shlex.quote(login['password'])}")
print("export VG_MOCKS_URL=" + shlex.quote(ready["mocks"]))
print("export VG_DESK_URL=" + shlex.quote(ready["desks"][0]))
for name, role in [("DESK", "gate"), ("DESK_NEXT", "gate2")]:
    login = ready["logins"][role]
    print(f"export VG_{name}_USER={shlex.quote(login['user'])} VG_{name}_PIN={shlex.quote(login['pin'])}")
PY
)"

python3 tests/wait_for_events.py
cd central/ui
npm run --silent e2e
npm run --silent e2e:desk
