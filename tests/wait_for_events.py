"""Waits until the demo's central shows what the browser tests look at: read plates and two open alerts."""

import http.cookiejar
import json
import os
import sys
import time
import urllib.request

BASE = os.environ["VG_BASE_URL"] + "/api/v1"
PATIENCE_S = 180


def main():
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    login = {"username": os.environ["VG_IOC_USER"], "password": os.environ["VG_IOC_PASSWORD"]}
    headers = {"content-type": "application/json", "x-requested-with": "vong-gac"}
    opener.open(urllib.request.Request(BASE + "/session", json.dumps(login).encode(), headers), timeout=10)
    until = time.monotonic() + PATIENCE_S
    summary = {}
    while time.monotonic() < until:
        summary = json.load(opener.open(BASE + "/summary", timeout=10))
        if summary["plates_read_today"] >= 3 and summary["alerts_open"] >= 3 and summary["cameras_live"] >= 4:
            return
        time.sleep(1)
    sys.exit(f"after {PATIENCE_S} s there are still too few events: {summary}")


if __name__ == "__main__":
    main()
