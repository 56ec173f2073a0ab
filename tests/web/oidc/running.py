"""A real OpenID provider, from a package for Node.js, as a process of its own."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = ROOT / ".cache" / "oidc-provider"
CLIENT, SECRET = "bijdragewijzer", "known to the provider and to us"


class RunningProvider:
    """`provider.mjs` on a port of its own; it sends browsers back to ``redirect``. ``issuer``: its address."""

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect

    def __enter__(self) -> RunningProvider:
        _install()
        shutil.copy(HERE / "provider.mjs", CACHE)
        command = ["node", "provider.mjs", CLIENT, SECRET, self.redirect]
        self.process = subprocess.Popen(
            command, cwd=CACHE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout
        self.issuer = self.process.stdout.readline().strip()
        assert self.issuer, "the provider didn't start"
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.kill()
        self.process.communicate()


def _install() -> None:
    """As `make test` does beforehand; one process at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["scripts/setup", "provider"], cwd=ROOT, capture_output=True, text=True, check=False)
    if not (CACHE / ".installed").is_file():
        pytest.skip(f"no OpenID provider to log in at: {(done.stdout + done.stderr).strip()}")
