"""A Redis of a test's own, which asks for a password."""

import os
import signal
import subprocess
from pathlib import Path

from harness.real_server import RealServer


class Redis(RealServer):
    """`password` is what it asks for."""

    def __init__(self, folder: Path):
        super().__init__("redis", folder)
        folder.mkdir(parents=True)
        (folder / "guarded").touch()
        self.password = self.script("keys").stdout.split()[1]

    def ask(self, *words: str) -> str:
        command = ["redis-cli", "-p", self.url.rsplit(":", 1)[1], "--no-auth-warning", "-a", self.password, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
        self.stop()
