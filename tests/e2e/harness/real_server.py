"""A server of another make on loopback, started by its script in scripts/servers."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .daemon import REPOSITORY


class RealServer:
    """A server in a folder of its own; it keeps its port and its data from one start to the next."""

    def __init__(self, name: str, folder: Path):
        self.name, self.folder, self.url = name, folder, ""

    def script(self, *words: str) -> subprocess.CompletedProcess:
        command = [REPOSITORY / "scripts/servers" / self.name, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=3600)

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

    def forget(self) -> None:
        """Of a server that is stopped: as one that was never there before."""
        shutil.rmtree(self.folder / "data")
