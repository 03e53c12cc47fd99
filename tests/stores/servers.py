"""Real S3 servers on loopback, each in a folder of its own, started by its script in scripts/servers."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN_DIR = Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/release/bin"))
SERVERS = ["minio", "versitygw"]
LONG = ["garage", "swift", "ceph"]

# What the servers do not have or do not look at (docs/decisions/0011); the tests say what they do instead.
LACKS = {
    "minio": {"cors", "lifecycle"},
    "versitygw": {"session", "lifecycle", "whole bodies"},
    "garage": {"session", "policy", "conditions", "clock", "part size", "broken attempts", "shown ranges"},
    "swift": {"session", "policy", "conditions", "cors", "lifecycle", "access key"},
    "ceph": {"session", "region"},
}


class Server:
    """A server in a folder of its own."""

    def __init__(self, name: str, folder: Path):
        self.name, self.folder, self.url = name, folder, ""
        self.access_key, self.secret_key = self.script("keys").stdout.split()

    def lacks(self, what: str) -> bool:
        return what in LACKS[self.name]

    def script(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([ROOT / "scripts/servers" / self.name, *words], capture_output=True, text=True, timeout=3600)

    def start(self) -> None:
        installed = self.script("install")
        if installed.returncode != 0:
            reason = installed.stderr.strip().splitlines()[-1]
            # On a developer's machine the rest of the tests is worth running without it; CI has to have it.
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        started = self.script("start", str(self.folder))
        assert started.returncode == 0, started.stderr
        self.url = started.stdout.strip()
        ready = self.script("wait", str(self.folder))
        assert ready.returncode == 0, ready.stderr

    def stop(self) -> None:
        self.script("stop", str(self.folder))


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    server = Server(name, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
