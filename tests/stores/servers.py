"""Real S3 servers on loopback, each in a folder of its own, started by its script in scripts/servers."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from harness.real_server import RealServer

ROOT = Path(__file__).resolve().parents[2]
BIN_DIR = Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/release/bin"))
SERVERS = ["minio", "versitygw"]
LONG = ["garage", "swift", "ceph"]
OF_THIS_TIER = LONG if os.environ.get("SLIPWAY_STORES") == "long" else SERVERS

# What the servers do not have or do not look at (docs/decisions/0011); the tests say what they do instead.
LACKS = {
    "minio": {"cors", "lifecycle"},
    "versitygw": {"session", "lifecycle", "whole bodies"},
    "garage": {"session", "policy", "conditions", "clock", "part size", "broken attempts", "shown ranges"},
    "swift": {"session", "policy", "conditions", "cors", "lifecycle", "access key", "direct parts"},
    "ceph": {"session", "region", "direct parts"},
}


class Server(RealServer):
    """An S3 server."""

    def __init__(self, name: str, folder: Path):
        super().__init__(name, folder)
        self.access_key, self.secret_key = self.script("keys").stdout.split()

    def lacks(self, what: str) -> bool:
        return what in LACKS[self.name]


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    server = Server(name, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
