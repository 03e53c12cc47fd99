"""The client's ledger: one line for each acknowledgement, durable before it counts.

It lies on another file system than the one that is cut. Threads that write at the same time share one fsync.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any


class Ledger:
    def __init__(self, path: Path):
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._written = self._synced = 0

    def write(self, what: str, **members: Any) -> None:
        """Returns when the line is durable."""
        line = json.dumps({"what": what} | members, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            written = os.write(self._file, line)
            assert written == len(line), "the ledger's disk is full"
            self._written += 1
            mine = self._written
        with self._syncing:
            if self._synced >= mine:
                return
            with self._lock:
                covered = self._written
            os.fsync(self._file)
            self._synced = covered

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_bytes().splitlines()]

    def close(self) -> None:
        os.close(self._file)
