"""A Chromium for the browser tests: the one that is here, or one that we install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import process

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
WAY_OUT = (
    "No Chromium runs here. Install one (Debian: apt-get install chromium; elsewhere: "
    ".venv/bin/playwright install --with-deps chromium), or set TRACKING_TEST_CHROMIUM to its path."
)

# Chromium looks for updates and tries HTTP/3 on its own, which a closed network turns into errors and delays.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def find_or_install() -> str:
    """Return the path of a Chromium that runs. Raises ``ServerFailed`` where there is none and none can be had."""
    return find() or _install() or _none()


def find() -> str | None:
    """Return the path of a Chromium that runs here, or None."""
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in [*on_path, _of_playwright()] if path and _runs(path)), None)


def _runs(path: str) -> bool:
    # Some systems put a stub in place of the browser, which only says how to install it.
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
        )
    except OSError:
        return False


def _of_playwright() -> str | None:
    """Return where Playwright would keep its own Chromium."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    # In a process of its own: its event loop would stay behind in ours.
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def _install() -> str | None:
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        commands = [["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        print("No Chromium here:", *command, flush=True)
        outcome = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if outcome.returncode:
            print(outcome.stdout[-1000:], outcome.stderr[-1000:], flush=True)
            return None
    return find()


def _none() -> str:
    raise process.ServerFailed(WAY_OUT)
